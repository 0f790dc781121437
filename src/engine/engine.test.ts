import { expect, test } from 'vitest';
import { everything, type LiveQuery, type Window } from '../core/query.ts';
import { list, text, time } from '../core/object.ts';
import { ApiError } from '../kube/api-error.ts';
import { definePlugin, type Plugin } from '../plugin-api/plugin.ts';
import type { Engine } from '../protocol/engine.ts';
import { manualClock } from '../../test/support/manual-clock.ts';
import { createEngine } from './create-engine.ts';
import { contextOf, denial, FakeCluster, fakeKube, podOf, served } from '../../test/support/fake-kube.ts';

const column = (id: string, type: 'text' | 'name' | 'clusters' | 'number' | 'age') => ({
  id,
  title: id.toUpperCase(),
  type,
  min: 3,
  ideal: 8,
  max: 20,
  priority: 0,
});

const ownerOf = (object: unknown): string => text(list(object, 'metadata', 'ownerReferences')[0], 'uid');

const plugin: Plugin = definePlugin({
  id: 'test',
  apiVersion: 1,
  title: 'test',
  tables: [
    {
      id: 'pods',
      title: 'Pods',
      columns: [column('name', 'name'), column('cluster', 'clusters'), column('status', 'text'), column('age', 'age')],
    },
    {
      id: 'workloads',
      title: 'Workloads',
      columns: [column('name', 'name'), column('cluster', 'clusters'), column('pods', 'number')],
      summary: (members) => ({
        health: members[0]?.health ?? 'none',
        cells: [members[0]?.app ?? '', null, members.length],
      }),
      tallies: [{ column: 'pods', over: 'pods', by: 'owner', value: 'count' }],
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
        health: text(o, 'status', 'reason') === '' ? 'ok' : 'fail',
        app: text(o, 'metadata', 'labels', 'app'),
        owner: ownerOf(o),
        status: text(o, 'status', 'phase'),
        created: time(o, 'metadata', 'creationTimestamp') ?? 0,
        cells: [
          text(o, 'metadata', 'name'),
          null,
          text(o, 'status', 'phase'),
          time(o, 'metadata', 'creationTimestamp') ?? 0,
        ],
      }),
      findings: (o, { now }) =>
        text(o, 'status', 'reason') === ''
          ? []
          : [
              {
                rule: 'crash-loop',
                severity: 'fail',
                title: 'CrashLoop',
                message: text(o, 'status', 'reason'),
                cause: text(o, 'status', 'reason'),
                since: now - 60_000,
                evidence: [],
              },
            ],
    },
    {
      group: 'apps',
      resource: 'replicasets',
      when: 'always',
      pick: { metadata: { ownerReferences: 1 } },
      into: 'workloads',
      toRow: (o) => ({ listed: false, health: 'none', owner: ownerOf(o), created: 0, cells: [] }),
    },
    {
      group: 'apps',
      resource: 'deployments',
      when: 'always',
      pick: { status: 1 },
      into: 'workloads',
      toRow: (o) => ({
        health: 'ok',
        app: text(o, 'metadata', 'name'),
        created: 0,
        cells: [text(o, 'metadata', 'name'), null, null],
      }),
    },
    {
      group: 'acme.io',
      resource: 'widgets',
      when: 'visible',
      pick: { spec: 1 },
      into: 'widgets',
      toRow: () => undefined,
    },
  ],
});

const query = (table: string, more: Partial<LiveQuery> = {}): LiveQuery => ({
  table,
  scope: everything,
  filter: '',
  group: 'none',
  toggled: [],
  onlyWrong: false,
  offset: 0,
  limit: 20,
  ...more,
});

async function eventually(check: () => void): Promise<void> {
  await expect
    .poll(
      () => {
        check();
        return true;
      },
      { timeout: 5_000, interval: 5 },
    )
    .toBe(true);
}

function start(clusters: readonly FakeCluster[], more: Partial<Parameters<typeof createEngine>[0]> = {}): Engine {
  return createEngine({
    contexts: clusters.map((cluster) => contextOf(cluster.name)),
    currentContext: null,
    plugins: [plugin],
    kube: fakeKube(clusters),
    ...more,
  });
}

function watchWindow(engine: Engine, of: LiveQuery) {
  const seen: { window: Window | null } = { window: null };
  const live = engine.query(of, (window) => {
    seen.window = window;
  });
  return { seen, live, names: () => seen.window?.rows.map((row) => row.name) ?? [] };
}

test('a command asks fifty at a time; dead ones make room in time, and its time bounds the whole', async () => {
  const clock = manualClock();
  const dead = Array.from({ length: 60 }, (_, i) => new FakeCluster(`dead-${i}`));
  const well = Array.from({ length: 80 }, (_, i) => new FakeCluster(`well-${i}`));
  for (const cluster of dead) cluster.answers.set('/version', () => new Promise(() => undefined));
  const turns = { places: 50, withinMs: 9_000 };
  using engine = start([...dead, ...well], { clock, settings: { connectLimit: 1_000, turns } });
  const connected = (): number => [...dead, ...well].filter((cluster) => cluster.connects > 0).length;
  const asked = (): readonly FakeCluster[] => well.filter((cluster) => cluster.has('pods'));
  await eventually(() => expect(connected()).toBe(50));

  clock.advance(3_000);
  await eventually(() => expect(connected()).toBe(100));
  await eventually(() => expect(asked()).toHaveLength(40));
  for (const cluster of asked()) cluster.syncRest();
  await eventually(() => expect(connected()).toBe(140));
  await eventually(() => expect(asked()).toHaveLength(80));
  for (const cluster of asked()) cluster.syncRest();

  clock.advance(100);
  await eventually(() => expect(engine.fleet?.coverage).toMatchObject({ live: 80, wanted: 140, parked: 0 }));
});

test('rows of all clusters stand in one list, worst first, and follow what the clusters say', async () => {
  const [eu, us] = [new FakeCluster('run-eu'), new FakeCluster('run-us')];
  using engine = start([eu, us]);
  const { seen, names } = watchWindow(engine, query('pods'));
  await eventually(() => expect(eu.has('pods') && us.has('pods')).toBe(true));
  eu.sync('pods', [podOf('cart-1'), podOf('web-1')]);
  us.sync('pods', [podOf('cart-2', { reason: 'OOMKilled' })]);
  await eventually(() => expect(names()).toEqual(['cart-2', 'cart-1', 'web-1']));
  expect(seen.window).toMatchObject({ total: 3, all: 3, counts: { fail: 1, ok: 2 }, staleSince: null });
  expect(seen.window?.rows[1]?.cells).toEqual(['cart-1', null, 'Running', Date.parse('2026-11-21T00:00:00Z')]);

  const before = seen.window?.rows[1];
  eu.watch('pods').onEvents([{ type: 'delete', object: podOf('web-1') }]);
  await eventually(() => expect(names()).toEqual(['cart-2', 'cart-1']));
  expect(seen.window?.rows[1]).toBe(before);
});

test('the same cause in several clusters is one problem, and it raises what owns the pods', async () => {
  const [eu, us] = [new FakeCluster('run-eu'), new FakeCluster('run-us')];
  using engine = start([eu, us]);
  const problems = watchWindow(engine, query('problems'));
  const workloads = watchWindow(engine, query('workloads'));
  await eventually(() => expect(eu.has('deployments') && us.has('deployments')).toBe(true));
  for (const cluster of [eu, us]) {
    cluster.sync('deployments', [{ metadata: { name: 'cart', uid: `d-${cluster.name}`, namespace: 'shop' } }]);
    cluster.sync('replicasets', [
      { metadata: { name: 'cart-7', uid: `r-${cluster.name}`, ownerReferences: [{ uid: `d-${cluster.name}` }] } },
    ]);
    cluster.sync('pods', [
      podOf('cart-1', { owner: `r-${cluster.name}`, reason: 'OOMKilled' }),
      podOf('cart-2', { owner: `r-${cluster.name}` }),
    ]);
  }
  await eventually(() => expect(problems.names()).toEqual(['cart']));
  const [row] = problems.seen.window?.rows ?? [];
  expect(row?.clusters).toHaveLength(2);
  expect(row?.cells.slice(0, 4)).toEqual(['CrashLoop', 'cart', null, '2 of 4 pods']);
  await eventually(() => {
    expect(workloads.seen.window?.rows.map((r) => [r.name, r.health, r.cells[2]])).toEqual([
      ['cart', 'fail', 2],
      ['cart', 'fail', 2],
    ]);
  });
  expect(engine.fleet?.clusters.map((c) => c.problems.fail)).toEqual([1, 1]);
  const detail = await engine.ask({ ask: 'problem', key: row?.key ?? '' });
  expect(detail).toMatchObject({ ok: true, value: { problems: [{ rule: 'crash-loop' }, { rule: 'crash-loop' }] } });

  for (const cluster of [eu, us]) cluster.upsert('pods', podOf('cart-1', { owner: `r-${cluster.name}` }));
  await eventually(() => expect(problems.names()).toEqual([]));
  await eventually(() => expect(workloads.seen.window?.rows.map((r) => r.health)).toEqual(['ok', 'ok']));
});

test('a list that stays empty says so when the last first set has come', async () => {
  const eu = new FakeCluster('run-eu');
  using engine = start([eu]);
  const { seen } = watchWindow(engine, query('problems'));
  await eventually(() => expect(eu.has('pods') && eu.has('replicasets') && eu.has('deployments')).toBe(true));
  eu.sync('replicasets', []);
  eu.sync('deployments', []);
  await eventually(() => expect(seen.window?.state.state).toBe('loading'));

  eu.sync('pods', []);

  await eventually(() => expect(seen.window?.state.state).toBe('empty'));
});

test('drilling into a Deployment shows its pods, whatever comes first', async () => {
  const eu = new FakeCluster('run-eu');
  using engine = start([eu]);
  const { names } = watchWindow(
    engine,
    query('pods', { within: { by: 'owner', cluster: contextOf('run-eu').cluster, uid: 'd' } }),
  );
  await eventually(() => expect(eu.has('pods')).toBe(true));
  eu.sync('pods', [podOf('cart-1', { owner: 'r' }), podOf('other-1')]);
  eu.sync('deployments', [{ metadata: { name: 'cart', uid: 'd' } }]);
  eu.sync('replicasets', [{ metadata: { name: 'cart-7', uid: 'r', ownerReferences: [{ uid: 'd' }] } }]);
  await eventually(() => expect(names()).toEqual(['cart-1']));
  // The garbage collector takes the owner first.
  eu.watch('replicasets').onEvents([{ type: 'delete', object: { metadata: { uid: 'r' } } }]);
  eu.watch('pods').onEvents([{ type: 'delete', object: { metadata: { uid: 'uid-cart-1' } } }]);
  await eventually(() => expect(names()).toEqual([]));
});

test('a cluster that is lost is stale at once, is a problem, and comes back by itself', async () => {
  const eu = new FakeCluster('run-eu');
  using engine = start([eu]);
  const pods = watchWindow(engine, query('pods'));
  const problems = watchWindow(engine, query('problems'));
  await eventually(() => expect(eu.has('pods')).toBe(true));
  eu.sync('pods', [podOf('cart-1')]);
  await eventually(() => expect(pods.seen.window?.rows[0]?.stale).toBe(false));

  eu.failure = new ApiError('unreachable', 'connection refused');
  eu.say({ type: 'lost', error: eu.failure });
  await eventually(() => expect(pods.seen.window?.rows[0]?.stale).toBe(true));
  expect(pods.seen.window?.counts).toMatchObject({ ok: 0, unknown: 1 });
  expect(pods.seen.window?.staleSince).not.toBe(null);
  await eventually(() => expect(engine.fleet?.clusters[0]?.state.phase).toBe('offline'));
  await eventually(() => expect(problems.seen.window?.rows[0]?.cells[0]).toBe('Offline'));

  eu.failure = null;
  await eventually(() => expect(engine.fleet?.clusters[0]?.state.phase).toBe('live'));
  await eventually(() => expect(problems.names()).toEqual([]));
  await eventually(() => expect(pods.seen.window?.rows[0]?.stale).toBe(false));
});

test('rows of a set that is read again are stale until it is complete, and what is missing in it goes', async () => {
  const eu = new FakeCluster('run-eu');
  using engine = start([eu]);
  const { seen, names } = watchWindow(engine, query('pods'));
  await eventually(() => expect(eu.has('pods')).toBe(true));
  eu.sync('pods', [podOf('a'), podOf('b')]);
  await eventually(() => expect(names()).toEqual(['a', 'b']));
  eu.watch('pods').onEvents([{ type: 'sync-started' }, { type: 'upsert', object: podOf('b') }]);
  await eventually(() => expect(seen.window?.rows.map((r) => r.stale)).toEqual([true, true]));
  eu.watch('pods').onEvents([{ type: 'synced', resourceVersion: '2' }]);
  await eventually(() => expect(names()).toEqual(['b']));
  expect(seen.window?.rows[0]?.stale).toBe(false);
});

test('who may not list the cluster sees the namespaces that are known, and what is missing is named', async () => {
  const eu = new FakeCluster('run-eu');
  using engine = start([eu], { settings: { namespaces: ['team'] } });
  const { names } = watchWindow(engine, query('pods'));
  await eventually(() => expect(eu.has('pods')).toBe(true));
  eu.watch('pods').onEvents([{ type: 'denied', error: denial('pods') }]);
  await eventually(() => expect(eu.has('pods', 'default') && eu.has('pods', 'team')).toBe(true));
  eu.sync('pods', [podOf('mine', { namespace: 'team' })], 'team');
  eu.watch('pods', 'default').onEvents([{ type: 'denied', error: denial('pods', 'default') }]);
  await eventually(() => expect(names()).toEqual(['mine']));
  await eventually(() => {
    const [cluster] = engine.fleet?.clusters ?? [];
    expect(cluster?.namespaces).toEqual(['team']);
    expect(cluster?.denied.map((d) => d.rule)).toEqual(['list pods in namespace default']);
  });
});

test('everything denied is told with the rules', async () => {
  const eu = new FakeCluster('run-eu');
  eu.discovery = { resources: [served('', 'pods', 'Pod', { namespaced: false })], failed: [] };
  using engine = start([eu]);
  const { seen } = watchWindow(engine, query('pods'));
  await eventually(() => expect(eu.has('pods')).toBe(true));
  eu.watch('pods').onEvents([{ type: 'denied', error: denial('pods') }]);
  await eventually(() => expect(engine.fleet?.clusters[0]?.state.phase).toBe('denied'));
  await eventually(() =>
    expect(seen.window?.state).toEqual({ state: 'denied', rules: ['list pods at the cluster scope in run-eu'] }),
  );
});

test('a plugin sleeps until its resource appears', async () => {
  const eu = new FakeCluster('run-eu');
  using engine = start([eu], {
    plugins: [
      plugin,
      definePlugin({
        id: 'widgets',
        apiVersion: 1,
        title: 'w',
        tables: [{ id: 'widgets', title: 'Widgets', columns: [column('name', 'name')] }],
        watch: [
          {
            group: 'acme.io',
            resource: 'widgets',
            when: 'visible',
            pick: { spec: 1 },
            into: 'widgets',
            toRow: (o) => ({ health: 'ok', created: 0, cells: [text(o, 'metadata', 'name')] }),
          },
        ],
      }),
    ],
  });
  const { seen, names } = watchWindow(engine, query('widgets'));
  await eventually(() => expect(seen.window?.state).toEqual({ state: 'absent', resource: 'Widgets' }));
  eu.discovery = { ...eu.discovery, resources: [...eu.discovery.resources, served('acme.io', 'widgets', 'Widget')] };
  eu.watch('pods').onEvents([{ type: 'absent' }]);
  await eventually(() => expect(eu.has('widgets')).toBe(true));
  eu.sync('widgets', [{ metadata: { name: 'w1', uid: 'w1' } }]);
  await eventually(() => expect(names()).toEqual(['w1']));
});

test('two contexts with one kube-system are one cluster; the current context is its identity', async () => {
  const eu = new FakeCluster('run-eu');
  using engine = start([eu], {
    contexts: [contextOf('admin@run-eu', { rawName: 'admin@run-eu' }), contextOf('run-eu')],
    currentContext: 'run-eu',
  });
  await eventually(() => expect(engine.fleet?.clusters).toHaveLength(1));
  const [cluster] = engine.fleet?.clusters ?? [];
  expect(cluster).toMatchObject({ name: 'run-eu', identity: 'run-eu', otherIdentities: ['admin@run-eu'], role: 'run' });
  const id = cluster?.id ?? contextOf('x').cluster;
  expect(await engine.ask({ ask: 'identity', cluster: id, context: 'admin@run-eu' })).toMatchObject({ ok: true });
  await eventually(() => expect(engine.fleet?.clusters[0]?.identity).toBe('admin@run-eu'));
});

test('a login heals every cluster of that identity', async () => {
  const clusters = [new FakeCluster('a'), new FakeCluster('b'), new FakeCluster('c')];
  const expired = new ApiError('login', 'token expired', { command: 'sso login' });
  for (const cluster of clusters) cluster.failure = expired;
  using engine = start(clusters, {
    contexts: [contextOf('a', { user: 'sso' }), contextOf('b', { user: 'sso' }), contextOf('c')],
  });
  await eventually(() => expect(engine.fleet?.clusters.map((c) => c.state.phase)).toEqual(['login', 'login', 'login']));
  expect(engine.fleet?.clusters[0]?.state).toMatchObject({ message: 'token expired', command: 'sso login' });
  for (const cluster of clusters) cluster.failure = null;
  await engine.ask({ ask: 'logged-in', cluster: contextOf('a').cluster, printed: 'secret' });
  await eventually(() => expect(engine.fleet?.clusters.map((c) => c.state.phase)).toEqual(['live', 'live', 'login']));
  expect(clusters.map((c) => c.logins)).toEqual([['secret'], ['secret'], []]);
});

test('of many clusters the rest is parked until a scope names it', async () => {
  const clusters = Array.from({ length: 5 }, (_, i) => new FakeCluster(`c${i}`));
  using engine = start(clusters, { settings: { connectLimit: 2 }, currentContext: 'c4' });
  await eventually(() =>
    expect(engine.fleet?.clusters.map((c) => c.state.phase === 'parked')).toEqual([false, true, true, true, false]),
  );
  expect(engine.fleet?.coverage).toMatchObject({ wanted: 2, parked: 3 });
  engine.setScope({ clusters: ['c2'], namespaces: [], filter: '' });
  await eventually(() => expect(engine.fleet?.clusters[2]?.state.phase).toBe('live'));
});

test('any resource has the server’s own columns', async () => {
  const eu = new FakeCluster('run-eu');
  eu.discovery = {
    ...eu.discovery,
    resources: [
      ...eu.discovery.resources,
      served('cert-manager.io', 'certificates', 'Certificate', { shortNames: ['cert'] }),
    ],
  };
  using engine = start([eu]);
  const { seen, names } = watchWindow(engine, query('cert'));
  await eventually(() => expect(eu.tables).toHaveLength(1));
  eu.tables[0]!.onEvents([
    { type: 'sync-started' },
    {
      type: 'columns',
      columns: [
        { name: 'Name', type: 'string', format: 'name', priority: 0 },
        { name: 'Ready', type: 'string', format: '', priority: 0 },
        { name: 'Age', type: 'date', format: '', priority: 0 },
      ],
    },
    {
      type: 'upsert',
      cells: ['tls', 'False', '5d'],
      object: { metadata: { name: 'tls', uid: 'u', namespace: 'shop', creationTimestamp: '2026-11-01T00:00:00Z' } },
    },
    { type: 'synced', resourceVersion: '1' },
  ]);
  await eventually(() => expect(names()).toEqual(['tls']));
  expect(seen.window?.columns.map((c) => c.title)).toEqual(['NAME', 'CLUSTER', 'NAMESPACE', 'READY', 'AGE']);
  expect(seen.window?.rows[0]?.cells).toEqual(['tls', null, 'shop', 'False', Date.parse('2026-11-01T00:00:00Z')]);
  expect(seen.window?.rows[0]?.health).toBe('warn');
});

test('a mistyped filter is told what is near; a bad term leaves the last good one in force', async () => {
  const eu = new FakeCluster('run-eu');
  using engine = start([eu]);
  const { seen, names, live } = watchWindow(engine, query('pods'));
  await eventually(() => expect(eu.has('pods')).toBe(true));
  eu.sync('pods', [podOf('checkout-7d9f8c6b5-x2v8k'), podOf('web-1')]);
  await eventually(() => expect(names()).toHaveLength(2));
  live.change(query('pods', { filter: '"chekcout"' }));
  await eventually(() => expect(seen.window?.state.state).toBe('no-match'));
  live.change(query('pods', { filter: 'zebra' }));
  await eventually(() => expect(seen.window?.state).toEqual({ state: 'no-match', near: null }));
  live.change(query('pods', { filter: 'chekout' }));
  await eventually(() => expect(seen.window?.rows.length === 1 || seen.window?.state.state === 'no-match').toBe(true));
  live.change(query('pods', { filter: 'web' }));
  await eventually(() => expect(names()).toEqual(['web-1']));
  live.change(query('pods', { filter: 'web age<' }));
  await eventually(() => expect(seen.window?.badFilter).toMatchObject({ from: 4 }));
  expect(names()).toEqual(['web-1']);
});

test('a list speaks of the age of those clusters only that can have rows in it', async () => {
  const [eu, ap] = [new FakeCluster('run-eu'), new FakeCluster('run-ap')];
  eu.discovery = { ...eu.discovery, resources: [...eu.discovery.resources, served('acme.io', 'widgets', 'Widget')] };
  using engine = start([eu, ap]);
  const all = watchWindow(engine, query('pods'));
  const within = { by: 'owner', cluster: contextOf('run-eu').cluster, uid: 'd' } as const;
  const drilled = watchWindow(engine, query('pods', { within }));
  const filtered = watchWindow(engine, query('pods', { filter: 'c:run-eu' }));
  const others = watchWindow(engine, query('pods', { filter: '!c:run-eu' }));
  const widgets = watchWindow(engine, query('widgets.acme.io'));
  await eventually(() => expect(eu.has('pods') && ap.has('pods')).toBe(true));
  for (const cluster of [eu, ap]) cluster.sync('pods', [podOf('cart-1', { owner: 'd' })]);
  await eventually(() => expect(all.seen.window?.rows).toHaveLength(2));
  await eventually(() => expect(eu.tables).toHaveLength(1));
  eu.tables[0]?.onEvents([{ type: 'sync-started' }, { type: 'synced', resourceVersion: '1' }]);

  ap.failure = new ApiError('unreachable', 'timed out');
  ap.say({ type: 'lost', error: ap.failure });
  await eventually(() => expect(all.seen.window?.staleSince).not.toBe(null));
  await eventually(() => expect(others.seen.window?.staleSince).not.toBe(null));
  for (const { seen } of [drilled, filtered, widgets]) expect(seen.window?.staleSince).toBe(null);
  expect(drilled.seen.window?.rows).toHaveLength(1);
});

test('what cannot be watched is listed again when a person asks for it, in every cluster that shows it', async () => {
  const eu = new FakeCluster('run-eu');
  const reviews = served('acme.io', 'widgets', 'Widget', { verbs: ['get', 'list'] });
  eu.discovery = { ...eu.discovery, resources: [...eu.discovery.resources, reviews] };
  using engine = start([eu]);
  watchWindow(engine, query('widgets.acme.io'));
  await eventually(() => expect(eu.tables).toHaveLength(1));
  await engine.ask({ ask: 'list-again', table: 'widgets.acme.io' });
  expect(eu.listedAgain).toEqual(['widgets']);
  await eventually(() => expect(eu.has('pods')).toBe(true));
  await engine.ask({ ask: 'list-again', table: 'pods' });
  expect(eu.listedAgain).toEqual(['widgets', 'pods']);
});

test('why: an object answers with its own problems, and those of what it owns and of what owns it', async () => {
  const eu = new FakeCluster('run-eu');
  using engine = start([eu]);
  await eventually(() => expect(eu.has('pods') && eu.has('deployments') && eu.has('replicasets')).toBe(true));
  eu.sync('deployments', [{ metadata: { name: 'cart', uid: 'd' } }]);
  eu.sync('replicasets', [{ metadata: { name: 'cart-7', uid: 'r', ownerReferences: [{ uid: 'd' }] } }]);
  eu.sync('pods', [podOf('cart-1', { owner: 'r', reason: 'OOMKilled' }), podOf('web-1', { reason: 'Error' })]);
  const { cluster } = contextOf('run-eu');
  const why = async (uid: string): Promise<readonly string[]> => {
    const ref = { cluster, type: { group: '', version: 'v1', resource: 'x' }, kind: 'X', namespace: '', name: '', uid };
    const answer = await engine.ask({ ask: 'why', about: { by: 'object', ref } });
    return answer.ok ? (answer.value as { ref: { name: string } }[]).map((p) => p.ref.name) : [];
  };
  await eventually(() => expect(engine.fleet?.clusters[0]?.problems.fail).toBe(2));
  expect(await why('d')).toEqual(['cart-1']);
  expect(await why('uid-cart-1')).toEqual(['cart-1']);
  expect(await why('nobody')).toEqual([]);
  const app = await engine.ask({ ask: 'why', about: { by: 'app', app: 'web', namespace: null } });
  expect(app).toMatchObject({ ok: true, value: [{ ref: { name: 'web-1' } }] });
});

test('a document says what it is of, also when its object came in a list, where items do not say it', async () => {
  const eu = new FakeCluster('run-eu');
  eu.answers.set('/apis/apps/v1/namespaces/shop/deployments/cart', () => {
    throw new ApiError('status', 'later');
  });
  using engine = start([eu]);
  await eventually(() => expect(eu.has('deployments')).toBe(true));
  const type = { group: 'apps', version: 'v1', resource: 'deployments' };
  const { cluster } = contextOf('run-eu');
  const ref = { cluster, type, kind: 'Deployment', namespace: 'shop', name: 'cart', uid: 'd' };
  const seen: { keys: readonly string[] } = { keys: [] };
  using _document = engine.document(ref, 'yaml', (document) => {
    seen.keys = document.lines.map((line) => `${line.key} ${line.text}`);
  });
  await eventually(() => expect(eu.has('deployments', 'shop')).toBe(true));
  eu.watch('deployments', 'shop').onEvents([{ type: 'upsert', object: { metadata: { name: 'cart', uid: 'd' } } }]);
  await eventually(() => expect(seen.keys.slice(0, 2)).toEqual(['apiVersion apps/v1', 'kind Deployment']));
});
