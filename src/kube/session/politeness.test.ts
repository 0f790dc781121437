import { expect, test } from 'vitest';
import type { Clock } from '../../platform/clock.ts';
import { newBackoff, reflectorSteps, refusedSteps } from '../backoff.ts';
import { enterFor, newGate, newTokenBucket } from './politeness.ts';

function manualClock(): Clock & { advance(ms: number): Promise<void> } {
  let now = 0;
  const timers = new Set<{ at: number; fn: () => void }>();
  return {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, fn };
      timers.add(timer);
      return { [Symbol.dispose]: () => void timers.delete(timer) };
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        const next = [...timers].filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        now = next.at;
        next.fn();
        // What waits for a timer runs before time goes on.
        for (let i = 0; i < 10; i++) await Promise.resolve();
      }
      now = until;
    },
  };
}

const never = new AbortController().signal;

test('pauses double up to the cap, spread to twice as long, and are forgotten after a while of health', () => {
  const least = newBackoff(() => 0);
  expect([1, 2, 3, 4, 5, 6, 7, 8].map((n) => least.next(n))).toEqual([
    800, 1600, 3200, 6400, 12800, 25600, 30000, 30000,
  ]);
  expect(least.next(200_000)).toBe(800);
  const most = newBackoff(() => 0.999_999);
  expect(most.next(0)).toBe(1600);
});

test('a port that refuses is asked again within five seconds, however long it has refused', () => {
  const backoff = newBackoff(() => 1);
  const pauses = Array.from({ length: 50 }, (_, i) => backoff.next(i, refusedSteps));
  expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000);
  expect(reflectorSteps.capMs).toBe(30_000);
});

test('a bucket lets a burst through and then its rate, half of it after a 429', async () => {
  const clock = manualClock();
  const bucket = newTokenBucket(10, 20, clock);
  let passed = 0;
  const take = (n: number): void => {
    for (let i = 0; i < n; i++) void bucket.take(never).then(() => passed++);
  };
  take(60);
  await clock.advance(0);
  expect(passed).toBe(20);
  await clock.advance(1_000);
  expect(passed).toBe(30);
  await clock.advance(10_000);
  expect(passed).toBe(60);

  bucket.halveFor(60_000);
  take(40);
  await clock.advance(0);
  const before = passed;
  await clock.advance(1_000);
  expect(passed - before).toBe(5);
});

test('a gate admits in order, and forgets who gave up', async () => {
  const clock = manualClock();
  const gate = newGate(1, clock);
  const order: string[] = [];
  const first = await gate.enter(never);
  const stop = new AbortController();
  const second = gate.enter(stop.signal).catch((error: Error) => order.push(error.name));
  const third = gate.enter(never).then((place) => {
    order.push('third');
    return place;
  });
  stop.abort();
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await Promise.all([second, third]);
  expect(order).toEqual(['ApiError', 'third']);
  expect([gate.inside, gate.waiting]).toEqual([1, 0]);
});

test('who is slow gives the place back in time', async () => {
  const clock = manualClock();
  const gate = newGate(1, clock);
  await enterFor(gate, 1_000, clock, never);
  let entered = false;
  void gate.enter(never).then(() => {
    entered = true;
  });
  await clock.advance(999);
  expect(entered).toBe(false);
  await clock.advance(1);
  expect(entered).toBe(true);
});

test('half the places after a 429, all of them a minute later', async () => {
  const clock = manualClock();
  const gate = newGate(4, clock);
  gate.halveFor(60_000);
  for (let i = 0; i < 4; i++) void gate.enter(never);
  await clock.advance(0);
  expect(gate.inside).toBe(2);
  await clock.advance(61_000);
  expect(gate.inside).toBe(4);
});
