import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseImage, shortImage } from './image.ts';

const hex = '9f3c1a'.padEnd(64, '0');

test.each([
  ['nginx', 'nginx', '', ''],
  ['nginx:1.27', 'nginx', '1.27', ''],
  ['registry:5000/shop/cart', 'registry:5000/shop/cart', '', ''],
  ['registry:5000/shop/cart:2.4.0', 'registry:5000/shop/cart', '2.4.0', ''],
  [`shop/cart:2.4.0@sha256:${hex}`, 'shop/cart', '2.4.0', hex],
  [`shop/cart@sha256:${hex}`, 'shop/cart', '', hex],
  [`docker-pullable://shop/cart@sha256:${hex}`, 'shop/cart', '', hex],
  ['', '', '', ''],
])('%s', (reference, repository, tag, digest) => {
  expect(parseImage(reference)).toEqual({ repository, tag, digest });
});

test('the short form keeps the tag, else the start of the digest', () => {
  expect(shortImage('registry:5000/shop/cart:2.4.0')).toBe('cart:2.4.0');
  expect(shortImage(`shop/cart@sha256:${hex}`)).toBe('cart@9f3c1a');
  expect(shortImage('nginx')).toBe('nginx');
});

test('any text is taken apart without losing what it has not understood', () => {
  fc.assert(
    fc.property(fc.string(), (reference) => {
      const image = parseImage(reference);
      expect(image.repository.length + image.tag.length + image.digest.length).toBeLessThanOrEqual(reference.length);
    }),
  );
});
