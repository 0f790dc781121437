import { expect, test } from 'vitest';
import { text } from '../../core/object.ts';
import { compilePick, incomplete } from './decoder.ts';
import { pickMore } from './more.ts';

const picker = pickMore(
  compilePick({ phase: 1 }),
  compilePick({ phase: 1, why: 1 }),
  (o) => text(o, 'phase') === 'bad',
);
const bytes = Buffer.from('{"phase":"good","why":"x"},{"phase":"bad","why":"y"}');

test('more is read only of what asks for it, and both say where they ended', () => {
  expect(picker.decodePrefix(bytes, 0, bytes.length)).toEqual({ phase: 'good' });
  expect(picker.next).toBe(26);
  expect(picker.decodePrefix(bytes, 27, bytes.length)).toEqual({ phase: 'bad', why: 'y' });
  expect(picker.next).toBe(bytes.length);
  expect(picker.decode(bytes, 27, bytes.length)).toEqual({ phase: 'bad', why: 'y' });
});

test('what is cut off stays cut off', () => {
  expect(picker.decodePrefix(bytes, 27, bytes.length - 1)).toBe(incomplete);
});
