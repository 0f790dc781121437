import { fork } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import kubernetes from '../../plugins/kubernetes/index.ts';
import { everything, type LiveQuery, type Window } from '../../src/core/query.ts';
import { type RunningDemo, startDemo } from '../../src/demo/start.ts';
import type { Engine } from '../../src/protocol/engine.ts';
import { engineOver } from '../support/engine-over.ts';

const names = ['run-eu', 'run-us', 'build-1'];
let demo: RunningDemo;

beforeAll(async () => {
  demo = await startDemo({ only: names }, (entry) =>
    fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] }),
  );
});
afterAll(() => demo?.stop());
// A test that failed leaves its fault behind.
beforeEach(() => Promise.all(names.map((name) => demo.clear(name))));

const query = (table: string, more: Partial<LiveQuery> = {}): LiveQuery => ({
  table,
  scope: everything,
  filter: '',
  group: 'none',
  toggled: [],
  onlyWrong: false,
  offset: 0,
  limit: 400,
  ...more,
});

/** Pings that come often, so that a frozen server is noticed in seconds. */
const timings = { pingAfterMs: 1_000, pingAckMs: 1_000, giveUpMs: 5_000, loginProbeMs: 1_000 };

async function start(contexts: readonly string[] = names) {
  const engine: Engine = await engineOver({
    kubeconfig: demo.kubeconfigPath,
    plugins: [kubernetes],
    contexts,
    timings,
  });
  const windows = new Map<string, Window>();
  const watch = (name: string, asked: LiveQuery) => engine.query(asked, (window) => windows.set(name, window));
  watch('pods', query('pods'));
  watch('problems', query('problems'));
  const phase = (name: string) => engine.fleet?.clusters.find((c) => c.name === name)?.state.phase;
  const idOf = (name: string) => engine.fleet?.clusters.find((c) => c.name === name)?.id;
  const pods = (cluster: string) => (windows.get('pods')?.rows ?? []).filter((r) => r.clusters[0] === idOf(cluster));
  const problems = () => (windows.get('problems')?.rows ?? []).map((r) => `${String(r.cells[0])} ${r.name}`);
  const settled = async (): Promise<void> => {
    await poll(() => contexts.map(phase)).toEqual(contexts.map(() => 'live'));
    await poll(() => engine.fleet?.coverage.syncing).toBe(0);
  };
  return { engine, windows, watch, phase, pods, problems, settled, [Symbol.dispose]: () => engine[Symbol.dispose]() };
}

const poll = (check: () => unknown, timeout = 15_000) => expect.poll(check, { timeout, interval: 50 });

test('a killed server is told within two seconds, the others go on, and it comes back by itself', async () => {
  using fleet = await start();
  await fleet.settled();
  const others = fleet.pods('run-us').length;
  await demo.fault('run-eu', { type: 'down' });
  await poll(() => fleet.phase('run-eu') === 'stale' || fleet.phase('run-eu') === 'offline', 2_000).toBe(true);
  await poll(() => fleet.pods('run-eu').every((row) => row.stale), 2_000).toBe(true);
  await poll(() => fleet.phase('run-eu')).toBe('offline');
  await poll(fleet.problems).toContain('Offline run-eu');
  expect([fleet.phase('run-us'), fleet.pods('run-us').length]).toEqual(['live', others]);
  expect(fleet.pods('run-us').some((row) => row.stale)).toBe(false);

  await demo.clear('run-eu');
  await poll(() => fleet.phase('run-eu')).toBe('live');
  await poll(() => fleet.pods('run-eu').some((row) => row.stale), 20_000).toBe(false);
  await poll(fleet.problems).not.toContain('Offline run-eu');
});

test('a frozen server is stale, its rows too, and it recovers', async () => {
  using fleet = await start(['run-eu', 'run-us']);
  await fleet.settled();
  await demo.fault('run-eu', { type: 'half-open' });
  await poll(() => fleet.phase('run-eu')).toBe('stale');
  await poll(() => fleet.pods('run-eu').every((row) => row.stale)).toBe(true);
  expect(fleet.phase('run-us')).toBe('live');
  await demo.clear('run-eu');
  await poll(() => fleet.phase('run-eu'), 20_000).toBe('live');
  await poll(() => fleet.pods('run-eu').some((row) => row.stale), 20_000).toBe(false);
});

test('a frozen server does not look live because somebody opens a list of it', async () => {
  using fleet = await start(['run-eu', 'run-us']);
  await fleet.settled();
  await demo.fault('run-eu', { type: 'half-open' });
  await poll(() => fleet.phase('run-eu')).toBe('stale');
  const lastHeard = () => fleet.engine.fleet?.clusters.find((c) => c.name === 'run-eu')?.lastHeard ?? 0;
  const before = lastHeard();
  const phases = new Set<string | undefined>();
  using _listening = fleet.engine.onFleet(() => phases.add(fleet.phase('run-eu')));
  using _lazy = fleet.watch('events', query('events'));
  using _any = fleet.watch('configmaps', query('configmaps'));
  await poll(() => fleet.windows.get('configmaps')?.rows.length).toBeGreaterThan(0);
  // Longer than the pings and the give-up of this test: connections are given up and made anew meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  expect([...phases].filter((phase) => phase === 'live')).toEqual([]);
  expect(fleet.phase('run-eu')).not.toBe('live');
  expect(lastHeard()).toBe(before);
  await demo.clear('run-eu');
  await poll(() => fleet.phase('run-eu'), 20_000).toBe('live');
});

test('a revoked token is a login that is needed, until it is good again', async () => {
  using fleet = await start(['run-eu', 'run-us']);
  await fleet.settled();
  await demo.fault('run-eu', { type: 'revoke-tokens' });
  // Running watches outlive a token; a new request does not.
  await demo.fault('run-eu', { type: 'end-watches' });
  await poll(() => fleet.phase('run-eu')).toBe('login');
  await poll(fleet.problems).toContain('Login needed run-eu');
  expect(fleet.phase('run-us')).toBe('live');
  await demo.clear('run-eu');
  const id = fleet.engine.fleet?.clusters.find((c) => c.name === 'run-eu')?.id;
  if (id !== undefined) await fleet.engine.ask({ ask: 'logged-in', cluster: id });
  await poll(() => fleet.phase('run-eu')).toBe('live');
});

test('a right that is taken away takes the rows along and is named', async () => {
  using fleet = await start(['run-eu', 'run-us']);
  await fleet.settled();
  expect(fleet.pods('run-eu').length).toBeGreaterThan(10);
  await demo.fault('run-eu', { type: 'deny', resource: 'pods' });
  await demo.fault('run-eu', { type: 'end-watches' });
  await poll(() => fleet.pods('run-eu').length).toBe(0);
  const denied = () => fleet.engine.fleet?.clusters.find((c) => c.name === 'run-eu')?.denied.map((d) => d.rule) ?? [];
  await poll(denied).toContainEqual(expect.stringContaining('pods at the cluster scope'));
  expect(fleet.engine.fleet?.coverage.deniedKinds).toContain('pods');
  expect(fleet.phase('run-eu')).toBe('live');
  await demo.clear('run-eu');
  await fleet.engine.ask({ ask: 'retry', cluster: null });
  await poll(() => fleet.pods('run-eu').length).toBeGreaterThan(10);
});

test('a right to watch that is taken away: what is shown is stale and as of then, the right is named, nothing is clear', async () => {
  using fleet = await start(['run-eu', 'run-us']);
  await fleet.settled();
  await demo.fault('run-eu', { type: 'deny', resource: 'pods', verb: 'watch' });
  await demo.fault('run-eu', { type: 'end-watches' });
  const coverage = () => fleet.engine.fleet?.coverage;
  const denied = () => fleet.engine.fleet?.clusters.find((c) => c.name === 'run-eu')?.denied.map((d) => d.rule) ?? [];
  await poll(denied).toContainEqual('watch pods at the cluster scope');
  await poll(() => fleet.pods('run-eu').length > 10 && fleet.pods('run-eu').every((row) => row.stale)).toBe(true);
  expect(fleet.windows.get('pods')?.staleSince).toBeGreaterThan(Date.now() - 60_000);
  expect(coverage()?.deniedKinds).toContain('pods');
  expect(fleet.pods('run-us').some((row) => row.stale)).toBe(false);

  await demo.clear('run-eu');
  await fleet.engine.ask({ ask: 'retry', cluster: null });
  await poll(() => fleet.pods('run-eu').some((row) => row.stale)).toBe(false);
  await poll(denied).toEqual([]);
});

test('a list of any resource lives by the same rules: refused rows go, interrupted and unwatched ones are stale', async () => {
  using fleet = await start(['run-eu', 'run-us']);
  await fleet.settled();
  using _list = fleet.watch('configmaps', query('configmaps'));
  const idOf = (name: string) => fleet.engine.fleet?.clusters.find((c) => c.name === name)?.id;
  const window = () => fleet.windows.get('configmaps');
  const rows = (cluster: string) => (window()?.rows ?? []).filter((row) => row.clusters[0] === idOf(cluster));
  const retry = () => fleet.engine.ask({ ask: 'retry', cluster: null });
  await poll(() => rows('run-eu').length > 0 && rows('run-us').length > 0).toBe(true);

  await demo.fault('run-eu', { type: 'deny', resource: 'configmaps', verb: 'watch' });
  await demo.fault('run-eu', { type: 'end-watches' });
  await poll(() => rows('run-eu').length > 0 && rows('run-eu').every((row) => row.stale)).toBe(true);
  expect(window()?.staleSince).toBeGreaterThan(Date.now() - 60_000);
  await demo.clear('run-eu');
  await retry();
  await poll(() => rows('run-eu').length > 0 && !rows('run-eu').some((row) => row.stale)).toBe(true);
  await poll(() => window()?.staleSince).toBe(null);

  await demo.fault('run-eu', { type: 'deny', resource: 'configmaps' });
  await demo.fault('run-eu', { type: 'end-watches' });
  await poll(() => rows('run-eu').length).toBe(0);
  expect(rows('run-us').length).toBeGreaterThan(0);
  await demo.clear('run-eu');
  await retry();
  await poll(() => rows('run-eu').length).toBeGreaterThan(0);
});

test('history that is forgotten, garbage and cut lines lose no row and keep no ghost', async () => {
  using fleet = await start(['run-us']);
  await fleet.settled();
  const keys = () =>
    fleet
      .pods('run-us')
      .map((row) => row.name)
      .sort();
  const before = keys();
  for (const fault of [{ type: 'compact' }, { type: 'garbage' }, { type: 'truncate' }, { type: 'goaway' }] as const) {
    await demo.fault('run-us', fault);
    await demo.fault('run-us', { type: 'end-watches' });
    await poll(() => fleet.pods('run-us').some((row) => row.stale)).toBe(false);
  }
  await poll(() => fleet.engine.fleet?.coverage.syncing).toBe(0);
  // The demo lives: pods of the incident are replaced, all others stay.
  const after = new Set(keys());
  expect(before.filter((name) => !after.has(name) && !name.startsWith('cart-'))).toEqual([]);
});
