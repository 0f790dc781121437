// Where commands write: results to stdout, everything else to stderr. A reader that went away (`| head`) ends the
// command quietly, as it ends kubectl.
import { block, cell, redact } from '../core/sanitise.ts';

export interface Output {
  /** One line of result, or several with line feeds between them. */
  line(text: string): void;
  /** One line that is not a result: what is missing and why. */
  note(text: string): void;
  /** Aborts when results can be written no more; its reason is null when nobody reads them, else the error. */
  readonly gone: AbortSignal;
  /** Resolves when what was written has left, or nobody reads it. */
  flush(): Promise<void>;
}

type Stream = NodeJS.WriteStream;

export function processOutput(stdout: Stream = process.stdout, stderr: Stream = process.stderr): Output {
  const reader = new AbortController();
  // EPIPE mostly; a full disk ends a command as well, and its reason is worth a line.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (reader.signal.aborted) return;
    const isUnread = error.code === 'EPIPE';
    if (!isUnread) stderr.write(`flagbridge: cannot write: ${error.message}\n`);
    reader.abort(isUnread ? null : error);
  });
  return {
    // Text of a cluster that goes to a terminal must not be obeyed by it; in a file or a pipe it stays as it came.
    line: (text) => {
      if (!reader.signal.aborted) stdout.write(`${stdout.isTTY ? block(text, Number.POSITIVE_INFINITY) : text}\n`);
    },
    note: (text) => void stderr.write(`${redact(cell(text))}\n`),
    gone: reader.signal,
    flush: () =>
      new Promise((resolve) => {
        if (reader.signal.aborted) return resolve();
        reader.signal.addEventListener('abort', () => resolve(), { once: true });
        stdout.write('', () => resolve());
      }),
  };
}
