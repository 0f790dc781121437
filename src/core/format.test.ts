import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  age,
  bytes,
  clock,
  count,
  cpu,
  duration,
  latency,
  parseDuration,
  silence,
  silenceChangesIn,
} from './format.ts';

const m = 60_000;
const h = 60 * m;
const d = 24 * h;

test.each([
  [0, '0s'],
  [42_000, '42s'],
  [99_000, '99s'],
  [130_000, '2m10'],
  [3 * m, '3m'],
  [99 * m, '99m'],
  [5 * h + 40 * m, '5h40'],
  [20 * h, '20h'],
  [6 * d, '6d'],
  [214 * d, '214d'],
  [3 * 365 * d, '3y'],
  [-5, '0s'],
])('%d ms last %s', (ms, text) => expect(duration(ms)).toBe(text));

test('an age cell changes at most once a minute after two minutes', () => {
  expect(age(119_000)).toBe('119s');
  expect(age(130_000)).toBe('2m');
  expect(age(30 * h)).toBe('30h');
});

test('a silence is told to ten seconds for two minutes, then to the minute, and says when it changes', () => {
  expect([8_000, 48_000, 117_000, 125_000, 179_000].map(silence)).toEqual(['0s', '40s', '1m50', '2m', '2m']);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * d }), (ms) => {
      const next = silenceChangesIn(ms);
      expect(silence(ms + next - 1)).toBe(silence(ms));
      expect(next).toBeGreaterThan(0);
    }),
  );
});

test('numbers, bytes, cores, latency', () => {
  expect([count(1204), count(12_400), count(3_100_000), count(0)]).toEqual(['1,204', '12.4k', '3.1M', '0']);
  expect([bytes(512 * 2 ** 20), bytes(2.1 * 2 ** 30), bytes(1000 * 2 ** 20), bytes(17)]).toEqual([
    '512Mi',
    '2.1Gi',
    '1Gi',
    '17',
  ]);
  expect([cpu(0.31), cpu(0.003), cpu(0), cpu(12)]).toEqual(['0.31', '3m', '0.00', '12.00']);
  expect([latency(9), latency(812), latency(2140), latency(38_000)]).toEqual(['9ms', '812ms', '2.14s', '38s']);
  expect([count(Number.NaN), bytes(Number.NaN), cpu(Number.NaN)]).toEqual(['?', '?', '?']);
});

test('a clock says the day when it is not today', () => {
  const now = Date.UTC(2026, 10, 21, 12, 41);
  expect(clock(Date.UTC(2026, 10, 21, 9, 5), now)).toBe('09:05');
  expect(clock(Date.UTC(2026, 10, 18, 9, 5), now)).toBe('Nov 18');
  expect(clock(Date.UTC(2025, 9, 18, 9, 5), now)).toBe('2025-10-18');
});

test('durations are Go’s, a bare number is seconds', () => {
  expect([
    parseDuration('5s'),
    parseDuration('1h30m'),
    parseDuration('250ms'),
    parseDuration('10'),
    parseDuration('1.5s'),
  ]).toEqual([5000, 5_400_000, 250, 10_000, 1500]);
  expect([parseDuration('5x'), parseDuration(''), parseDuration('s5'), parseDuration('-1s')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
