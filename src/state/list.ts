// Moving in a list: pure steps from one list state to the next. The cursor stands on a row, by key; positions follow.
import type { Row } from '../core/row.ts';
import type { ListState } from './view.ts';

/** What the steps need to know: how long the list is, how many lines of it are in sight, and which rows are at hand. */
export type ListView = {
  readonly total: number;
  readonly height: number;
  readonly rowAt: (index: number) => Row | undefined;
};

const clamp = (n: number, low: number, high: number): number => Math.max(low, Math.min(high, n));

/** Moves `top` as little as needed for the cursor to be in sight, and never past the end. */
export function keepInSight(list: ListState, total: number, height: number): ListState {
  const lines = Math.max(1, height);
  const cursor = clamp(list.cursor, 0, Math.max(0, total - 1));
  const low = Math.max(0, cursor - lines + 1);
  const top = clamp(clamp(list.top, low, cursor), 0, Math.max(0, total - lines));
  return cursor === list.cursor && top === list.top ? list : { ...list, cursor, top };
}

/** Puts the cursor at a position and takes the row there as the selection; a range of marks grows with it. */
export function moveTo(list: ListState, index: number, view: ListView): ListState {
  const cursor = clamp(index, 0, Math.max(0, view.total - 1));
  const key = view.rowAt(cursor)?.key ?? null;
  const moved = keepInSight({ ...list, cursor, key, isTouched: true }, view.total, view.height);
  return moved.rangeFrom === null ? moved : markRange(moved, moved.rangeFrom, view);
}

export const moveBy = (list: ListState, delta: number, view: ListView): ListState =>
  moveTo(list, list.cursor + delta, view);

/** A page keeps one line in sight, so that the eye finds its place again. */
export const pageBy = (list: ListState, pages: number, view: ListView): ListState =>
  moveBy({ ...list, top: list.top + pages * Math.max(1, view.height - 1) }, pages * Math.max(1, view.height - 1), view);

/** Marks or unmarks the row under the cursor and goes one down. */
export function toggleMark(list: ListState, view: ListView): ListState {
  const row = view.rowAt(list.cursor);
  if (row === undefined) return list;
  const marks = new Map(list.marks);
  if (!marks.delete(row.key)) marks.set(row.key, row);
  return moveBy({ ...list, marks, rangeFrom: null }, 1, view);
}

/** Begins a range at the cursor, or ends it and keeps what it marked. */
export const toggleRange = (list: ListState, view: ListView): ListState =>
  list.rangeFrom === null
    ? markRange({ ...list, rangeFrom: list.cursor }, list.cursor, view)
    : { ...list, rangeFrom: null };

function markRange(list: ListState, from: number, view: ListView): ListState {
  const marks = new Map(list.marks);
  for (let i = Math.min(from, list.cursor); i <= Math.max(from, list.cursor); i++) {
    const row = view.rowAt(i);
    if (row !== undefined) marks.set(row.key, row);
  }
  return { ...list, marks };
}

/**
 * After rows changed: the cursor stays on its row wherever that went, on the same line of the screen; when the row is
 * gone, the cursor stays where it was and takes the row that is there now.
 */
export function followKey(list: ListState, view: ListView, find: (key: string) => number | undefined): ListState {
  const index = list.key === null || !list.isTouched ? undefined : find(list.key);
  if (index === undefined) {
    const kept = keepInSight(list, view.total, view.height);
    const key = view.rowAt(kept.cursor)?.key ?? null;
    return key === kept.key || (key === null && view.total > 0) ? kept : { ...kept, key };
  }
  const moved = index - list.cursor;
  if (moved === 0) return keepInSight(list, view.total, view.height);
  // A list that is read from its top shows new rows at the top; anywhere else the row keeps its line.
  const top = list.top === 0 && index < view.height ? 0 : list.top + moved;
  return keepInSight({ ...list, cursor: index, top: Math.max(0, top) }, view.total, view.height);
}
