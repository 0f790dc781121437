// Files behind a small port: bounded reads that never hang, atomic replacement, folder watching. Expected failures are
// values with words for people; nothing here throws for a file that is missing, locked or odd.
import { constants, watch } from 'node:fs';
import { access, chmod, mkdir, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pause, systemClock } from './clock.ts';

export type FileStamp = {
  readonly mtimeMs: number;
  readonly size: number;
  readonly inode: number;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly kind: 'file' | 'folder' | 'other';
};

export type ReadFailure = 'missing' | 'folder' | 'denied' | 'too-large' | 'slow' | 'other';

export type FileRead =
  | { readonly ok: true; readonly data: Buffer; readonly stamp: FileStamp }
  /** `message` is half a sentence that follows the path: `is a folder`. */
  | { readonly ok: false; readonly failure: ReadFailure; readonly message: string };

export type ReadLimits = { readonly maxBytes: number; readonly timeoutMs: number };

export type Written = { readonly ok: true } | { readonly ok: false; readonly message: string };

export interface Files {
  /** Reads a whole file, at most `maxBytes` within `timeoutMs`. A FIFO is read to its end, as `--kubeconfig <(…)` needs. */
  read(path: string, limits?: ReadLimits): Promise<FileRead>;
  /** Follows links; null when there is nothing or it may not be seen. */
  stamp(path: string): Promise<FileStamp | null>;
  /** The path without links, or null. */
  realPath(path: string): Promise<string | null>;
  isExecutable(path: string): Promise<boolean>;
  /** Writes through a temporary file beside it and a rename: a reader sees the old or the new one, never half. */
  replace(path: string, data: string, mode: number): Promise<Written>;
  /** Tells that something in a folder changed; null where that cannot be watched. */
  watchFolder(path: string, onChange: () => void): Disposable | null;
}

/** What a configuration file may be: 16 MiB, two seconds. */
export const configLimits: ReadLimits = { maxBytes: 16 * 1024 * 1024, timeoutMs: 2000 };

export const nodeFiles: Files = {
  read: (path, limits = configLimits) => readBounded(path, limits),
  async stamp(path) {
    try {
      return stampOf(await stat(path));
    } catch {
      return null;
    }
  },
  async realPath(path) {
    try {
      return await realpath(path);
    } catch {
      return null;
    }
  },
  async isExecutable(path) {
    try {
      await access(path, constants.X_OK);
      return (await stat(path)).isFile();
    } catch {
      return false;
    }
  },
  async replace(path, data, mode) {
    const temporary = `${path}.${process.pid}.${Date.now().toString(36)}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await using file = await open(temporary, 'wx', mode);
      await file.writeFile(data);
      await file.sync();
      // The mode at creation is cut by the umask.
      await chmod(temporary, mode);
      await rename(temporary, path);
      return { ok: true };
    } catch (error) {
      await unlink(temporary).catch(() => {});
      return { ok: false, message: describe(codeOf(error)).message };
    }
  },
  watchFolder(path, onChange) {
    try {
      const watcher = watch(path, { persistent: false }, onChange);
      // A folder that goes away is noticed by whoever looks at the file next; the watcher only ends.
      watcher.on('error', () => watcher.close());
      return { [Symbol.dispose]: () => watcher.close() };
    } catch {
      return null;
    }
  },
};

async function readBounded(path: string, limits: ReadLimits): Promise<FileRead> {
  const stop = new AbortController();
  const timer = systemClock.after(limits.timeoutMs, () => stop.abort());
  const slow = new Promise<FileRead>((resolve) => {
    stop.signal.addEventListener('abort', () =>
      resolve({ ok: false, failure: 'slow', message: `could not be read within ${limits.timeoutMs / 1000} s` }),
    );
  });
  try {
    // The race covers a hung file system, where not even the open call comes back.
    return await Promise.race([readWhole(path, limits.maxBytes, stop.signal), slow]);
  } finally {
    timer[Symbol.dispose]();
    stop.abort();
  }
}

async function readWhole(path: string, maxBytes: number, signal: AbortSignal): Promise<FileRead> {
  try {
    // Without O_NONBLOCK the open of a FIFO waits for its writer in a thread that nothing can stop.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    const stamp = stampOf(stats);
    if (stamp.kind === 'folder') return { ok: false, ...describe('EISDIR') };
    if (stamp.size > maxBytes) return { ok: false, ...tooLarge(maxBytes) };
    const chunks: Buffer[] = [];
    let length = 0;
    while (!signal.aborted) {
      const chunk = Buffer.allocUnsafe(Math.min(1 << 20, Math.max(4096, stamp.size - length + 1)));
      const read = await readSome(file, chunk);
      // A FIFO whose writer has not come yet reads as empty: it is waited for.
      if (read === 'later' || (read === 0 && length === 0 && stats.isFIFO())) {
        await pause(systemClock, 10, signal);
        continue;
      }
      if (read === 0) return { ok: true, data: Buffer.concat(chunks), stamp };
      length += read;
      if (length > maxBytes) return { ok: false, ...tooLarge(maxBytes) };
      chunks.push(chunk.subarray(0, read));
    }
    return { ok: false, failure: 'slow', message: 'could not be read in time' };
  } catch (error) {
    return { ok: false, ...describe(codeOf(error)) };
  }
}

async function readSome(file: { read(into: Buffer): Promise<{ bytesRead: number }> }, into: Buffer) {
  try {
    return (await file.read(into)).bytesRead;
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return 'later' as const;
    throw error;
  }
}

const tooLarge = (maxBytes: number) =>
  ({ failure: 'too-large', message: `is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB` }) as const;

function describe(code: string): { readonly failure: ReadFailure; readonly message: string } {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { failure: 'missing', message: 'does not exist' };
    case 'EISDIR':
      return { failure: 'folder', message: 'is a folder, not a file' };
    case 'EACCES':
    case 'EPERM':
      return { failure: 'denied', message: 'may not be opened by this user' };
    case 'EEXIST':
      return { failure: 'other', message: 'is taken by another file' };
    case 'EROFS':
      return { failure: 'denied', message: 'lies on a read-only file system' };
    case 'ELOOP':
      return { failure: 'other', message: 'is a link that leads back to itself' };
    case 'ENAMETOOLONG':
      return { failure: 'other', message: 'has too long a path' };
    case 'ENOSPC':
      return { failure: 'other', message: 'has no space left on its disk' };
    default:
      return { failure: 'other', message: `could not be used (${code})` };
  }
}

/** Half a sentence that follows a path: why it could not be used. */
export const wordsOfError = (error: unknown): string => describe(codeOf(error)).message;

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : 'unknown';
}

function stampOf(stats: Awaited<ReturnType<typeof stat>>): FileStamp {
  return {
    mtimeMs: Number(stats.mtimeMs),
    size: Number(stats.size),
    inode: Number(stats.ino),
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
  };
}
