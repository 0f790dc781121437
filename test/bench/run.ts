// `npm run bench [name…]`: runs each benchmark in a process of its own, prints a table beside budgets and peers, writes
// JSON, and ends with 1 when a CPU, byte or memory budget is missed. The soak runs when it is named, or with SOAK=1.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layOut } from '../../scripts/pack.ts';
import type { BenchRow } from './bench-row.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const notBenches = new Set(['run', 'one', 'bench-row']);

/** A benchmark that takes longer has failed; the others go on. */
const benchLimitMs = 5 * 60_000;
/** What is not begun by then is not run, and has failed. */
const totalLimitMs = 25 * 60_000;
const soakMinutes = Number(process.env['SOAK_MINUTES'] ?? 30);
const soakLimitMs = (soakMinutes + 5) * 60_000;

const wanted = process.argv.slice(2);
const withSoak = wanted.includes('soak') || process.env['SOAK'] === '1';
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => basename(file, '.ts'))
  .filter((name) => !notBenches.has(name) && (wanted.length === 0 || wanted.includes(name) || name === 'soak'))
  .filter((name) => name !== 'soak' || withSoak)
  // The longest last.
  .sort((a, b) => Number(a === 'soak') - Number(b === 'soak'));

const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark ${unknown.join(', ')}\n`);
  process.exit(2);
}

// A package of its own, as it is published: nobody builds over it while it is measured.
const measured = mkdtempSync(join(tmpdir(), 'flagbridge-bench-'));
process.on('exit', () => rmSync(measured, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
await layOut(measured);

const begun = Date.now();
const rows: BenchRow[] = [];
const failed: string[] = [];
const loads: Record<string, { seconds: number; load: readonly number[] }> = {};
for (const name of names) {
  const started = Date.now();
  const left = totalLimitMs - (started - begun);
  const timeout = name === 'soak' ? soakLimitMs : Math.min(benchLimitMs, left);
  if (timeout <= 0) {
    failed.push(name);
    process.stdout.write(`${name}: not run, ${totalLimitMs / 60_000} minutes are over\n`);
    continue;
  }
  const run = spawnSync(process.execPath, ['--expose-gc', join(folder, 'one.ts'), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    timeout,
    // Its children end with their channel or their terminal.
    killSignal: 'SIGKILL',
    env: {
      ...process.env,
      NODE_ENV: 'production',
      FLAGBRIDGE_BENCH_BUNDLE: join(measured, 'dist'),
      SOAK_MINUTES: String(soakMinutes),
    },
  });
  const found = rowsOf(run.stdout);
  const seconds = Math.round((Date.now() - started) / 1000);
  if (found === null) {
    failed.push(name);
    const how = run.error === undefined ? `ended with ${run.status ?? run.signal}` : run.error.message;
    process.stdout.write(`${name}: failed after ${seconds} s: ${how}\n${run.stdout}\n`);
  } else {
    rows.push(...found);
    print(found);
  }
  loads[name] = { seconds, load: loadavg() };
  process.stdout.write(`  (${name}: ${seconds} s, load ${loadavg()[0]?.toFixed(1)})\n`);
}

const missed = rows.filter((row) => row.budget !== null && row.value > row.budget);
mkdirSync(join(folder, 'results'), { recursive: true });
const machine = {
  node: process.versions.node,
  cpus: cpus().length,
  model: cpus()[0]?.model,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
};
writeFileSync(
  join(folder, 'results', 'latest.json'),
  `${JSON.stringify({ at: new Date().toISOString(), machine, loadAverage: loadavg(), benches: loads, failed, rows }, null, 2)}\n`,
);
for (const row of missed)
  process.stdout.write(`missed: ${row.area}, ${row.figure}: ${shown(row.value)} ${row.unit}, budget ${row.budget}\n`);
process.stdout.write(`${rows.length} figures, ${missed.length} over budget, ${failed.length} benchmarks failed\n`);
process.exit(missed.length + failed.length > 0 ? 1 : 0);

/** The last line that a benchmark printed; null when it is no list of figures. */
function rowsOf(stdout: string): readonly BenchRow[] | null {
  try {
    const found: unknown = JSON.parse(stdout.trim().split('\n').pop() ?? '');
    return Array.isArray(found) ? (found as BenchRow[]) : null;
  } catch {
    return null;
  }
}

function print(found: readonly BenchRow[]): void {
  for (const row of found) {
    const judged =
      row.budget === null
        ? ''
        : row.value <= row.budget
          ? `  ok, budget ${row.budget}`
          : `  OVER, budget ${row.budget}`;
    const peers = [...(row.peer === undefined ? [] : [row.peer]), ...(row.others ?? [])];
    const peer = peers.map(({ name, value }) => `  ${name} ${shown(value)}`).join('');
    process.stdout.write(
      `${row.area.padEnd(14)} ${row.figure.padEnd(68)} ${shown(row.value).padStart(10)} ${row.unit.padEnd(8)}${judged}${peer}\n`,
    );
  }
}

function shown(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
}
