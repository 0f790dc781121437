// What a newcomer copies from the README has to work.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('its configuration examples are understood', () => {
  const examples = [...readme.matchAll(/```yaml\n([^`]+)```/g)].map((found) => found[1] ?? '');

  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) expect(parseConfig(example, 'config.yaml').problems).toEqual([]);
});
