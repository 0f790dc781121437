// docs/KEYS.md is what the program does.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultBindings } from '../../views/keys/table.ts';
import { keysPage } from './keys.ts';

test('the page in docs is fresh', () => {
  expect(readFileSync('docs/KEYS.md', 'utf8')).toBe(keysPage());
});

test('every action stands in it once', () => {
  for (const { id } of defaultBindings) expect(keysPage().split(`\`${id}\``)).toHaveLength(2);
});
