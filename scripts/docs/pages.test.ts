// Pages that are written by hand and must say what the code says.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rooms } from '../check-boundaries-rules.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

test('the list of decisions names every page', () => {
  const list = readFileSync(`${docs}decisions/README.md`, 'utf8');
  const pages = readdirSync(`${docs}decisions`).filter((name) => name !== 'README.md');
  for (const page of pages) expect(list).toContain(`](${page})`);
  expect(list.match(/\]\(.*\.md\)/g)).toHaveLength(pages.length);
});

test('the table of rooms in ARCHITECTURE is the one that is enforced', () => {
  const told = new Map(
    readFileSync(`${docs}ARCHITECTURE.md`, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, path, , may] = /^\| `([^`]+)` \|(.*)\| ([^|]+) \|$/.exec(line) ?? [];
        return path === undefined || may === undefined ? [] : [[path, may] as const];
      }),
  );
  for (const { name, path, may } of rooms) {
    // Tools, which may use everything and are no part of the program.
    if (name === 'scripts' || name === 'test') continue;
    const words = told.get(path.replace(/\/$/, '')) ?? `no row for ${path}`;
    const names = words === 'all' ? 'everything' : words === '–' ? [] : words.split(', ').toSorted();
    expect(names, path).toEqual(may === 'everything' ? may : may.toSorted());
  }
});
