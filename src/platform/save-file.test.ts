import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { afterEach, expect, test } from 'vitest';
import { saveNew } from './save-file.ts';

const made: string[] = [];
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'flagbridge-save-'));
  made.push(path);
  return path;
}

test('a file is written for its owner only, and never over another one', async () => {
  const here = await folder();
  expect(await saveNew([here], 'logs.log', () => ['a', 'b'])).toEqual({ ok: true, path: join(here, 'logs.log') });
  expect(await saveNew([here], 'logs.log', () => ['c'])).toEqual({ ok: true, path: join(here, 'logs-2.log') });
  expect(await readFile(join(here, 'logs.log'), 'utf8')).toBe('a\nb\n');
  expect((await stat(join(here, 'logs.log'))).mode & 0o777).toBe(0o600);
});

test('more than a chunk arrives whole', async () => {
  const here = await folder();
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`);
  await saveNew([here], 'logs.log', () => lines);
  expect((await readFile(join(here, 'logs.log'), 'utf8')).split('\n')).toHaveLength(20_001);
});

test('the next folder is taken where one cannot be written; where none can, each says why', async () => {
  const [closed, here] = [await folder(), await folder()];
  const missing = join(closed, 'file');
  await saveNew([closed], 'file', () => ['x']);
  // A file is no folder, for root as well.
  expect(await saveNew([missing, here], 'logs.log', () => ['a'])).toEqual({ ok: true, path: join(here, 'logs.log') });
  const none = await saveNew([missing], 'logs.log', () => ['a']);
  expect(none).toMatchObject({ ok: false, message: expect.stringContaining(`${missing} `) });
  if (getuid?.() === 0) return;
  await chmod(closed, 0o500);
  expect(await saveNew([closed], 'logs.log', () => ['a'])).toEqual({
    ok: false,
    message: `${closed} may not be opened by this user`,
  });
});
