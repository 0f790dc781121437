// The debug log of --log-file: one JSON object a line, secrets taken out here and not where it is called. Without a
// file a call costs one comparison.
import { closeSync, openSync, writeSync } from 'node:fs';
import { redact } from '../core/sanitise.ts';

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface DebugLog extends Disposable {
  readonly isOn: boolean;
  write(event: string, fields?: LogFields): void;
}

export const noLog: DebugLog = { isOn: false, write: () => undefined, [Symbol.dispose]: () => undefined };

const longest = 2048;

/** Appends to `path` (made with mode 0600). Throws when it cannot be opened; a later failure ends the log silently. */
export function openDebugLog(path: string, thread: string, now: () => number = Date.now): DebugLog {
  let file: number | null = openSync(path, 'a', 0o600);
  return {
    isOn: true,
    write: (event, fields = {}) => {
      if (file === null) return;
      const safe = Object.entries(fields).map(([key, value]) => [
        key,
        typeof value === 'string' ? redact(value).slice(0, longest) : value,
      ]);
      const line = { at: new Date(now()).toISOString(), thread, event, ...Object.fromEntries(safe) };
      try {
        writeSync(file, `${JSON.stringify(line)}\n`);
      } catch {
        // A full disk must not end the program; the log is a help and no more.
        closeSync(file);
        file = null;
      }
    },
    [Symbol.dispose]: () => {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}
