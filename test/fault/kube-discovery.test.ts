// What a server serves and what we may do there, as told by servers old, new, broken and silent.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reviewRules, verdictOf, whoAmI } from '../../src/kube/discovery/access.ts';
import { newAccess } from '../../src/kube/discovery/access-cache.ts';
import { discover, discoverFromCache } from '../../src/kube/discovery/discovery.ts';
import { fileDiscoveryCache } from '../../src/kube/discovery/cache.ts';
import { getObject, listObjects } from '../../src/kube/objects.ts';
import { reflectTable, type TableColumn } from '../../src/kube/reflect/table.ts';
import type { WatchEvent } from '../../src/kube/reflect/watch-event.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import { pods, quick, statusBody } from '../support/test-reflector.ts';
import { openTestSession, until } from '../support/test-session.ts';

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const resource = (name: string, kind: string, more: object = {}): object => ({
  resource: name,
  responseKind: { group: '', version: '', kind },
  scope: 'Namespaced',
  singularResource: kind.toLowerCase(),
  verbs: ['get', 'list', 'watch'],
  ...more,
});
const groups = (items: object[]): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  items,
});
const core = groups([
  {
    metadata: {},
    versions: [
      {
        version: 'v1',
        freshness: 'Current',
        resources: [resource('pods', 'Pod', { shortNames: ['po'], subresources: [{ subresource: 'log' }] })],
      },
    ],
  },
]);
const named = groups([
  {
    metadata: { name: 'apps' },
    versions: [
      {
        version: 'v1',
        freshness: 'Current',
        resources: [resource('deployments', 'Deployment', { subresources: [{ subresource: 'scale' }] })],
      },
      { version: 'v1beta1', freshness: 'Current', resources: [resource('deployments', 'Deployment')] },
    ],
  },
  { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale', resources: [] }] },
]);

test('aggregated: two requests, empty kinds are those of the group, a stale group is told', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => r.reply(200, r.path === '/api' ? core : named, { 'content-type': aggregatedType }));
  using t = openTestSession(server);
  const found = await discover(t.session);

  expect(found.resources.map((r) => [r.group, r.version, r.resource, r.kind, r.preferred, r.subresources])).toEqual([
    ['apps', 'v1', 'deployments', 'Deployment', true, ['scale']],
    ['apps', 'v1beta1', 'deployments', 'Deployment', false, []],
    ['', 'v1', 'pods', 'Pod', true, ['log']],
  ]);
  expect(found.failed).toEqual([{ groupVersion: 'metrics.k8s.io/v1beta1', reason: expect.any(String) }]);
  expect(server.requests).toHaveLength(2);
});

test('kept on disk by content: the next start knows it at once and only asks whether it changed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'discovery-'));
  await using server = await startScriptedServer();
  const etags: string[] = [];
  server.on('/api', (r) => {
    const etag = r.path === '/api' ? '"AAA"' : '"BBB"';
    etags.push(String(r.headers['if-none-match']));
    if (r.headers['if-none-match'] === etag) return r.reply(304, '');
    r.reply(200, r.path === '/api' ? core : named, { 'content-type': aggregatedType, etag });
  });
  using t = openTestSession(server);
  const cache = fileDiscoveryCache(nodeFiles, folder);
  expect(await discoverFromCache(t.session, cache)).toBeNull();
  const first = await discover(t.session, { cache });
  const fromDisk = await discoverFromCache(t.session, fileDiscoveryCache(nodeFiles, folder));
  const second = await discover(t.session, { cache });

  expect(fromDisk).toEqual(first);
  expect(second).toEqual(first);
  expect(etags.slice(2).sort()).toEqual(['"AAA"', '"BBB"']);
  await rm(folder, { recursive: true });
});

test('a server without aggregation is asked group by group; one that fails hides no other', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => r.reply(200, { kind: 'APIVersions', versions: ['v1'] }));
  server.on('/api/v1', (r) =>
    r.reply(200, {
      kind: 'APIResourceList',
      resources: [
        { name: 'pods', kind: 'Pod', singularName: 'pod', namespaced: true, verbs: ['list'], shortNames: ['po'] },
        { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
        { name: '../evil', kind: 'X', namespaced: true, verbs: [] },
      ],
    }),
  );
  server.on('/apis', (r) =>
    r.reply(200, {
      kind: 'APIGroupList',
      groups: ['apps', 'broken.example'].map((name) => ({
        name,
        versions: [{ version: 'v1' }],
        preferredVersion: { version: 'v1' },
      })),
    }),
  );
  server.on('/apis/apps/v1', (r) =>
    r.reply(200, { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['list'] }] }),
  );
  server.on('/apis/broken.example/v1', (r) =>
    r.reply(503, statusBody(503, 'ServiceUnavailable', 'service unavailable')),
  );
  using t = openTestSession(server);
  const counted: string[] = [];
  const found = await discover(t.session, { fallbacks: (what) => counted.push(what) });

  expect(found.resources.map((r) => [r.resource, r.subresources])).toEqual([
    ['deployments', []],
    ['pods', ['log']],
  ]);
  expect(found.failed).toEqual([{ groupVersion: 'broken.example/v1', reason: 'service unavailable' }]);
  expect(counted).toEqual(['discovery', 'discovery']);
});

const rulesPath = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
const accessPath = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const status = {
  resourceRules: [
    { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] },
    { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['one'] },
  ],
  incomplete: false,
};
const wish = (verb: string, what: string, more: object = {}) => ({
  verb,
  group: '',
  resource: what,
  namespace: 'a',
  ...more,
});

test('a rules review answers for its namespace; incomplete is not no', async () => {
  await using server = await startScriptedServer();
  server.on(rulesPath, (r) => r.reply(201, { kind: 'SelfSubjectRulesReview', status }));
  using t = openTestSession(server);
  const review = await reviewRules(t.session, 'a');

  expect(verdictOf(review, wish('list', 'pods'))).toBe('yes');
  expect(verdictOf(review, wish('get', 'pods', { subresource: 'log' }))).toBe('yes');
  expect(verdictOf(review, wish('delete', 'pods'))).toBe('no');
  expect(verdictOf({ ...review, incomplete: true }, wish('delete', 'pods'))).toBe('unknown');
  expect(verdictOf(review, wish('get', 'secrets'))).toBe('unknown');
  expect(verdictOf(review, wish('get', 'secrets', { name: 'one' }))).toBe('yes');
  expect(verdictOf(review, wish('get', 'secrets', { name: 'two' }))).toBe('no');
});

test('answers are kept, asked once, eight at a time; a real 403 wins', async () => {
  await using server = await startScriptedServer();
  let open = 0;
  let most = 0;
  server.on(rulesPath, (r) => r.reply(201, { status }));
  server.on(accessPath, (r) => {
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      r.reply(201, { status: { allowed: r.body.includes('"get"') } });
    }, 10);
  });
  using t = openTestSession(server);
  const access = newAccess(t.session);
  const signal = new AbortController().signal;
  const clusterWide = Array.from({ length: 20 }, (_, i) => ({
    verb: 'get',
    group: '',
    resource: `r${i}`,
    namespace: null,
  }));
  const wanted = { verb: 'list', group: '', resource: 'pods', namespace: 'a' };

  expect(await Promise.all([access.ask(wanted, signal), access.ask(wanted, signal)])).toEqual(['yes', 'yes']);
  expect(server.requests).toEqual([`POST ${rulesPath}`]);
  expect(await access.ask(wanted, signal)).toBe('yes');
  expect(server.requests).toHaveLength(1);
  expect(new Set(await Promise.all(clusterWide.map((w) => access.ask(w, signal))))).toEqual(new Set(['yes']));
  expect(most).toBeLessThanOrEqual(8);
  const asked = server.requests.length;
  await access.ask(clusterWide[0]!, signal);
  expect(server.requests).toHaveLength(asked);

  access.denied(wanted);
  expect(await access.ask(wanted, signal)).toBe('no');
  expect(server.requests).toHaveLength(asked);
  access.forget();
  expect(await access.ask(wanted, signal)).toBe('yes');
  expect(server.requests).toHaveLength(asked + 1);
});

test('a server that will not say is unknown, not no', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const verdict = await newAccess(t.session).ask(wish('get', 'pods'), new AbortController().signal);
  expect(verdict).toBe('unknown');
});

test('who am I, made harmless', async () => {
  await using server = await startScriptedServer();
  server.on('/apis/authentication.k8s.io/v1/selfsubjectreviews', (r) =>
    r.reply(201, { status: { userInfo: { username: 'jane\u001b[31m', groups: ['system:authenticated'], uid: 'u' } } }),
  );
  using t = openTestSession(server);

  expect((await whoAmI(t.session)).username).toBe('jane^[[31m');
});

test('objects come whole; pages of a list carry kind and apiVersion', async () => {
  await using server = await startScriptedServer();
  server.on('/api/v1/namespaces/a/pods', (r) =>
    r.query.get('continue') === 't'
      ? r.reply(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [{ metadata: { name: 'y' } }] })
      : r.reply(200, {
          kind: 'PodList',
          apiVersion: 'v1',
          metadata: { continue: 't' },
          items: [{ metadata: { name: 'x' } }],
        }),
  );
  server.on('/api/v1/namespaces/a/pods/x', (r) => r.reply(200, { kind: 'Pod', odd: { unknown: 1 } }));
  using t = openTestSession(server);
  const address = { group: '', version: 'v1', resource: 'pods', namespace: 'a' };
  const pages = [];
  for await (const page of listObjects(t.session, address)) pages.push(...page);

  expect(pages).toEqual(['x', 'y'].map((name) => ({ kind: 'Pod', apiVersion: 'v1', metadata: { name } })));
  expect(await getObject(t.session, { ...address, name: 'x' })).toEqual({ kind: 'Pod', odd: { unknown: 1 } });
});

const table = (rows: object[], columns: object[] | null, version: string): object => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: { resourceVersion: version },
  columnDefinitions: columns,
  rows,
});
const columns = [
  { name: 'Name', type: 'string', priority: 0 },
  { name: 'Ready', type: 'string', priority: 0 },
  { name: 'IP', type: 'string', priority: 1 },
];
const row = (name: string, version: string): object => ({
  cells: [name, '1/1', '10.0.0.1'],
  object: {
    kind: 'PartialObjectMetadata',
    metadata: { name, namespace: 'a', uid: name, resourceVersion: version, annotations: { last: 'secret' } },
  },
});
const endMark = table(
  [
    {
      cells: ['', '0/0', ''],
      object: { metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } } },
    },
  ],
  null,
  '9',
);

test('a Table streams: columns from the first event, rows by name, the made-up row of the end mark is none', async () => {
  await using server = await startScriptedServer();
  server.on('/api/v1/pods', (r) => {
    const stream = r.stream();
    stream.event('ADDED', table([row('x', '5')], columns, '5'));
    stream.event('BOOKMARK', endMark);
    stream.event('DELETED', table([row('x', '10')], null, '10'));
    expect(r.headers['accept']).toContain('as=Table');
    expect(r.query.get('includeObject')).toBe('Metadata');
  });
  using t = openTestSession(server);
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const seen: (readonly TableColumn[])[] = [];
  reflectTable({
    session: t.session,
    resource: pods,
    namespace: null,
    onColumns: (found) => seen.push(found),
    onEvents: (batch) => events.push(...batch),
    signal: stop.signal,
    fallbacks: () => undefined,
    times: quick,
  });
  await until('the delete', () => events.some((e) => e.type === 'delete'));
  stop.abort();

  expect(seen.map((found) => found.map((c) => [c.name, c.priority]))).toEqual([
    [
      ['Name', 0],
      ['Ready', 0],
      ['IP', 1],
    ],
  ]);
  expect(events.map((e) => e.type)).toEqual(['sync-started', 'upsert', 'synced', 'delete']);
  expect(events[1]!.type === 'upsert' && events[1]!.object).toEqual({
    metadata: { name: 'x', namespace: 'a', uid: 'x', resourceVersion: '5' },
    cells: ['x', '1/1', '10.0.0.1'],
  });
});

test('a Table from a server without WatchList is listed', async () => {
  await using server = await startScriptedServer();
  server.on('/api/v1/pods', (r) => {
    if (r.query.has('sendInitialEvents')) return r.reply(422, statusBody(422, 'Invalid', 'no'));
    if (r.query.has('watch')) return void r.stream();
    r.reply(200, table([row('x', '5'), row('y', '6')], columns, '9'));
  });
  using t = openTestSession(server);
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const seen: string[][] = [];
  reflectTable({
    session: t.session,
    resource: pods,
    namespace: null,
    onColumns: (found) => seen.push(found.map((c) => c.name)),
    onEvents: (batch) => events.push(...batch),
    signal: stop.signal,
    fallbacks: () => undefined,
    times: quick,
  });
  await until('synced', () => events.some((e) => e.type === 'synced'));
  stop.abort();

  expect(seen).toEqual([['Name', 'Ready', 'IP']]);
  expect(events.filter((e) => e.type === 'upsert')).toHaveLength(2);
});
