// What it costs to start: CPU of `--version` over a bare Node, of the first frame with a hundred clusters listed, the
// size of the start chunk, and the memory of the idle program.
import { spawn as spawnPty } from '@lydell/node-pty';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchRow, median } from './bench-row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist', 'flagbridge.js');
const repeats = 7;

/** CPU milliseconds (user and system) of a command that ends by itself, as the shell's `times` counts its children. */
function cpuOf(args: readonly string[]): number {
  const script = '"$@" >/dev/null 2>&1; times';
  const run = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...args], { encoding: 'utf8' });
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

/** Starts the screen on a pty and reads /proc when the first frame names a cluster. */
function firstFrame(kubeconfig: string): Promise<Frame> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawnPty(process.execPath, [program, '--kubeconfig', kubeconfig], {
      cols: 200,
      rows: 60,
      name: 'xterm-256color',
      env: { ...process.env, COLORTERM: 'truecolor', LANG: 'C.UTF-8' },
    });
    let seen = '';
    let done = false;
    const limit = setTimeout(() => reject(new Error(`no first frame: ${seen.slice(-400)}`)), 20_000);
    child.onData((data) => {
      seen += data;
      if (done || !seen.includes('cluster-0')) return;
      done = true;
      clearTimeout(limit);
      const frame = { cpuMs: procCpuMs(child.pid), wallMs: performance.now() - started, rssMb: procRssMb(child.pid) };
      child.onExit(() => resolve(frame));
      child.kill('SIGTERM');
    });
  });
}

/** User and system time of a process so far, in milliseconds; the kernel counts in hundredths of a second. */
export function procCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process in MB. */
export function procRssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
}

export async function bench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'flagbridge-bench-'));
  try {
    const kubeconfig = deadFleet(folder, 100);
    // The first run fills the compile cache; every later start has it.
    cpuOf([join(root, 'bin/flagbridge.js'), '--version']);
    const bare = median(Array.from({ length: repeats }, () => cpuOf(['-e', '0'])));
    const version = median(Array.from({ length: repeats }, () => cpuOf([program, '--version'])));
    await firstFrame(kubeconfig);
    const frames: Frame[] = [];
    for (let i = 0; i < repeats; i++) frames.push(await firstFrame(kubeconfig));
    return [
      {
        area: 'start',
        figure: '--version, CPU over bare Node',
        value: version - bare,
        unit: 'ms',
        budget: 80,
        peer: { name: 'bare node', value: bare },
      },
      {
        area: 'start',
        figure: 'first frame with 100 clusters listed, CPU',
        value: median(frames.map((f) => f.cpuMs)),
        unit: 'ms',
        budget: 450,
      },
      {
        area: 'start',
        figure: 'first frame, wall',
        value: median(frames.map((f) => f.wallMs)),
        unit: 'ms',
        budget: null,
      },
      {
        area: 'start',
        figure: 'first frame, RSS',
        value: median(frames.map((f) => f.rssMb)),
        unit: 'MB',
        budget: null,
      },
      { area: 'start', figure: 'start chunk', value: startChunkBytes() / 1e6, unit: 'MB', budget: 1.5 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The entry and every chunk that it loads before it does anything. */
function startChunkBytes(): number {
  const seen = new Set<string>();
  const visit = (file: string): number => {
    if (seen.has(file)) return 0;
    seen.add(file);
    const code = readFileSync(join(root, 'dist', file), 'utf8');
    const imports = [...code.matchAll(/(?:from|import)\s*"\.\/([\w/-]+\.js)"/g)].map((m) =>
      join(dirname(file), m[1] ?? ''),
    );
    return statSync(join(root, 'dist', file)).size + imports.reduce((sum, next) => sum + visit(next), 0);
  };
  return visit('flagbridge.js');
}
