// What `flagbridge triage` says of a fleet: nothing is wrong only where everything was read.
import { expect, test } from 'vitest';
import { captureOutput } from '../../test/cluster/support/captured-output.ts';
import { cluster, type FakeEngine, fakeEngine, row, windowOf } from '../../test/support/fake-engine.ts';
import type { Coverage } from '../core/cluster.ts';
import { clusterId } from '../core/ids.ts';
import type { Problem } from '../core/problem.ts';
import { everything, type Scope } from '../core/query.ts';
import { triage } from './triage.ts';

const clusters = [cluster('run-eu'), cluster('run-us')];

function engineWith(coverage: Partial<Coverage> = {}, problems: readonly Problem[] = []): FakeEngine {
  const engine = fakeEngine(() => 0);
  const rows = problems.length === 0 ? [] : [row('cart', ['run-eu', 'run-us'], [])];
  engine.answerQuery = () => windowOf([], rows);
  engine.answer = () => ({ ok: true, value: { key: 'cart', problems } });
  engine.setFleet(clusters, coverage);
  return engine;
}

async function lines(engine: FakeEngine, scope: Scope = everything, format: 'table' | 'json' = 'table') {
  const output = captureOutput();
  await triage(engine, output, { scope, timeoutMs: 50, format });
  return output.lines;
}

test.each<[Partial<Coverage>, string]>([
  [{}, 'Nothing is wrong.'],
  [{ live: 1 }, 'Nothing is wrong in 1 of 2 clusters.'],
  [{ deniedKinds: ['nodes', 'events'] }, 'Nothing is wrong in 2 of 2 clusters; not readable: nodes, events.'],
  [{ namespaces: ['shop'] }, 'Nothing is wrong in 2 of 2 clusters; only ns shop.'],
  [{ syncing: 3 }, 'Nothing is wrong in 2 of 2 clusters; 3 kinds still syncing.'],
  [{ parked: 4 }, 'Nothing is wrong in 2 of 2 clusters; 4 clusters parked.'],
  [{ live: 0, wanted: 0 }, 'Nothing is wrong in 0 of 0 clusters.'],
])('coverage %j: %s', async (coverage, words) => {
  expect(await lines(engineWith(coverage))).toEqual([words]);
});

test('a scope is named: what lies outside of it was not asked for', async () => {
  const scope = { clusters: ['run-*'], namespaces: ['shop'], filter: '' };

  expect(await lines(engineWith(), scope)).toEqual(['Nothing is wrong in c:run-* ns:shop.']);
  expect(await lines(engineWith({ live: 1, syncing: 1 }), scope)).toEqual([
    'Nothing is wrong in c:run-* ns:shop in 1 of 2 clusters; 1 kind still syncing.',
  ]);
});

test('JSON tells how many kinds are still syncing', async () => {
  const [text = ''] = await lines(engineWith({ syncing: 3 }), everything, 'json');

  expect(JSON.parse(text)).toMatchObject({
    items: [],
    coverage: { clusters: { live: 2, wanted: 2, parked: 0 }, deniedKinds: [], namespaces: [], syncing: 3 },
  });
});

const problemOf = (name: string, clusterName: string): Problem => ({
  rule: 'crash-loop',
  severity: 'fail',
  title: 'CrashLoop',
  message: 'OOMKilled (137)',
  cause: 'oom',
  since: 0,
  evidence: [],
  ref: {
    cluster: clusterId(clusterName),
    type: { group: '', version: 'v1', resource: 'pods' },
    kind: 'Pod',
    namespace: 'shop',
    name,
    uid: name,
  },
  app: 'cart',
});

test.each<[string, readonly Problem[], RegExp]>([
  ['one object by its name', [problemOf('cart-a', 'run-eu')], / shop\/cart-a +run-eu /],
  [
    'the same object in two clusters by its name',
    [problemOf('cart', 'run-eu'), problemOf('cart', 'run-us')],
    / shop\/cart +run-eu,run-us /,
  ],
  [
    'several objects by their app and how many more there are: no pod stands beside a cluster that lacks it',
    [problemOf('cart-a', 'run-eu'), problemOf('cart-b', 'run-eu'), problemOf('cart-c', 'run-us')],
    / shop\/cart \+2 +run-eu,run-us /,
  ],
])('a row of the table names %s', async (_, problems, words) => {
  expect((await lines(engineWith({}, problems)))[1]).toMatch(words);
});
