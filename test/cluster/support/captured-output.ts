// What a command writes, kept in memory.
import type { Output } from '../../../src/cli/output.ts';

export type CapturedOutput = Output & { readonly lines: readonly string[]; readonly notes: readonly string[] };

export function captureOutput(): CapturedOutput {
  const lines: string[] = [];
  const notes: string[] = [];
  return {
    lines,
    notes,
    line: (text) => void lines.push(text),
    note: (text) => void notes.push(text),
    gone: new AbortController().signal,
    flush: async () => undefined,
  };
}
