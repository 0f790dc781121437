import { expect, test } from 'vitest';
import { manualClock } from '../../../test/support/manual-clock.ts';
import { newFirstSets, type Turn } from './first-sets.ts';

const never = new AbortController().signal;
const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

/** Asks for so many at once; the turns that have come so far. */
function askAll(count: number) {
  const clock = manualClock();
  const sets = newFirstSets(clock);
  const turns: Turn[] = [];
  const reading: Turn[] = [];
  for (let i = 0; i < count; i++) void sets.ask(never).then((turn) => turns.push(turn));
  const answer = (turn: Turn): Promise<unknown> => turn.read().then(() => reading.push(turn));
  return { clock, turns, reading, answer };
}

test('no more are asked for while 32 wait for their answer or to be read; eight are read at a time', async () => {
  const { turns, reading, answer } = askAll(100);
  await settled();
  expect(turns).toHaveLength(32);

  for (const turn of turns.slice()) void answer(turn);
  await settled();
  expect([reading.length, turns.length]).toEqual([8, 40]);

  reading[0]?.[Symbol.dispose]();
  await settled();
  expect([reading.length, turns.length]).toEqual([9, 41]);
});

test('an answer from afar holds nobody up, and counts again when it is there', async () => {
  const { clock, turns, answer } = askAll(100);
  await settled();
  clock.advance(50);
  await settled();
  expect(turns).toHaveLength(64);

  // 8 are read, 24 wait; 32 more are asked for.
  for (const turn of turns.slice(0, 32)) void answer(turn);
  await settled();
  clock.advance(50);
  await settled();
  expect(turns).toHaveLength(72);
});

test('a set that fails or ends gives all its places back', async () => {
  const { turns } = askAll(100);
  for (let ended = 0; ended < 100; ended++) {
    await settled();
    turns[ended]?.[Symbol.dispose]();
  }
  expect(turns).toHaveLength(100);
});

test('a set that takes long is read beside others after a second', async () => {
  const { clock, turns, reading, answer } = askAll(9);
  await settled();
  for (const turn of turns) void answer(turn);
  await settled();
  expect(reading).toHaveLength(8);
  clock.advance(1_000);
  await settled();
  expect(reading).toHaveLength(9);
});
