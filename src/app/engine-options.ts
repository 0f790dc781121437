// From what was read (flags, config, kubeconfig, state) to what an engine is made of.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { arch, platform } from 'node:process';
import { join } from 'node:path';
import certManager from '../../plugins/cert-manager/index.ts';
import kubernetes from '../../plugins/kubernetes/index.ts';
import { type StateStore, withConsent } from '../config/state.ts';
import { parseScope } from '../core/scope.ts';
import type { EngineOptions } from '../engine/create-engine.ts';
import { createKube } from '../engine/kube-adapter.ts';
import type { ConsentPort } from '../engine/kube-port.ts';
import { defaultSettings } from '../engine/settings.ts';
import { type DiscoveryCache, fileDiscoveryCache } from '../kube/discovery/cache.ts';
import { createExecRunner } from '../kube/credentials/exec-plugin-runner.ts';
import { createOidcTokens } from '../kube/credentials/oidc.ts';
import type { PluginPolicy } from '../kube/credentials/plugin-policy.ts';
import { createTlsOptions } from '../kube/transport/tls.ts';
import { systemClock } from '../platform/clock.ts';
import { xdgFolder } from '../platform/environment.ts';
import { nodeFiles } from '../platform/files.ts';
import { nodeProcesses } from '../platform/processes.ts';
import type { Plugin } from '../plugin-api/plugin.ts';
import { createTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import type { GlobalFlags } from '../cli/arguments.ts';
import { type BuiltInPluginId, enabledPluginIds } from './built-in-plugins.ts';
import { namedContexts, type Sources } from './sources.ts';
import { programVersion } from '../cli/version.ts';
import { createLocks } from '../actions/locks.ts';
import { createWriteGate } from '../kube/session/write-gate.ts';
import { ownJournal } from './own-journal.ts';
import { withLog } from './kube-log.ts';

export type EngineUse = {
  readonly flags: GlobalFlags;
  /** The screen parks what is beyond its limit; a command asks all clusters that it is about. */
  readonly parks: boolean;
  /** Ids of plugins that are left out, beside those that the configuration disables. */
  readonly without?: readonly string[];
  /** Of the thread that the engine runs in; absent: counted for nobody. */
  readonly telemetry?: Telemetry;
};

/** Plugins that come with the program, by id. */
export const builtIn: Readonly<Record<BuiltInPluginId, Plugin>> = { kubernetes, 'cert-manager': certManager };

const here = { host: hostname(), pid: process.pid };
const userAgent = `flagbridge/${programVersion} (${platform}/${arch})`;

/** Options of an engine over the real kube layer. Connects nothing. */
export async function engineOptions(
  sources: Sources,
  { flags, parks, without = [], telemetry = createTelemetry() }: EngineUse,
): Promise<EngineOptions> {
  const { env, home, cwd, config, kubeconfig, state } = sources;
  const clock = systemClock;
  const files = nodeFiles;
  const random = Math.random;
  const { policy } = sources.pluginPolicy;
  const plugins = createExecRunner({ processes: nodeProcesses(clock), files, clock, random, env, cwd, policy });
  const cacheFolder = xdgFolder(env, 'cache', home);
  const fallbacks = telemetry.metrics.counterFamily(
    'flagbridge_fallbacks_total',
    'Times the first way of doing something was not possible, by what it was.',
    'what',
  );
  const locks = createLocks({ isReadOnly: flags.readOnly, clock });
  const gate = createWriteGate((context) => locks.reasonOf(context));
  const kube = createKube({
    credentials: { files, clock, plugins, oidc: createOidcTokens({ clock, files, env }) },
    tls: createTlsOptions(files),
    userAgent,
    discoveryCache:
      cacheFolder === null ? null : writesBehind(fileDiscoveryCache(files, join(cacheFolder, 'discovery'))),
    gate,
    fallbacks: (what) => fallbacks.of(what).inc(),
    clock,
    random,
  });
  return {
    contexts: parks ? kubeconfig.contexts : namedContexts(sources, flags.clusters),
    currentContext: kubeconfig.currentContext,
    plugins: enabledPluginIds(config).flatMap((id) => (without.includes(id) ? [] : [builtIn[id]])),
    kube: withLog({ ...kube, consents: consentsOf(policy, state) }, telemetry.log),
    telemetry,
    clock,
    random,
    writes: { gate, locks, journal: ownJournal(env, home), userAgent, newId: randomUUID, here, holdMs: 60_000 },
    settings: {
      clusters: flags.clusters,
      namespaces: [...(flags.namespace === null ? [] : [flags.namespace]), ...config.namespaces],
      rules: config.clusters,
      lastScope: parks && state.state.scope !== '' ? parseScope(state.state.scope).scope : null,
      hues: state.state.hues,
      connectLimit: parks ? defaultSettings.connectLimit : Number.MAX_SAFE_INTEGER,
      turns: parks ? null : { places: defaultSettings.connectLimit, withinMs: flags.timeoutMs },
      logBytes: config.logs.ringBytes,
    },
  };
}

/** Nobody waits for what only the next start is faster by: a home on a disk that hangs must not hold up a cluster. */
const writesBehind = (cache: DiscoveryCache): DiscoveryCache => ({
  read: (server, path) => cache.read(server, path),
  write: (server, path, answer) => {
    void cache.write(server, path, answer);
    return Promise.resolve();
  },
});

/** Consents are remembered in the state file; where it cannot be written they hold for this run. */
function consentsOf(policy: PluginPolicy, store: StateStore): ConsentPort {
  return {
    wanted: async ({ auth }) => {
      if (auth.type !== 'exec') return null;
      const decision = await policy.decide(auth.exec);
      return decision.allowed ? null : decision.ask;
    },
    allow: async (program) => {
      await store.update((before) => withConsent(before, program));
      return store.trouble;
    },
  };
}
