import { expect, test } from 'vitest';
import { sessionTimings } from '../kube/session/deps.ts';
import { builtIn } from './engine-options.ts';

test('a start fits into the burst, also where every kind is listed before it is watched', () => {
  const always = Object.values(builtIn).flatMap((plugin) => plugin.watch.filter((wanted) => wanted.when === 'always'));
  const watches = new Set(always.map(({ group, resource, fieldSelector }) => `${group}/${resource}?${fieldSelector}`));
  /** Version, identity, two of discovery, CRDs, projects. */
  const others = 6;
  expect(watches.size * 2 + others).toBeLessThanOrEqual(sessionTimings.requestBurst);
});
