// A steady stream of 5,000 pod events a second over 100,000 pods, with the lists of the home deck open: CPU of the
// engine's thread and of the main thread, and whether anything piles up.
import type { BenchRow } from './bench-row.ts';
import type { MetricSnapshot } from '../../src/telemetry/metrics.ts';
import type { Engine } from '../../src/protocol/engine.ts';
import { seconds, sleep, startInThread, startLoad, untilSynced } from '../support/bench-fleet.ts';
import { expectFirstWayOf } from './support/first-way.ts';

const clusters = 100;
const eventsPerSecond = 5_000;
const measureSeconds = 15;

async function eventsOf(engine: Engine): Promise<number> {
  const answer = await engine.ask({ ask: 'metrics' });
  const metrics = answer.ok ? (answer.value as readonly MetricSnapshot[]) : [];
  return metrics.find((m) => m.name === 'flagbridge_watch_events_total')?.values[0]?.value ?? 0;
}

export async function bench(): Promise<BenchRow[]> {
  const demo = await startLoad({ clusters, podsPerCluster: 1_000, eventsPerSecond });
  try {
    using engine = startInThread({ kubeconfig: demo.kubeconfigPath });
    let windows = 0;
    for (const table of ['problems', 'workloads', 'pods'])
      engine.query(
        {
          table,
          scope: { clusters: [], namespaces: [], filter: '' },
          filter: '',
          group: table === 'workloads' ? 'app' : 'none',
          toggled: [],
          onlyWrong: false,
          offset: 0,
          limit: 50,
        },
        () => void windows++,
      );
    await untilSynced(engine, clusters);
    await sleep(3_000);
    const eventsBefore = await eventsOf(engine);
    windows = 0;
    const all = process.cpuUsage();
    const main = process.threadCpuUsage();
    const began = performance.now();
    await sleep(measureSeconds * 1_000);
    const took = (performance.now() - began) / 1_000;
    const mainSeconds = seconds(process.threadCpuUsage(main));
    const engineSeconds = seconds(process.cpuUsage(all)) - mainSeconds;
    const asked = performance.now();
    const events = (await eventsOf(engine)) - eventsBefore;
    // A question waits behind everything that is still to be read: a growing queue shows here.
    const answerMs = performance.now() - asked;
    await expectFirstWayOf(engine);
    return [
      { area: 'steady stream', figure: 'engine', value: (engineSeconds / took) * 100, unit: '% of a core', budget: 60 },
      {
        area: 'steady stream',
        figure: 'main thread',
        value: (mainSeconds / took) * 100,
        unit: '% of a core',
        budget: 25,
      },
      { area: 'steady stream', figure: 'events read', value: events / took, unit: '/s', budget: null },
      { area: 'steady stream', figure: 'windows sent', value: windows / took, unit: '/s', budget: 30 },
      { area: 'steady stream', figure: 'answer to a question at the end', value: answerMs, unit: 'ms', budget: null },
    ];
  } finally {
    await demo.stop();
  }
}
