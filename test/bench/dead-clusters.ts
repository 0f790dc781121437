// Ten healthy clusters beside five that are dead and five that answer ten seconds late: how long the healthy ones take,
// as a ratio to what the same ten take alone. Wall time, so medians of alternating runs.
import { type BenchRow, median } from './bench-row.ts';
import { createCore } from '../../src/engine/create-engine.ts';
import kubernetes from '../../plugins/kubernetes/index.ts';
import { sleep, startLoad } from '../support/bench-fleet.ts';
import { optionsOver } from '../support/engine-over.ts';
import { expectFirstWay } from './support/first-way.ts';

const runs = 5;

async function syncMs(kubeconfig: string, contexts: readonly string[]): Promise<number> {
  const options = await optionsOver({ kubeconfig, plugins: [kubernetes], contexts });
  const began = performance.now();
  // The state itself, not what is published of it: that comes in steps, and a step is a fifth of what is measured.
  using core = createCore(options);
  core.start();
  const end = began + 120_000;
  // The healthy ones are the first ten of the list.
  const isDone = (): boolean => {
    const healthy = core.fleet().clusters.slice(0, 10);
    return (
      healthy.length === 10 &&
      healthy.every((c) => c.state.phase === 'live' && c.watches.wanted > 0 && c.watches.synced === c.watches.wanted)
    );
  };
  while (!isDone() && performance.now() < end) await sleep(5);
  const took = performance.now() - began;
  // A cluster that answers ten seconds late leaves no choice.
  if (contexts.length === 10) expectFirstWay(options.fallbacks);
  return took;
}

export async function bench(): Promise<BenchRow[]> {
  const demo = await startLoad({ clusters: 20, podsPerCluster: 1_000 });
  try {
    const names = demo.clusters.map((cluster) => cluster.name);
    const healthy = names.slice(0, 10);
    await syncMs(demo.kubeconfigPath, healthy);
    for (const name of names.slice(10, 15)) await demo.fault(name, { type: 'down' });
    for (const name of names.slice(15)) await demo.fault(name, { type: 'latency', ms: 10_000 });
    const alone: number[] = [];
    const beside: number[] = [];
    for (let i = 0; i < runs; i++) {
      alone.push(await syncMs(demo.kubeconfigPath, healthy));
      beside.push(await syncMs(demo.kubeconfigPath, names));
    }
    const peer = { name: 'the ten alone, ms', value: median(alone) };
    return [
      {
        area: 'dead clusters',
        figure: 'time of ten healthy ones beside ten bad ones, as a ratio',
        value: median(beside) / median(alone),
        unit: '×',
        budget: 1.15,
        peer,
      },
    ];
  } finally {
    await demo.stop();
  }
}
