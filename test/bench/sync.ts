// First sync of 100 clusters with 1,000 pods each over TLS: pods alone, and everything that Triage needs. CPU of the
// engine, heap that stays; beside it client-node's informers on a few clusters, counted up.
import type { BenchRow } from './bench-row.ts';
import kubernetes from '../../plugins/kubernetes/index.ts';
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Plugin } from '../../src/plugin-api/plugin.ts';
import { collect, podsAlone, seconds, sleep, startInThread, startLoad, untilSynced } from '../support/bench-fleet.ts';
import { optionsOver } from '../support/engine-over.ts';

const clusters = 100;
const podsPerCluster = 1_000;
const peerClusters = 4;

type Synced = { readonly cpu: number; readonly heapMb: number; readonly rows: number };

async function inThisThread(kubeconfig: string, plugin: Plugin): Promise<Synced> {
  const options = await optionsOver({ kubeconfig, plugins: [plugin] });
  collect();
  const before = process.memoryUsage().heapUsed;
  const cpu = process.cpuUsage();
  using engine = createEngine(options);
  await untilSynced(engine, clusters);
  const used = seconds(process.cpuUsage(cpu));
  await sleep(1_500);
  collect();
  const heapMb = (process.memoryUsage().heapUsed - before) / 1e6;
  const rows = (engine.fleet?.clusters ?? []).reduce((sum, cluster) => sum + (cluster.pods ?? 0), 0);
  return { cpu: used, heapMb, rows };
}

/** What a person's terminal feels while the engine's thread works. */
async function inItsThread(kubeconfig: string) {
  const began = performance.now();
  let stall = 0;
  let last = began;
  let firstRow = 0;
  let firstLive = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    stall = Math.max(stall, now - last - 5);
    last = now;
  }, 5);
  using engine = startInThread({ kubeconfig });
  engine.onFleet(({ coverage }) => {
    if (firstLive === 0 && coverage.live > 0) firstLive = performance.now();
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
      if (firstRow === 0 && window.total > 0) firstRow = performance.now();
    },
  );
  await untilSynced(engine, clusters);
  clearInterval(timer);
  return { stall, firstRow: Math.max(0, firstRow - firstLive), rssMb: process.resourceUsage().maxRSS / 1024 };
}

/** The same pods through client-node's informers: CPU and heap, counted up to all clusters. */
async function peer(kubeconfig: string): Promise<Synced> {
  const { CoreV1Api, KubeConfig, makeInformer } = await import('@kubernetes/client-node');
  const all = new KubeConfig();
  all.loadFromFile(kubeconfig);
  collect();
  const before = process.memoryUsage().heapUsed;
  const cpu = process.cpuUsage();
  const informers = [];
  for (const { name } of all.getContexts().slice(0, peerClusters)) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    config.setCurrentContext(name);
    const api = config.makeApiClient(CoreV1Api);
    const informer = makeInformer(config, '/api/v1/pods', () => api.listPodForAllNamespaces());
    informer.on('error', () => undefined);
    await informer.start();
    informers.push(informer);
  }
  const used = seconds(process.cpuUsage(cpu));
  collect();
  const heapMb = (process.memoryUsage().heapUsed - before) / 1e6;
  const rows = informers.reduce((sum, informer) => sum + informer.list().length, 0);
  for (const informer of informers) await informer.stop();
  const factor = clusters / peerClusters;
  return { cpu: used * factor, heapMb: heapMb * factor, rows: rows * factor };
}

export async function bench(): Promise<BenchRow[]> {
  const demo = await startLoad({ clusters, podsPerCluster });
  try {
    // The first engine pays for loading the code; budgets are about clusters.
    await inThisThread(demo.kubeconfigPath, podsAlone);
    const pods = await inThisThread(demo.kubeconfigPath, podsAlone);
    const all = await inThisThread(demo.kubeconfigPath, kubernetes);
    const thread = await inItsThread(demo.kubeconfigPath);
    const informers = await peer(demo.kubeconfigPath);
    const name = `client-node informers, ${peerClusters} clusters counted up`;
    return [
      row('fleet sync, pods alone', 'engine CPU', pods.cpu, 's', 4, { name, value: informers.cpu }),
      row('fleet sync, pods alone', 'kept heap', pods.heapMb, 'MB', 40, { name, value: informers.heapMb }),
      row('fleet sync, pods alone', 'pods', pods.rows, 'rows', null),
      row('fleet sync, Triage set', 'engine CPU', all.cpu, 's', 9),
      row('fleet sync, Triage set', 'kept heap', all.heapMb, 'MB', 110),
      row('fleet sync, Triage set', 'RSS, both threads', thread.rssMb, 'MB', null),
      row('fleet sync, Triage set', 'first row after the first connect', thread.firstRow, 'ms', null),
      row('fleet sync, Triage set', 'longest stall of the main thread', thread.stall, 'ms', null),
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
