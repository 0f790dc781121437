// What is shown of a live query: rows keep their identity while they do not change, and their order changes only when a
// person is not just pressing keys. Pure; time comes in as a number.
import type { Window } from '../core/query.ts';
import type { Row } from '../core/row.ts';

/** New order at most this often. */
const orderEveryMs = 1000;
/** And not while a key was pressed within this time. */
const restAfterKeyMs = 2000;
/** After the user asked for other rows (filter, sort, scroll) whatever comes is shown at once. */
const askedMs = 1500;

export type ShownWindow = {
  readonly window: Window;
  /** A newer window that waits for its moment. */
  readonly waiting: Window | null;
  /** Rows that differ between what is shown and what waits. */
  readonly changes: number;
  readonly orderedAt: number;
};

export type Admission = {
  readonly now: number;
  readonly lastKeyAt: number;
  /** When the user last changed what this view asks for. */
  readonly askedAt: number;
  readonly isFrozen: boolean;
};

/** Takes a window in. `wakeAt`: when to call `admitWaiting`; null when nothing waits, or when the list is frozen. */
export function admit(
  shown: ShownWindow | undefined,
  incoming: Window,
  when: Admission,
): { readonly shown: ShownWindow; readonly wakeAt: number | null } {
  if (shown === undefined) {
    return { shown: { window: incoming, waiting: null, changes: 0, orderedAt: when.now }, wakeAt: null };
  }
  const next = { ...incoming, rows: keepIdentity(shown.window.rows, incoming.rows) };
  if (when.isFrozen) {
    return { shown: { ...shown, waiting: next, changes: differences(shown.window, next) }, wakeAt: null };
  }
  if (isSameOrder(shown.window, next)) {
    return { shown: { ...shown, window: next, waiting: null, changes: 0 }, wakeAt: null };
  }
  const isAsked =
    when.now - when.askedAt < askedMs || shown.window.rows.length === 0 || shown.window.offset !== next.offset;
  const readyAt = Math.max(shown.orderedAt + orderEveryMs, when.lastKeyAt + restAfterKeyMs);
  if (isAsked || when.now >= readyAt) {
    return { shown: { window: next, waiting: null, changes: 0, orderedAt: when.now }, wakeAt: null };
  }
  // The order waits, values do not: what a row says is true at once, wherever it stands.
  const patched = patchRows(shown.window, next);
  return { shown: { ...shown, window: patched, waiting: next, changes: differences(patched, next) }, wakeAt: readyAt };
}

/** What waited is shown now; undefined when it must wait longer, with when. */
export function admitWaiting(
  shown: ShownWindow,
  when: Admission,
): { readonly shown: ShownWindow; readonly wakeAt: number | null } {
  if (shown.waiting === null || when.isFrozen) return { shown, wakeAt: null };
  const readyAt = when.lastKeyAt + restAfterKeyMs;
  if (when.now < readyAt && when.now - when.askedAt >= askedMs) return { shown, wakeAt: readyAt };
  return { shown: { window: shown.waiting, waiting: null, changes: 0, orderedAt: when.now }, wakeAt: null };
}

const isSameOrder = (a: Window, b: Window): boolean =>
  a.offset === b.offset && a.rows.length === b.rows.length && a.rows.every((row, i) => row.key === b.rows[i]?.key);

function patchRows(shown: Window, next: Window): Window {
  const byKey = new Map(next.rows.map((row) => [row.key, row]));
  return {
    ...shown,
    rows: shown.rows.map((row) => byKey.get(row.key) ?? row),
    counts: next.counts,
    staleSince: next.staleSince,
  };
}

/** Rows of `next` that are new, other than shown, or gone. */
function differences(shown: Window, next: Window): number {
  const byKey = new Map(shown.rows.map((row) => [row.key, row]));
  let changes = 0;
  for (const row of next.rows) {
    if (byKey.get(row.key) !== row) changes++;
    byKey.delete(row.key);
  }
  return changes + byKey.size;
}

/** Rows that say the same as before are the same objects, so that what was formatted for them stays good. */
export function keepIdentity(before: readonly Row[], after: readonly Row[]): readonly Row[] {
  const byKey = new Map(before.map((row) => [row.key, row]));
  return after.map((row) => {
    const known = byKey.get(row.key);
    return known !== undefined && isSameValue(known, row) ? known : row;
  });
}

function isSameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => isSameValue(x, b[i]));
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => isSameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
