// Typing a line.
import { expect, test } from 'vitest';
import { edit, inputOf, insert } from './text-input.ts';

test('letters go in at the caret, whole graphemes go out', () => {
  const typed = insert(insert({ text: '', caret: 0 }, 'ca👩‍💻'), 'rt');
  expect(typed.text).toBe('ca👩‍💻rt');

  const left = edit(edit(edit(typed, 'left')!, 'left')!, 'backspace');
  expect(left).toEqual({ text: 'cart', caret: 2 });
  expect(edit(inputOf('cart'), 'home')).toEqual({ text: 'cart', caret: 0 });
  expect(edit({ text: 'cart', caret: 0 }, 'delete')).toEqual({ text: 'art', caret: 0 });
  expect(edit(inputOf('x'), 'f5')).toBeUndefined();
});

test('a paste of several lines is one line, controls are dropped', () => {
  expect(insert(inputOf(''), 'a\r\nb\u001b[31mc').text).toBe('a b[31mc');
});
