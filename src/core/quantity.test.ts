import { expect, test } from 'vitest';
import { quantity } from './quantity.ts';

test.each([
  ['0', 0],
  ['10', 10],
  ['500m', 0.5],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['1Ki', 1024],
  ['1.5Gi', 1_610_612_736],
  ['2e3', 2000],
  ['2E3', 2000],
  ['1E', 1e18],
  ['100M', 1e8],
  ['-1', -1],
  [7, 7],
])('%s is %d', (text, expected) => {
  expect(quantity(text)).toBeCloseTo(expected, 9);
});

test.each(['', 'm', '1 Gi', '1gi', '1KiB', 'NaN', '0x10', undefined, null, {}, Number.NaN])(
  '%s is no quantity',
  (text) => {
    expect(quantity(text)).toBeUndefined();
  },
);
