// What must not be published is found, and what only looks like it is left alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkText } from './check-text.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flagbridge-text-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function found(text: string, home = '/home/somebody'): readonly string[] {
  writeFileSync(join(root, 'a.md'), text);
  return checkText(root, ['a.md'], home);
}

test('machine paths and registries are named with their line', () => {
  // Put together here, so that this file does not hold what it looks for.
  const lines = ['fine', `see ${'/'}root/notes.md`, `cd ${'/'}work/main`, `from https://registry.${'npmjs'}.org/ink`];

  expect(found(lines.join('\n'))).toEqual([
    `a.md:2 a path of one machine: ${'/'}root/notes.md`,
    `a.md:3 a path of one machine: ${'/'}work/main`,
    `a.md:4 a registry: registry.${'npmjs'}.org`,
  ]);
});

test("the home folder of whoever runs the check counts as a machine's path", () => {
  expect(found('at /home/somebody/src/x', '/home/somebody')).toEqual(['a.md:1 a path of this machine: /home/somebody']);
});

test('an example with a home folder, an URL path and a variable are fine', () => {
  expect(found('/home/ana/.kube/config, https://host.test/work/x, $HOME/work/y, docs/work/z')).toEqual([]);
});
