// How many lines of a view's content are in sight, from the layout alone.
import type { LogWindow } from '../core/log-line.ts';
import { layoutOf } from './app.ts';
import type { DataState } from './data.ts';
import { boxesOf, type PaneBox } from './layout.ts';
import { topView, type UiState } from './ui.ts';

/** Lines that a pane's content has: without title rule and head. */
export const linesOf = (box: PaneBox, hasHead: boolean): number => Math.max(1, box.height - (hasHead ? 2 : 1));

/** The box of the pane that shows a view; undefined when it is not in sight. */
export const boxOfView = (ui: UiState, data: DataState, viewId: string): PaneBox | undefined =>
  boxesOf(layoutOf(ui, data)).find((box) => topView(ui, box.slot).id === viewId);

/** Lines of a list that are in sight; a guess of one screen when the view is hidden. */
export function listHeight(ui: UiState, data: DataState, viewId: string): number {
  const box = boxOfView(ui, data, viewId);
  return box === undefined ? Math.max(1, ui.size.height - 5) : linesOf(box, true);
}

/** Lines of a text (log, document) that are in sight. */
export function textHeight(ui: UiState, data: DataState, viewId: string): number {
  const box = boxOfView(ui, data, viewId);
  if (box === undefined) return Math.max(1, ui.size.height - 4);
  const lines = linesOf(box, false);
  return lines - logStripLines(ui.isZoomed, lines, data.logs[viewId]);
}

/** Lines that the strip over a zoomed log takes: how much is logged, and an empty one. */
export const logStripLines = (isZoomed: boolean, height: number, window: LogWindow | undefined): number =>
  isZoomed && height > 12 && window !== undefined && window.lines.length > 0 && window.histogram.length > 0 ? 2 : 0;
