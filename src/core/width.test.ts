import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutEnd, cutHead, cutMiddle, padEnd, padStart, widthOf } from './width.ts';

test('names keep their suffix, paths their end, prose its beginning', () => {
  expect(cutMiddle('cart-7d9f8c6b5-x2v8k', 15)).toBe('cart-7d…5-x2v8k');
  expect(cutHead('registry.example/shop/cart:2.4.0', 18)).toBe('…e/shop/cart:2.4.0');
  expect(cutEnd('heap limit reached, allocation failed', 12)).toBe('heap limit …');
});

test('no cut is wider than asked, wide characters are never halved', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', '日', '本', '👍', 'é'), maxLength: 30 });
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 20 }), (s, width) => {
      for (const cut of [cutEnd, cutHead, cutMiddle]) {
        expect(widthOf(cut(s, width))).toBeLessThanOrEqual(width);
        expect(cut(s, Math.max(width, widthOf(s)))).toBe(s);
      }
    }),
  );
});

test('padding counts columns', () => {
  expect(padEnd('日', 4)).toBe('日  ');
  expect(padStart('7', 3)).toBe('  7');
});
