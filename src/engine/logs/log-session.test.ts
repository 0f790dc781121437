import { expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import type { LogSelector, LogWindow } from '../../core/log-line.ts';
import { text } from '../../core/object.ts';
import { everything, type Scope } from '../../core/query.ts';
import { definePlugin } from '../../plugin-api/plugin.ts';
import type { LogView } from '../../protocol/messages.ts';
import { ApiError } from '../../kube/api-error.ts';
import { createCore, createEngine } from '../create-engine.ts';
import { contextOf, FakeCluster, fakeKube, podOf } from '../../../test/support/fake-kube.ts';
import { newTimeReader } from './line-time.ts';
import { LogRates } from './log-rates.ts';

const plugin = definePlugin({
  id: 'pods',
  apiVersion: 1,
  title: 'pods',
  tables: [
    {
      id: 'pods',
      title: 'Pods',
      columns: [{ id: 'name', title: 'POD', type: 'name', min: 1, ideal: 1, max: 1, priority: 0 }],
    },
  ],
  watch: [
    {
      group: '',
      resource: 'pods',
      when: 'always',
      pick: { status: 1 },
      into: 'pods',
      toRow: (o) => ({
        health: 'ok',
        app: text(o, 'metadata', 'labels', 'app'),
        node: 'n1',
        created: 0,
        cells: [text(o, 'metadata', 'name')],
      }),
    },
  ],
});

const whole = (name: string, containers: readonly string[]) => ({
  ...podOf(name),
  spec: { containers: containers.map((c) => ({ name: c })) },
});

const view: LogView = { filter: '', minLevel: 'all', anchor: 'newest', limit: 50 };
const app: LogSelector = { of: 'app', app: 'cart', namespace: null };
const options = { previous: false, tail: 100, sinceSeconds: null };

const poll = (check: () => unknown) => expect.poll(check, { timeout: 5_000, interval: 10 });

function setUp(names: readonly string[]) {
  const cluster = new FakeCluster('eu');
  for (const name of names) cluster.answers.set(`/api/v1/namespaces/shop/pods/${name}`, () => whole(name, ['main']));
  const engine = createEngine({
    contexts: [contextOf('eu'), contextOf('admin@eu', { cluster: clusterId('id-eu') })],
    currentContext: null,
    plugins: [plugin],
    kube: fakeKube([cluster]),
  });
  const seen: { window: LogWindow | null } = { window: null };
  const follow = (selector: LogSelector = app) =>
    engine.logs(selector, options, view, (window) => {
      seen.window = window;
    });
  const texts = () => seen.window?.lines.map((line) => line.text) ?? [];
  const said = (pod: string, time: number, words: string): void =>
    cluster.follows.find((f) => f.pod === pod && !f.signal.aborted)?.onLine(time, Buffer.from(words));
  return { cluster, engine, seen, follow, texts, said };
}

test('lines of several pods stand in the order of their times, whichever came first', async () => {
  const { cluster, engine, follow, texts, said } = setUp(['cart-1', 'cart-2']);
  using _engine = engine;
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', [podOf('cart-1'), podOf('cart-2'), podOf('web-1')]);
  using _live = follow();
  await poll(() => cluster.follows.map((f) => f.pod).sort()).toEqual(['cart-1', 'cart-2']);
  said('cart-1', 3_000, 'third');
  said('cart-2', 1_000, 'first');
  said('cart-1', 2_000, 'second');
  await poll(texts).toEqual(['first', 'second', 'third']);
});

test('a new pod of the app joins by itself; a filter finds what was kept', async () => {
  const { cluster, engine, seen, follow, texts, said } = setUp(['cart-1', 'cart-2']);
  using _engine = engine;
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);
  using live = follow();
  await poll(() => cluster.follows).toHaveLength(1);
  cluster.upsert('pods', podOf('cart-2'));
  await poll(() => cluster.follows).toHaveLength(2);
  said('cart-1', 1_000, 'ERROR out of memory');
  said('cart-2', 2_000, 'all is well');
  await poll(texts).toHaveLength(2);
  live.change({ ...view, filter: '"memory"' });
  await poll(texts).toEqual(['ERROR out of memory']);
  expect(seen.window).toMatchObject({ kept: 2, streams: 2, wantedStreams: 2 });
  live.change({ ...view, minLevel: 'warn' });
  await poll(texts).toEqual(['ERROR out of memory']);
  live.change(view);
  await poll(texts).toHaveLength(2);
});

test('an app is followed where the scope is, and not in other clusters and namespaces', async () => {
  const clusters = [new FakeCluster('run-eu'), new FakeCluster('run-us')];
  const pods = [podOf('cart-1'), podOf('cart-2', { namespace: 'test' })];
  for (const { answers } of clusters) {
    answers.set('/api/v1/namespaces/shop/pods/cart-1', () => whole('cart-1', ['main']));
    answers.set('/api/v1/namespaces/test/pods/cart-2', () => whole('cart-2', ['main']));
  }
  using engine = createEngine({
    contexts: clusters.map(({ name }) => contextOf(name)),
    currentContext: null,
    plugins: [plugin],
    kube: fakeKube(clusters),
  });
  for (const cluster of clusters) {
    await poll(() => cluster.has('pods')).toBe(true);
    cluster.sync('pods', pods);
  }
  const followed = async (scope: Partial<Scope>, count: number) => {
    const seen: { window: LogWindow | null } = { window: null };
    const selector: LogSelector = { of: 'app', app: 'cart', namespace: null, scope: { ...everything, ...scope } };
    using _live = engine.logs(selector, options, view, (window) => void (seen.window = window));
    await poll(() => seen.window?.streams).toBe(count);
    expect(seen.window?.wantedStreams).toBe(count);
    return clusters.flatMap(({ name, follows }) =>
      follows.filter((f) => !f.signal.aborted).map((f) => `${name} ${f.namespace}/${f.pod}`),
    );
  };
  expect(await followed({ clusters: ['run-us'] }, 2)).toEqual(['run-us shop/cart-1', 'run-us test/cart-2']);
  expect(await followed({ namespaces: ['sh*'] }, 2)).toEqual(['run-eu shop/cart-1', 'run-us shop/cart-1']);
  expect(await followed({ filter: '!c:run-us !ns:test' }, 1)).toEqual(['run-eu shop/cart-1']);
  expect(await followed({}, 4)).toHaveLength(4);
});

test('what a container writes cannot move the cursor', async () => {
  const { cluster, engine, follow, texts, said } = setUp(['cart-1']);
  using _engine = engine;
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);
  using _live = follow();
  await poll(() => cluster.follows).toHaveLength(1);
  said('cart-1', 1_000, 'a\u001b[2Jb');
  await poll(texts).toEqual(['a^[[2Jb']);
});

test('streams end with the view', async () => {
  const { cluster, engine, follow } = setUp(['cart-1']);
  using _engine = engine;
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);
  const live = follow();
  await poll(() => cluster.follows).toHaveLength(1);
  live[Symbol.dispose]();
  await poll(() => cluster.follows[0]?.signal.aborted).toBe(true);
});

test('what is beyond the budget of a node is read from time to time', async () => {
  const names = Array.from({ length: 10 }, (_, i) => `cart-${i}`);
  const { cluster, engine, seen, follow, texts } = setUp(names);
  using _engine = engine;
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync(
    'pods',
    names.map((name) => podOf(name)),
  );
  using _live = follow();
  await poll(() => [cluster.follows.length, cluster.polls.length]).toEqual([8, 2]);
  await poll(() => seen.window).toMatchObject({ streams: 8, polled: 2, wantedStreams: 10 });
  for (const request of cluster.polls) request.onLine(1_000, Buffer.from(`${request.pod} says so`));
  await poll(texts).toEqual(cluster.polls.map(({ pod }) => `${pod} says so`).sort());
});

test('a pod that cannot be read at first is asked for again, and counts as wanted meanwhile', {
  timeout: 10_000,
}, async () => {
  const { cluster, engine, seen, follow } = setUp(['cart-1']);
  using _engine = engine;
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);
  let asked = 0;
  cluster.answers.set('/api/v1/namespaces/shop/pods/cart-1', () => {
    if (asked++ === 0) throw new ApiError('unreachable', 'not now');
    return whole('cart-1', ['main']);
  });
  using _live = follow();
  await poll(() => [asked, seen.window?.wantedStreams]).toEqual([1, 1]);
  await poll(() => cluster.follows).toHaveLength(1);
  await poll(() => seen.window).toMatchObject({ streams: 1, wantedStreams: 1 });
});

test('a pod that may not be read is followed blindly: its log may be allowed', async () => {
  const { cluster, engine, follow } = setUp([]);
  using _engine = engine;
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);
  using _live = follow();
  await poll(() => cluster.follows.map((f) => [f.pod, f.container])).toEqual([['cart-1', '']]);
});

test('a cluster that is left and entered again is followed again', async () => {
  const { cluster, engine, seen, follow } = setUp(['cart-1']);
  using _engine = engine;
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);
  using _live = follow();
  await poll(() => cluster.follows).toHaveLength(1);
  await engine.ask({ ask: 'identity', cluster: clusterId('id-eu'), context: 'admin@eu' });
  await poll(() => cluster.follows[0]?.signal.aborted && cluster.has('pods')).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);
  await poll(() => cluster.follows).toHaveLength(2);
  await poll(() => seen.window).toMatchObject({ streams: 1, wantedStreams: 1 });
});

test('a cluster that connects anew is followed again behind its last line, and the seam is marked', async () => {
  const cluster = new FakeCluster('eu');
  cluster.answers.set('/api/v1/namespaces/shop/pods/cart-1', () => whole('cart-1', ['main']));
  using core = createCore({
    contexts: [contextOf('eu')],
    currentContext: null,
    plugins: [plugin],
    kube: fakeKube([cluster]),
  });
  core.start();
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);
  using source = core.logs(app, options, view, () => undefined);
  const lines = () => source.read().lines.map((line) => `${line.type} ${line.text}`);
  await poll(() => cluster.follows).toHaveLength(1);
  const now = Date.now();
  cluster.follows[0]?.onLine(now, Buffer.from('one'));

  core.update([contextOf('eu', { auth: { type: 'token', token: 'new' } })], null);
  await poll(() => cluster.has('pods')).toBe(true);
  expect(cluster.follows[0]?.signal.aborted).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);

  await poll(() => cluster.follows).toHaveLength(2);
  const again = cluster.follows[1];
  expect([again?.tail, again?.podState().exists]).toEqual([null, true]);
  expect(again?.sinceSeconds).toBeGreaterThan(0);
  again?.onLine(now, Buffer.from('one'));
  again?.onLine(Date.now() + 1, Buffer.from('two'));
  await poll(lines).toEqual(['line one', expect.stringMatching(/^mark connected anew/), 'line two']);
});

test('pods that are gone are forgotten when their logs are over, and only then', async () => {
  const cluster = new FakeCluster('eu');
  using core = createCore({
    contexts: [contextOf('eu')],
    currentContext: null,
    plugins: [plugin],
    kube: fakeKube([cluster]),
  });
  core.start();
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', []);
  using source = core.logs(app, options, view, () => undefined);
  const session = core.logStreams.find(app, options);
  const come = async (names: readonly string[]): Promise<void> => {
    for (const name of names) cluster.answers.set(`/api/v1/namespaces/shop/pods/${name}`, () => whole(name, ['main']));
    const before = cluster.follows.length;
    cluster.upsert('pods', ...names.map((name) => podOf(name)));
    await poll(() => cluster.follows.length).toBe(before + names.length);
  };
  const go = (name: string): void =>
    cluster.watch('pods').onEvents([{ type: 'delete', object: { metadata: { uid: `uid-${name}` } } }]);

  await come(['cart-stays', 'cart-speaks']);
  go('cart-speaks');
  for (let round = 0; round < 250; round++) {
    const names = [0, 1, 2, 3].map((i) => `cart-${round}-${i}`);
    await come(names);
    for (const name of names) go(name);
    for (const name of names) cluster.endLog(name);
  }

  await poll(() => session?.pods).toBe(2);
  expect(source.read()).toMatchObject({ streams: 2, wantedStreams: 2, clusters: 1 });
  cluster.follows[1]?.onLine(1_000, Buffer.from('a last word'));
  await poll(() => source.read().lines.map(({ text }) => text)).toEqual(['a last word']);
});

test('a pod that is gone before it was read is forgotten, and nothing is opened for it', async () => {
  const { cluster, engine, seen, follow } = setUp(['cart-1']);
  using _engine = engine;
  await poll(() => cluster.has('pods')).toBe(true);
  cluster.sync('pods', []);
  using _live = follow();
  cluster.upsert('pods', podOf('cart-1'));
  cluster.watch('pods').onEvents([{ type: 'delete', object: podOf('cart-1') }]);
  cluster.upsert('pods', podOf('cart-2'));
  await poll(() => cluster.follows.map(({ pod }) => pod)).toEqual(['cart-2']);
  await poll(() => seen.window).toMatchObject({ streams: 1, wantedStreams: 1 });
});

test('times keep their microseconds', () => {
  const timeOf = newTimeReader();
  const base = Date.parse('2026-11-21T00:17:20Z');
  expect(timeOf('2026-11-21T00:17:20.123456789Z')).toBe(base + 123.456);
  expect(timeOf('2026-11-21T00:17:20Z')).toBe(base);
  expect(timeOf('2026-11-21T00:17:20.5+02:00')).toBe(base - 7_200_000 + 500);
  expect(timeOf('yesterday')).toBe(null);
});

test('the strip has a bucket for every ten seconds, with the worst level of each', () => {
  const rates = new LogRates();
  rates.add(1_000, 'info', 100_000);
  rates.add(2_000, 'error', 100_000);
  rates.add(31_000, 'warn', 101_000);
  expect(rates.histogram()).toEqual([
    { count: 2, level: 'error' },
    { count: 0, level: 'unknown' },
    { count: 0, level: 'unknown' },
    { count: 1, level: 'warn' },
  ]);
  expect(rates.perSecond(102_000)).toBe(1);
});
