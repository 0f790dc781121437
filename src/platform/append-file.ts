// A file that only grows, line by line, and of which every line is on the disk before anything else happens. Readable by
// its owner only.
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { wordsOfError } from './files.ts';
import type { Written } from './files.ts';

const staleMarkMs = 10_000;

/** Appends one line and waits until the disk has it. Beyond `mostBytes` the file is put aside as `….1` first. */
export async function appendLine(path: string, line: string, mostBytes: number): Promise<Written> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size > mostBytes) await putAside(path, mostBytes);
    await using file = await open(path, 'a+', 0o600);
    // A line that a crash tore stays alone: what comes after begins anew.
    const start = (await endsInLineFeed(file)) ? '' : '\n';
    await file.writeFile(`${start}${line}\n`);
    await file.datasync();
    return { ok: true };
  } catch (error) {
    return { ok: false, message: wordsOfError(error) };
  }
}

/**
 * Only who makes the mark moves the file: a second program that saw the same size would put the new file over the old
 * one. Who finds the mark appends; a mark that a crash left is taken away, and the next line tries again.
 */
async function putAside(path: string, mostBytes: number): Promise<void> {
  const mark = `${path}.moving`;
  const file = await open(mark, 'wx', 0o600).catch(() => null);
  if (file === null) {
    const since = await stat(mark).then(
      (found) => found.mtimeMs,
      () => null,
    );
    if (since !== null && Date.now() - since > staleMarkMs) await rm(mark, { force: true });
    return;
  }
  try {
    await file.close();
    if ((await stat(path)).size > mostBytes) await rename(path, `${path}.1`);
  } finally {
    await rm(mark, { force: true });
  }
}

async function endsInLineFeed(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}
