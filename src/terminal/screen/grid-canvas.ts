// The Canvas that a view gets: a rectangle of the grid, in its own coordinates, that cannot be drawn out of.
import type { Canvas, LineLook, Style } from '../canvas-contract.ts';
import type { Grid } from './grid.ts';

/** Cells that may be drawn: columns `left` to `right` and rows `top` to `bottom`, both ends exclusive at the far side. */
export type Clip = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

export const clipOf = (grid: Grid): Clip => ({ left: 0, top: 0, right: grid.columns, bottom: grid.rows });

export const intersect = (a: Clip, b: Clip): Clip => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});

export const isEmpty = (clip: Clip): boolean => clip.left >= clip.right || clip.top >= clip.bottom;

/** A canvas over the rectangle at `x`, `y`; only what lies inside `clip` too is drawn. */
export function gridCanvas(grid: Grid, x: number, y: number, width: number, height: number, clip: Clip): Canvas {
  const inside = intersect(intersect(clip, clipOf(grid)), { left: x, top: y, right: x + width, bottom: y + height });
  return {
    width,
    height,
    text(column: number, row: number, text: string, style: Style, maxWidth?: number): number {
      const line = y + Math.floor(row);
      if (line < inside.top || line >= inside.bottom) return 0;
      const start = x + Math.floor(column);
      const end = maxWidth === undefined ? inside.right : Math.min(inside.right, start + Math.max(0, maxWidth));
      return grid.text(start, line, text, style, inside.left, end);
    },
    fill(column: number, row: number, fillWidth: number, fillHeight: number, style: Style): void {
      const part = intersect(inside, {
        left: x + Math.floor(column),
        top: y + Math.floor(row),
        right: x + Math.floor(column) + fillWidth,
        bottom: y + Math.floor(row) + fillHeight,
      });
      if (!isEmpty(part)) grid.fill(part.left, part.top, part.right - part.left, part.bottom - part.top, style);
    },
    line(row: number, lineWidth: number, look: LineLook, draw: () => void): void {
      const cells = { y: y + Math.floor(row), left: x, right: x + Math.min(width, lineWidth) };
      const isWhole =
        cells.y >= inside.top && cells.y < inside.bottom && cells.left >= inside.left && cells.right <= inside.right;
      if (!isWhole) return draw();
      const under = grid.styles[cells.y * grid.columns + cells.left] ?? 0;
      if (grid.lines.restore(look, cells, under)) return;
      draw();
      grid.lines.keep(look, cells, under);
    },
    scrolledUp(y0: number, y1: number, rows: number): void {
      const top = Math.max(inside.top, y + Math.floor(y0));
      const bottom = Math.min(inside.bottom, y + Math.floor(y1));
      const isFullWidth = inside.left === 0 && inside.right === grid.columns;
      if (isFullWidth && rows !== 0 && Math.abs(rows) < bottom - top) grid.scrolls.push({ top, bottom, rows });
    },
  };
}
