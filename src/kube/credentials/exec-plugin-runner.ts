// Runs exec credential plugins for the whole fleet: one run at a time for what is the same question, few at once, cached
// until they expire, a failure kept for a minute so that a reconnecting fleet does not storm them.
import { hash } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { pause } from '../../platform/clock.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Files } from '../../platform/files.ts';
import type { Processes } from '../../platform/processes.ts';
import { ApiError } from '../api-error.ts';
import type { ExecPlugin, KubeContext } from '../kubeconfig/context.ts';
import {
  type ExecCredential,
  execEnvironment,
  execFailure,
  execInfo,
  parseExecCredential,
  pluginName,
} from './exec-plugin.ts';
import type { PluginPolicy } from './plugin-policy.ts';
import { enterFor, newGate } from '../session/politeness.ts';

export type ExecRunnerDeps = {
  readonly processes: Processes;
  readonly files: Files;
  readonly clock: Clock;
  readonly random: () => number;
  readonly env: Environment;
  /** Where plugins run: the program's working directory, as with kubectl. */
  readonly cwd: string;
  readonly policy: PluginPolicy;
};

export interface ExecRunner {
  /** The cached credential, or that of the run in flight, or of a new run. Throws ApiError `login` or `aborted`. */
  get(context: KubeContext, plugin: ExecPlugin, signal: AbortSignal): Promise<ExecCredential>;
  /** Forgets this credential, unless it was renewed already. */
  drop(context: KubeContext, plugin: ExecPlugin, refused: ExecCredential): void;
  /** Forgets credential and failure; `printed` is a credential that an interactive run gave. */
  renew(context: KubeContext, plugin: ExecPlugin, printed?: string): void;
}

/** `placeMs`: what hangs costs no CPU; it gives its place to others long before it is given up. */
const limits = {
  timeoutMs: 30_000,
  stdoutBytes: 1024 * 1024,
  stderrBytes: 64 * 1024,
  atOnce: 4,
  placeMs: 5_000,
  failureMs: 60_000,
};

type Entry = {
  credential: ExecCredential | null;
  /** When the credential was got. */
  since: number;
  failure: { readonly error: ApiError; readonly until: number } | null;
  running: { readonly result: Promise<ExecCredential>; readonly stop: AbortController; waiting: number } | null;
};

export function createExecRunner(deps: ExecRunnerDeps): ExecRunner {
  const entries = new Map<string, Entry>();
  const places = newGate(limits.atOnce, deps.clock);
  const authorities = new Map<string, Promise<Buffer | null>>();

  const entryOf = (key: string): Entry => {
    const entry = entries.get(key) ?? { credential: null, since: 0, failure: null, running: null };
    entries.set(key, entry);
    return entry;
  };
  const authority = (context: KubeContext): Promise<Buffer | null> => {
    const { ca } = context.tls;
    if (ca === null) return Promise.resolve(null);
    if ('pem' in ca) return Promise.resolve(ca.pem);
    const known = authorities.get(ca.path) ?? deps.files.read(ca.path).then((r) => (r.ok ? r.data : null));
    authorities.set(ca.path, known);
    return known;
  };

  const run = async (context: KubeContext, plugin: ExecPlugin, signal: AbortSignal): Promise<ExecCredential> => {
    const decision = await deps.policy.decide(plugin);
    if (!decision.allowed) throw new ApiError('login', `${decision.reason}; ${decision.next}`);
    if (plugin.interactiveMode === 'Always')
      throw new ApiError('login', `credential plugin ${pluginName(plugin)} asks questions on a terminal: log in first`);
    using _place = await enterFor(places, limits.placeMs, deps.clock, signal);
    // A fleet that starts at once would start its plugins at once; the first does not wait.
    if (places.inside > 1) await pause(deps.clock, deps.random() * 200, signal);
    const ca = plugin.provideClusterInfo ? await authority(context) : null;
    const info = execInfo(context, plugin, ca, false);
    const result = await deps.processes.run({
      command: plugin.command,
      args: plugin.args,
      env: quiet(execEnvironment(deps.env, plugin, info)),
      cwd: deps.cwd,
      timeoutMs: limits.timeoutMs,
      maxStdoutBytes: limits.stdoutBytes,
      maxStderrBytes: limits.stderrBytes,
      signal,
    });
    if (result.ended === 'aborted') throw new ApiError('aborted', execFailure(plugin, result, limits.timeoutMs));
    if (result.ended !== 'exit' || result.code !== 0)
      throw new ApiError('login', execFailure(plugin, result, limits.timeoutMs));
    const credential = parseExecCredential(result.stdout.toString('utf8'), plugin);
    if (typeof credential === 'string')
      throw new ApiError('login', `credential plugin ${pluginName(plugin)} ${credential}`);
    return credential;
  };

  const start = (entry: Entry, context: KubeContext, plugin: ExecPlugin): NonNullable<Entry['running']> => {
    const stop = new AbortController();
    const result = run(context, plugin, stop.signal).then(
      (credential) => {
        if (entry.running === running)
          Object.assign(entry, { running: null, failure: null, credential, since: deps.clock.now() });
        return credential;
      },
      (error: unknown) => {
        const failed = error instanceof ApiError ? error : new ApiError('login', String(error), { cause: error });
        if (entry.running === running) {
          entry.running = null;
          entry.credential = null;
          if (failed.kind === 'login') entry.failure = { error: failed, until: deps.clock.now() + limits.failureMs };
        }
        throw failed;
      },
    );
    const running = { result, stop, waiting: 0 };
    entry.running = running;
    // Whoever waits gets the error; with nobody left it must not count as unhandled.
    result.catch(() => {});
    return running;
  };

  return {
    async get(context, plugin, signal) {
      const entry = entryOf(questionKey(context, plugin));
      const now = deps.clock.now();
      if (entry.credential !== null && !isExpired(entry.credential, entry.since, now)) return entry.credential;
      if (entry.failure !== null && now < entry.failure.until) throw entry.failure.error;
      const running = entry.running ?? start(entry, context, plugin);
      running.waiting++;
      try {
        return await orAborted(running.result, signal);
      } finally {
        // The last one to lose interest stops the run.
        if (--running.waiting === 0 && entry.running === running) {
          entry.running = null;
          running.stop.abort();
        }
      }
    },
    drop(context, plugin, refused) {
      const entry = entries.get(questionKey(context, plugin));
      if (entry?.credential === refused) entry.credential = null;
    },
    renew(context, plugin, printed) {
      const entry = entryOf(questionKey(context, plugin));
      entry.failure = null;
      entry.credential = null;
      if (printed === undefined) return;
      const credential = parseExecCredential(printed, plugin);
      if (typeof credential !== 'string') Object.assign(entry, { credential, since: deps.clock.now() });
      else {
        const error = new ApiError('login', `credential plugin ${pluginName(plugin)} ${credential}`);
        entry.failure = { error, until: deps.clock.now() + limits.failureMs };
      }
    },
  };
}

/** What makes two runs the same question, whichever cluster asks: one answer serves both. */
function questionKey(context: KubeContext, plugin: ExecPlugin): string {
  const { ca } = context.tls;
  const authority = ca === null ? null : 'path' in ca ? ca.path : hash('sha256', ca.pem);
  const cluster = plugin.provideClusterInfo ? [authority, execInfo(context, plugin, null, false)] : null;
  return JSON.stringify([plugin.apiVersion, plugin.command, plugin.args, plugin.env, cluster]);
}

/** A little before its end, so that a request does not arrive after it; short-lived ones are used for nine tenths. */
const isExpired = ({ expiresAt }: ExecCredential, since: number, now: number): boolean =>
  expiresAt !== null && now >= expiresAt - Math.min(10_000, Math.max(0, expiresAt - since) / 10);

/** Nothing opens a window or a browser unasked: a login is offered as a command instead. */
const quiet = (env: Environment): Environment => ({
  ...env,
  BROWSER: 'false',
  DISPLAY: undefined,
  WAYLAND_DISPLAY: undefined,
});

function orAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new ApiError('aborted', 'stopped while credentials were fetched'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
