import { expect, test } from 'vitest';
import { newSkewMeter } from './clock-skew.ts';

const server = Date.parse('2026-11-27T10:00:00Z');
/** The header that a server writes at this moment of its own clock. */
const dateAt = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toUTCString();

test.each([
  ['right', 0],
  ['four minutes ahead', 240_000],
  ['an hour behind', -3_600_000],
])('a clock that is %s is told so, half a round trip and the cut second taken into account', (_what, skew) => {
  const meter = newSkewMeter();
  const told = Array.from({ length: 20 }, (_, i) => {
    const answered = server + i * 1_370;
    return meter.take(dateAt(answered), answered + skew - 150, answered + skew + 150);
  }).filter((ms) => ms !== null);
  expect(told.at(-1)).toBe(skew);
  expect(told.every((ms) => Math.abs(ms - skew) <= 1_000)).toBe(true);
});

test('it is told again only when it is another one, as after a clock was set', () => {
  const meter = newSkewMeter();
  const take = (skew: number) => meter.take(dateAt(server), server + 500 + skew, server + 500 + skew);
  expect([take(60_000), take(60_000), take(60_000)]).toEqual([60_000, null, null]);
  expect([take(0), take(0), take(0), take(0), take(0)]).toEqual([null, null, null, 0, null]);
});

test('what says nothing is left out: no header, no date, an answer that took long, a clock that was set meanwhile', () => {
  const meter = newSkewMeter();
  expect([
    meter.take(undefined, server, server),
    meter.take('yesterday', server, server),
    meter.take(dateAt(server), server, server + 10_000),
    meter.take(dateAt(server), server, server - 5_000),
  ]).toEqual([null, null, null, null]);
});
