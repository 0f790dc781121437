// Writes something that a person asked to keep into a new file: never over another one, readable by its owner only, in the
// first folder that takes it.
import { mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cwd, env } from 'node:process';
import { xdgFolder } from './environment.ts';
import { wordsOfError } from './files.ts';

export type Saved = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly message: string };

/** Where people look for what they saved: the working directory, else the folder of our state. */
export function saveFolders(): readonly string[] {
  const state = xdgFolder(env, 'state');
  return [cwd(), ...(state === null ? [] : [join(state, 'saved')])];
}

const mostNames = 100;
const chunkLength = 64 * 1024;

/** `name` is tried with `-2`, `-3` … before its ending where it is taken. `lines` come without line feeds, anew for each folder. */
export async function saveNew(folders: readonly string[], name: string, lines: () => Iterable<string>): Promise<Saved> {
  const failures: string[] = [];
  for (const folder of folders) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return { ok: true, path: await write(folder, name, lines()) };
    } catch (error) {
      failures.push(`${folder} ${wordsOfError(error)}`);
    }
  }
  return { ok: false, message: failures.join('; ') || 'there is no folder to write to' };
}

/** What could not be written to its end is taken away again: half a log would look like a whole one. */
async function write(folder: string, name: string, lines: Iterable<string>): Promise<string> {
  const { path, file } = await create(folder, name);
  await using whole = file;
  try {
    for (const chunk of chunksOf(lines)) await whole.writeFile(chunk);
    return path;
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  }
}

async function create(folder: string, name: string) {
  const dot = name.lastIndexOf('.');
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${name.slice(0, dot)}-${n}${name.slice(dot)}`);
    try {
      return { path, file: await open(path, 'wx', 0o600) };
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!isTaken || n >= mostNames) throw error;
    }
  }
}

/** Lines gathered, so that half a million of them are not as many writes. */
function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
