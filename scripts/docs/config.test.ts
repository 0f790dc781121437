import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { configPage } from './config.ts';

const page = readFileSync(new URL('../../docs/CONFIG.md', import.meta.url), 'utf8');

test('docs/CONFIG.md is what the schema says (node bin/node.js scripts/docs/config.ts writes it)', () => {
  expect(page).toBe(configPage());
});

test('every example on the page is a valid configuration', () => {
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

  expect(examples.length).toBeGreaterThan(3);
  for (const example of examples) expect(parseConfig(example, 'example').problems).toEqual([]);
});
