// An engine over the real kube layer and a kubeconfig file, in this thread: what benchmarks, fault tests and runs against
// real servers share.
import { nodeFiles } from '../../src/platform/files.ts';
import { nodeProcesses } from '../../src/platform/processes.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { EngineOptions } from '../../src/engine/create-engine.ts';
import { createEngine } from '../../src/engine/create-engine.ts';
import { createKube } from '../../src/engine/kube-adapter.ts';
import { createExecRunner } from '../../src/kube/credentials/exec-plugin-runner.ts';
import { loadKubeconfig } from '../../src/kube/kubeconfig/kubeconfig.ts';
import { createOidcTokens } from '../../src/kube/credentials/oidc.ts';
import { loadPluginPolicy } from '../../src/kube/credentials/plugin-policy.ts';
import type { SessionTimings } from '../../src/kube/session/deps.ts';
import { createTlsOptions } from '../../src/kube/transport/tls.ts';
import type { EngineSettings } from '../../src/engine/settings.ts';
import type { Plugin } from '../../src/plugin-api/plugin.ts';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';
import { lockedGate } from './write-gates.ts';

export type OverOptions = {
  readonly kubeconfig: string;
  readonly plugins: readonly Plugin[];
  readonly settings?: Partial<EngineSettings>;
  readonly timings?: Partial<SessionTimings>;
  /** Contexts by name; absent: all. */
  readonly contexts?: readonly string[];
};

export async function optionsOver(
  over: OverOptions,
): Promise<EngineOptions & { readonly fallbacks: Map<string, number> }> {
  const clock = systemClock;
  const files = nodeFiles;
  const random = Math.random;
  const env = process.env;
  const home = null;
  const cwd = process.cwd();
  const loaded = await loadKubeconfig({ explicitPath: over.kubeconfig, env, files, cwd, home });
  const { policy } = await loadPluginPolicy({ env: { KUBERC: 'off' }, files, home, hasConsent: () => true });
  const plugins = createExecRunner({ processes: nodeProcesses(clock), files, clock, random, env, cwd, policy });
  const fallbacks = new Map<string, number>();
  const telemetry = createTelemetry();
  const counted = telemetry.metrics.counterFamily('flagbridge_fallbacks_total', 'Fall-backs taken, by what.', 'what');
  const kube = createKube({
    credentials: { files, clock, plugins, oidc: createOidcTokens({ clock, files, env }) },
    tls: createTlsOptions(files),
    userAgent: 'flagbridge/test',
    discoveryCache: null,
    gate: lockedGate('tests only read'),
    fallbacks(what) {
      fallbacks.set(what, (fallbacks.get(what) ?? 0) + 1);
      counted.of(what).inc();
    },
    clock,
    random,
    ...(over.timings === undefined ? {} : { timings: over.timings }),
  });
  const wanted = over.contexts;
  return {
    contexts: wanted === undefined ? loaded.contexts : loaded.contexts.filter((c) => wanted.includes(c.rawName)),
    currentContext: loaded.currentContext,
    plugins: over.plugins,
    kube,
    telemetry,
    clock,
    random,
    settings: { connectLimit: Number.POSITIVE_INFINITY, ...over.settings },
    fallbacks,
  };
}

export const engineOver = async (over: OverOptions) => createEngine(await optionsOver(over));
