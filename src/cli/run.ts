// Runs what the command line asked for and says how it went: the exit code. Everything a command needs is loaded here,
// and only when it is needed.
import { engineOptions } from '../app/engine-options.ts';
import { nothingToAsk, readSources, scopeOfFlags, type Sources } from '../app/sources.ts';
import type { Engine } from '../protocol/engine.ts';
import { exitCodes, type Invocation } from './arguments.ts';
import { type Output, processOutput } from './output.ts';

/** Never throws for what a user or a cluster does; a throw is a bug of this program. */
export async function runInvocation(invocation: Invocation): Promise<number> {
  const output = processOutput();
  const refusal = formatRefusal(invocation);
  if (refusal !== null) return usage(output, [refusal]);
  if (invocation.command === 'screen' && invocation.demo) {
    const { runScreen } = await import('../app/run-screen.ts');
    return runScreen(invocation, null, output);
  }
  const read = await readSources(invocation.flags);
  if (!read.ok) return usage(output, read.lines);
  const { sources } = read;
  if (invocation.command === 'screen') {
    const { runScreen } = await import('../app/run-screen.ts');
    return runScreen(invocation, sources, output);
  }
  for (const note of sources.notes) output.note(`flagbridge: ${note}`);
  if (invocation.command === 'doctor') {
    const { doctor } = await import('./doctor/doctor.ts');
    return doctor(sources, invocation.flags, output);
  }
  const nothing = nothingToAsk(sources, invocation.flags);
  if (nothing !== null) return usage(output, [nothing]);
  if (invocation.command === 'get') {
    const code = await withCore(sources, invocation, output);
    await output.flush();
    return code;
  }
  const code = await withEngine(sources, invocation, (engine) => runCommand(engine, invocation, output));
  await output.flush();
  return code;
}

type Command = Exclude<Invocation, { command: 'screen' } | { command: 'doctor' } | { command: 'get' }>;

async function runCommand(engine: Engine, invocation: Command, output: Output): Promise<number> {
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
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      process.once('SIGTERM', () => stop.abort());
      const format = flags.output === 'json' || flags.output === 'raw' ? flags.output : 'text';
      return logs(engine, output, { ...invocation, scope, timeoutMs, format, signal: stop.signal });
    }
  }
}

async function withEngine(
  sources: Sources,
  { flags }: Invocation,
  run: (engine: Engine) => Promise<number>,
): Promise<number> {
  const { createEngine } = await import('../engine/create-engine.ts');
  using engine = createEngine(await engineOptions(sources, { flags, parks: false }));
  return await run(engine);
}

/** `get` asks for lists and watches nothing: the engine's fleet without its plugins. */
async function withCore(
  sources: Sources,
  invocation: Extract<Invocation, { command: 'get' }>,
  output: Output,
): Promise<number> {
  const [{ createCore }, { get }] = await Promise.all([import('../engine/create-engine.ts'), import('./get.ts')]);
  const { flags } = invocation;
  using core = createCore({ ...(await engineOptions(sources, { flags, parks: false })), plugins: [] });
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
