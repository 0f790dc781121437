import { expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import { LogBudget } from './log-budget.ts';

const eu = clusterId('eu');
const us = clusterId('us');
const { signal } = new AbortController();
const limits = { node: 1, cluster: 2, total: 3, turns: 1 };

test('a place is given back once, and then is free for another', async () => {
  const budget = new LogBudget(limits);
  const first = await budget.place(eu, 'a', signal);
  using second = await budget.place(eu, 'b', signal);
  expect([first.stays, second.stays]).toEqual([true, true]);
  {
    using beyond = await budget.place(eu, 'a', signal);
    expect(beyond.stays).toBe(false);
  }
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  using again = await budget.place(eu, 'a', signal);
  using full = await budget.place(eu, 'a', signal);
  expect([again.stays, full.stays]).toEqual([true, false]);
});

test('a node, a cluster and all together have their limits', async () => {
  const budget = new LogBudget({ ...limits, turns: 9 });
  const stays = async (cluster: typeof eu, node: string): Promise<boolean> =>
    (await budget.place(cluster, node, signal)).stays;
  expect(await stays(eu, 'a')).toBe(true);
  expect(await stays(eu, 'a')).toBe(false);
  expect(await stays(eu, 'b')).toBe(true);
  expect(await stays(eu, 'c')).toBe(false);
  expect(await stays(us, 'a')).toBe(true);
  expect(await stays(us, 'b')).toBe(false);
});

test('what has no place is read in turns, whoever waits longest first; clusters do not wait for each other', async () => {
  const budget = new LogBudget({ ...limits, total: 0 });
  const order: string[] = [];
  const read = async (cluster: typeof eu, name: string): Promise<void> => {
    using _turn = await budget.place(cluster, 'a', signal);
    order.push(`${name} reads`);
    await Promise.resolve();
    order.push(`${name} is done`);
  };
  const first = await budget.place(eu, 'a', signal);
  const all = [read(eu, 'one'), read(eu, 'two')];
  await read(us, 'far');
  expect(order).toEqual(['far reads', 'far is done']);
  first[Symbol.dispose]();
  all.push(read(eu, 'three'));
  await Promise.all(all);
  expect(order.slice(2)).toEqual(['one', 'two', 'three'].flatMap((name) => [`${name} reads`, `${name} is done`]));
});

test('who gives up waiting takes no turn from the others', async () => {
  const budget = new LogBudget({ ...limits, total: 0 });
  const leaving = new AbortController();
  const first = await budget.place(eu, 'a', signal);
  const left = budget.place(eu, 'a', leaving.signal);
  const waits = budget.place(eu, 'a', signal);
  leaving.abort();
  (await left)[Symbol.dispose]();
  first[Symbol.dispose]();
  (await waits)[Symbol.dispose]();
  using next = await budget.place(eu, 'a', signal);
  expect(next.stays).toBe(false);
});

test('a place that becomes free while others have their turn is taken', async () => {
  const budget = new LogBudget({ ...limits, total: 1 });
  const place = await budget.place(eu, 'a', signal);
  const turn = await budget.place(eu, 'a', signal);
  const waits = budget.place(eu, 'a', signal);
  place[Symbol.dispose]();
  turn[Symbol.dispose]();
  expect((await waits).stays).toBe(true);
});
