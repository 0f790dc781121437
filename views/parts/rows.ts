// A table's line ready to draw: glyph and cells at their places. Formatted once for a row, a width and a minute.
import type { Health, Row } from '../../src/core/row.ts';
import type { Canvas, LineLook, Style } from '../../src/terminal/canvas-contract.ts';
import type { Glyphs } from '../theme/glyphs.ts';
import type { Ground, Theme } from '../theme/theme.ts';
import { type CellContext, formatCell, healthToken, problemWord } from './cells.ts';
import { isRightAligned, type PlacedColumn } from './columns.ts';
import { drawLine, type Line, lineWidth, seg } from './pen.ts';

type PlacedText = { readonly x: number; readonly width: number; readonly line: Line };

/** How a table is laid out now; a new object whenever anything of it changed, so that it can key the memory. */
export type TableLayout = {
  readonly columns: readonly PlacedColumn[];
  /** Where the first column's text begins. */
  readonly x: number;
  /** Where the first column's head begins: with the glyph when it holds the name. */
  readonly headX: number;
  readonly context: CellContext;
  /** Nothing is heard from the engine: every row is as old as a stale one. */
  readonly isStale: boolean;
};

const staleCopies = new WeakMap<Row, Row>();

/** The row as a stale one; the same copy each time, so that its cells are formatted once. */
function asStale(row: Row): Row {
  const known = staleCopies.get(row);
  if (known !== undefined) return known;
  const copy = { ...row, stale: true };
  staleCopies.set(row, copy);
  return copy;
}

/** A row as it is drawn in a layout; its looks by mark, cursor and focus. */
type Formatted = {
  readonly layout: TableLayout;
  readonly cells: readonly PlacedText[];
  readonly looks: (LineLook & { readonly theme: Theme })[];
};

const remembered = new WeakMap<Row, Formatted>();

/** The row's cells at their places; remembered per row object, as only visible rows are ever asked for. */
function formatted(row: Row, layout: TableLayout): Formatted {
  const known = remembered.get(row);
  if (known !== undefined && known.layout === layout) return known;
  const cells = layout.columns.map((placed, i) => placeCell(row, placed, i === 0, layout));
  const made: Formatted = { layout, cells, looks: [] };
  remembered.set(row, made);
  return made;
}

/** What the canvas may know a drawn line by. */
function lookOf({ looks }: Formatted, theme: Theme, { isCursor, isMarked, hasFocus }: RowMarks): LineLook {
  const index = (isMarked ? 1 : 0) + (isCursor ? (hasFocus ? 4 : 2) : 0);
  const known = looks[index];
  if (known?.theme === theme) return known;
  const look = { theme, slot: -1 };
  looks[index] = look;
  return look;
}

function placeCell(row: Row, placed: PlacedColumn, isFirst: boolean, layout: TableLayout): PlacedText {
  const indent = isFirst && row.depth === 1 ? 2 : 0;
  const width = Math.max(0, placed.width - indent);
  const cell = row.cells[placed.index] ?? null;
  const line =
    placed.column.id === 'problem' && typeof cell === 'string'
      ? problemWord(row, cell)
      : formatCell(row, placed.column, cell, width, layout.context);
  const used = lineWidth(line);
  const x = layout.x + placed.x + indent;
  if (isRightAligned(placed.column)) return { x: x + Math.max(0, width - used), width, line };
  return { x, width, line };
}

const rowGlyph = (glyphs: Glyphs, { health, sign, stale }: Row): Line =>
  sign === undefined || stale
    ? stateGlyph(glyphs, health, stale)
    : [seg(glyphs[sign], healthToken[health], sign === 'denied' ? 1 : 0)];

/** State glyph of a row: a stale one is never anything else. */
export function stateGlyph(glyphs: Glyphs, health: Health, isStale: boolean): Line {
  if (isStale) return [seg(glyphs.stale, 'stale')];
  if (health === 'none') return [];
  const glyph = { ok: glyphs.ok, busy: glyphs.busy, warn: glyphs.warn, fail: glyphs.fail }[health as string];
  return [
    seg(glyph ?? (health === 'unknown' ? glyphs.unknown : glyphs.info), healthToken[health], health === 'fail' ? 1 : 0),
  ];
}

export type RowMarks = { readonly isCursor: boolean; readonly isMarked: boolean; readonly hasFocus: boolean };

/** Draws one line of a table over the whole width of the canvas. */
export function drawRow(
  canvas: Canvas,
  theme: Theme,
  y: number,
  given: Row,
  layout: TableLayout,
  marks: RowMarks,
): void {
  const row = layout.isStale && !given.stale ? asStale(given) : given;
  const line = formatted(row, layout);
  canvas.line(y, canvas.width, lookOf(line, theme, marks), () => drawLook(canvas, theme, y, row, line, marks));
}

function drawLook(
  canvas: Canvas,
  theme: Theme,
  y: number,
  row: Row,
  { layout, cells }: Formatted,
  { isCursor, isMarked, hasFocus }: RowMarks,
): void {
  const ground: Ground = !isCursor ? 'none' : hasFocus ? 'selection' : 'selectionBlur';
  if (isCursor) {
    canvas.fill(0, y, canvas.width, 1, theme.style('text', ground));
    canvas.text(0, y, theme.glyphs.cursor, theme.style(hasFocus ? 'accent' : 'faint', ground, hasFocus ? 1 : 0));
  }
  if (isMarked) canvas.text(1, y, theme.glyphs.mark, theme.style('accent', ground, 1));
  drawLine(canvas, theme, 2, y, rowGlyph(theme.glyphs, row), ground);
  if (row.depth === 1) canvas.text(layout.x, y, theme.glyphs.child, theme.style('faint', ground));
  drawCells(canvas, theme, y, cells, ground);
}

/**
 * Blanks between cells keep the style of the text before them: they look the same, and over a slow line a row costs half
 * the bytes when its styles change only where its words do.
 */
function drawCells(canvas: Canvas, theme: Theme, y: number, cells: readonly PlacedText[], ground: Ground): void {
  let end = -1;
  let style: Style | null = null;
  for (const cell of cells) {
    if (style !== null && cell.x > end) canvas.text(end, y, ' '.repeat(cell.x - end), style);
    end = drawLine(canvas, theme, cell.x, y, cell.line, ground, cell.width);
    const last = cell.line.at(-1);
    if (last !== undefined) style = theme.style(last.token, ground, last.attrs ?? 0);
  }
  if (style !== null && ground !== 'none' && end < canvas.width)
    canvas.text(end, y, ' '.repeat(canvas.width - end), style);
}

/** Draws the head: muted capitals, the sorted column's arrow in accent. */
export function drawHead(
  canvas: Canvas,
  theme: Theme,
  y: number,
  layout: TableLayout,
  sort: { readonly column: string; readonly descending: boolean } | null,
): void {
  layout.columns.forEach((placed, i) => {
    const arrow =
      sort?.column === placed.column.id ? (sort.descending ? theme.glyphs.descending : theme.glyphs.ascending) : '';
    const line: Line = [seg(placed.column.title, 'muted'), seg(arrow, 'accent', 1)];
    const start = i === 0 ? layout.headX : layout.x + placed.x;
    const room = layout.x + placed.x + placed.width - start;
    // The arrow may stand in the gap: a title is never cut for it.
    const x = isRightAligned(placed.column) ? start + room - lineWidth(line) : start;
    drawLine(canvas, theme, x, y, line, 'none', room + 1);
  });
}
