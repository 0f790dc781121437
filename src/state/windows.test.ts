// Rows keep their identity, and their order changes only when nobody is pressing keys.
import { expect, test } from 'vitest';
import { row, windowOf } from '../../test/support/fake-engine.ts';
import { admit, admitWaiting, type Admission, keepIdentity, type ShownWindow } from './windows.ts';

const rowsOf = (...names: string[]) => names.map((name) => row(name, ['run-eu'], [name, 0]));
const at = (now: number, change: Partial<Admission> = {}): Admission => ({
  now,
  lastKeyAt: 0,
  askedAt: 0,
  isFrozen: false,
  ...change,
});
const shownAt = (now: number, ...names: string[]): ShownWindow => ({
  window: windowOf([], rowsOf(...names)),
  waiting: null,
  changes: 0,
  orderedAt: now,
});
const names = (shown: ShownWindow): string => shown.window.rows.map((r) => r.name).join(' ');

test('a row that says the same stays the same object, another one is new', () => {
  const before = rowsOf('a', 'b');
  const after = keepIdentity(before, [row('a', ['run-eu'], ['a', 0]), row('b', ['run-eu'], ['b', 1])]);

  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test('a new order waits for a second after the last one, and then comes', () => {
  const shown = shownAt(10_000, 'a', 'b');

  const first = admit(shown, windowOf([], rowsOf('b', 'a')), at(10_400));
  expect(names(first.shown)).toBe('a b');
  expect(first.wakeAt).toBe(11_000);

  expect(names(admitWaiting(first.shown, at(11_000)).shown)).toBe('b a');
});

test('while keys are pressed the order stays, but what the rows say is shown at once', () => {
  const shown = shownAt(0, 'a', 'b');
  const changed = windowOf([], [row('b', ['run-eu'], ['b', 7]), row('a', ['run-eu'], ['a', 0])]);

  const next = admit(shown, changed, at(10_000, { lastKeyAt: 9_500 }));

  expect(names(next.shown)).toBe('a b');
  expect(next.shown.window.rows[1]?.cells[1]).toBe(7);
  expect(next.wakeAt).toBe(11_500);
  expect(names(admitWaiting(next.shown, at(11_500, { lastKeyAt: 11_000 })).shown)).toBe('a b');
});

test('what the user asked for is shown at once', () => {
  const shown = shownAt(10_000, 'a', 'b');

  const next = admit(shown, windowOf([], rowsOf('b')), at(10_100, { lastKeyAt: 10_050, askedAt: 10_050 }));

  expect(names(next.shown)).toBe('b');
});

test('a frozen list counts what waits and shows it when it thaws', () => {
  const shown = shownAt(0, 'a', 'b', 'c');
  const next = admit(shown, windowOf([], [...rowsOf('d'), ...rowsOf('a', 'b')]), at(60_000, { isFrozen: true }));

  expect(names(next.shown)).toBe('a b c');
  expect(next.shown.changes).toBe(2);
  expect(next.wakeAt).toBeNull();
  expect(names(admitWaiting(next.shown, at(61_000)).shown)).toBe('d a b');
});

test('the first rows of an empty list are shown at once', () => {
  expect(names(admit(shownAt(1000), windowOf([], rowsOf('a')), at(1001, { lastKeyAt: 1000 })).shown)).toBe('a');
});
