import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renew } from './build.ts';

test('a new bundle is pointed at; old ones stay a while, and what a killed bundling left goes', async () => {
  const dist = mkdtempSync(join(tmpdir(), 'flagbridge-dist-'));
  const old = Array.from({ length: 12 }, (_, i) => `bundle-${1_700_000_000_000 + i}-1`);
  for (const name of [...old, 'tmp-killed', 'tmp-running']) mkdirSync(join(dist, name));
  const long = new Date(Date.now() - 7_200_000);
  utimesSync(join(dist, 'tmp-killed'), long, long);
  writeFileSync(join(dist, 'chunk-of-another-layout.js'), '');

  const sizes = await renew(dist);

  const names = readdirSync(dist);
  const bundles = names.filter((name) => name.startsWith('bundle-')).sort();
  expect(bundles).toEqual([...old.slice(3), bundles.at(-1)]);
  expect(names).toContain('tmp-running');
  expect(names).not.toContain('tmp-killed');
  expect(names).not.toContain('chunk-of-another-layout.js');
  for (const file of ['flagbridge.js', 'screen-part.js', 'engine-worker.js', 'engine-worker-part.js', 'demo.js']) {
    expect(Object.keys(sizes)).toContain(file);
    expect(existsSync(join(dist, bundles.at(-1) ?? '', file))).toBe(true);
  }
  rmSync(dist, { recursive: true, force: true });
});
