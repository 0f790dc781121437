import { expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { countSuites, type Report, suiteOf, totalOf, wronglySkipped } from './check-counts.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const file = (path: string, statuses: readonly string[], status = 'passed'): Report['testResults'][number] => ({
  name: at(path),
  status,
  assertionResults: statuses.map((each, i) => ({ status: each, fullName: `test ${i}` })),
});

test.each([
  ['src/core/quantity.test.ts', 'unit'],
  ['plugins/kubernetes/pods.test.ts', 'unit'],
  ['test/unit/plugins.test.ts', 'unit'],
  ['test/view/sizes.test.ts', 'view'],
  ['test/contract/demo.test.ts', 'contract, demo'],
  ['test/cluster/contract.test.ts', 'contract, real servers'],
  ['test/cluster/triage-rules.test.ts', 'cluster'],
  ['test/security/credentials-plugins.test.ts', 'security'],
])('%s belongs to the suite %s', (path, suite) => expect(suiteOf(at(path))).toBe(suite));

test('each suite is counted over all reports; a file that fails outside of its tests is one failure', () => {
  const suites = countSuites([
    { testResults: [file('src/a.test.ts', ['passed', 'pending']), file('test/fault/b.test.ts', [], 'failed')] },
    { testResults: [file('test/fault/c.test.ts', ['passed', 'failed'], 'failed')] },
  ]);

  expect(suites.get('unit')).toMatchObject({ passed: 1, failed: 0, skipped: 1, files: 1 });
  expect(suites.get('fault')).toMatchObject({ passed: 1, failed: 2, skipped: 0, files: 2 });
  expect(suites.get('unit')?.notes).toEqual(['skipped: test 1']);
  expect(suites.get('fault')?.notes).toEqual(['failed outside of its tests: test/fault/b.test.ts']);
  expect(totalOf(suites.values())).toEqual({ passed: 2, failed: 2, skipped: 1 });
});

test('what needs a real server must not be skipped where one is', () => {
  const skips = (path: string): readonly string[] =>
    wronglySkipped(countSuites([{ testResults: [file(path, ['passed', 'skipped'])] }]));

  expect(skips('test/cluster/rights-few.test.ts')).toEqual(['cluster']);
  expect(skips('test/cluster/contract.test.ts')).toEqual(['contract, real servers']);
  expect(skips('test/e2e/launcher-start.test.ts')).toEqual([]);
});
