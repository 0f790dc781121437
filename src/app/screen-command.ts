// `flagbridge` without a command: everything of the screen that the main thread needs, and nothing of the commands.
import type { Invocation } from '../cli/arguments.ts';
import { logged, usage } from '../cli/run-logged.ts';
import { runScreen } from './run-screen.ts';
import { readSources } from './sources.ts';

/** Never throws for what a user or a cluster does; resolves with the exit code. */
export const runScreenCommand = (invocation: Extract<Invocation, { command: 'screen' }>): Promise<number> =>
  logged(invocation, async (telemetry, output) => {
    if (invocation.demo) return runScreen(invocation, null, telemetry, output);
    const read = await readSources(invocation.flags);
    return read.ok ? runScreen(invocation, read.sources, telemetry, output) : usage(output, read.lines);
  });
