// Load for benchmarks: the demo's generated clusters in a process of their own, and an engine in a thread of its own
// over them.
import { fork } from 'node:child_process';
import kubernetes from '../../plugins/kubernetes/index.ts';
import type { DemoOptions } from '../../src/demo/protocol.ts';
import { type RunningDemo, startDemo } from '../../src/demo/start.ts';
import { startEngineWorker } from '../../src/engine/hosts/start-engine-worker.ts';
import type { Engine } from '../../src/protocol/engine.ts';
import type { Plugin } from '../../src/plugin-api/plugin.ts';

export const startLoad = (options: DemoOptions): Promise<RunningDemo> =>
  startDemo(options, (entry) => fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] }));

/** Pods and nothing else: no other watch, no rule. */
export const podsAlone: Plugin = {
  ...kubernetes,
  watch: kubernetes.watch.filter((watch) => watch.group === '' && watch.resource === 'pods'),
  problems: [],
};

export type BenchWorkerSettings = { readonly kubeconfig: string; readonly contexts?: readonly string[] };

/** An engine with all of the kubernetes plugin in its own thread. */
export const startInThread = (settings: BenchWorkerSettings): Engine =>
  startEngineWorker<BenchWorkerSettings>({
    url: new URL('./bench-engine-worker.ts', import.meta.url),
    settings,
    plugins: ['kubernetes'],
  });

/** Resolves when this many clusters are live and nothing is in its first sync; false when the time is over. */
export async function untilSynced(engine: Engine, clusters: number, limitMs = 300_000): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    const coverage = engine.fleet?.coverage;
    if (coverage !== undefined && coverage.live >= clusters && coverage.syncing === 0) return true;
    await sleep(100);
  }
  return false;
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

export const seconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;

/** Collects garbage twice, because the first round frees what the second one can take. */
export function collect(): void {
  globalThis.gc?.();
  globalThis.gc?.();
}
