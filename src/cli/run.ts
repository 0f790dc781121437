// Runs what the command line asked for and says how it went: the exit code. Everything a command needs is loaded here,
// and only when it is needed.
import { engineOptions } from '../app/engine-options.ts';
import { openTelemetry, serveOwnMetrics } from '../app/own-telemetry.ts';
import { nothingToAsk, readSources, scopeOfFlags, type Sources } from '../app/sources.ts';
import type { Engine } from '../protocol/engine.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { exitCodes, type Invocation } from './arguments.ts';
import { interruption } from './interruption.ts';
import { type Output, processOutput } from './output.ts';
import { programVersion } from './version.ts';

/** Never throws for what a user or a cluster does; a throw is a bug of this program. */
export async function runInvocation(invocation: Invocation): Promise<number> {
  const output = processOutput();
  const { command, flags } = invocation;
  const refusal = formatRefusal(invocation);
  if (refusal !== null) return usage(output, [refusal]);
  const opened = await openTelemetry(flags, 'main');
  if (!opened.ok) return usage(output, [opened.line]);
  const telemetry = opened.value;
  telemetry.log.write('start', { version: programVersion, node: process.versions.node, command, pid: process.pid });
  const code = await (command === 'screen'
    ? runScreenOf(invocation, telemetry, output)
    : Promise.race([runCommand(invocation, telemetry, output), whenGone(output)]));
  telemetry.log.write('end', { code });
  return code;
}

/** Who reads no further has what was wanted: the command ends well, and at once. A full disk is a failure. */
const whenGone = ({ gone }: Output): Promise<number> =>
  new Promise((resolve) => {
    const end = (): void => resolve(gone.reason === null ? exitCodes.done : exitCodes.failed);
    gone.addEventListener('abort', end, { once: true });
  });

type Screen = Extract<Invocation, { command: 'screen' }>;
type Command = Exclude<Invocation, { command: 'screen' }>;
type OnEngine = Exclude<Command, { command: 'doctor' } | { command: 'get' }>;

async function runScreenOf(invocation: Screen, telemetry: Telemetry, output: Output): Promise<number> {
  const { runScreen } = await import('../app/run-screen.ts');
  if (invocation.demo) return runScreen(invocation, null, telemetry, output);
  const read = await readSources(invocation.flags);
  return read.ok ? runScreen(invocation, read.sources, telemetry, output) : usage(output, read.lines);
}

async function runCommand(invocation: Command, telemetry: Telemetry, output: Output): Promise<number> {
  const read = await readSources(invocation.flags);
  if (!read.ok) return usage(output, read.lines);
  const { sources } = read;
  for (const note of sources.notes) output.note(`flagbridge: ${note}`);
  const served = await serveOwnMetrics(invocation.flags, async () => [telemetry.metrics.snapshot()]);
  if (!served.ok) return usage(output, [served.line]);
  if (served.value !== null) output.note(`flagbridge: metrics at ${served.value.address}`);
  if (invocation.command === 'doctor') {
    const { doctor } = await import('./doctor/doctor.ts');
    return doctor(sources, invocation.flags, output);
  }
  const nothing = nothingToAsk(sources, invocation.flags);
  if (nothing !== null) return usage(output, [nothing]);
  const code =
    invocation.command === 'get'
      ? await withCore(sources, invocation, telemetry, output)
      : await withEngine(sources, invocation, telemetry, output);
  await output.flush();
  return code;
}

async function withEngine(
  sources: Sources,
  invocation: OnEngine,
  telemetry: Telemetry,
  output: Output,
): Promise<number> {
  const { createEngine } = await import('../engine/create-engine.ts');
  using engine = createEngine(await engineOptions(sources, { flags: invocation.flags, parks: false, telemetry }));
  return await askEngine(engine, invocation, output);
}

async function askEngine(engine: Engine, invocation: OnEngine, output: Output): Promise<number> {
  const { flags } = invocation;
  const { timeoutMs } = flags;
  const { scope } = scopeOfFlags(flags);
  switch (invocation.command) {
    case 'triage': {
      const { triage } = await import('./triage.ts');
      return triage(engine, output, { scope, timeoutMs, format: flags.output === 'json' ? 'json' : 'table' });
    }
    case 'clusters': {
      const { clusters } = await import('./clusters.ts');
      const format = flags.output === 'json' || flags.output === 'name' ? flags.output : 'table';
      return clusters(engine, output, { timeoutMs, format });
    }
    case 'logs': {
      const { logs } = await import('./logs.ts');
      using interrupted = interruption();
      const format = flags.output === 'json' || flags.output === 'raw' ? flags.output : 'text';
      const { signal } = interrupted;
      const code = await logs(engine, output, { ...invocation, scope, timeoutMs, format, signal });
      // As kubectl ends: what was read has been printed, and a script sees that it was stopped.
      return interrupted.exitCode ?? code;
    }
  }
}

/** `get` asks for lists and watches nothing: the engine's fleet without its plugins. */
async function withCore(
  sources: Sources,
  invocation: Extract<Invocation, { command: 'get' }>,
  telemetry: Telemetry,
  output: Output,
): Promise<number> {
  const [{ createCore }, { get }] = await Promise.all([import('../engine/create-engine.ts'), import('./get.ts')]);
  const { flags } = invocation;
  using core = createCore({ ...(await engineOptions(sources, { flags, parks: false, telemetry })), plugins: [] });
  core.start();
  const { namespace, allNamespaces, timeoutMs } = flags;
  return await get(core, output, {
    ...invocation,
    namespace,
    allNamespaces,
    timeoutMs,
    format: flags.output ?? 'table',
  });
}

/** Formats by command; the first is what it prints without -o. */
const formats: Readonly<Record<Invocation['command'], readonly string[]>> = {
  screen: [],
  triage: ['table', 'json'],
  get: ['table', 'wide', 'json', 'yaml', 'name'],
  clusters: ['table', 'json', 'name'],
  logs: ['text', 'raw', 'json'],
  doctor: ['table', 'json'],
};

function formatRefusal({ command, flags }: Invocation): string | null {
  const known = formats[command];
  if (flags.output === null || known.includes(flags.output)) return null;
  return known.length === 0
    ? '-o is for commands: flagbridge triage -o json'
    : `-o ${flags.output} is not there for ${command}: there are ${known.join(', ')}`;
}

function usage(output: Output, lines: readonly string[]): number {
  for (const line of lines) output.note(`flagbridge: ${line}`);
  return exitCodes.usage;
}
