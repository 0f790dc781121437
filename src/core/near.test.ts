import { expect, test } from 'vitest';
import { nearest } from './near.ts';

test('a slip finds its word, another word finds none', () => {
  expect(nearest('chekout', ['cart', 'checkout', 'catalog'])).toBe('checkout');
  expect(nearest('traige', ['triage', 'get'])).toBe('triage');
  expect(nearest('database', ['cart', 'web'])).toBeNull();
});
