// Adds up what all suites did, from vitest's JSON reports: a line per suite, a total last. For .ci/run, where a suite
// that was not run is a failure, and so is a test that was skipped although it needs nothing but a real API server.
import { existsSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What of vitest's report is read. */
export type Report = {
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
};

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

type Suite = { passed: number; failed: number; skipped: number; files: number; readonly notes: string[] };

const root = fileURLToPath(new URL('..', import.meta.url));
const realContract = 'contract, real servers';
const needReal = new Set(['cluster', realContract]);

/** The suite of a test file: its folder below test/; what stands beside its source is a unit test. */
export function suiteOf(path: string): string {
  const file = relative(root, path).replaceAll('\\', '/');
  if (file === 'test/cluster/contract.test.ts') return realContract;
  const folder = /^test\/([^/]+)\//.exec(file)?.[1] ?? 'unit';
  return folder === 'contract' ? 'contract, demo' : folder;
}

export function countSuites(reports: readonly Report[]): ReadonlyMap<string, Readonly<Suite>> {
  const suites = new Map<string, Suite>();
  for (const { name, status, assertionResults } of reports.flatMap((report) => report.testResults)) {
    const key = suiteOf(name);
    const suite = suites.get(key) ?? { passed: 0, failed: 0, skipped: 0, files: 0, notes: [] };
    suites.set(key, suite);
    suite.files++;
    let failed = 0;
    for (const test of assertionResults) {
      if (test.status === 'passed') suite.passed++;
      else if (test.status === 'failed') failed++;
      else {
        suite.skipped++;
        suite.notes.push(`skipped: ${test.fullName}`);
      }
    }
    // A file that could not be loaded, or whose hooks failed, has no test that says so.
    if (status === 'failed' && failed === 0) {
      failed = 1;
      suite.notes.push(`failed outside of its tests: ${relative(root, name)}`);
    }
    suite.failed += failed;
  }
  return suites;
}

export function totalOf(suites: Iterable<Counts>): Counts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of suites) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** Suites in which somebody skipped what .ci/run has everything for. */
export const wronglySkipped = (suites: ReadonlyMap<string, Counts>): readonly string[] =>
  [...suites].filter(([name, { skipped }]) => needReal.has(name) && skipped > 0).map(([name]) => name);

function main(files: readonly string[]): number {
  const missing = files.filter((file) => !existsSync(file));
  const suites = countSuites(
    files.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')) as Report),
  );
  for (const [name, suite] of [...suites].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${name}: ${suite.passed + suite.failed} executed, ${suite.skipped} skipped, in ${suite.files} files`);
    for (const note of suite.notes) console.log(`  ${note}`);
  }
  for (const file of missing) console.log(`${basename(file, '.json')}: not run`);
  const skippers = wronglySkipped(suites);
  for (const name of skippers) console.log(`${name}: a skipped test fails this run, its servers are there`);
  const total = totalOf([...suites.values(), { passed: 0, failed: missing.length, skipped: 0 }]);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed > 0 || total.passed === 0 || skippers.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
