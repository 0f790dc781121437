// The lines of a log as rows of its pane: one each, or several where they are wrapped; and how many of them are in sight.
import type { LogWindow } from '../../src/core/log-line.ts';
import { takeStart } from '../../src/core/width.ts';
import type { DataState } from '../../src/state/data.ts';
import { boxOfView, textHeight } from '../../src/state/geometry.ts';
import { topView, type UiState } from '../../src/state/ui.ts';
import type { ViewState } from '../../src/state/view.ts';
import { facesOf } from '../parts/faces.ts';
import { type Line, lineText, lineWidth, seg, withoutStart } from '../parts/pen.ts';
import { logLayout, logLine, searchOf } from './logs-model.ts';

/** The rows of a line, by its place in the window. */
type Rows = (i: number) => readonly Line[];

/** Cells that a line may take of a pane's width. */
export const roomOf = (width: number): number => Math.max(10, width - 3);

export function logRows(ui: UiState, view: ViewState, window: LogWindow, width: number): Rows {
  const faces = facesOf(ui.fleet);
  const layout = logLayout(window, width, view.text.clock, faces);
  const search = searchOf(view.list.filter);
  const isCalm = !ui.isZoomed && ui.size.width >= 100;
  return (i) => {
    const line = window.lines[i];
    if (line === undefined) return [];
    const { head, body } = logLine(line, layout, faces, search, isCalm);
    return view.text.wraps ? wrap(head, body, roomOf(width)) : [[...head, ...withoutStart(body, view.text.scrollX)]];
  };
}

/** How many of its newest lines a log has room for; where they are not at hand, as many as there are rows. */
export function linesAtEnd(ui: UiState, data: DataState, viewId: string): number {
  const height = textHeight(ui, data, viewId);
  const window = data.logs[viewId];
  if (window === undefined || window.offset + window.lines.length < window.matched) return height;
  const last = window.lines.length - 1;
  const fitting = inSight(ui, data, viewId, window, (n) => last - n);
  // One that is longer than the pane is shown from its start.
  return Math.max(1, fitting);
}

/** Lines below what is in sight of a log that is held. */
export function linesBelow(ui: UiState, data: DataState, view: ViewState, window: LogWindow): number {
  const { first, matched, offset } = window;
  const top = Math.max(first, view.list.top);
  return Math.max(0, matched - top - inSight(ui, data, view.id, window, (n) => top - offset + n));
}

/** How many lines, from the first that `at` names, have room whole; what is not at hand counts as one row. */
function inSight(ui: UiState, data: DataState, viewId: string, window: LogWindow, at: (n: number) => number): number {
  const height = textHeight(ui, data, viewId);
  const box = boxOfView(ui, data, viewId);
  const view = box === undefined ? undefined : topView(ui, box.slot);
  if (box === undefined || view?.text.wraps !== true) return height;
  const rows = logRows(ui, view, window, box.width - (box.hasSeparator ? 1 : 0));
  let left = height;
  let n = 0;
  while ((left -= Math.max(1, rows(at(n)).length)) >= 0) n++;
  return n;
}

/** The last `height` rows, built from the newest back. */
export function lastRows(total: number, height: number, rows: Rows): readonly Line[] {
  const out: Line[] = [];
  for (let i = total - 1; i >= 0 && out.length < height; i--) out.unshift(...rows(i));
  return out.slice(-height);
}

export function rowsFrom(from: number, total: number, height: number, rows: Rows): readonly Line[] {
  const out: Line[] = [];
  for (let i = Math.max(0, from); i < total && out.length < height; i++) out.push(...rows(i));
  return out.slice(0, height);
}

/** Continues the message below itself, under where it began. */
function wrap(head: Line, body: Line, width: number): readonly Line[] {
  const indent = lineWidth(head);
  const room = Math.max(10, width - indent);
  if (lineWidth(body) <= room) return [[...head, ...body]];
  const token = body[0]?.token ?? 'text';
  const out: Line[] = [];
  let rest = lineText(body);
  while (rest !== '' && out.length < 40) {
    const piece = takeStart(rest, room);
    if (piece === '') break;
    out.push(out.length === 0 ? [...head, seg(piece, token)] : [seg(' '.repeat(indent)), seg(piece, token)]);
    rest = rest.slice(piece.length);
  }
  return out;
}
