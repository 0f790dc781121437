// The cursor: where keys put it, and that it stays on its row whatever happens to the list.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { row } from '../../test/support/fake-engine.ts';
import { followKey, keepInSight, type ListView, moveBy, moveTo, pageBy, toggleMark, toggleRange } from './list.ts';
import { newList } from './view.ts';

const rows = Array.from({ length: 30 }, (_, i) => row(`r${i}`, ['run-eu'], []));
const view = (height = 10, list = rows): ListView => ({ total: list.length, height, rowAt: (i) => list[i] });
const find = (list: typeof rows) => (key: string) => {
  const at = list.findIndex((r) => r.key === key);
  return at < 0 ? undefined : at;
};

test('moving takes the row as the selection and scrolls no more than needed', () => {
  const down = moveBy(newList, 12, view());
  expect([down.cursor, down.top, down.key]).toEqual([12, 3, rows[12]?.key]);

  const up = moveBy(down, -5, view());
  expect([up.cursor, up.top]).toEqual([7, 3]);
  expect(moveTo(up, 999, view()).cursor).toBe(29);
  expect(moveTo(up, -3, view()).top).toBe(0);
});

test('a page keeps one line in sight', () => {
  const page = pageBy(newList, 1, view());
  expect([page.cursor, page.top]).toEqual([9, 9]);
});

test('marks toggle and go on, a range marks what it passes', () => {
  const marked = toggleMark(newList, view());
  expect([...marked.marks.keys()]).toEqual([rows[0]?.key]);
  expect(marked.cursor).toBe(1);

  const range = moveBy(toggleRange(marked, view()), 2, view());
  expect(range.marks.size).toBe(4);
  expect(toggleRange(range, view()).rangeFrom).toBeNull();
});

test('the cursor follows its row and keeps its line on the screen', () => {
  const here = moveTo(newList, 15, view());
  const shuffled = [...rows.slice(5, 10), ...rows.slice(0, 5), ...rows.slice(10)];
  const grown = [row('new', ['run-eu'], []), ...rows];

  expect(followKey(here, view(10, shuffled), find(shuffled)).cursor).toBe(15);
  const moved = followKey(here, view(10, grown), find(grown));
  expect([moved.cursor, moved.cursor - moved.top]).toEqual([16, here.cursor - here.top]);
});

test('when the row is gone the cursor takes what stands in its place', () => {
  const here = moveTo(newList, 29, view());
  const fewer = rows.slice(0, 20);
  const kept = followKey(here, view(10, fewer), find(fewer));

  expect([kept.cursor, kept.key]).toEqual([19, fewer[19]?.key]);
});

test('whatever the list does, cursor and top stay inside of it', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.nat(100), fc.nat(60), fc.integer({ min: 1, max: 40 }), (cursor, top, total, height) => {
      const kept = keepInSight({ ...newList, cursor, top }, total, height);
      expect(kept.cursor).toBeLessThanOrEqual(Math.max(0, total - 1));
      expect(kept.top).toBeGreaterThanOrEqual(0);
      expect(kept.cursor).toBeGreaterThanOrEqual(kept.top);
      expect(kept.cursor - kept.top).toBeLessThan(height);
    }),
  );
});
