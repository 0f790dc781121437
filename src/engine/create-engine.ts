// An engine in this thread: for commands, for tests, and inside the engine's own thread. One interface, two hosts.
import type { KubeContext } from '../kube/kubeconfig/context.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Plugin } from '../plugin-api/plugin.ts';
import { createClient } from '../protocol/client.ts';
import type { Engine } from '../protocol/engine.ts';
import type { Notice, Request } from '../protocol/messages.ts';
import { portPair } from '../protocol/port.ts';
import { serve } from '../protocol/server.ts';
import { createTelemetry, type Telemetry, tracesOf } from '../telemetry/telemetry.ts';
import { EngineCore } from './core.ts';
import type { KubePort } from './kube-port.ts';
import type { Writes } from './actions/action-desk.ts';
import type { RunningPlugin } from './plugin-runs.ts';
import { defaultSettings, type EngineSettings } from './settings.ts';

export type EngineOptions = {
  readonly contexts: readonly KubeContext[];
  /** `rawName` of the current context. */
  readonly currentContext: string | null;
  readonly plugins: readonly Plugin[];
  readonly kube: KubePort;
  readonly settings?: Partial<EngineSettings>;
  readonly telemetry?: Telemetry;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly running?: RunningPlugin;
  readonly folders?: () => readonly string[];
  readonly waitsForFrame?: boolean;
  /** Absent: this engine only reads. */
  readonly writes?: Writes;
};

/** The engine without its protocol; `start` connects. */
export function createCore(options: EngineOptions): EngineCore {
  return new EngineCore({
    ...options,
    settings: { ...defaultSettings, ...options.settings },
    telemetry: options.telemetry ?? createTelemetry(),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  });
}

/** An engine in this thread, started. Disposing closes every connection. `onCore`: for what hangs on it. */
export function createEngine(options: EngineOptions, onCore?: (core: EngineCore) => void): Engine {
  const clock = options.clock ?? systemClock;
  const core = createCore(options);
  onCore?.(core);
  const [screen, engine] = portPair<Request, Notice>();
  const traces = tracesOf(options.telemetry);
  const server = serve(core, engine, { clock, heartbeat: true, traces });
  const client = createClient({ now: () => clock.now(), after: (ms, call) => clock.after(ms, call), traces }, () => {
    server[Symbol.dispose]();
    core[Symbol.dispose]();
  });
  client.attach(screen);
  core.start();
  return client;
}
