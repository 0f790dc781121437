// `npm test` is what must pass before a change lands, so the checks are a part of it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('npm run check passes', { timeout: 120_000 }, () => {
  const check = fileURLToPath(new URL('./check.ts', import.meta.url));

  const run = spawnSync(process.execPath, [check], { encoding: 'utf8' });

  expect(run.status === 0 ? 'passed' : run.stdout + run.stderr).toBe('passed');
});
