// Fifty thousand log lines a second through a log view of the engine: merged by time, kept in a bounded ring, filtered,
// a window of the newest sent ten times a second. How much of a core, how late the event loop is, how many bytes are
// kept; beside an array of strings and a regular expression under the same stream.
import type { LogSelector } from '../../src/core/log-line.ts';
import { clusterId } from '../../src/core/ids.ts';
import { createEngine } from '../../src/engine/create-engine.ts';
import { contextOf, FakeCluster, fakeKube, podOf } from '../support/fake-kube.ts';
import type { LogView } from '../../src/protocol/messages.ts';
import { type BenchRow, quantile } from './bench-row.ts';
import { queuedMs } from './support/proc.ts';
import { pause } from './support/program.ts';

const linesPerSecond = 50_000;
/** What one node may have open at a time. */
const containers = 8;
const tickMs = 5;
const warmSeconds = 3;
/** Long enough for the ring to be filled: about 140 bytes a line with its index. */
const ingestSeconds = 13;
const refilterSeconds = 4;
const limitBytes = 64 * 2 ** 20;
/** Beside the ring: lines that wait for older ones. */
const waitingMiB = 16;
const inSight = 60;

/** What is searched, twice over: first one filter from the start, then another over what is kept. */
const searches = [
  { name: 'a word', first: 'timeout', second: 'latency_ms=9' },
  { name: 'a quoted term', first: '"upstream timeout"', second: '"status=503"' },
  { name: 'a pattern', first: '/upstream (timeout|reset)/', second: '/status=503.*latency_ms=9/' },
] as const;

const levels = ['INFO', 'INFO', 'INFO', 'DEBUG', 'WARN', 'INFO', 'ERROR', 'INFO'];
const texts = ['order stored', 'cache hit', 'price read', 'upstream timeout', 'request done', 'session opened'];

/** Rendered before anything is measured. */
const lines: readonly Buffer[] = Array.from({ length: 20_011 }, (_, n) =>
  Buffer.from(
    `${levels[(n * 7) % levels.length]} service=checkout route=/api/v1/orders/${n} status=${n % 13 === 0 ? 503 : 200} ` +
      `${n % 5 === 0 ? texts[n % texts.length] : texts[4]} latency_ms=${(n * 31) % 997} trace_id=${((n + 1) * 2654435761).toString(16).padStart(12, '0')}`,
  ),
);

type Load = { readonly cpuPercent: number; readonly lateP99: number; readonly lateMax: number };

/**
 * Hands out the lines of so many seconds, 250 every five milliseconds. On a busy machine that takes longer than it
 * should; CPU is told for each second of lines, and how late the event loop came is told without the time in which other
 * processes had the processors.
 */
async function stream(seconds: number, take: (n: number, line: Buffer) => void): Promise<Load> {
  const late: number[] = [];
  const cpu = process.cpuUsage();
  const linesPerTick = (linesPerSecond * tickMs) / 1000;
  let queued = queuedMs(process.pid);
  for (let sent = 0; sent < seconds * linesPerSecond; ) {
    const due = performance.now() + tickMs;
    for (const end = sent + linesPerTick; sent < end; sent++) take(sent, lines[sent % lines.length] ?? Buffer.alloc(0));
    await pause(Math.max(0, due - performance.now()));
    const waited = queuedMs(process.pid) - queued;
    queued += waited;
    late.push(Math.max(0, performance.now() - due - waited));
  }
  const used = process.cpuUsage(cpu);
  return {
    cpuPercent: (used.user + used.system) / 1e4 / seconds,
    lateP99: quantile(late, 0.99),
    lateMax: Math.max(...late),
  };
}

type Measured = {
  readonly load: Load;
  readonly refilter: Load;
  readonly mostBytes: number;
  readonly heldBytes: number;
  readonly kept: number;
};

async function ours({ first, second }: { first: string; second: string }): Promise<Measured> {
  const cluster = new FakeCluster('eu');
  const names = Array.from({ length: containers }, (_, i) => `c${i}`);
  const pod = { ...podOf('burst'), spec: { containers: names.map((name) => ({ name })) } };
  cluster.answers.set('/api/v1/namespaces/shop/pods/burst', () => pod);
  using engine = createEngine({
    contexts: [contextOf('eu')],
    currentContext: null,
    plugins: [],
    kube: fakeKube([cluster]),
    settings: { logBytes: limitBytes },
  });
  const selector: LogSelector = {
    of: 'pod',
    cluster: clusterId('id-eu'),
    namespace: 'shop',
    name: 'burst',
    uid: 'uid-burst',
    container: null,
  };
  const view: LogView = { filter: first, minLevel: 'all', anchor: 'newest', limit: inSight };
  let mostBytes = 0;
  let kept = 0;
  const before = await memory();
  await until(() => engine.fleet?.clusters.some((c) => c.state.phase === 'live') === true);
  using live = engine.logs(selector, { previous: false, tail: 0, sinceSeconds: null }, view, (window) => {
    mostBytes = Math.max(mostBytes, window.bytes);
    ({ kept } = window);
  });
  await until(() => cluster.follows.length === containers);
  const { follows } = cluster;
  const take = (n: number, line: Buffer): void => follows[n % containers]?.onLine(Date.now(), line);
  await stream(warmSeconds, take);
  const load = await stream(ingestSeconds, take);
  live.change({ ...view, filter: second });
  const refilter = await stream(refilterSeconds, take);
  const heldBytes = (await memory()) - before;
  return { load, refilter, mostBytes, heldBytes, kept };
}

/** What one writes first: strings in an array, cut at a count, and all of them tested ten times a second. */
async function naive(): Promise<Measured> {
  const kept: string[] = [];
  let bytes = 0;
  const before = await memory();
  let pattern = /upstream (timeout|reset)/;
  let shownAt = performance.now();
  let shown: readonly string[] = [];
  const take = (_n: number, line: Buffer): void => {
    const text = line.toString('utf8');
    kept.push(text);
    bytes += text.length;
    if (bytes > limitBytes) for (const gone of kept.splice(0, kept.length / 8)) bytes -= gone.length;
    if (performance.now() - shownAt < 100) return;
    shownAt = performance.now();
    shown = kept.filter((one) => pattern.test(one)).slice(-inSight);
  };
  await stream(warmSeconds, take);
  const load = await stream(ingestSeconds / 4, take);
  pattern = /status=503.*latency_ms=9/;
  const refilter = await stream(refilterSeconds / 4, take);
  if (shown.length === 0) throw new Error('the naive filter finds nothing');
  return { load, refilter, mostBytes: bytes, heldBytes: (await memory()) - before, kept: kept.length };
}

/** What is held after a full collection: objects and buffers. */
async function memory(): Promise<number> {
  // What was let go last is held by the turn that let it go.
  await pause(100);
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function until(check: () => boolean): Promise<void> {
  const limit = performance.now() + 10_000;
  while (!check()) {
    if (performance.now() > limit) throw new Error('the log view did not open');
    await pause(10);
  }
}

export async function bench(): Promise<BenchRow[]> {
  const floor = await stream(warmSeconds, () => {});
  const its = await naive();
  const rows: BenchRow[] = [];
  for (const search of searches) {
    const mine = await ours(search);
    const row = (
      figure: string,
      unit: string,
      budget: number | null,
      of: (measured: Measured) => number,
    ): BenchRow => ({
      area: 'logs',
      figure: `50,000 lines/s, ${search.name}: ${figure}`,
      value: of(mine),
      unit,
      budget,
      peer: { name: 'array and regex', value: of(its) },
    });
    rows.push(
      row('CPU of a core', '%', null, (m) => m.load.cpuPercent - floor.cpuPercent),
      row('event loop late, p99', 'ms', 50, (m) => m.load.lateP99),
      row('event loop late, worst after another filter', 'ms', 50, (m) => m.refilter.lateMax),
      row('most bytes kept', 'MiB', limitBytes / 2 ** 20, (m) => m.mostBytes / 2 ** 20),
      row('memory held after a collection', 'MiB', limitBytes / 2 ** 20 + waitingMiB, (m) => m.heldBytes / 2 ** 20),
    );
  }
  return rows;
}
