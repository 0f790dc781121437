// Bytes to the real terminal without ever waiting for it. Node's own TTY writes block the whole process while an SSH
// reader stalls; this opens the terminal a second time, non-blocking, and tries again when it is full.
import { closeSync, constants, openSync, readlinkSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Sink, WriteOutcome } from './sink.ts';

/** How long to wait before a full terminal is tried again: short first, so that a slow link is kept busy. */
const RETRY_MS = [2, 4, 8, 16, 32];

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const isFull = (error: unknown): boolean => codeOf(error) === 'EAGAIN' || codeOf(error) === 'EINTR';

/**
 * A second, non-blocking description of the terminal behind `fd`, or null. The flag must not be set on the one that is
 * inherited: the shell and every child share it.
 */
export function openTerminalAgain(fd: number): number | null {
  const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const paths: string[] = [];
  try {
    paths.push(readlinkSync(`/proc/self/fd/${fd}`));
  } catch {
    // No /proc: macOS, BSD.
  }
  // After `su` the terminal's device belongs to somebody else, but the controlling terminal can always be opened.
  paths.push('/dev/tty');
  for (const path of paths) {
    if (!path.startsWith('/dev/')) continue;
    try {
      const opened = openSync(path, flags);
      if (isatty(opened)) return opened;
      closeSync(opened);
    } catch {
      // The next path may work.
    }
  }
  return null;
}

/** A sink over an open, non-blocking descriptor, which it closes. */
export function descriptorSink(fd: number): Sink {
  let isOpen = true;
  let timer: NodeJS.Timeout | null = null;
  let drop: (() => void) | null = null;

  // Returns how many bytes the terminal took, or null when it is gone.
  const attempt = (bytes: Buffer, from: number): number | null => {
    try {
      return from + writeSync(fd, bytes, from);
    } catch (error) {
      return isFull(error) ? from : null;
    }
  };

  const push = (bytes: Buffer, from: number, tries: number, done: (outcome: WriteOutcome) => void): void => {
    timer = null;
    drop = null;
    if (!isOpen) return done('gone');
    const at = attempt(bytes, from);
    if (at === null) return done('gone');
    if (at >= bytes.length) return done('written');
    const next = at > from ? 0 : tries + 1;
    drop = () => done('written');
    timer = setTimeout(() => push(bytes, at, next, done), RETRY_MS[Math.min(next, RETRY_MS.length - 1)]);
  };

  return {
    write: (bytes, done) => push(Buffer.from(bytes, 'utf8'), 0, 0, done),
    writeNow(bytes, limitMs) {
      if (!isOpen) return;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const buffer = Buffer.from(bytes, 'utf8');
      const end = performance.now() + limitMs;
      let at: number | null = 0;
      while (at !== null && at < buffer.length && performance.now() < end) {
        const now: number | null = attempt(buffer, at);
        if (now === at) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        at = now;
      }
      drop?.();
      drop = null;
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      if (timer !== null) clearTimeout(timer);
      try {
        closeSync(fd);
      } catch {
        // Already gone with the terminal.
      }
    },
  };
}

/** The fall-back when the terminal cannot be opened a second time: Node's stream, which may block on a stalled reader. */
export function streamSink(stream: NodeJS.WriteStream): Sink {
  let isOpen = true;
  const onError = (): void => {
    isOpen = false;
  };
  stream.on('error', onError);
  return {
    write(bytes, done) {
      if (!isOpen) return done('gone');
      stream.write(bytes, (error) => done(error ? 'gone' : 'written'));
    },
    writeNow(bytes) {
      if (isOpen) stream.write(bytes);
    },
    close() {
      isOpen = false;
    },
  };
}
