// `logs` over a scripted engine: what is printed, in which order, and how it ends.
import { expect, test } from 'vitest';
import { contextOf, denial, FakeCluster, fakeKube, podOf } from '../../test/support/fake-kube.ts';
import { text } from '../core/object.ts';
import { ApiError } from '../kube/api-error.ts';
import { createEngine } from '../engine/create-engine.ts';
import { definePlugin } from '../plugin-api/plugin.ts';
import { logs, type LogsOptions } from './logs.ts';
import type { Output } from './output.ts';

const column = { id: 'name', title: 'NAME', type: 'name', min: 1, ideal: 1, max: 1, priority: 0 } as const;
const plugin = definePlugin({
  id: 'pods',
  apiVersion: 1,
  title: 'pods',
  tables: [
    { id: 'pods', title: 'Pods', columns: [column] },
    { id: 'workloads', title: 'Workloads', columns: [column] },
    { id: 'nodes', title: 'Nodes', columns: [column] },
  ],
  watch: [
    { resource: 'pods', group: '', into: 'pods' },
    { resource: 'deployments', group: 'apps', into: 'workloads' },
    { resource: 'nodes', group: '', into: 'nodes' },
  ].map((watched) => ({
    ...watched,
    when: 'always' as const,
    pick: { status: 1 },
    toRow: (o) => ({
      health: 'ok',
      app: text(o, 'metadata', 'labels', 'app'),
      node: 'n1',
      created: 0,
      cells: [text(o, 'metadata', 'name')],
    }),
  })),
});

const poll = (check: () => unknown) => expect.poll(check, { timeout: 5_000, interval: 10 });

function setUp(names: readonly string[], more: Partial<LogsOptions> = {}) {
  const clusters = names.map((name) => new FakeCluster(name));
  for (const cluster of clusters)
    cluster.answers.set('/api/v1/namespaces/shop/pods/cart-1', () => ({
      ...podOf('cart-1'),
      spec: { containers: [{ name: 'main' }, { name: 'side' }] },
    }));
  const engine = createEngine({
    contexts: names.map((name) => contextOf(name)),
    currentContext: null,
    plugins: [plugin],
    kube: fakeKube(clusters),
  });
  const printed: string[] = [];
  const notes: string[] = [];
  const waiting: (() => void)[] = [];
  const reader = { isSlow: false, read: () => waiting.splice(0).forEach((go) => go()) };
  const output: Output = {
    line: (line) => void printed.push(line),
    note: (line) => void notes.push(line),
    gone: new AbortController().signal,
    flush: () => (reader.isSlow ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
  };
  const stop = new AbortController();
  const run = () =>
    logs(engine, output, {
      scope: { clusters: [], namespaces: [], filter: '' },
      kind: 'app',
      name: 'cart',
      container: 'main',
      follow: false,
      previous: false,
      timestamps: false,
      tail: null,
      sinceMs: null,
      filter: '',
      format: 'text',
      timeoutMs: 2_000,
      signal: stop.signal,
      ...more,
    });
  /** Every cluster has one pod of the app and its Deployment. */
  const sync = async (pods: readonly ReturnType<typeof podOf>[] = [podOf('cart-1')], deniesNodes = false) => {
    for (const cluster of clusters) {
      await poll(() => ['pods', 'deployments', 'nodes'].every((resource) => cluster.has(resource))).toBe(true);
      if (deniesNodes) cluster.watch('nodes').onEvents([{ type: 'denied', error: denial('nodes') }]);
      else cluster.sync('nodes');
      cluster.sync('pods', pods);
      cluster.sync('deployments', [podOf('cart', { uid: 'uid-deploy' })]);
    }
  };
  const say = (cluster: number, time: number, words: string): void =>
    clusters[cluster]?.follows[0]?.onLine(time, Buffer.from(words));
  const opened = () => poll(() => clusters.every((cluster) => cluster.follows.length === 1)).toBe(true);
  return { clusters, engine, printed, notes, reader, stop, run, sync, say, opened };
}

test('logs of several clusters are printed in the order of their times, however late one answers', async () => {
  const { engine, clusters, printed, run, sync, say, opened } = setUp(['eu', 'us']);
  using _engine = engine;
  const code = run();
  await sync();
  await opened();
  expect(clusters[0]?.follows.map((f) => f.container)).toEqual(['main']);
  for (const time of [1_000, 3_000]) say(0, time, `eu ${time}`);
  clusters[0]?.endLog('cart-1');
  await new Promise((resolve) => setTimeout(resolve, 800));
  for (const time of [2_000, 4_000]) say(1, time, `us ${time}`);
  clusters[1]?.endLog('cart-1');
  expect(await code).toBe(0);
  expect(printed).toEqual([
    'eu cart-1 main eu 1000',
    'us cart-1 main us 2000',
    'eu cart-1 main eu 3000',
    'us cart-1 main us 4000',
  ]);
});

test('a line that comes late while following is printed once, and none is printed twice', async () => {
  const { engine, printed, run, sync, say, opened, stop } = setUp(['eu'], { follow: true, format: 'raw' });
  using _engine = engine;
  const code = run();
  await sync();
  await opened();
  say(0, 5_000, 'young');
  say(0, 6_000, 'younger');
  await poll(() => printed).toHaveLength(2);
  say(0, 5_500, 'late');
  say(0, 7_000, 'youngest');
  await poll(() => printed).toHaveLength(4);
  stop.abort();
  expect(await code).toBe(0);
  expect(printed).toEqual(['young', 'younger', 'late', 'youngest']);
});

test('a reader who is slow gets every line, and the time limit does not run while it reads', async () => {
  const { engine, clusters, printed, run, sync, say, opened, reader } = setUp(['eu'], {
    format: 'raw',
    timeoutMs: 700,
  });
  using _engine = engine;
  reader.isSlow = true;
  const code = run();
  await sync();
  await opened();
  for (let i = 0; i < 25_000; i++) say(0, i, `line ${i}`);
  clusters[0]?.endLog('cart-1');
  await poll(() => printed.length).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(printed.length).toBeLessThan(25_000);
  reader.isSlow = false;
  reader.read();
  expect(await code).toBe(0);
  expect(printed).toEqual(Array.from({ length: 25_000 }, (_, i) => `line ${i}`));
});

test('a workload without pods ends at once, and says so', async () => {
  const { engine, notes, run, sync } = setUp(['eu'], { kind: 'deploy', container: null, timeoutMs: 60_000 });
  using _engine = engine;
  const code = run();
  await sync([]);
  expect(await code).toBe(0);
  expect(notes).toEqual(['deploy/cart: no container to read']);
});

test('a log that is refused is a failure, beside others a missing part', async () => {
  const { engine, clusters, notes, run, sync, say, opened } = setUp(['eu', 'us']);
  using _engine = engine;
  const code = run();
  await sync();
  await opened();
  clusters[0]?.follows[0]?.onMark('denied', 'pods/log is forbidden');
  say(1, 1_000, 'a line');
  for (const cluster of clusters) cluster.endLog('cart-1');
  expect(await code).toBe(3);
  expect(notes).toEqual(['eu cart-1 denied: pods/log is forbidden']);
});

test('a container that no pod has is not found', async () => {
  const { engine, notes, run, sync } = setUp(['eu'], { container: 'nope', timeoutMs: 60_000 });
  using _engine = engine;
  const code = run();
  await sync();
  expect(await code).toBe(1);
  expect(notes).toEqual(['app/cart: no pod has a container nope']);
});

test('what is denied beside pods and workloads makes no log incomplete', async () => {
  const { engine, clusters, notes, run, sync, opened } = setUp(['eu']);
  using _engine = engine;
  const code = run();
  await sync(undefined, true);
  await opened();
  // What a real follow says of itself, also of a log without a line.
  clusters[0]?.follows[0]?.onMark('joined', '');
  clusters[0]?.endLog('cart-1');
  expect(await code).toBe(0);
  expect(notes).toEqual([]);
});

const inShop = { clusters: [], namespaces: ['shop'], filter: '' };

/** Pods may not be listed, in no namespace; other kinds may. */
async function denyPods(clusters: readonly FakeCluster[]): Promise<void> {
  for (const cluster of clusters) {
    await poll(() => ['pods', 'deployments', 'nodes'].every((resource) => cluster.has(resource))).toBe(true);
    cluster.watch('pods').onEvents([{ type: 'denied', error: denial('pods') }]);
    for (const resource of ['deployments', 'nodes']) cluster.sync(resource);
    await poll(() => cluster.has('pods', 'default')).toBe(true);
    cluster.watch('pods', 'default').onEvents([{ type: 'denied', error: denial('pods', 'default') }]);
  }
}

const noPod = (): never => {
  const message = 'pods "cart-1" not found';
  throw new ApiError('status', message, {
    status: { code: 404, reason: 'NotFound', message, causes: [], name: 'cart-1', kind: 'pods' },
  });
};

test('a pod that may be got and not listed is found by its name', async () => {
  const given = { kind: 'pod', name: 'cart-1', scope: inShop };
  const { engine, clusters, printed, notes, run } = setUp(['eu', 'us', 'ap'], given);
  using _engine = engine;
  clusters[1]?.answers.set('/api/v1/namespaces/shop/pods/cart-1', noPod);
  const code = run();
  await denyPods(clusters);
  await poll(() => [clusters[0]?.follows.length, clusters[2]?.follows.length]).toEqual([1, 1]);
  for (const cluster of clusters) {
    cluster.follows[0]?.onLine(1_000, Buffer.from('a line'));
    cluster.endLog('cart-1');
  }
  expect(await code).toBe(0);
  expect(printed.toSorted()).toEqual(['ap cart-1 main a line', 'eu cart-1 main a line']);
  expect(notes).toEqual([]);
});

test('a pod that is nowhere and cannot be looked for is told with the rule that is missing', async () => {
  const { engine, clusters, notes, run } = setUp(['eu', 'us'], { kind: 'pod', name: 'cart-1', scope: inShop });
  using _engine = engine;
  clusters[0]?.answers.set('/api/v1/namespaces/shop/pods/cart-1', noPod);
  clusters[1]?.answers.set('/api/v1/namespaces/shop/pods/cart-1', () => {
    throw denial('pods "cart-1"', 'shop');
  });
  const code = run();
  await denyPods(clusters);
  expect(await code).toBe(3);
  expect(notes).toEqual([
    expect.stringMatching(
      /^us: pods "cart-1" is forbidden: .*; you may not list pods: list pods at the cluster scope$/,
    ),
    'pod/cart-1: not found',
    'eu: there is no pod cart-1 in namespace shop; you may not list pods: list pods at the cluster scope',
  ]);
});

test('a pod that may not be looked for in every namespace makes an answer partial', async () => {
  const { engine, clusters, notes, run } = setUp(['eu'], { kind: 'pod', name: 'cart-1' });
  using _engine = engine;
  clusters[0]?.answers.set('/api/v1/namespaces/default/pods/cart-1', noPod);
  const code = run();
  await denyPods(clusters);
  expect(await code).toBe(3);
  expect(notes).toEqual([
    'eu: there is no pod cart-1 in namespace default (-n names another); you may not list pods: list pods at the cluster scope',
    'pod/cart-1: not found',
  ]);
});
