// What every run has, with a screen or without one: flags that are checked, telemetry that is opened, a line in the log for
// its start and its end.
import { openTelemetry } from '../app/own-telemetry.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { exitCodes, type Invocation } from './arguments.ts';
import { type Output, processOutput } from './output.ts';
import { programVersion } from './version.ts';

/** Resolves with the exit code that `run` or a wrong flag gave. */
export async function logged(
  invocation: Invocation,
  run: (telemetry: Telemetry, output: Output) => Promise<number>,
): Promise<number> {
  const output = processOutput();
  const refusal = formatRefusal(invocation);
  if (refusal !== null) return usage(output, [refusal]);
  const opened = await openTelemetry(invocation.flags, 'main');
  if (!opened.ok) return usage(output, [opened.line]);
  const { log } = opened.value;
  const { command } = invocation;
  log.write('start', { version: programVersion, node: process.versions.node, command, pid: process.pid });
  const code = await run(opened.value, output);
  log.write('end', { code });
  return code;
}

/** Formats by command; the first is what it prints without -o. */
const formats: Readonly<Record<Invocation['command'], readonly string[]>> = {
  screen: [],
  triage: ['table', 'json'],
  get: ['table', 'wide', 'json', 'yaml', 'name'],
  clusters: ['table', 'json', 'name'],
  logs: ['text', 'raw', 'json'],
  doctor: ['table', 'json'],
  scale: ['text', 'json'],
  rollback: ['text', 'json'],
  restart: ['text', 'json'],
  switch: ['text', 'json'],
};

function formatRefusal({ command, flags }: Invocation): string | null {
  const known = formats[command];
  if (flags.output === null || known.includes(flags.output)) return null;
  return known.length === 0
    ? '-o is for commands: flagbridge triage -o json'
    : `-o ${flags.output} is not there for ${command}: there are ${known.join(', ')}`;
}

export function usage(output: Output, lines: readonly string[]): number {
  for (const line of lines) output.note(`flagbridge: ${line}`);
  return exitCodes.usage;
}
