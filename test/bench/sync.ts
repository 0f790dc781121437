// First sync of 100 clusters with 1,000 pods each over TLS: pods alone, and everything that Triage needs. CPU of the
// engine, heap that stays; beside it client-node's informers on a few clusters, counted up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { engineLimits } from '../../src/engine/hosts/start-engine-worker.ts';
import { collect, seconds, startInThread, startLoad, untilSynced, sleep } from '../support/bench-fleet.ts';
import { type BenchRow, median } from './bench-row.ts';
import { expectFirstWayOf } from './support/first-way.ts';
import { type PeerKind, pods as podKind, startInformers, triageKinds } from './support/informers.ts';
import { longestQueuedMs, queuedByThread } from './support/proc.ts';
import type { SyncData, SyncResult } from './support/sync-core-worker.ts';

const clusters = 100;
const podsPerCluster = 1_000;
const peerClusters = 4;
const triagePeerClusters = 2;
const threadRuns = 3;

/** One engine after the other in a thread like the product's; this one only waits. */
async function inThreadAlone(kubeconfig: string): Promise<SyncResult> {
  const workerData: SyncData = { kubeconfig, clusters };
  const url = new URL('./support/sync-core-worker.ts', import.meta.url);
  const worker = new Worker(url, { workerData, resourceLimits: engineLimits });
  const [result] = (await once(worker, 'message')) as [SyncResult];
  await worker.terminate();
  return result;
}

type Felt = {
  readonly stall: number;
  readonly bareStall: number;
  readonly firstRow: number;
  readonly firstRowQueued: number;
};

/**
 * What a person's terminal feels while the engine's thread works. Two wall figures that a busy machine spoils. The first
 * row is judged without the time in which a thread of ours was ready and others had the processors, as the kernel counts
 * it. The longest stall is judged over that of a bare process beside it, which does nothing but look at the same clock:
 * a container that has used up its share of the processors stops all of its threads, and no counter of theirs tells it.
 */
async function inItsThread(kubeconfig: string): Promise<Felt> {
  const bare = startBare();
  const began = performance.now();
  let stall = 0;
  let last = began;
  let firstRow = 0;
  let firstLive = 0;
  let queuedAtLive: ReadonlyMap<string, number> = new Map();
  let firstRowQueued = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    stall = Math.max(stall, now - last - 5);
    last = now;
  }, 5);
  using engine = startInThread({ kubeconfig });
  engine.onFleet(({ coverage }) => {
    if (firstLive !== 0 || coverage.live === 0) return;
    firstLive = performance.now();
    queuedAtLive = queuedByThread(process.pid);
  });
  engine.query(
    {
      table: 'pods',
      scope: { clusters: [], namespaces: [], filter: '' },
      filter: '',
      group: 'none',
      toggled: [],
      onlyWrong: false,
      offset: 0,
      limit: 50,
    },
    (window) => {
      if (firstRow !== 0 || window.total === 0) return;
      firstRow = performance.now();
      firstRowQueued = firstLive === 0 ? 0 : longestQueuedMs(process.pid, queuedAtLive);
    },
  );
  await untilSynced(engine, clusters);
  clearInterval(timer);
  await expectFirstWayOf(engine);
  const took = firstLive === 0 ? 0 : Math.max(0, firstRow - firstLive);
  return { stall, bareStall: await bare.longestStall(), firstRow: took, firstRowQueued };
}

/** A process with the same timer and nothing else; of its own, because this one's memory is measured. */
function startBare(): { longestStall(): Promise<number> } {
  const code = `
    let stall = 0;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      stall = Math.max(stall, now - last - 5);
      last = now;
    }, 5);
    process.once('message', () => process.send(stall, () => process.exit()));
    process.once('disconnect', () => process.exit());
  `;
  const bare = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return {
    async longestStall() {
      bare.send('tell');
      const [stall] = (await once(bare, 'message')) as [number];
      return stall;
    },
  };
}

/** The same kinds through client-node's informers: CPU and heap, counted up to all clusters. */
async function peer(
  kubeconfig: string,
  on: number,
  kinds: readonly PeerKind[],
): Promise<{ readonly cpu: number; readonly heapMb: number }> {
  // What informers of before kept is let go in its own time.
  await sleep(2_000);
  collect();
  const before = process.memoryUsage().heapUsed;
  const cpu = process.cpuUsage();
  await using _informers = await startInformers(kubeconfig, on, kinds);
  const used = seconds(process.cpuUsage(cpu));
  collect();
  const heapMb = (process.memoryUsage().heapUsed - before) / 1e6;
  return { cpu: (used * clusters) / on, heapMb: (heapMb * clusters) / on };
}

export async function bench(): Promise<BenchRow[]> {
  const demo = await startLoad({ clusters, podsPerCluster });
  try {
    // First of all: the most that this process ever held is read behind it.
    const felt = [await inItsThread(demo.kubeconfigPath)];
    const rssMb = process.resourceUsage().maxRSS / 1024;
    while (felt.length < threadRuns) felt.push(await inItsThread(demo.kubeconfigPath));
    const middle = (of: (run: Felt) => number): number => median(felt.map(of));
    const podInformers = await peer(demo.kubeconfigPath, peerClusters, [podKind]);
    const allInformers = await peer(demo.kubeconfigPath, triagePeerClusters, triageKinds);
    const { pods, all } = await inThreadAlone(demo.kubeconfigPath);
    const name = `client-node informers, ${peerClusters} clusters counted up`;
    const allName = `client-node informers of 16 kinds, ${triagePeerClusters} clusters counted up`;
    return [
      row('fleet sync, pods alone', 'engine CPU', pods.cpu, 's', 4, { name, value: podInformers.cpu }),
      row('fleet sync, pods alone', 'kept heap for rows', pods.rowsMb, 'MB', 40, { name, value: podInformers.heapMb }),
      row('fleet sync, pods alone', 'bytes a pod', (pods.rowsMb * 1e6) / pods.rows, 'B', null),
      row('fleet sync, Triage set', 'engine CPU', all.cpu, 's', 9, { name: allName, value: allInformers.cpu }),
      row('fleet sync, Triage set', 'kept heap', all.heapMb, 'MB', 110, { name: allName, value: allInformers.heapMb }),
      row('fleet sync, Triage set', 'most RSS, both threads', rssMb, 'MB', 400),
      row(
        'fleet sync, Triage set',
        `first row after the first connect, median of ${threadRuns}`,
        middle((run) => Math.max(0, run.firstRow - run.firstRowQueued)),
        'ms',
        200,
        { name: 'with the wait for a processor', value: middle((run) => run.firstRow) },
      ),
      row(
        'fleet sync, Triage set',
        `longest stall of the main thread over a bare one's, median of ${threadRuns}`,
        middle((run) => Math.max(0, run.stall - run.bareStall)),
        'ms',
        50,
        { name: 'the bare one', value: middle((run) => run.bareStall) },
      ),
    ];
  } finally {
    await demo.stop();
  }
}

const row = (
  area: string,
  figure: string,
  value: number,
  unit: string,
  budget: number | null,
  peer?: { readonly name: string; readonly value: number },
): BenchRow => ({ area, figure, value, unit, budget, ...(peer === undefined ? {} : { peer }) });
