import { expect, test } from 'vitest';
import { manualClock } from '../../../test/support/manual-clock.ts';
import { inTurns, shareMs } from './turns.ts';

const turns = { places: 50, withinMs: 10_000 };
const never = new Promise<never>(() => undefined);
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test('the time is shared by as many rounds as the clusters need', () => {
  expect([1, 50, 51, 100, 200, 1_000, 100_000].map((count) => shareMs(count, turns))).toEqual([
    10_000, 10_000, 5_000, 5_000, 2_500, 500, 5,
  ]);
  expect(shareMs(0, turns)).toBe(10_000);
});

test('fifty at a time, in order; the next begins when one is done', async () => {
  const clock = manualClock();
  const asked: number[] = [];
  const done: (() => void)[] = [];
  const all = inTurns(
    Array.from({ length: 120 }, (_, i) => i),
    turns,
    { clock, signal: new AbortController().signal },
    (i) => {
      asked.push(i);
      return new Promise<number>((resolve) => {
        done[i] = () => resolve(i * 2);
      });
    },
  );
  await settle();
  expect(asked).toHaveLength(50);

  done[7]?.();
  done[3]?.();
  await settle();
  expect(asked.slice(50)).toEqual([50, 51]);

  for (let i = 0; i < 120; i++) {
    done[i]?.();
    await settle();
  }
  expect((await all).slice(0, 4)).toEqual([0, 2, 4, 6]);
  expect(asked).toHaveLength(120);
});

test('the dead keep their places for their share only: all are asked in time, the last with a share left', async () => {
  const clock = manualClock();
  const start = clock.now();
  const askedAt: number[] = [];
  void inTurns(
    Array.from({ length: 200 }, (_, i) => i),
    turns,
    { clock, signal: new AbortController().signal },
    (i) => {
      askedAt[i] = clock.now() - start;
      return never;
    },
  );
  for (let ms = 0; ms < 10_000; ms += 500) {
    await settle();
    clock.advance(500);
  }
  expect([askedAt[0], askedAt[49], askedAt[50], askedAt[150], askedAt[199]]).toEqual([0, 0, 2_500, 7_500, 7_500]);
});

test('an end finds nobody waiting', async () => {
  const clock = manualClock();
  const end = new AbortController();
  const all = inTurns([1, 2, 3], { places: 1, withinMs: 3_000 }, { clock, signal: end.signal }, (i) =>
    end.signal.aborted
      ? Promise.resolve(-i)
      : new Promise((resolve) => end.signal.addEventListener('abort', () => resolve(i))),
  );
  await settle();
  end.abort();
  expect(await all).toEqual([1, -2, -3]);
});
