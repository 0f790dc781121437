// The table of keys: complete, without conflicts, and polite to terminals and shells.
import { expect, test } from 'vitest';
import { keyLabel } from './binding.ts';
import { remap } from './remap.ts';
import { defaultBindings } from './table.ts';

test('every binding has a name of its own, words, and keys that no terminal owns', () => {
  const ids = defaultBindings.map((b) => b.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const binding of defaultBindings) {
    expect(binding.title).not.toBe('');
    expect(binding.title).not.toMatch(/!$/);
    for (const key of binding.keys) expect(key).not.toMatch(/^ctrl-[abdhijkmqsuw\\[]$/);
  }
});

test('deleting has no key of its own', () => {
  const keys = defaultBindings.flatMap((b) => b.keys);
  for (const key of ['D', 'p', 'backspace', 'delete']) expect(keys).not.toContain(key);
});

test('keys are remapped; wishes that cannot be met are told and change nothing', () => {
  const { bindings, conflicts } = remap(defaultBindings, {
    'pane.zoom': 'ctrl-g',
    'list.freeze': ['f9', 'Z'],
    'no.such': 'j',
    'session.redraw': 'ctrl-b',
    'copy.value': 'ctrl-c',
  });

  expect(bindings.find((b) => b.id === 'pane.zoom')?.keys).toEqual(['ctrl-g']);
  expect(bindings.find((b) => b.id === 'list.freeze')?.keys).toEqual(['f9', 'Z']);
  expect(bindings.find((b) => b.id === 'copy.value')?.keys).toEqual(['c']);
  expect(conflicts).toEqual([
    'keys.no.such: there is no such action',
    'keys.session.redraw: ctrl-b belongs to terminals and shells',
    'keys.copy.value: ctrl-c stays what it is',
  ]);
});

test('two actions on one key are told', () => {
  const { conflicts } = remap(defaultBindings, { 'pane.zoom': 'j' });
  expect(conflicts).toEqual(['keys: j is both move.down and pane.zoom; the first is meant where both work']);
});

test('keys are shown as people write them', () => {
  expect(['ctrl-c', 'shift-tab', 'space', 'G', '/', '-', 'ctrl-alt-x'].map(keyLabel)).toEqual([
    'Ctrl-c',
    'Shift-Tab',
    'Space',
    'G',
    '/',
    '-',
    'Ctrl-Alt-x',
  ]);
});
