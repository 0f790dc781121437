// The engine of the sync benchmark in a thread with the memory limits of the product's, so that its garbage costs what it
// costs there. Measures inside of it and posts what it found; nothing else runs in the process meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import kubernetes from '../../../plugins/kubernetes/index.ts';
import { createCore } from '../../../src/engine/create-engine.ts';
import type { Plugin } from '../../../src/plugin-api/plugin.ts';
import { collect, podsAlone, seconds, sleep } from '../../support/bench-fleet.ts';
import { optionsOver } from '../../support/engine-over.ts';
import { expectFirstWay } from './first-way.ts';

export type SyncData = { readonly kubeconfig: string; readonly clusters: number };

export type Synced = {
  readonly cpu: number;
  readonly heapMb: number;
  readonly rowsMb: number;
  readonly rows: number;
};

export type SyncResult = { readonly pods: Synced; readonly all: Synced };

async function sync({ kubeconfig, clusters }: SyncData, plugin: Plugin): Promise<Synced> {
  const options = await optionsOver({ kubeconfig, plugins: [plugin] });
  collect();
  const before = process.memoryUsage().heapUsed;
  const cpu = process.cpuUsage();
  using core = createCore(options);
  core.start();
  await until(() => {
    const { live, syncing } = core.fleet().coverage;
    return live === clusters && syncing === 0;
  });
  const used = seconds(process.cpuUsage(cpu));
  await sleep(1_500);
  collect();
  const after = process.memoryUsage().heapUsed;
  const feeds = core.fleetOf.units.flatMap(({ rows: { data } }) =>
    [...data.resources()].flatMap((resource) => data.feeds(resource)),
  );
  expectFirstWay(options.fallbacks);
  const rows = feeds.reduce((sum, feed) => sum + feed.rows.size, 0);
  for (const feed of feeds) feed.clear();
  collect();
  const rowsMb = (after - process.memoryUsage().heapUsed) / 1e6;
  return { cpu: used, heapMb: (after - before) / 1e6, rowsMb, rows };
}

/** Looks rarely: a look over a hundred clusters costs something as well. */
async function until(isDone: () => boolean): Promise<void> {
  const end = performance.now() + 300_000;
  while (!isDone() && performance.now() < end) await sleep(250);
}

const data = workerData as SyncData;
// The first engine pays for loading the code; budgets are about clusters.
await sync(data, podsAlone);
const result: SyncResult = { pods: await sync(data, podsAlone), all: await sync(data, kubernetes) };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(result);
