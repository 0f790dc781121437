import { expect, test } from 'vitest';
import { countedSkew, skewText } from './skew.ts';

test('what is within the tolerance counts for nothing, and a second more or less moves nothing', () => {
  expect([countedSkew(0, 4_000), countedSkew(0, 6_000), countedSkew(6_000, 5_000), countedSkew(6_000, 0)]).toEqual([
    0, 6_000, 6_000, 0,
  ]);
  expect([countedSkew(-240_000, -241_000), countedSkew(-240_000, 3_600_000)]).toEqual([-240_000, 3_600_000]);
});

test('it is said in words', () => {
  expect([skewText(null), skewText(5_000), skewText(240_000), skewText(-7_200_000)]).toEqual([
    null,
    null,
    '4m ahead of the server',
    '2h behind the server',
  ]);
});
