// A child that gets the person's terminal: an editor, a pager, a login. It stays in our process group, so that the
// terminal counts it as foreground; whoever calls has given the terminal back before.
import { spawn } from 'node:child_process';

export type InteractiveSpec = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Its stdout is data and not for the person: it is kept, at most a mebibyte. */
  readonly captures: boolean;
};

export type InteractiveEnd =
  | { readonly ended: 'exit'; readonly code: number; readonly printed: string | null }
  | { readonly ended: 'failed'; readonly message: string };

const mostPrinted = 1 << 20;

/** Resolves when the child has ended; a signal counts as 128 and its number, as shells count. Never rejects. */
export function runInteractive(spec: InteractiveSpec): Promise<InteractiveEnd> {
  return new Promise((resolve) => {
    const child = spawn(spec.command, [...spec.args], {
      env: spec.env,
      shell: false,
      stdio: ['inherit', spec.captures ? 'pipe' : 'inherit', 'inherit'],
    });
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= mostPrinted) chunks.push(chunk);
    });
    child.on('error', (error) => resolve({ ended: 'failed', message: error.message }));
    child.on('close', (code, signal) =>
      resolve({
        ended: 'exit',
        code: code ?? 128 + (signal === 'SIGINT' ? 2 : 15),
        printed: spec.captures ? Buffer.concat(chunks).toString('utf8') : null,
      }),
    );
  });
}
