// The swatch of a cluster is the same tomorrow.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cluster, fakeEngine } from '../../test/support/fake-engine.ts';
import { type KubeHome, kubeHome } from '../../test/support/kube-home.ts';
import { manualClock } from '../../test/support/manual-clock.ts';
import { openState } from '../config/state.ts';
import { clusterId } from '../core/ids.ts';
import { nodeFiles } from '../platform/files.ts';
import { rememberHues } from './remember-hues.ts';

let home: KubeHome;
beforeEach(() => {
  home = kubeHome();
});
afterEach(() => home[Symbol.dispose]());

const open = () => openState({ env: {}, files: nodeFiles, home: home.home });

test('hues are written by the UID of a cluster and by its id, once they are known, and not again', async () => {
  const [store, clock, engine] = [await open(), manualClock(0), fakeEngine(() => 0)];
  let updates = 0;
  const counted = {
    get state() {
      return store.state;
    },
    trouble: null,
    update: (change: Parameters<typeof store.update>[0]) => {
      updates++;
      return store.update(change);
    },
  };
  const hues = rememberHues(engine, counted, clock);
  const eu = cluster('run-eu', { id: clusterId('id-eu'), uid: 'uid-eu', hue: 7 });
  // On its way: its colour may still change.
  const us = cluster('run-us', { id: clusterId('id-us'), uid: null, hue: 3, watches: { synced: 0, wanted: 0 } });
  engine.setFleet([eu, us]);
  engine.setFleet([eu, us]);
  clock.advance(2_000);
  await hues.written();

  expect((await open()).state.hues).toEqual({ 'uid-eu': 7, 'id-eu': 7 });
  engine.setFleet([eu, { ...us, uid: 'uid-us', hue: 4 }]);
  hues[Symbol.dispose]();
  await hues.written();
  expect((await open()).state.hues).toEqual({ 'uid-eu': 7, 'id-eu': 7, 'uid-us': 4, 'id-us': 4 });
  expect(updates).toBe(2);
});

test('where the UID may not be read the id counts', async () => {
  const [store, clock, engine] = [await open(), manualClock(0), fakeEngine(() => 0)];
  const hues = rememberHues(engine, store, clock);
  engine.setFleet([cluster('view-1', { id: clusterId('id-view'), uid: null, hue: 2 })]);
  hues[Symbol.dispose]();
  await hues.written();

  expect((await open()).state.hues).toEqual({ 'id-view': 2 });
});
