import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runPart } from './code-cache.ts';

let folder = '';
let env: Record<string, string> = {};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flagbridge-code-'));
  env = { XDG_CACHE_HOME: join(folder, 'cache') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const code = (): string => join(folder, 'cache/flagbridge/code');
const kept = (): string[] => readdirSync(code());

function part(content: string, body: string): URL {
  const path = join(folder, 'screen.js');
  writeFileSync(path, `//${content}\n(async(url)=>{const say=()=>${body};return{said:say(),url}})\n`);
  return pathToFileURL(path);
}

async function runAndKeep(url: URL): Promise<unknown> {
  const result = await runPart(url, env, 0);
  await vi.waitFor(() => expect(kept()).toHaveLength(1), { timeout: 10_000 });
  return result;
}

test('a part is run with its URL, and its bytecode is kept for its user alone', async () => {
  const url = part('a1', '"hello"');

  expect(await runAndKeep(url)).toEqual({ said: 'hello', url: url.href });

  expect(statSync(join(code(), kept()[0] ?? '')).mode & 0o777).toBe(0o600);
  expect(statSync(code()).mode & 0o777).toBe(0o700);
  const before = statSync(join(code(), kept()[0] ?? '')).mtimeMs;
  expect(await runPart(url, env, 0)).toEqual({ said: 'hello', url: url.href });
  await new Promise((done) => setTimeout(done, 50));
  expect(statSync(join(code(), kept()[0] ?? '')).mtimeMs).toBe(before);
});

test('another content replaces what was kept', async () => {
  await runAndKeep(part('a1', '"one"'));
  const [first] = kept();

  expect(await runPart(part('b2', '"two"'), env, 0)).toMatchObject({ said: 'two' });

  await vi.waitFor(() => expect(kept()).not.toContain(first), { timeout: 10_000 });
});

test('bytecode that is damaged, or that others may write, is not used', async () => {
  const url = part('a1', '"hello"');
  await runAndKeep(url);
  const file = join(code(), kept()[0] ?? '');
  const good = readFileSync(file);

  writeFileSync(file, good.subarray(0, good.length / 2));
  expect(await runPart(url, env, 0)).toMatchObject({ said: 'hello' });
  await vi.waitFor(() => expect(readFileSync(file).length).toBeGreaterThan(good.length / 2), { timeout: 10_000 });

  chmodSync(file, 0o666);
  expect(await runPart(url, env, 0)).toMatchObject({ said: 'hello' });
  await vi.waitFor(() => expect(statSync(file).mode & 0o022).toBe(0), { timeout: 10_000 });
});

test('without a home, or where Node was told to keep nothing, nothing is kept', async () => {
  const url = part('a1', '"hello"');

  expect(await runPart(url, {}, 0)).toMatchObject({ said: 'hello' });
  expect(await runPart(url, { ...env, NODE_DISABLE_COMPILE_CACHE: '1' }, 0)).toMatchObject({ said: 'hello' });

  await new Promise((done) => setTimeout(done, 50));
  expect(existsSync(code())).toBe(false);
});
