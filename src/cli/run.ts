// Runs what a command line without a screen asked for and says how it went: the exit code. Everything a command needs is
// loaded here, and only when it is needed.
import { serveOwnMetrics } from '../app/own-telemetry.ts';
import { namedContexts, nothingToAsk, readSources, scopeOfFlags, type Sources } from '../app/sources.ts';
import type { LoadedKubeconfig } from '../kube/kubeconfig/kubeconfig.ts';
import type { Engine } from '../protocol/engine.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { exitCodes, type Invocation } from './arguments.ts';
import { interruption } from './interruption.ts';
import type { Output } from './output.ts';
import { logged, usage } from './run-logged.ts';

type Command = Exclude<Invocation, { command: 'screen' }>;
type WriteCommand = Extract<Command, { command: 'scale' | 'rollback' | 'restart' | 'switch' }>;
type OnCore = Extract<Command, { command: 'get' }> | WriteCommand;
type OnEngine = Exclude<Command, { command: 'doctor' } | OnCore>;

const isOnCore = (command: Exclude<Command, { command: 'doctor' }>): command is OnCore =>
  ['get', 'scale', 'rollback', 'restart', 'switch'].includes(command.command);

/** Never throws for what a user or a cluster does; a throw is a bug of this program. */
export const runCommandLine = (invocation: Command): Promise<number> =>
  logged(invocation, (telemetry, output) =>
    Promise.race([runCommand(invocation, telemetry, output), whenGone(output)]),
  );

/** Who reads no further has what was wanted: the command ends well, and at once. A full disk is a failure. */
const whenGone = ({ gone }: Output): Promise<number> =>
  new Promise((resolve) => {
    const end = (): void => resolve(gone.reason === null ? exitCodes.done : exitCodes.failed);
    gone.addEventListener('abort', end, { once: true });
  });

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
  const code = isOnCore(invocation)
    ? await withCore(sources, invocation, telemetry, output)
    : await withEngine(sources, invocation, telemetry, output);
  await output.flush();
  return code;
}

/** For commands: the screen's engine runs in a thread of its own. */
const loadEngine = () => import('../app/command-engine.ts');

async function withEngine(
  sources: Sources,
  invocation: OnEngine,
  telemetry: Telemetry,
  output: Output,
): Promise<number> {
  const { createEngine, engineOptions } = await loadEngine();
  const { flags } = invocation;
  const options = await engineOptions(sources, { flags, parks: false, telemetry });
  using resources = new DisposableStack();
  const isLasting = invocation.command === 'logs' && invocation.follow;
  const follow = isLasting ? (await import('../app/follow-kubeconfig.ts')).followKubeconfig : null;
  const engine = resources.use(
    createEngine(options, (core) => {
      if (follow === null) return;
      const contextsOf = (kubeconfig: LoadedKubeconfig) => namedContexts({ ...sources, kubeconfig }, flags.clusters);
      resources.use(follow(core, sources, contextsOf));
    }),
  );
  if (isLasting) resources.use(engine.onMessage(({ text }) => output.note(`flagbridge: ${text}`)));
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

/** Asks for what it is about and watches nothing else: the engine's fleet without its plugins. */
async function withCore(sources: Sources, invocation: OnCore, telemetry: Telemetry, output: Output): Promise<number> {
  const { createCore, engineOptions } = await loadEngine();
  const { flags } = invocation;
  using core = createCore({ ...(await engineOptions(sources, { flags, parks: false, telemetry })), plugins: [] });
  if (invocation.command !== 'get') {
    const { act } = await import('./act/act.ts');
    return await act(core, output, invocation);
  }
  const { get } = await import('./get.ts');
  const { namespace, allNamespaces, timeoutMs } = flags;
  return await get(core, output, {
    ...invocation,
    namespace,
    allNamespaces,
    timeoutMs,
    format: flags.output ?? 'table',
  });
}
