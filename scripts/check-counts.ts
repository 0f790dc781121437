// Adds up what all suites did, from vitest's JSON reports: a line per suite, a total last. For .ci/run, where a suite
// that was not run is a failure.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
};

const total = { passed: 0, failed: 0, skipped: 0 };
const files = process.argv.slice(2);
for (const file of files) {
  if (!existsSync(file)) {
    console.log(`${basename(file, '.json')}: not run`);
    total.failed++;
    continue;
  }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  // A test file that could not be loaded has no tests to count: it counts as one failure itself.
  const broken = report.testResults.filter((each) => each.status === 'failed' && each.assertionResults.length === 0);
  const passed = report.numPassedTests;
  const failed = report.numFailedTests + broken.length;
  const skipped = report.numPendingTests + report.numTodoTests;
  console.log(
    `${basename(file, '.json')}: ${passed + failed} executed, ${skipped} skipped, in ${report.testResults.length} files`,
  );
  for (const each of broken) console.log(`  could not be loaded: ${each.name}`);
  for (const each of report.testResults.flatMap((result) => result.assertionResults)) {
    if (each.status === 'pending' || each.status === 'skipped' || each.status === 'todo')
      console.log(`  skipped: ${each.fullName}`);
  }
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
