// Half an hour under load with somebody at the keys: what is kept after a forced garbage collection in both threads must
// not grow, nor resident memory, sockets, timers or listeners. `SOAK_MINUTES` shortens it. Samples are taken twice a minute,
// when the screen stands where it began; judged is the last sixth against the second (minutes 25–30 against 5–10).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchRow, median } from './bench-row.ts';
import { startLoad } from './support/load.ts';
import { socketsOf } from './support/proc.ts';
import { pause, startScreen, type Terminal } from './support/program.ts';
import type { SoakSample } from './support/soak-probe.main.ts';
import { untilLive } from './support/synced.ts';

const clusters = 3;
const podsPerCluster = 1000;
const eventsPerSecond = 100;
const minutes = Number(process.env['SOAK_MINUTES'] ?? 30);
const probe = fileURLToPath(new URL('./support/soak-probe.main.ts', import.meta.url));

/** A walk through the program that ends where it began: lists, a pod's logs, describe, filters, the palette, zoom. */
const walk: readonly string[] = [
  ':po -A\r',
  ...Array.from({ length: 12 }, () => 'j'),
  'l',
  '/GET\r',
  '\x1b',
  '\x1b',
  'd',
  '\x1b',
  'y',
  '\x1b',
  '/api-1\r',
  'G',
  'g',
  '\x1b',
  '\x1b',
  '1',
  'z',
  'z',
  '2',
  'jjjj',
  '0',
  'z',
  'z',
  ':home\r',
];
const keyGapMs = 400;
const restMs = 14_000;
/** Both threads look every half second whether a sample is wanted. */
const sampleMs = 2000;

export async function bench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'flagbridge-bench-'));
  const file = join(folder, 'samples');
  const load = await startLoad({ clusters, podsPerCluster, eventsPerSecond });
  const terminal = await startScreen({
    kubeconfig: load.kubeconfigPath,
    nodeArgs: ['--expose-gc', '--import', probe],
    env: { FLAGBRIDGE_SOAK_FILE: file },
  });
  try {
    await untilLive(terminal, clusters);
    const started = Date.now();
    const end = started + minutes * 60_000;
    const sockets: { readonly at: number; readonly count: number }[] = [];
    while (Date.now() < end) {
      await press(terminal);
      // Streams of the walk are kept for ten seconds: samples are taken when they are gone.
      await pause(restMs);
      sockets.push({ at: Date.now(), count: socketsOf(terminal.pid) });
      writeFileSync(`${file}.ask`, String(Date.now()));
      await pause(sampleMs);
    }
    await terminal.expectFirstWay();
    const samples = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SoakSample);
    return judge(samples, sockets, started);
  } finally {
    await terminal.end();
    await load.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function press(terminal: Terminal): Promise<void> {
  for (const keys of walk) {
    terminal.write(keys);
    await pause(keyGapMs);
  }
}

function judge(
  samples: readonly SoakSample[],
  sockets: readonly { readonly at: number; readonly count: number }[],
  started: number,
): BenchRow[] {
  const sixth = (minutes * 60_000) / 6;
  const part = <T extends { readonly at: number }>(of: readonly T[], n: number): readonly T[] =>
    of.filter(({ at }) => at >= started + n * sixth && at < started + (n + 1) * sixth);
  const growth = (of: readonly SoakSample[], pick: (sample: SoakSample) => number): number =>
    median(part(of, 5).map(pick)) - median(part(of, 1).map(pick));
  const of = (thread: SoakSample['thread']): readonly SoakSample[] => samples.filter((s) => s.thread === thread);
  const figure = (name: string): string => `${minutes} min, last sixth over the second: ${name}`;
  const area = 'memory over time';
  const timers = (sample: SoakSample): number => sample.resources['Timeout'] ?? 0;
  const firstSockets = median(part(sockets, 1).map((s) => s.count));
  return [
    ...(['main', 'engine'] as const).flatMap((thread): BenchRow[] => {
      const mine = of(thread);
      const first = median(part(mine, 1).map((s) => s.kept)) / 1e6;
      return [
        {
          area,
          figure: figure(`${thread} thread, kept after GC`),
          value: growth(mine, (s) => s.kept) / 1e6,
          unit: 'MB',
          budget: 1,
          peer: { name: 'then', value: first },
        },
        { area, figure: figure(`${thread} thread, timers`), value: growth(mine, timers), unit: 'timers', budget: 0 },
        {
          area,
          figure: figure(`${thread} thread, listeners on process`),
          value: growth(mine, (s) => s.listeners),
          unit: '',
          budget: 0,
        },
      ];
    }),
    {
      area,
      figure: figure('RSS'),
      value: growth(of('main'), (s) => s.rss) / 1e6,
      unit: 'MB',
      budget: 10,
      peer: { name: 'then', value: median(part(of('main'), 1).map((s) => s.rss)) / 1e6 },
    },
    {
      area,
      figure: figure('sockets'),
      value: median(part(sockets, 5).map((s) => s.count)) - firstSockets,
      unit: 'sockets',
      budget: 0,
      peer: { name: 'then', value: firstSockets },
    },
  ];
}
