// A cluster keeps the hue that it had, whatever it is called today and whoever connects first.
import { expect, test } from 'vitest';
import { contextOf, FakeCluster, fakeKube } from '../../../test/support/fake-kube.ts';
import { createEngine } from '../create-engine.ts';
import type { EngineSettings } from '../settings.ts';

async function huesOf(hues: EngineSettings['hues'], ...names: string[]): Promise<Record<string, number>> {
  const clusters = names.map((name) => new FakeCluster(name));
  using engine = createEngine({
    contexts: names.map((name) => contextOf(name)),
    currentContext: null,
    plugins: [],
    kube: fakeKube(clusters),
    settings: { hues },
  });
  await expect.poll(() => engine.fleet?.clusters.every((c) => c.uid !== null)).toBe(true);
  return Object.fromEntries((engine.fleet?.clusters ?? []).map((c) => [c.name, c.hue]));
}

test('a remembered hue is that of the UID', async () => {
  expect(await huesOf({ 'uid-run-eu': 9, 'uid-run-us': 2 }, 'run-eu', 'run-us')).toEqual({ 'run-eu': 9, 'run-us': 2 });
});

test('the UID counts before the id that it is reached by today', async () => {
  expect(await huesOf({ 'uid-run-eu': 9, 'id-run-eu': 1 }, 'run-eu')).toEqual({ 'run-eu': 9 });
  expect(await huesOf({ 'id-run-eu': 1 }, 'run-eu')).toEqual({ 'run-eu': 1 });
});

test('a new cluster takes none that is remembered of another one in sight', async () => {
  const { 'run-us': first = 0 } = await huesOf({}, 'run-us');
  const hues = await huesOf({ 'uid-run-eu': first, 'id-run-eu': first }, 'run-eu', 'run-us');

  expect(hues['run-eu']).toBe(first);
  expect(hues['run-us']).not.toBe(first);
});
