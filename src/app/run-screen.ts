// The screen over a fleet: the engine in its own thread, the demo in its own process when there is nothing else, what is
// remembered from run to run. Resolves with the exit code.
import type { Invocation } from '../cli/arguments.ts';
import { exitCodes, type GlobalFlags } from '../cli/arguments.ts';
import type { Output } from '../cli/output.ts';
import { cell } from '../core/sanitise.ts';
import { formatScope } from '../core/scope.ts';
import { startEngineWorker } from '../engine/hosts/start-engine-worker.ts';
import { pause, systemClock } from '../platform/clock.ts';
import { type Telemetry, tracesOf } from '../telemetry/telemetry.ts';
import { enabledPluginIds } from './built-in-plugins.ts';
import type { WorkerSettings } from './engine-worker.ts';
import { openScreen } from './open-screen.ts';
import { askMetrics, logEngine, serveOwnMetrics } from './own-telemetry.ts';
import { countScreen, traceScreen } from './screen-metrics.ts';
import { defaultConfig } from '../config/config.ts';
import { nothingToAsk, readSources, type Sources } from './sources.ts';
import { rememberHues } from './remember-hues.ts';
import { type ScreenConfig, screenConfig } from './screen-config.ts';
import { type Place, startPlace } from './start-place.ts';

/** A disk that hangs must not keep a person from their shell. */
const saveLimitMs = 1_000;

type ScreenInvocation = Extract<Invocation, { command: 'screen' }>;

/** `sources` is null for `flagbridge demo`, which reads nobody's kubeconfig. */
export async function runScreen(
  invocation: ScreenInvocation,
  sources: Sources | null,
  telemetry: Telemetry,
  output: Output,
): Promise<number> {
  const trouble = terminalTrouble();
  if (trouble !== null) {
    output.note(`flagbridge: ${trouble}`);
    return exitCodes.usage;
  }
  // Only where no kubeconfig was named and none exists: a broken one is never hidden behind a demo.
  const isDemo = sources === null || (sources.kubeconfig.mode === 'none' && sources.kubeconfig.contexts.length === 0);
  // Keys, decks and scopes of the demo are those of the documentation; its colours are the person's own.
  const config = screenConfig(isDemo ? defaultConfig : sources.config);
  const started = startPlace(invocation, isDemo ? '' : sources.state.state.scope, config.decks);
  if (!started.ok) {
    output.note(`flagbridge: ${started.line}`);
    return exitCodes.usage;
  }
  const start = started.value;
  if (!isDemo) {
    const nothing = nothingToAsk(sources, invocation.flags);
    if (nothing === null)
      return onEngine({
        invocation,
        sources,
        flags: invocation.flags,
        config,
        start,
        isDemo: false,
        telemetry,
        output,
      });
    output.note(`flagbridge: ${nothing}`);
    return exitCodes.usage;
  }
  const { openDemo } = await import('./open-demo.ts');
  await using demo = await openDemo();
  const flags: GlobalFlags = { ...invocation.flags, kubeconfig: demo.kubeconfigPath };
  const read = await readSources(flags);
  if (!read.ok) {
    for (const line of read.lines) output.note(`flagbridge: ${line}`);
    return exitCodes.usage;
  }
  return await onEngine({ invocation, sources: read.sources, flags, config, start, isDemo: true, telemetry, output });
}

type ScreenRun = {
  readonly invocation: ScreenInvocation;
  readonly sources: Sources;
  readonly flags: GlobalFlags;
  readonly config: ScreenConfig;
  readonly start: Place;
  readonly isDemo: boolean;
  readonly telemetry: Telemetry;
  readonly output: Output;
};

async function onEngine(run: ScreenRun): Promise<number> {
  const { invocation, sources, flags, start, isDemo, telemetry } = run;
  const settings: WorkerSettings = { flags };
  using engine = startEngineWorker({
    url: workerUrl,
    settings,
    plugins: enabledPluginIds(sources.config),
    traces: tracesOf(telemetry),
    waitsForFrame: true,
  });
  using _log = logEngine(engine, telemetry.log);
  const served = await serveOwnMetrics(flags, async () => [telemetry.metrics.snapshot(), await askMetrics(engine)]);
  if (!served.ok) {
    run.output.note(`flagbridge: ${served.line}`);
    return exitCodes.usage;
  }
  if (served.value !== null) telemetry.log.write('metrics', { address: served.value.address });
  const { state } = sources;
  const { theme, ascii } = screenConfig(sources.config);
  const { keys, decks, scopes } = run.config;
  let saving: Promise<void> = Promise.resolve();
  const hues = isDemo ? null : rememberHues(engine, state, systemClock);
  const code = await openScreen({
    engine,
    env: sources.env,
    theme: themeOf(invocation.theme) ?? theme,
    ascii: invocation.ascii ? true : ascii,
    stdin: process.stdin,
    stdout: process.stdout,
    clock: systemClock,
    onTerminal: ({ screen }) => {
      countScreen(screen, telemetry.metrics);
      traceScreen(screen, telemetry.tracing);
    },
    demo: isDemo,
    note: flags.readOnly ? 'read-only' : '',
    command: invocation.line,
    timeoutMs: flags.timeoutMs,
    start,
    decks,
    keys,
    scopes,
    save: (place) => {
      const scope = formatScope(place.scope);
      // What the command line named was for this run; what was chosen in the screen is for the next one too.
      if (isDemo || scope === formatScope(start.scope)) return;
      saving = state.update((before) => ({ ...before, scope }));
    },
  });
  hues?.[Symbol.dispose]();
  await Promise.race([Promise.all([saving, hues?.written()]), pause(systemClock, saveLimitMs)]);
  return code;
}

/** The engine's own file: beside this chunk in the bundle, in this folder when run from the sources. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './engine-worker.ts' : './engine-worker.js',
  import.meta.url,
);

const themeOf = (name: string | null): 'auto' | 'dark' | 'light' | 'contrast' | null =>
  name === 'auto' || name === 'dark' || name === 'light' || name === 'contrast' ? name : null;

/** Why no screen can be drawn here; null when it can. */
function terminalTrouble(): string | null {
  if (!process.stdout.isTTY)
    return 'output is not a terminal; use a command (flagbridge triage), or run it in a terminal';
  if (!process.stdin.isTTY) return 'input is not a terminal; run flagbridge with its input on the terminal';
  const term = process.env['TERM'] ?? '';
  if (term === '' || term === 'dumb')
    return `TERM is ${term === '' ? 'not set' : cell(term)}: no screen can be drawn; export TERM=xterm-256color, or use a command (flagbridge triage)`;
  return null;
}
