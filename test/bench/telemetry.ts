// What telemetry costs while nobody wants it: nanoseconds of a span, of the protocol's end and of a line of the debug
// log, and how many files of OpenTelemetry the program loads in its two threads. Counting for /metrics is always on.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTelemetry, tracesOf } from '../../src/telemetry/telemetry.ts';
import { sealed } from '../../src/protocol/traces.ts';
import { type BenchRow, median } from './bench-row.ts';
import { startLoad } from './support/load.ts';
import { startScreen } from './support/program.ts';
import { untilLive } from './support/synced.ts';

const calls = 5_000_000;
const runs = 9;
const budgetNs = 20;
const probe = fileURLToPath(new URL('./support/loaded.main.ts', import.meta.url));
/** Words that stand in @opentelemetry/api, and in every SDK by way of it, and nowhere else. */
const apiMark = 'Attempted duplicate registration of API';

/** CPU nanoseconds of a round of the loop. */
function nsOf(call: (n: number) => void): number {
  const once = (): number => {
    const before = process.cpuUsage();
    for (let n = 0; n < calls; n++) call(n);
    const used = process.cpuUsage(before);
    return ((used.user + used.system) * 1000) / calls;
  };
  once();
  return median(Array.from({ length: runs }, once));
}

export async function bench(): Promise<BenchRow[]> {
  const { tracing, log, metrics } = createTelemetry();
  const counter = metrics.counter('bench_total', 'Calls.');
  let sum = 0;
  const attributes = { 'flagbridge.table': 'pods' };
  const traces = tracesOf({ tracing, log, metrics });
  const once = <T>(run: () => T): T => run();
  /** Judged over the same loop without telemetry. */
  const row = (figure: string, call: (n: number) => void, without: (n: number) => void): BenchRow => {
    const floor = nsOf(without);
    return {
      area: 'telemetry off',
      figure,
      value: nsOf(call) - floor,
      unit: 'ns CPU',
      budget: budgetNs,
      peer: { name: 'without', value: floor },
    };
  };
  const nothing = (): undefined => undefined;
  const rows = [
    row(
      'a span around a call',
      (n) => void tracing.span('query', attributes, () => (sum += n)),
      (n) => void once(() => (sum += n)),
    ),
    row(
      'the envelope of a message',
      (n) => void (sum += sealed(n, traces).body),
      (n) => void (sum += { body: n }.body),
    ),
    row('a line of the debug log', () => log.write('frame', attributes), nothing),
    row('a counter', () => counter.inc(), nothing),
  ];
  if (sum === 0 || counter.value === 0) throw new Error('the calls were not made');
  return [
    ...rows,
    { area: 'telemetry off', figure: 'files of OpenTelemetry loaded', value: await loaded(), unit: '', budget: 0 },
  ];
}

/** Loaded by the program with a live cluster on its screen. */
async function loaded(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'flagbridge-bench-'));
  const file = join(folder, 'loaded');
  const load = await startLoad({ clusters: 1, podsPerCluster: 10 });
  const screen = await startScreen({
    kubeconfig: load.kubeconfigPath,
    nodeArgs: ['--import', probe],
    env: { FLAGBRIDGE_LOADED_FILE: file },
  });
  try {
    await untilLive(screen, 1);
    const files = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => fileURLToPath(line.slice(line.indexOf(' ') + 1)));
    if (files.length < 3) throw new Error(`only ${files.length} files were loaded: the probe sees nothing`);
    return files.filter((path) => readFileSync(path, 'utf8').includes(apiMark)).length;
  } finally {
    await screen.end();
    await load.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
