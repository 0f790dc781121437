// What is printed when the program itself fails: one screen, enough for a report, and nothing that must not be shared.
import { release } from 'node:os';
import { cell, redact } from '../core/sanitise.ts';

export type CrashSurroundings = { readonly version: string; readonly columns: number };

/** Frames of the stack that are shown; with the other lines they fit into 80x24. */
const mostFrames = 10;
const mostMessage = 4;

/**
 * Lines for stderr. Secrets are taken out of every line before it is cut, so that no half of one is left; a path of the
 * user's own home is shown as `~`.
 */
export function crashReport(error: unknown, { version, columns }: CrashSurroundings): string {
  const width = Math.max(40, columns);
  const fit = (line: string): string => {
    const safe = cell(redact(withoutHome(line)));
    return safe.length > width ? `${safe.slice(0, width - 1)}…` : safe;
  };
  const { message, frames } = partsOf(error);
  const { platform, arch, versions } = process;
  return [
    'Flagbridge has stopped: an error in the program itself, not in a cluster. Nothing was changed.',
    ...message.slice(0, mostMessage).map((line) => `  ${line}`),
    ...frames.slice(0, mostFrames).map((line) => `    ${line}`),
    `flagbridge ${version}, Node ${versions.node}, ${platform} ${release()} ${arch}`,
    'Please report it with the lines above. To see what led to it: flagbridge --log-file flagbridge.log',
  ]
    .map((line) => `${fit(line)}\n`)
    .join('');
}

function partsOf(error: unknown): { readonly message: readonly string[]; readonly frames: readonly string[] } {
  // Before it is split: a key in PEM is a secret over many lines.
  if (!(error instanceof Error)) return { message: redact(String(error)).split('\n'), frames: [] };
  const message = redact(`${error.name}: ${error.message}`).split('\n');
  const frames = (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
  return { message, frames };
}

const withoutHome = (line: string): string => {
  const home = process.env['HOME'] ?? '';
  return home.length > 1 ? line.replaceAll(`${home}/`, '~/') : line;
};
