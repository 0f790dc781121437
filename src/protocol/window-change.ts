// A window as it crosses between threads: rows that were in the last one are named by their place in it, so that what is
// copied is what changed, and rows that did not change stay the same objects on the screen's side.
import type { Window } from '../core/query.ts';
import type { Column, Row } from '../core/row.ts';

export type WindowChange = {
  readonly window: Omit<Window, 'rows' | 'columns'>;
  /** Absent: as before. */
  readonly columns?: readonly Column[];
  /** A row, or the place that it had in the last window. */
  readonly rows: readonly (Row | number)[];
};

/** Equal in everything that can be seen; rows are compared by identity, because the engine keeps it. */
export function isSameWindow(a: Window, b: Window): boolean {
  return (
    a.columns === b.columns &&
    a.offset === b.offset &&
    a.total === b.total &&
    a.matched === b.matched &&
    a.all === b.all &&
    a.staleSince === b.staleSince &&
    a.rows.length === b.rows.length &&
    a.rows.every((row, i) => row === b.rows[i]) &&
    JSON.stringify([a.counts, a.state, a.badFilter]) === JSON.stringify([b.counts, b.state, b.badFilter])
  );
}

/** What is to be sent after `last` was taken; null: nothing was. */
export function windowChange(last: Window | null, next: Window): WindowChange {
  const { rows, columns, ...window } = next;
  const places = new Map<Row, number>(last?.rows.map((row, i) => [row, i]));
  return {
    window,
    ...(last?.columns === columns ? {} : { columns }),
    rows: rows.map((row) => places.get(row) ?? row),
  };
}

/** The window again, on the other side. */
export function applyChange(last: Window | null, change: WindowChange): Window {
  const rows = change.rows.flatMap((row): Row[] => {
    if (typeof row !== 'number') return [row];
    const known = last?.rows[row];
    return known === undefined ? [] : [known];
  });
  return { ...change.window, columns: change.columns ?? last?.columns ?? [], rows };
}
