// A second monitor all day: three clusters of a thousand pods at rest under the home deck, for a minute. What is written,
// what is used of a core, what memory the process takes; beside k9s on one of the clusters where `K9S=` names its binary,
// else beside a Node with two threads that does nothing.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoCluster } from '../../src/demo/protocol.ts';
import type { BenchRow } from './bench-row.ts';
import { startK9s } from './support/k9s.ts';
import { startLoad } from './support/load.ts';
import { cpuMsOf, rssMbOf } from './support/proc.ts';
import { pause, startOnPty, startScreen, type Terminal } from './support/program.ts';
import { untilAtRest } from './support/synced.ts';

const clusters = 3;
const measureMs = 60_000;
const folder = fileURLToPath(new URL('./support/', import.meta.url));

export async function bench(): Promise<BenchRow[]> {
  const load = await startLoad({ clusters, podsPerCluster: 1000 });
  const peer = await startPeer(load.clusters[0]);
  const ours = await startScreen({ kubeconfig: load.kubeconfigPath });
  try {
    await untilAtRest(ours, clusters);
    const [mine, its] = await Promise.all([atRest(ours), atRest(peer.terminal)]);
    await ours.expectFirstWay();
    const row = (figure: string, of: (rest: AtRest) => number, unit: string, budget: number): BenchRow => ({
      area: 'quiet',
      figure,
      value: of(mine),
      unit,
      budget,
      peer: { name: peer.name, value: of(its) },
    });
    return [
      row('3 clusters x 1,000 pods, home deck: written', (rest) => rest.bytesPerSecond, 'B/s', 10),
      row('3 clusters x 1,000 pods, home deck: CPU', (rest) => rest.cpuPercent, '%', 0.5),
      row('3 clusters x 1,000 pods, home deck: RSS', (rest) => rest.rssMb, 'MB', 150),
    ];
  } finally {
    await Promise.all([ours.end(), peer.terminal.end()]);
    await load.stop();
  }
}

type AtRest = { readonly bytesPerSecond: number; readonly cpuPercent: number; readonly rssMb: number };

async function atRest(terminal: Terminal): Promise<AtRest> {
  const start = performance.now();
  const [cpu, bytes] = [cpuMsOf(terminal.pid), terminal.bytes()];
  await pause(measureMs);
  const ms = performance.now() - start;
  return {
    bytesPerSecond: ((terminal.bytes() - bytes) / ms) * 1000,
    cpuPercent: ((cpuMsOf(terminal.pid) - cpu) / ms) * 100,
    rssMb: rssMbOf(terminal.pid),
  };
}

/** k9s where it is, else a Node that does nothing. */
async function startPeer(
  cluster: DemoCluster | undefined,
): Promise<{ readonly name: string; readonly terminal: Terminal }> {
  const k9s = await startK9s(cluster);
  if (k9s !== null) return { name: 'k9s, one cluster', terminal: k9s };
  return { name: 'idle Node, two threads', terminal: startOnPty({ args: [join(folder, 'idle.main.ts')] }) };
}
