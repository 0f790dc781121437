import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import { text } from '../../core/object.ts';
import type { Finding } from '../../core/problem.ts';
import type { RowContent } from '../../plugin-api/plugin.ts';
import { Feed } from './feed.ts';
import { FeedPools } from './intern.ts';
import { cellsOf, shapeOf } from './shape.ts';
import { notRaised, type Source, type StoredRow } from './stored-row.ts';

const shape = shapeOf({
  id: 'pods',
  title: 'Pods',
  columns: [
    { id: 'name', title: 'NAME', type: 'name', min: 1, ideal: 1, max: 1, priority: 0 },
    { id: 'cluster', title: 'CLUSTER', type: 'clusters', min: 1, ideal: 1, max: 1, priority: 0 },
    { id: 'status', title: 'STATUS', type: 'text', min: 1, ideal: 1, max: 1, priority: 0 },
    { id: 'age', title: 'AGE', type: 'age', min: 1, ideal: 1, max: 1, priority: 0 },
  ],
});

const created = Date.parse('2026-11-21T00:00:00Z');

function setUp(toRow?: (object: unknown) => RowContent | undefined) {
  const source: Source = {
    face: {
      id: clusterId('eu'),
      name: 'eu',
      names: ['eu'],
      role: '',
      stage: '',
      isStale: false,
      lastHeard: null,
      skewMs: 0,
    },
    type: { group: '', version: 'v1', resource: 'pods' },
    kind: 'Pod',
    shape,
    isInterrupted: false,
  };
  const changes: (readonly [StoredRow | null, StoredRow | null])[] = [];
  const found = new Map<string, readonly Finding[]>();
  const failures: unknown[] = [];
  const feed = new Feed({
    source,
    definition: {
      group: '',
      resource: 'pods',
      when: 'always',
      pick: 1,
      into: 'pods',
      toRow:
        toRow ??
        ((o) => ({
          health: 'ok',
          created,
          labels: { app: text(o, 'app') },
          cells: [text(o, 'metadata', 'name'), null, text(o, 'status'), created],
        })),
      findings: (o) =>
        text(o, 'status') === 'bad'
          ? [{ rule: 'r', severity: 'fail', title: 'T', message: 'm', cause: 'c', since: 0, evidence: [] }]
          : [],
    },
    pools: new FeedPools(),
    run: (run) => {
      try {
        return run();
      } catch (error) {
        failures.push(error);
        return undefined;
      }
    },
    now: () => created,
    raised: () => notRaised,
    onRow: (old, next) => changes.push([old, next]),
    onFindings: (about, findings) => void found.set(about.uid, findings),
  });
  return { feed, changes, found, failures, names: () => [...feed.rows.values()].map((row) => row.name).sort() };
}

const pod = (name: string, namespace = 'a', status = 'fine') => ({ metadata: { name, namespace, uid: name }, status });

test('a set that comes without an object takes it away, and nothing else', () => {
  const { feed, names } = setUp();
  feed.begin('');
  for (const name of ['x', 'y']) feed.upsert(pod(name));
  feed.finish('');
  feed.begin('');
  feed.upsert(pod('y'));
  expect(names()).toEqual(['x', 'y']);
  feed.finish('');
  expect(names()).toEqual(['y']);
});

test('sets of several namespaces that are read at the same time do not sweep each other', () => {
  const { feed, names } = setUp();
  feed.begin('a');
  feed.upsert(pod('a1', 'a'));
  feed.begin('b');
  feed.upsert(pod('b1', 'b'));
  feed.upsert(pod('a2', 'a'));
  feed.finish('a');
  feed.finish('b');
  expect(names()).toEqual(['a1', 'a2', 'b1']);
  feed.drop('a');
  expect(names()).toEqual(['b1']);
});

test('an object that changed in nothing that is shown makes no change', () => {
  const { feed, changes } = setUp();
  feed.upsert(pod('x'));
  feed.upsert({ ...pod('x'), heartbeat: 1 });
  expect(changes).toHaveLength(1);
  feed.upsert(pod('x', 'a', 'other'));
  expect(changes).toHaveLength(2);
});

test('findings come with what is wrong, and go with the object', () => {
  const { feed, found } = setUp();
  feed.upsert(pod('x', 'a', 'bad'));
  expect(found.get('x')).toHaveLength(1);
  feed.upsert(pod('x'));
  expect(found.get('x')).toEqual([]);
  feed.upsert(pod('x', 'a', 'bad'));
  feed.delete(pod('x'));
  expect(found.get('x')).toEqual([]);
});

test('findings of an object that keeps no row go as well, by a delete or by a set', () => {
  const { feed, found } = setUp(() => undefined);
  feed.begin('');
  feed.upsert(pod('x', 'a', 'bad'));
  feed.upsert(pod('y', 'a', 'bad'));
  feed.finish('');
  expect([found.get('x')?.length, found.get('y')?.length]).toEqual([1, 1]);
  feed.delete(pod('x'));
  feed.begin('');
  feed.finish('');
  expect([found.get('x'), found.get('y')]).toEqual([[], []]);
});

test('an object on which a plugin throws stays, as something that is not known', () => {
  const { feed, failures } = setUp(() => {
    throw new Error('odd');
  });
  feed.upsert(pod('x'));
  expect(feed.rows.get('x')).toMatchObject({ name: 'x', health: 'unknown' });
  expect(failures).toHaveLength(1);
});

test('what a cluster says is sanitised where it enters', () => {
  const { feed } = setUp();
  feed.upsert({ metadata: { name: 'a\u001b[2Jb', uid: 'x', namespace: 'n' }, status: '\u202eevil' });
  const row = feed.rows.get('x');
  expect(row?.name).toBe('a^[[2Jb');
  expect(row === undefined ? [] : cellsOf(shape, row)).toEqual(['a^[[2Jb', null, '<U+202E>evil', created]);
});

test('cells come back as they were given, whichever of them are derived', () => {
  const cell = fc.oneof(fc.constant(null), fc.constantFrom('a', 'b', 'name'), fc.nat(5));
  fc.assert(
    fc.property(fc.constantFrom('x', 'other'), cell, fc.constantFrom(created, 0, 5_000), (name, status, age) => {
      const cells = [name, null, status, age];
      const { feed } = setUp(() => ({ health: 'ok', created, cells }));
      feed.upsert(pod('x'));
      const row = feed.rows.get('x');
      expect(row === undefined ? [] : cellsOf(shape, row)).toEqual(cells);
    }),
  );
});

test('equal labels and cells are kept once', () => {
  const { feed } = setUp((o) => ({
    health: 'ok',
    created,
    app: 'cart',
    owner: 'rs',
    labels: { app: 'cart' },
    cells: [text(o, 'metadata', 'name'), null, 'Running', created],
  }));
  feed.upsert(pod('x'));
  feed.upsert(pod('y'));
  expect(feed.rows.get('x')?.kin).toBe(feed.rows.get('y')?.kin);
});

test('a pod without a node has none, not one without letters', () => {
  const { feed } = setUp();
  feed.upsert({ metadata: { name: 'batch', uid: 'u' } });
  const placed = shapeOf({
    id: 'pods',
    title: 'Pods',
    columns: [
      { id: 'name', title: 'NAME', type: 'name', min: 1, ideal: 1, max: 1, priority: 0 },
      { id: 'node', title: 'NODE', type: 'text', min: 1, ideal: 1, max: 1, priority: 0 },
    ],
  });
  expect([...feed.rows.values()].map((row) => cellsOf(placed, row))).toEqual([['batch', null]]);
});
