// The engine in this process over real clusters, composed as the program composes it, with what tests ask of it: the
// fleet's summaries, tables as they stand, and waiting until they say something.
import { randomUUID } from 'node:crypto';
import { type Journal, openJournal } from '../../../src/actions/journal.ts';
import { createLocks } from '../../../src/actions/locks.ts';
import { createWriteGate } from '../../../src/kube/session/write-gate.ts';
import certManager from '../../../plugins/cert-manager/index.ts';
import kubernetes from '../../../plugins/kubernetes/index.ts';
import type { ClusterPhase, ClusterSummary } from '../../../src/core/cluster.ts';
import type { ClusterId } from '../../../src/core/ids.ts';
import { everything, type LiveQuery, type Window } from '../../../src/core/query.ts';
import type { Row } from '../../../src/core/row.ts';
import type { EngineCore } from '../../../src/engine/core.ts';
import { createCore, createEngine } from '../../../src/engine/create-engine.ts';
import { createKube } from '../../../src/engine/kube-adapter.ts';
import type { EngineSettings } from '../../../src/engine/settings.ts';
import { createExecRunner } from '../../../src/kube/credentials/exec-plugin-runner.ts';
import { loadKubeconfig } from '../../../src/kube/kubeconfig/kubeconfig.ts';
import { createOidcTokens } from '../../../src/kube/credentials/oidc.ts';
import { createTlsOptions } from '../../../src/kube/transport/tls.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { nodeProcesses } from '../../../src/platform/processes.ts';
import type { Engine, FleetView } from '../../../src/protocol/engine.ts';
import { until } from '../until.ts';

export type OpenFleetOptions = {
  readonly kubeconfigPath: string;
  readonly settings?: Partial<EngineSettings>;
};

/** A table that is kept current by the engine. */
export type TableView = Disposable & {
  readonly window: Window | null;
  readonly rows: readonly Row[];
  /** Called with each window as it arrives. */
  onWindow(listener: (window: Window) => void): Disposable;
};

export type TestFleet = Disposable & {
  readonly engine: Engine;
  /** Second-best ways that were taken, by name. */
  readonly fallbacks: ReadonlyMap<string, number>;
  /** An engine without plugins, as `get` uses it; closed with the fleet. */
  readonly commandCore: EngineCore;
  cluster(name: string): ClusterSummary;
  id(name: string): ClusterId;
  nameOf(id: ClusterId): string;
  table(table: string, more?: Partial<LiveQuery>): TableView;
  /** Resolves with the time at which the cluster was told to be in one of these phases; at once when it is. */
  phase(name: string, phases: readonly ClusterPhase['phase'][], timeoutMs?: number): Promise<number>;
  /** Resolves when every cluster is live (or denied) and nothing is in its first sync. */
  settled(timeoutMs?: number): Promise<FleetView>;
};

/** Opens every context of a kubeconfig. Disposing closes all connections. */
export async function openFleet({ kubeconfigPath, settings }: OpenFleetOptions): Promise<TestFleet> {
  const clock = systemClock;
  const files = nodeFiles;
  const env = {};
  const loaded = await loadKubeconfig({ explicitPath: kubeconfigPath, env, files, cwd: '/', home: null });
  if (loaded.failure !== null) throw new Error(`${loaded.failure.file}: ${loaded.failure.what}`);
  const fallbacks = new Map<string, number>();
  const plugins = createExecRunner({
    processes: nodeProcesses(clock),
    files,
    clock,
    random: Math.random,
    env,
    cwd: '/',
    policy: { decide: async () => ({ allowed: true }) },
  });
  const locks = createLocks({ isReadOnly: false, clock });
  const gate = createWriteGate((context) => locks.reasonOf(context));
  const kube = createKube({
    credentials: { files, clock, plugins, oidc: createOidcTokens({ clock, files, env }) },
    tls: createTlsOptions(files),
    userAgent: 'flagbridge/test',
    discoveryCache: null,
    gate,
    fallbacks: (what) => void fallbacks.set(what, (fallbacks.get(what) ?? 0) + 1),
    clock,
    random: Math.random,
  });
  const { contexts, currentContext } = loaded;
  const options = { contexts, currentContext, kube, ...(settings === undefined ? {} : { settings }) };
  const engine = createEngine({ ...options, plugins: [kubernetes, certManager] });
  const writes = {
    gate,
    locks,
    journal: journalInMemory(),
    userAgent: 'flagbridge/test',
    newId: randomUUID,
    here: { host: 'here', pid: 1 },
    holdMs: 1_000,
  };
  return new Fleet(engine, fallbacks, () => createCore({ ...options, plugins: [], writes }));
}

function journalInMemory(): Journal {
  const lines: string[] = [];
  return openJournal({
    path: '',
    append: async (_path, line) => {
      lines.push(line);
      return { ok: true };
    },
    read: async (path) => (path === '' ? lines.join('\n') : null),
  });
}

class Fleet implements TestFleet {
  readonly engine: Engine;
  readonly fallbacks: ReadonlyMap<string, number>;
  readonly #makeCore: () => EngineCore;
  readonly #tables = new Set<Disposable>();
  #core: EngineCore | null = null;

  constructor(engine: Engine, fallbacks: ReadonlyMap<string, number>, makeCore: () => EngineCore) {
    this.engine = engine;
    this.fallbacks = fallbacks;
    this.#makeCore = makeCore;
  }

  get commandCore(): EngineCore {
    if (this.#core === null) {
      this.#core = this.#makeCore();
      this.#core.start();
    }
    return this.#core;
  }

  cluster(name: string): ClusterSummary {
    const found = this.engine.fleet?.clusters.find((each) => each.name === name);
    if (found === undefined) throw new Error(`the engine knows no cluster ${name}`);
    return found;
  }

  id(name: string): ClusterId {
    return this.cluster(name).id;
  }

  nameOf(id: ClusterId): string {
    return this.engine.fleet?.clusters.find((each) => each.id === id)?.name ?? id;
  }

  table(table: string, more: Partial<LiveQuery> = {}): TableView {
    let window: Window | null = null;
    const listeners = new Set<(window: Window) => void>();
    const live = this.engine.query(
      {
        table,
        scope: everything,
        filter: '',
        group: 'none',
        toggled: [],
        onlyWrong: false,
        offset: 0,
        limit: 100_000,
        ...more,
      },
      (next) => {
        window = next;
        for (const listener of listeners) listener(next);
      },
    );
    this.#tables.add(live);
    return {
      get window() {
        return window;
      },
      get rows() {
        return window?.rows ?? [];
      },
      onWindow: (listener) => {
        listeners.add(listener);
        if (window !== null) listener(window);
        return { [Symbol.dispose]: () => void listeners.delete(listener) };
      },
      [Symbol.dispose]: () => live[Symbol.dispose](),
    };
  }

  phase(name: string, phases: readonly ClusterPhase['phase'][], timeoutMs = 60_000): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        end();
        reject(
          new Error(`${name} is ${this.cluster(name).state.phase} after ${timeoutMs} ms, not ${phases.join('/')}`),
        );
      }, timeoutMs);
      const look = (): void => {
        const found = this.engine.fleet?.clusters.find((each) => each.name === name);
        if (found === undefined || !phases.includes(found.state.phase)) return;
        end();
        resolve(Date.now());
      };
      const listening = this.engine.onFleet(look);
      const end = (): void => {
        clearTimeout(timer);
        listening[Symbol.dispose]();
      };
      look();
    });
  }

  settled(timeoutMs = 60_000): Promise<FleetView> {
    return until(
      'the fleet to be read',
      () => {
        const { fleet } = this.engine;
        if (fleet === null || fleet.coverage.syncing > 0) return null;
        const isRead = fleet.clusters.every(({ state, watches }) =>
          state.phase === 'live' ? watches.wanted > 0 : state.phase === 'denied',
        );
        return isRead ? fleet : null;
      },
      { timeoutMs },
    );
  }

  [Symbol.dispose](): void {
    for (const table of this.#tables) table[Symbol.dispose]();
    this.#core?.[Symbol.dispose]();
    this.engine[Symbol.dispose]();
  }
}
