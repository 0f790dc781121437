// `npm run bench [name…]`: runs each benchmark in a process of its own, prints a table beside budgets and peers, writes
// JSON, and ends with 1 when a CPU, byte or memory budget is missed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renew } from '../../scripts/build.ts';
import type { BenchRow } from './bench-row.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const notBenches = new Set(['run', 'one', 'bench-row']);

const wanted = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => basename(file, '.ts'))
  .filter((name) => !notBenches.has(name) && (wanted.length === 0 || wanted.includes(name)));

await renew();
const rows: BenchRow[] = [];
const failed: string[] = [];
for (const name of names) {
  const started = Date.now();
  const run = spawnSync(process.execPath, ['--expose-gc', join(folder, 'one.ts'), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const last = run.stdout.trim().split('\n').pop() ?? '';
  try {
    const found = JSON.parse(last) as BenchRow[];
    rows.push(...found);
    print(found);
  } catch {
    failed.push(name);
    process.stdout.write(`${name}: failed with ${run.status}\n${run.stdout}\n`);
  }
  process.stdout.write(`  (${name}: ${Math.round((Date.now() - started) / 1000)} s)\n`);
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
  `${JSON.stringify({ at: new Date().toISOString(), machine, rows }, null, 2)}\n`,
);
for (const row of missed)
  process.stdout.write(`missed: ${row.area}, ${row.figure}: ${shown(row.value)} ${row.unit}, budget ${row.budget}\n`);
process.stdout.write(`${rows.length} figures, ${missed.length} over budget, ${failed.length} benchmarks failed\n`);
process.exit(missed.length + failed.length > 0 ? 1 : 0);

function print(found: readonly BenchRow[]): void {
  for (const row of found) {
    const judged =
      row.budget === null
        ? ''
        : row.value <= row.budget
          ? `  ok, budget ${row.budget}`
          : `  OVER, budget ${row.budget}`;
    const peer = row.peer ? `  ${row.peer.name} ${shown(row.peer.value)}` : '';
    process.stdout.write(
      `${row.area.padEnd(14)} ${row.figure.padEnd(58)} ${shown(row.value).padStart(10)} ${row.unit.padEnd(8)}${judged}${peer}\n`,
    );
  }
}

function shown(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
}
