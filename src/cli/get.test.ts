// `get` as people know it from kubectl: several kinds, kind/name, and an exit code that tells what is missing.
import { expect, test } from 'vitest';
import { captureOutput } from '../../test/cluster/support/captured-output.ts';
import { contextOf, deployments, FakeCluster, fakeKube, pods, served } from '../../test/support/fake-kube.ts';
import { ApiError } from '../kube/api-error.ts';
import { createCore } from '../engine/create-engine.ts';
import { get, type GetOptions } from './get.ts';
import { readTargets } from './get-targets.ts';

const services = served('', 'services', 'Service', { shortNames: ['svc'] });
const notFound = { code: 404, reason: 'NotFound', message: 'not found', causes: [], name: 'x', kind: null };

const tableOf = (...names: string[]) => ({
  columnDefinitions: [{ name: 'Name', type: 'string', format: 'name', priority: 0 }],
  rows: names.map((name) => ({ cells: [name], object: { metadata: { name, namespace: 'shop' } } })),
});
const object = (kind: string, name: string) => ({
  kind,
  apiVersion: 'v1',
  metadata: { name, namespace: 'shop', uid: `uid-${name}` },
});

/** A cluster with two pods and a service, in its tables and as objects. */
function shop(name: string): FakeCluster {
  const cluster = new FakeCluster(name);
  cluster.discovery = { resources: [pods, services, deployments], failed: [] };
  const lists = { pods: ['cart-1', 'cart-2'], services: ['cart'] };
  for (const [resource, names] of Object.entries(lists)) {
    const kind = resource === 'pods' ? 'Pod' : 'Service';
    const path = `/api/v1/namespaces/shop/${resource}`;
    cluster.answers.set(`${path}?limit=500`, () => ({
      ...tableOf(...names),
      kind: `${kind}List`,
      apiVersion: 'v1',
      metadata: {},
      items: names.map((one) => object(kind, one)),
    }));
    for (const one of names) cluster.answers.set(`${path}/${one}`, () => ({ ...tableOf(one), ...object(kind, one) }));
    cluster.answers.set(`${path}/nope`, () => {
      throw new ApiError('status', 'not found', { status: notFound });
    });
  }
  return cluster;
}

async function run(clusters: readonly FakeCluster[], words: string, more: Partial<GetOptions> = {}) {
  const [first = '', ...rest] = words.split(' ');
  const targets = readTargets(first, rest);
  if (typeof targets === 'string') throw new Error(targets);
  using core = createCore({
    contexts: clusters.map(({ name }) => contextOf(name, { namespace: 'shop' })),
    currentContext: null,
    plugins: [],
    kube: fakeKube(clusters),
  });
  core.start();
  const output = captureOutput();
  const options = { selector: null, namespace: null, allNamespaces: false, timeoutMs: 500, format: 'table' };
  const code = await get(core, output, { targets, ...options, ...more });
  return { code, lines: output.lines, notes: output.notes };
}

test.each<[string, string[], unknown]>([
  ['po', [], [{ kind: 'po', names: [] }]],
  ['po', ['a', 'b'], [{ kind: 'po', names: ['a', 'b'] }]],
  [
    'po,svc',
    [],
    [
      { kind: 'po', names: [] },
      { kind: 'svc', names: [] },
    ],
  ],
  [
    'po,svc',
    ['cart'],
    [
      { kind: 'po', names: ['cart'] },
      { kind: 'svc', names: ['cart'] },
    ],
  ],
  [
    'po/a',
    ['svc/b', 'po/c'],
    [
      { kind: 'po', names: ['a', 'c'] },
      { kind: 'svc', names: ['b'] },
    ],
  ],
  ['po', ['svc/b'], 'po is no KIND/NAME: write po/cart-1 deploy/cart, or po cart-1 cart-2'],
  ['po/', [], 'po/ is no KIND/NAME: write po/cart-1 deploy/cart, or po cart-1 cart-2'],
  ['po,svc/a', [], 'po,svc/a is no KIND/NAME: write po/cart-1 deploy/cart, or po cart-1 cart-2'],
  [',', [], 'a kind is missing: write po, or po,svc'],
])('%s %j', (first, more, expected) => {
  expect(readTargets(first, more)).toEqual(expected);
});

test('several kinds are a table each, and every name says its kind', async () => {
  expect(await run([shop('eu')], 'po,svc')).toEqual({
    code: 0,
    lines: [
      'CLUSTER  NAME',
      'eu       pods/cart-1',
      'eu       pods/cart-2',
      '',
      'CLUSTER  NAME',
      'eu       services/cart',
    ],
    notes: [],
  });
});

test('KIND/NAME is that object, and JSON of several kinds is one List', async () => {
  expect((await run([shop('eu')], 'po/cart-2')).lines).toEqual(['CLUSTER  NAME', 'eu       cart-2']);
  const both = await run([shop('eu'), shop('us')], 'po/cart-2 svc/cart', { format: 'json' });
  const list = JSON.parse(both.lines.join('\n')) as { kind: string; items: { cluster: string; kind: string }[] };

  expect(both.code).toBe(0);
  expect(list.kind).toBe('List');
  expect(list.items.map((item) => [item.cluster, item.kind])).toEqual([
    ['eu', 'Pod'],
    ['us', 'Pod'],
    ['eu', 'Service'],
    ['us', 'Service'],
  ]);
  const one = await run([shop('eu')], 'po', { format: 'json' });
  expect(JSON.parse(one.lines.join('\n'))).toMatchObject({ kind: 'PodList' });
});

test('what is not found is told by its kind, beside what is', async () => {
  expect(await run([shop('eu')], 'po/nope svc/cart')).toMatchObject({
    code: 1,
    lines: ['CLUSTER  NAME', 'eu       services/cart'],
    notes: ['po/nope: not found in eu'],
  });
  expect(await run([shop('eu')], 'po,widgets')).toMatchObject({
    code: 1,
    lines: ['CLUSTER  NAME', 'eu       cart-1', 'eu       cart-2'],
    notes: ['no cluster has a kind widgets'],
  });
  expect(await run([shop('eu')], 'pood', { format: 'json' })).toMatchObject({ code: 1, lines: [] });
});

test('an unknown kind is no certainty while a cluster is silent', async () => {
  const dead = new FakeCluster('us');
  dead.failure = new ApiError('unreachable', 'us.example refuses the connection');
  const { code, notes } = await run([shop('eu'), dead], 'pood,widgets');

  expect(code).toBe(3);
  expect(notes).toEqual([
    'us: us.example refuses the connection',
    'no cluster that answered has a kind pood; near: pod',
    'no cluster that answered has a kind widgets',
  ]);
});
