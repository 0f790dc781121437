// Where commands write: results to stdout, everything else to stderr. A reader that went away (`| head`) ends the
// command quietly, as it ends kubectl.
import { cell as sanitised, redact } from '../core/sanitise.ts';

export interface Output {
  /** One line of result. */
  line(text: string): void;
  /** One line that is not a result: what is missing and why. */
  note(text: string): void;
  /** Bytes of a result, as they came. */
  raw(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Resolves when what was written has left. */
  flush(): Promise<void>;
}

type Stream = NodeJS.WriteStream;

export function processOutput(stdout: Stream = process.stdout, stderr: Stream = process.stderr): Output {
  let isGone = false;
  stdout.on('error', () => {
    isGone = true;
  });
  const write = (text: string): void => {
    if (!isGone) stdout.write(text);
  };
  return {
    // Text of a cluster that goes to a terminal must not be obeyed by it; in a file or a pipe it stays as it came.
    line: (text) => write(`${stdout.isTTY ? sanitised(text) : text}\n`),
    raw: (text) => write(text),
    note: (text) => stderr.write(`${redact(sanitised(text))}\n`),
    isTerminal: stdout.isTTY === true,
    columns: stdout.columns ?? 120,
    flush: () => (isGone ? Promise.resolve() : new Promise((resolve) => stdout.write('', () => resolve()))),
  };
}
