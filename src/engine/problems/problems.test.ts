import { expect, test } from 'vitest';
import { manualClock } from '../../../test/support/manual-clock.ts';
import { clusterId, type ClusterId } from '../../core/ids.ts';
import type { Finding } from '../../core/problem.ts';
import { everything, type LiveQuery } from '../../core/query.ts';
import { LiveView } from '../query/live-view.ts';
import type { FindingTarget } from '../tables/feed.ts';
import type { Source } from '../tables/stored-row.ts';
import { ProblemBook } from './book.ts';
import { problemFolding } from './fold.ts';

const sourceOf = (cluster: string, kind = 'Pod'): Source => ({
  face: {
    id: clusterId(cluster),
    name: cluster,
    names: [cluster],
    role: 'run',
    stage: '',
    isStale: false,
    lastHeard: 1,
    skewMs: 0,
  },
  type: { group: '', version: 'v1', resource: 'pods' },
  kind,
  shape: null,
  isInterrupted: false,
});

const sources = new Map<string, Source>();
const target = (cluster: string, name: string, more: Partial<FindingTarget> = {}): FindingTarget => {
  const source = sources.get(cluster) ?? sourceOf(cluster);
  sources.set(cluster, source);
  return { source, uid: `${cluster}-${name}`, name, namespace: 'shop', app: 'cart', labels: {}, ...more };
};

const finding = (more: Partial<Finding> = {}): Finding => ({
  rule: 'crash-loop',
  severity: 'fail',
  title: 'CrashLoop',
  message: 'OOMKilled',
  cause: 'OOMKilled',
  since: 1_000_000,
  evidence: [],
  ...more,
});

const query: LiveQuery = {
  table: 'problems',
  scope: everything,
  filter: '',
  group: 'none',
  toggled: [],
  onlyWrong: false,
  offset: 0,
  limit: 50,
};

function setUp(pods = 0) {
  sources.clear();
  const clock = manualClock(2_000_000);
  const changed: ClusterId[] = [];
  const book = new ProblemBook(clock, (cluster) => changed.push(cluster));
  const show = (more: Partial<LiveQuery> = {}) => {
    using view = new LiveView({ ...query, ...more }, book.table, {
      now: () => clock.now(),
      owners: () => [],
      stateOf: () => ({ state: 'empty', lookedAt: '' }),
      staleSince: () => null,
      folding: (_table, asked) => problemFolding(asked, () => pods),
      onChange: () => undefined,
    });
    return view.window(clock.now()).rows;
  };
  return { clock, book, show };
}

test('one cause over pods and clusters is one line, with how far it reaches', () => {
  const { book, show } = setUp(3);
  book.set('f', target('eu', 'cart-1'), [finding()]);
  book.set('f', target('eu', 'cart-2'), [finding({ since: 900_000 })]);
  book.set('f', target('us', 'cart-3'), [finding({ message: 'OOMKilled (137), 3 restarts' })]);
  book.set('f', target('us', 'cart-4'), [finding({ cause: 'exit 1', severity: 'warn' })]);
  const rows = show();
  expect(rows.map((r) => [r.health, r.clusters.length, r.cells[3], r.cells[4]])).toEqual([
    ['fail', 2, '3 of 6 pods', 900_000],
    ['warn', 1, '1 of 3 pods', 1_000_000],
  ]);
  expect(rows[0]).toMatchObject({ ref: null, name: 'cart', open: null });
  expect([...book.folded(rows[0]?.key ?? '')]).toHaveLength(3);
  expect(book.count(clusterId('us'))).toEqual({ fail: 1, warn: 1 });
});

test('a scope cuts a folded problem down to its clusters', () => {
  const { book, show } = setUp();
  book.set('f', target('eu', 'cart-1'), [finding()]);
  book.set('f', target('us', 'cart-1'), [finding()]);
  expect(show({ scope: { clusters: ['us'], namespaces: [], filter: '' } })[0]?.clusters).toEqual(['us']);
});

test('worst first, then newest', () => {
  const { book, show } = setUp();
  book.set('f', target('eu', 'a', { app: 'a' }), [finding({ severity: 'warn', since: 1_900_000 })]);
  book.set('f', target('eu', 'b', { app: 'b' }), [finding({ since: 1_000_000 })]);
  book.set('f', target('eu', 'c', { app: 'c' }), [finding({ since: 1_500_000 })]);
  expect(show().map((r) => r.name)).toEqual(['c', 'b', 'a']);
});

test('a finding waits for its time and leaves when it is over', () => {
  const { clock, book, show } = setUp();
  book.set('f', target('eu', 'a'), [finding({ activeAt: 2_010_000, until: 2_020_000 })]);
  expect(show()).toHaveLength(0);
  clock.advance(9_999);
  expect(show()).toHaveLength(0);
  clock.advance(1);
  expect(show()).toHaveLength(1);
  clock.advance(10_000);
  expect(show()).toHaveLength(0);
});

test('an earlier time that comes later is not missed', () => {
  const { clock, book, show } = setUp();
  book.set('f', target('eu', 'a', { app: 'a' }), [finding({ activeAt: 2_060_000 })]);
  book.set('f', target('eu', 'b', { app: 'b' }), [finding({ activeAt: 2_005_000 })]);
  clock.advance(5_000);
  expect(show().map((r) => r.name)).toEqual(['b']);
  clock.advance(55_000);
  expect(show()).toHaveLength(2);
});

test('what one finder says does not touch what another says of the same object', () => {
  const { book, show } = setUp();
  book.set('f', target('eu', 'a'), [finding()]);
  book.replace(clusterId('eu'), 'join:g', [{ target: target('eu', 'a'), finding: finding({ rule: 'g', cause: 'g' }) }]);
  expect(show()).toHaveLength(2);
  book.replace(clusterId('eu'), 'join:g', []);
  expect(show()).toHaveLength(1);
  book.set('f', target('eu', 'a'), []);
  expect(show()).toHaveLength(0);
});

test('the same finding by two finders goes only when both have dropped it', () => {
  const { book, show } = setUp();
  book.set('f', target('eu', 'a'), [finding()]);
  book.set('g', target('eu', 'a'), [finding()]);
  book.set('f', target('eu', 'a'), []);
  expect(show()).toHaveLength(1);
  book.set('g', target('eu', 'a'), []);
  expect(show()).toHaveLength(0);
});

test('a cluster that is forgotten takes its problems along, timers too', () => {
  const { clock, book, show } = setUp();
  book.set('f', target('eu', 'a'), [finding(), finding({ cause: 'later', activeAt: 2_010_000 })]);
  book.forget(clusterId('eu'));
  clock.advance(20_000);
  expect(show()).toHaveLength(0);
});

test('what never stopped being wrong for longer than a minute began when it was first found', () => {
  const { book, show, clock } = setUp();
  book.set('f', target('eu', 'cart-1'), [finding({ since: 1_500_000 })]);
  book.set('f', target('eu', 'cart-1'), [finding({ since: 1_900_000, message: 'OOMKilled, 3 restarts' })]);
  expect(show()[0]?.cells).toEqual(expect.arrayContaining([1_500_000, 'OOMKilled, 3 restarts']));

  book.set('f', target('eu', 'cart-1'), []);
  clock.advance(30_000);
  book.set('f', target('eu', 'cart-1'), [finding({ since: 2_020_000 })]);
  expect(show()[0]?.cells).toContain(1_500_000);

  book.set('f', target('eu', 'cart-1'), []);
  clock.advance(61_000);
  book.set('f', target('eu', 'cart-1'), [finding({ since: 2_090_000 })]);
  expect(show()[0]?.cells).toContain(2_090_000);
});

test('clusters of a folded line stand in the order of the fleet, whichever has it worst or newest', () => {
  const { book, show } = setUp();
  book.set('pods', target('run-us', 'cart-1'), [finding({ since: 1_000_000 })]);
  book.set('pods', target('run-eu', 'cart-1'), [finding({ since: 1_100_000 })]);
  expect(show()[0]?.clusters).toEqual(['run-eu', 'run-us']);
  book.set('pods', target('run-us', 'cart-2'), [finding({ since: 1_900_000 })]);
  expect(show()[0]?.clusters).toEqual(['run-eu', 'run-us']);
});

test.each([
  ['PersistentVolumeClaim', 'pvc', 1, '1 pvc'],
  ['PersistentVolumeClaim', 'pvc', 3, '3 pvcs'],
  ['Certificate', 'cert', 1, '1 cert'],
  ['StatefulSet', 'sts', 2, '2 sts'],
  ['Node', 'no', 2, '2 nodes'],
  ['CertificateRequest', undefined, 1, '1 request'],
  ['ValidatingWebhookConfiguration', undefined, 2, '2 objects'],
])('%s fits the extent', (kind, shortName, n, words) => {
  const { book, show } = setUp();
  const source = { ...sourceOf('eu', kind), ...(shortName === undefined ? {} : { shortName }) };
  for (let i = 0; i < n; i++) book.set('x', target('eu', `x-${i}`, { source }), [finding()]);
  const [line] = show();
  expect(line?.cells[3]).toBe(words);
});
