// Log files of fake pods: the kubelet of kwok reads them as a real one reads what the container runtime wrote, so
// appending to the file is what a container that prints does.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type PodLogWriter = {
  readonly file: string;
  /** Appends lines with the time of now (or `at`). */
  write(lines: string | readonly string[], options?: { at?: Date; stream?: 'stdout' | 'stderr' }): void;
  /** Appends a part of a line, as the runtime does for what is longer than 16 KiB or not flushed. */
  writePart(text: string, options?: { at?: Date; last?: boolean }): void;
  /** Appends bytes as they are. */
  writeRaw(bytes: string | Buffer): void;
};

/** A line as containerd writes it: nine digits, UTC, F for a full line or P for a part. */
export function criLine(text: string, at: Date, stream: 'stdout' | 'stderr' = 'stdout', tag: 'F' | 'P' = 'F'): string {
  return `${at.toISOString().replace('Z', '000000Z')} ${stream} ${tag} ${text}\n`;
}

export function podLogWriter(file: string): PodLogWriter {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '', { flag: 'a' });
  return {
    file,
    write(lines, { at = new Date(), stream = 'stdout' } = {}) {
      const list = typeof lines === 'string' ? [lines] : lines;
      appendFileSync(file, list.map((line) => criLine(line, at, stream)).join(''));
    },
    writePart(text, { at = new Date(), last = false } = {}) {
      appendFileSync(file, criLine(text, at, 'stdout', last ? 'F' : 'P'));
    },
    writeRaw: (bytes) => appendFileSync(file, bytes),
  };
}
