// What busy clusters cost a slow line: a hundred pod events a second over three clusters, one in fifty of them changing a
// cell, all pods in sight, for a minute; beside stock Ink with the same changes. Nothing may be painted anew as a whole.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './bench-row.ts';
import { startLoad } from './support/load.ts';
import { cpuMsOf } from './support/proc.ts';
import { pause, startOnPty, startScreen, type Terminal } from './support/program.ts';
import { untilAllPods, untilLive } from './support/synced.ts';

const clusters = 3;
/** So few that the rows of all clusters stand on one screen: every visible change is in sight. */
const podsPerCluster = 18;
const eventsPerSecond = 100;
const measureMs = 60_000;
/** Pieces that come closer together than this are one frame; frames of data are at least 66 ms apart. */
const frameGapMs = 25;
const folder = fileURLToPath(new URL('./support/', import.meta.url));

export async function bench(): Promise<BenchRow[]> {
  const load = await startLoad({ clusters, podsPerCluster, eventsPerSecond });
  const ours = await startScreen({ kubeconfig: load.kubeconfigPath, command: 'po -A' });
  const ink = startOnPty({
    args: [join(folder, 'ink-table.main.ts'), String(eventsPerSecond), String(clusters * podsPerCluster)],
  });
  try {
    await untilLive(ours, clusters);
    await untilAllPods(ours);
    const whole = await wholeScreen(ours);
    const [mine, its] = await Promise.all([watch(ours), watch(ink)]);
    await ours.expectFirstWay();
    if (mine.frames.length < measureMs / 1000)
      throw new Error(`only ${mine.frames.length} frames in ${measureMs} ms: the changes are not in sight`);
    const when = '100 events/s, 2/s in sight';
    const row = (figure: string, unit: string, budget: number | null, of: (seen: Seen) => number): BenchRow => ({
      area: 'bytes',
      figure: `${when}: ${figure}`,
      value: of(mine),
      unit,
      budget,
      peer: { name: 'stock Ink', value: of(its) },
    });
    return [
      row('written', 'B/s', 512, (seen) => (sum(seen.frames) / measureMs) * 1000),
      row(
        `frames of half a screen (${Math.round(whole / 2)} B) or more`,
        'frames',
        0,
        (seen) => seen.frames.filter((bytes) => bytes * 2 >= whole).length,
      ),
      row('frames', 'a second', 15, (seen) => (seen.frames.length / measureMs) * 1000),
      row('CPU', '%', null, (seen) => seen.cpuPercent),
    ];
  } finally {
    await Promise.all([ours.end(), ink.end()]);
    await load.stop();
  }
}

type Seen = { readonly frames: readonly number[]; readonly cpuPercent: number };

/** The bytes of each frame of a minute, and the CPU that they cost. */
async function watch(terminal: Terminal, ms = measureMs): Promise<Seen> {
  const frames: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  using _listening = terminal.onData((data) => {
    const now = performance.now();
    const bytes = Buffer.byteLength(data);
    if (now - last < frameGapMs) frames.push((frames.pop() ?? 0) + bytes);
    else frames.push(bytes);
    last = now;
  });
  const cpu = cpuMsOf(terminal.pid);
  await pause(ms);
  return { frames, cpuPercent: ((cpuMsOf(terminal.pid) - cpu) / ms) * 100 };
}

/** Bytes of the whole screen, as a redraw that was asked for writes it. */
async function wholeScreen(terminal: Terminal): Promise<number> {
  const seen = watch(terminal, 1000);
  terminal.write('\x0c');
  const bytes = Math.max(...(await seen).frames);
  if (bytes < 3000) throw new Error(`the redraw wrote ${bytes} bytes only`);
  return bytes;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
