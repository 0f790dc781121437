// A pane's list: head, rows, cursor, marks, scrollbar. Draws only what is in sight.
import type { Row } from '../../src/core/row.ts';
import type { Sort } from '../../src/core/query.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import type { Theme } from '../theme/theme.ts';
import { drawHead, drawRow, type TableLayout } from './rows.ts';

export type TableModel = {
  readonly layout: TableLayout;
  /** The row at a position of the whole list; undefined while it is on its way. */
  readonly rowAt: (index: number) => Row | undefined;
  readonly total: number;
  readonly top: number;
  readonly cursor: number;
  readonly isMarked: (key: string) => boolean;
  readonly hasFocus: boolean;
  readonly sort: Sort | null;
  readonly showsScrollbar: boolean;
};

/** Draws into lines `y`…`y + height` of a canvas whose width is the pane's. */
export function drawTable(canvas: Canvas, theme: Theme, y: number, height: number, model: TableModel): void {
  if (height < 1) return;
  drawHead(canvas, theme, y, model.layout, model.sort);
  const lines = height - 1;
  for (let i = 0; i < lines; i++) {
    const index = model.top + i;
    if (index >= model.total) break;
    const row = model.rowAt(index);
    if (row === undefined) continue;
    drawRow(canvas, theme, y + 1 + i, row, model.layout, {
      isCursor: index === model.cursor,
      isMarked: model.isMarked(row.key),
      hasFocus: model.hasFocus,
    });
  }
  if (model.showsScrollbar) drawScrollbar(canvas, theme, y + 1, lines, model.top, model.total);
}

/** Only when something is hidden; in the last column. */
export function drawScrollbar(
  canvas: Canvas,
  theme: Theme,
  y: number,
  height: number,
  top: number,
  total: number,
): void {
  if (total <= height || height < 2) return;
  const size = Math.max(1, Math.round((height * height) / total));
  const start = Math.min(height - size, Math.round((height * top) / total));
  for (let i = 0; i < size; i++)
    canvas.text(canvas.width - 1, y + start + i, theme.glyphs.scrollbar, theme.style('muted'));
}
