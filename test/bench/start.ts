// What it costs to start: CPU of `--version` over a bare Node, of the first frame with a hundred clusters listed, the
// size of what is loaded before that, and the memory of the program then. The bundle is started as it is installed: by
// its launcher, on the Node that it wants, with the compile cache of the start before.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchRow, median } from './bench-row.ts';
import { k9sOver, k9sShowsPods } from './support/k9s.ts';
import { startLoad } from './support/load.ts';
import { cpuMsOf, rssMbOf } from './support/proc.ts';
import { bundleFolder, pause, startOnPty, type StartOptions, startScreen } from './support/program.ts';

const program = join(bundleFolder, 'flagbridge.js');
const inkTable = fileURLToPath(new URL('./support/ink-table.main.ts', import.meta.url));
const loadedProbe = fileURLToPath(new URL('./support/loaded.main.ts', import.meta.url));
const clusters = 100;
const repeats = 9;
const livePasses = 5;

/** CPU milliseconds (user and system) of a command that ends by itself, as the shell's `times` counts its children. */
function cpuOf(args: readonly string[]): number {
  const run = spawnSync('bash', ['-c', '"$@" >/dev/null || exit 1; times', 'bash', process.execPath, ...args], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`${args.join(' ')} failed: ${run.stderr}`);
  const line = run.stdout.trim().split('\n')[1] ?? '';
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + (Number(m) * 60 + Number(s)) * 1000, 0);
}

/** A kubeconfig of `n` clusters where nothing answers: what the first frame lists needs no network. */
function deadFleet(folder: string, n: number): string {
  const names = Array.from({ length: n }, (_, i) => `cluster-${i}`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': names[0],
    clusters: names.map((name, i) => ({ name, cluster: { server: `https://127.0.0.1:${1 + (i % 500)}` } })),
    users: [{ name: 'me', user: { token: 'none' } }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'me' } })),
  };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify(config));
  return path;
}

type Frame = { readonly cpuMs: number; readonly wallMs: number; readonly rssMb: number };

/** Starts `args` on a pty and reads /proc when what came contains `sign`: all threads count until then. */
async function firstFrame(
  start: StartOptions,
  sign: RegExp,
  after: () => Promise<void> = () => Promise.resolve(),
): Promise<Frame> {
  const started = performance.now();
  const terminal = startOnPty(start);
  try {
    const frame = await new Promise<Frame>((resolve, reject) => {
      let seen = '';
      const limit = setTimeout(() => reject(new Error(`no first frame: ${seen.slice(-400)}`)), 20_000);
      const listening = terminal.onData((data) => {
        seen += data;
        if (!sign.test(seen)) return;
        resolve({
          cpuMs: cpuMsOf(terminal.pid),
          wallMs: performance.now() - started,
          rssMb: rssMbOf(terminal.pid),
        });
        clearTimeout(limit);
        listening[Symbol.dispose]();
      });
    });
    await after();
    return frame;
  } finally {
    await terminal.end();
  }
}

/** Waits until both threads have kept the bytecode of what they run, as they do a few seconds after a start. */
async function untilKept(cache: string | undefined): Promise<void> {
  if (cache === undefined) return;
  const limit = performance.now() + 30_000;
  const kept = (): number =>
    existsSync(join(cache, 'flagbridge/code')) ? readdirSync(join(cache, 'flagbridge/code')).length : 0;
  while (kept() < 2 && performance.now() < limit) await pause(200);
}

async function framesOf(start: StartOptions, sign: RegExp, times = repeats): Promise<Frame> {
  // The first start fills the disk's cache and those of compiled code, the latter when it has run for a moment; it is
  // not counted.
  await firstFrame(start, sign, () => untilKept(start.env?.['XDG_CACHE_HOME']));
  const frames: Frame[] = [];
  for (let i = 0; i < times; i++) frames.push(await firstFrame(start, sign));
  const of = (pick: (frame: Frame) => number): number => median(frames.map(pick));
  return { cpuMs: of((f) => f.cpuMs), wallMs: of((f) => f.wallMs), rssMb: of((f) => f.rssMb) };
}

export async function bench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'flagbridge-bench-'));
  try {
    const kubeconfig = deadFleet(folder, clusters);
    // Where the package was laid out, its launcher is beside the bundle; in the project the launcher would build first.
    const launcher = join(dirname(bundleFolder), 'bin', 'flagbridge.js');
    const isPackage = !existsSync(join(dirname(bundleFolder), 'src')) && existsSync(launcher);
    const started = isPackage ? launcher : program;
    const cache = join(folder, 'cache');
    const env = { HOME: folder, XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: join(cache, 'compiled') };
    cpuOf([started, '--version']);
    const bare = median(Array.from({ length: repeats }, () => cpuOf(['-e', '0'])));
    const version = median(Array.from({ length: repeats }, () => cpuOf([program, '--version'])));
    const screen = ['--kubeconfig', kubeconfig];
    // The strip names the first clusters and counts the others.
    const listed = /cluster-0(?!\d)/;
    const frame = await framesOf({ args: [started, ...screen], env }, listed);
    const cold = await framesOf(
      { args: [program, ...screen], env: { HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' } },
      listed,
    );
    const ink = await framesOf({ args: [inkTable], env }, /Pods {2}3000 pods/);
    const peer = (value: number) => ({ peer: { name: 'stock Ink, a table', value } });
    const area = 'start';
    await expectPainter(kubeconfig, listed);
    const pods = await firstPods(env);
    const loaded = await loadedMb(folder, [program, ...screen], listed);
    return [
      {
        area,
        figure: '--version, CPU over bare Node',
        value: version - bare,
        unit: 'ms CPU',
        budget: 80,
        peer: { name: 'bare Node', value: bare },
      },
      {
        area,
        figure: 'first frame with 100 clusters listed, CPU of all threads',
        value: frame.cpuMs,
        unit: 'ms CPU',
        budget: 450,
        ...peer(ink.cpuMs),
      },
      {
        area,
        figure: 'the same without a compile cache',
        value: cold.cpuMs,
        unit: 'ms CPU',
        budget: null,
        ...peer(ink.cpuMs),
      },
      { area, figure: 'first frame, wall', value: frame.wallMs, unit: 'ms', budget: null, ...peer(ink.wallMs) },
      { area, figure: 'first frame, RSS', value: frame.rssMb, unit: 'MB', budget: 150, ...peer(ink.rssMb) },
      { area, figure: 'code loaded until the first frame, main thread', value: loaded.main, unit: 'MB', budget: 1.5 },
      { area, figure: 'code loaded until then, engine thread', value: loaded.engine, unit: 'MB', budget: null },
      ...pods,
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From the start to the first pods of a live cluster: ours beside k9s, which has no first frame before them. */
async function firstPods(env: Readonly<Record<string, string>>): Promise<BenchRow[]> {
  const load = await startLoad({ clusters: 1, podsPerCluster: 1000 });
  using k9s = k9sOver(load.clusters[0]);
  try {
    const listed = /Running/;
    const args = [program, '--kubeconfig', load.kubeconfigPath, '-c', 'po -A'];
    const mine = await framesOf({ args, env }, listed, livePasses);
    const its = k9s === null ? null : await framesOf(k9s, k9sShowsPods, livePasses);
    const row = (figure: string, unit: string, of: (frame: Frame) => number): BenchRow => ({
      area: 'start',
      figure: `first of 1,000 pods of a live cluster, ${figure}`,
      value: of(mine),
      unit,
      budget: null,
      ...(its !== null && { peer: { name: 'k9s', value: of(its) } }),
    });
    return [
      row('CPU of all threads', 'ms CPU', (frame) => frame.cpuMs),
      row('wall', 'ms', (frame) => frame.wallMs),
      row('RSS', 'MB', (frame) => frame.rssMb),
    ];
  } finally {
    await load.stop();
  }
}

/** A start of its own: what reads the counters would be measured with the others. */
async function expectPainter(kubeconfig: string, sign: RegExp): Promise<void> {
  const screen = await startScreen({ kubeconfig });
  try {
    await screen.until((lines) => sign.test(lines.join('\n')), 'first frame');
    await screen.expectFirstWay();
  } finally {
    await screen.end();
  }
}

/** Megabytes of code that each thread loads until the first frame, as Node loads them. */
async function loadedMb(
  folder: string,
  args: readonly string[],
  sign: RegExp,
): Promise<Readonly<Record<'main' | 'engine', number>>> {
  const file = join(folder, 'loaded');
  await firstFrame(
    { args: ['--import', loadedProbe, ...args], env: { HOME: folder, FLAGBRIDGE_LOADED_FILE: file } },
    sign,
  );
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const of = (thread: string): number =>
    [...new Set(lines.filter((line) => line.startsWith(`${thread} `)))]
      .map((line) => fileURLToPath(line.slice(thread.length + 1)))
      .filter((path) => path.startsWith(bundleFolder))
      .reduce((sum, path) => sum + statSync(path).size, 0) / 1e6;
  return { main: of('main'), engine: of('engine') };
}
