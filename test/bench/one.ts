// Runs one benchmark and prints its rows as the last line; started by run.ts in a process of its own.
import type { BenchRow } from './bench-row.ts';

const [name] = process.argv.slice(2);
const module = (await import(`./${name}.ts`)) as { bench(): Promise<BenchRow[]> };
const rows = await module.bench();
const bad = rows.filter((row) => !Number.isFinite(row.value));
if (bad.length > 0) throw new Error(`no number for ${bad.map((row) => row.figure).join(', ')}`);
process.stdout.write(`\n${JSON.stringify(rows)}\n`, () => process.exit(0));
