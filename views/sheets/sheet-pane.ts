// Draws a sheet: full width, on the surface, from the footer up, as tall as its content and at most to line 2.
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import { drawLine, type Line, lineText, lineWidth, seg, visibleWidth } from '../parts/pen.ts';
import type { Token } from '../theme/palette.ts';
import type { Theme } from '../theme/theme.ts';
import type { SheetEntry, SheetModel } from './sheet-model.ts';

type SheetLine =
  | { readonly type: 'section'; readonly text: string }
  | { readonly type: 'entry'; readonly entry: SheetEntry; readonly index: number }
  | { readonly type: 'gap' };

/** Columns that a width has room for. */
const columnsFor = (model: SheetModel, width: number): number =>
  Math.max(1, Math.min(model.columns, Math.floor(width / 56)));

function sheetLines(model: SheetModel): readonly SheetLine[] {
  const out: SheetLine[] = [];
  let section = '';
  model.entries.forEach((entry, index) => {
    if (entry.section !== section) {
      if (out.length > 0) out.push({ type: 'gap' });
      if (entry.section !== '') out.push({ type: 'section', text: entry.section });
      section = entry.section;
    }
    out.push({ type: 'entry', entry, index });
  });
  return out;
}

/** Lines that a sheet needs in all, its title and foot included. */
export function sheetHeight(model: SheetModel, width: number, most: number): number {
  const lines = sheetLines(model).length;
  const rows = lines === 0 ? 1 : Math.ceil(lines / columnsFor(model, width)) + (columnsFor(model, width) > 1 ? 1 : 0);
  const footLines = footOf(model, width).length;
  const foot = footLines === 0 ? 0 : footLines + 1;
  const confirm = hasConfirm(model) ? 2 : 0;
  return Math.max(4, Math.min(most, 1 + 1 + rows + foot + confirm + 1));
}

const hasConfirm = ({ confirm }: SheetModel): boolean => confirm !== undefined && confirm.length > 0;

/** The foot in lines that fit: it breaks where a part ends in two blanks, and goes on below its first part. */
function footOf(model: SheetModel, width: number): readonly Line[] {
  return model.foot.flatMap((line) => {
    const indent = ' '.repeat(lineWidth(line.slice(0, 1)));
    const out: Line[] = [[]];
    let part: Line = [];
    line.forEach((s, i) => {
      part = [...part, s];
      if (!s.text.endsWith('  ') && i < line.length - 1) return;
      const last = out.at(-1) ?? [];
      const needed = lineWidth(last) + lineText(part).trimEnd().length;
      if (last.length > 1 && needed > width - 6) out.push([seg(indent), ...part]);
      else out[out.length - 1] = [...last, ...part];
      part = [];
    });
    return out;
  });
}

export function drawSheet(canvas: Canvas, theme: Theme, model: SheetModel): void {
  const { width, height } = canvas;
  canvas.fill(0, 0, width, height, theme.style('text', 'surface'));
  drawSheetTitle(canvas, theme, model);
  const whole = footOf(model, width);
  const foot = height > 12 + whole.length ? whole : [];
  const confirm = hasConfirm(model) ? 2 : 0;
  const bodyHeight = Math.max(1, height - 3 - confirm - (foot.length > 0 ? foot.length + 1 : 0));
  drawBody(canvas, theme, model, 2, bodyHeight);
  if (confirm > 0) drawLine(canvas, theme, 3, height - 2, model.confirm ?? [], 'surface', width - 6);
  if (foot.length === 0) return;
  const rule = height - foot.length - 2;
  canvas.text(3, rule, theme.glyphs.gap.repeat(Math.max(0, width - 6)), theme.style('faint', 'surface'));
  foot.forEach((line, i) => drawLine(canvas, theme, 3, rule + 1 + i, line, 'surface', width - 6));
}

/** Sheets that write look different by what a mistake would cost. */
function ruleOf({ glyphs }: Theme, { tier }: SheetModel): readonly [string, Token] {
  if (tier === 2) return [glyphs.ruleDouble, 'warn'];
  return [glyphs.ruleHeavy, tier === 3 ? 'fail' : 'accent'];
}

function drawSheetTitle(canvas: Canvas, theme: Theme, model: SheetModel): void {
  const { width } = canvas;
  canvas.fill(0, 0, width, 1, theme.style('text'));
  const [glyph, token] = ruleOf(theme, model);
  canvas.text(0, 0, glyph.repeat(width), theme.style(token));
  const right = visibleWidth(theme, model.right);
  const hasRight = right > 0 && visibleWidth(theme, model.title) + right + 10 <= width;
  const end = drawLine(canvas, theme, 3, 0, [...model.title, seg(' ')], 'none', width - 6 - (hasRight ? right + 3 : 0));
  canvas.text(2, 0, ' ', theme.style('text'));
  canvas.text(end, 0, ' ', theme.style('text'));
  if (!hasRight) return;
  canvas.text(width - 4 - right, 0, ' ', theme.style('text'));
  drawLine(canvas, theme, width - 3 - right, 0, [...model.right, seg(' ')], 'none', right + 1);
}

function drawBody(canvas: Canvas, theme: Theme, model: SheetModel, y: number, height: number): void {
  const lines = sheetLines(model);
  if (lines.length === 0) {
    drawLine(canvas, theme, 3, y, [seg(model.empty, 'muted')], 'surface', canvas.width - 6);
    return;
  }
  const columns = columnsFor(model, canvas.width);
  const perColumn = columns === 1 ? lines.length : Math.max(height, Math.ceil(lines.length / columns));
  const chosenAt = lines.findIndex((line) => line.type === 'entry' && line.index === model.chosen);
  // Columns break between sections only where one fits; a list that is too long scrolls as a whole.
  const layout =
    columns === 1 || lines.length > height * columns
      ? oneColumn(lines, height, model.isText === true ? chosenAt + Math.floor(height / 2) : chosenAt)
      : inColumns(lines, columns, Math.min(height, perColumn));
  const isSingle = layout.length === 1;
  const columnWidth = Math.floor((canvas.width - 4) / layout.length);
  layout.forEach((column, c) => {
    // Each column by its own: wide keys in one must not take the room of reasons in another.
    const labelWidth = widestLabel(column, columnWidth);
    column.forEach((line, i) =>
      drawSheetLine(
        canvas,
        theme,
        2 + c * columnWidth,
        y + i,
        isSingle ? Math.min(columnWidth, 110) : columnWidth - 2,
        line,
        model,
        labelWidth,
      ),
    );
  });
}

const widestLabel = (lines: readonly SheetLine[], columnWidth: number): number => {
  const widths = lines.map((line) => (line.type === 'entry' ? lineWidth(line.entry.label) : 0));
  return Math.min(Math.floor(columnWidth * 0.5), Math.max(8, ...widths));
};

function oneColumn(lines: readonly SheetLine[], height: number, chosenAt: number): readonly (readonly SheetLine[])[] {
  const from = Math.max(0, Math.min(chosenAt - Math.floor(height / 2), lines.length - height));
  return [lines.slice(from, from + height)];
}

function inColumns(lines: readonly SheetLine[], columns: number, height: number): readonly (readonly SheetLine[])[] {
  const out: SheetLine[][] = [[]];
  const least = Math.max(1, Math.min(height, Math.ceil(lines.length / columns)));
  for (const line of lines) {
    const column = out.at(-1) ?? [];
    const isFull = column.length >= height || (column.length >= least && line.type !== 'entry' && out.length < columns);
    if (isFull && out.length < columns) out.push(line.type === 'gap' ? [] : [line]);
    else if (!(line.type === 'gap' && column.length === 0)) column.push(line);
  }
  return out.map((column) => column.slice(0, height));
}

function drawSheetLine(
  canvas: Canvas,
  theme: Theme,
  x: number,
  y: number,
  width: number,
  line: SheetLine,
  model: SheetModel,
  labelWidth: number,
): void {
  if (line.type === 'gap') return;
  if (line.type === 'section') {
    drawLine(canvas, theme, x + 1, y, [seg(line.text, 'muted')], 'surface', width);
    return;
  }
  const { entry } = line;
  const isChosen = line.index === model.chosen && model.isText !== true;
  const ground = isChosen ? 'selection' : 'surface';
  if (isChosen) {
    canvas.fill(x - 1, y, width, 1, theme.style('text', ground));
    canvas.text(x - 1, y, theme.glyphs.cursor, theme.style('accent', ground, 1));
  }
  const keyWidth = visibleWidth(theme, entry.key);
  const keyAt = x + width - 2 - keyWidth;
  drawLine(canvas, theme, x + 1, y, entry.label, ground, labelWidth);
  const noteAt = x + 1 + labelWidth + 2;
  const note: Line = entry.note;
  drawLine(canvas, theme, noteAt, y, note, ground, Math.max(0, (keyWidth > 0 ? keyAt - 2 : x + width - 1) - noteAt));
  if (keyWidth > 0) drawLine(canvas, theme, keyAt, y, entry.key, ground, keyWidth);
}
