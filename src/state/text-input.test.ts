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

test('Ctrl-u empties the line up to the caret, Ctrl-w takes the word before it', () => {
  expect(edit(inputOf('c:run-* ns:shop'), 'ctrl-u')).toEqual({ text: '', caret: 0 });
  expect(edit({ text: 'ns:shop cart', caret: 8 }, 'ctrl-u')).toEqual({ text: 'cart', caret: 0 });
  expect(edit(inputOf('c:run-* ns:shop '), 'ctrl-w')).toEqual({ text: 'c:run-* ', caret: 8 });
  expect(edit(inputOf('one'), 'ctrl-w')).toEqual({ text: '', caret: 0 });
  expect(edit({ text: 'cart', caret: 0 }, 'ctrl-w')).toEqual({ text: 'cart', caret: 0 });
});

test('a paste of several lines is one line, controls are dropped', () => {
  expect(insert(inputOf(''), 'a\r\nb\u001b[31mc').text).toBe('a b[31mc');
});
