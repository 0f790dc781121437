// A steady stream of 5,000 pod events a second over 100,000 pods through the program itself, on a terminal with the home
// deck open: CPU of the engine and of the main thread, which draws, what is written, and whether anything piles up.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './bench-row.ts';
import { startLoad } from './support/load.ts';
import { cpuMsOf, mainCpuMsOf } from './support/proc.ts';
import { pause, startScreen } from './support/program.ts';
import { untilLive } from './support/synced.ts';

const clusters = 100;
const eventsPerSecond = 5_000;
const measureMs = 20_000;
/** The first sync of so many takes its time on a busy machine. */
const syncLimitMs = 120_000;

export async function bench(): Promise<BenchRow[]> {
  const load = await startLoad({ clusters, podsPerCluster: 1_000, eventsPerSecond });
  // Named, all of them are connected; else those beyond fifty would be parked.
  const screen = await startScreen({ kubeconfig: load.kubeconfigPath, args: ['--cluster', 'load-*'] });
  try {
    await untilLive(screen, clusters, syncLimitMs);
    await pause(3_000);
    const asked = performance.now();
    const [events = 0, windows = 0] = await screen.counted(counters);
    const answerMs = performance.now() - asked;
    const [all, main, bytes] = [cpuMsOf(screen.pid), mainCpuMsOf(screen.pid), screen.bytes()];
    const began = performance.now();
    await pause(measureMs);
    const took = performance.now() - began;
    const mainMs = mainCpuMsOf(screen.pid) - main;
    const engineMs = cpuMsOf(screen.pid) - all - mainMs;
    const written = screen.bytes() - bytes;
    const later = performance.now();
    const [eventsThen = 0, windowsThen = 0] = await screen.counted(counters);
    // A question waits behind everything that is still to be read: a growing queue shows here.
    const laterMs = performance.now() - later;
    /** Both numbers were taken at the ends of their questions. */
    const between = (later + laterMs - (asked + answerMs)) / 1000;
    await screen.expectFirstWay();
    const informers = await informerShare(load.kubeconfigPath);
    const peer = { name: `client-node informers, ${peerClusters} clusters counted up`, value: informers };
    const area = 'steady stream';
    const unit = '% of a core';
    return [
      { area, figure: 'engine, and what collects garbage', value: (engineMs / took) * 100, unit, budget: 60, peer },
      { area, figure: 'main thread, home deck on a terminal', value: (mainMs / took) * 100, unit, budget: 25 },
      { area, figure: 'written', value: (written / took) * 1000, unit: 'B/s', budget: null },
      { area, figure: 'events read', value: (eventsThen - events) / between, unit: '/s', budget: null },
      { area, figure: 'windows made', value: (windowsThen - windows) / between, unit: '/s', budget: 60 },
      {
        area,
        figure: 'answer to a question at the end',
        value: laterMs,
        unit: 'ms',
        budget: null,
        peer: { name: 'at the beginning', value: answerMs },
      },
    ];
  } finally {
    await screen.end();
    await load.stop();
  }
}

const counters = ['flagbridge_watch_events_total', 'flagbridge_windows_total'];

const peerClusters = 10;

/** Percent of a core that informers of pods use for the same events: a part of the clusters, counted up. */
async function informerShare(kubeconfig: string): Promise<number> {
  const entry = fileURLToPath(new URL('./support/informers.main.ts', import.meta.url));
  const child = fork(entry, [kubeconfig, String(peerClusters)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    await once(child, 'message');
    await pause(2_000);
    const pid = child.pid ?? 0;
    const [before, began] = [cpuMsOf(pid), performance.now()];
    await pause(measureMs / 2);
    const share = (cpuMsOf(pid) - before) / (performance.now() - began);
    return (share * 100 * clusters) / peerClusters;
  } finally {
    child.kill();
  }
}
