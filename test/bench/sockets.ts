// Connections per cluster: one at rest for all watches and calls, two while logs are followed.
import type { BenchRow } from './bench-row.ts';
import { sleep, startInThread, startLoad, untilSynced } from '../support/bench-fleet.ts';
import type { RunningDemo } from '../../src/demo/start.ts';
import { startInformers, triageKinds } from './support/informers.ts';
import { expectFirstWayOf } from './support/first-way.ts';

const clusters = 20;

export async function bench(): Promise<BenchRow[]> {
  const demo = await startLoad({ clusters, podsPerCluster: 50 });
  try {
    using engine = startInThread({ kubeconfig: demo.kubeconfigPath });
    await untilSynced(engine, clusters);
    await sleep(1_000);
    const rest = await demo.usage();
    const pods = await new Promise<string>((resolve) => {
      engine.query(
        {
          table: 'pods',
          scope: { clusters: [], namespaces: [], filter: '' },
          filter: '',
          group: 'none',
          toggled: [],
          onlyWrong: false,
          offset: 0,
          limit: 1,
        },
        ({ rows }) => {
          const [first] = rows;
          if (first !== undefined) resolve(first.app);
        },
      );
    });
    using _logs = engine.logs(
      { of: 'app', app: pods, namespace: null },
      { previous: false, tail: 1, sinceSeconds: null },
      { filter: '', minLevel: 'all', anchor: 'newest', limit: 10 },
      () => undefined,
    );
    await sleep(4_000);
    const following = await demo.usage();
    await expectFirstWayOf(engine);
    const peer = { name: 'client-node informers of 16 kinds', value: await informerSockets(demo) };
    return [
      { area: 'sockets', figure: 'per cluster at rest', value: rest.connections / clusters, unit: '', budget: 1, peer },
      {
        area: 'sockets',
        figure: 'per cluster while logs are followed in all',
        value: following.connections / clusters,
        unit: '',
        budget: 2,
      },
      { area: 'sockets', figure: 'watches per cluster', value: rest.watches / clusters, unit: '', budget: null },
    ];
  } finally {
    await demo.stop();
  }
}

const peerClusters = 2;

/** Connections that informers of the same kinds hold open to a cluster at rest. */
async function informerSockets(demo: RunningDemo): Promise<number> {
  const before = await demo.usage();
  await using _informers = await startInformers(demo.kubeconfigPath, peerClusters, triageKinds);
  await sleep(1_000);
  const { connections } = await demo.usage();
  return (connections - before.connections) / peerClusters;
}
