import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import { everything, type LiveQuery } from '../../core/query.ts';
import type { Health } from '../../core/row.ts';
import { shapeOf } from '../tables/shape.ts';
import { type ClusterFace, notRaised, type Source, StoredRow } from '../tables/stored-row.ts';
import { Table } from '../tables/table.ts';
import { LiveView } from './live-view.ts';

const shape = shapeOf({
  id: 'things',
  title: 'Things',
  columns: [
    { id: 'name', title: 'NAME', type: 'name', min: 3, ideal: 3, max: 3, priority: 0 },
    { id: 'size', title: 'SIZE', type: 'number', min: 3, ideal: 3, max: 3, priority: 1 },
  ],
  summary: (members) => ({
    health: members.some((m) => m.health === 'fail') ? 'fail' : 'ok',
    cells: [members[0]?.app ?? '', members.length],
  }),
});

const faces: readonly ClusterFace[] = ['eu', 'us'].map((name) => ({
  id: clusterId(name),
  name,
  names: [name],
  role: 'run',
  stage: '',
  isStale: false,
  lastHeard: 1,
  skewMs: 0,
}));

function sourceOf(cluster: number): Source {
  const face = faces[cluster];
  if (face === undefined) throw new Error('no such cluster');
  return { face, type: { group: '', version: 'v1', resource: 'things' }, kind: 'Thing', shape, isInterrupted: false };
}

const sources = [sourceOf(0), sourceOf(1)] as const;

type Spec = { cluster: 0 | 1; n: number; app: string; health: Health; size: number };

function rowOf({ cluster, n, app, health, size }: Spec): StoredRow {
  const parts = {
    uid: `u${n}`,
    name: `${app}-${n}`,
    node: '',
    status: '',
    created: 0,
    restarts: 0,
    health,
    raised: notRaised,
    facts: undefined,
    isListed: true,
  };
  const row = new StoredRow(sources[cluster], { namespace: 'ns', app, owner: '', image: '', labels: {} }, parts, 1);
  row.cells = [size];
  return row;
}

function newTable() {
  const table = new Table(shape);
  const holders = [{ rows: new Map<string, StoredRow>() }, { rows: new Map<string, StoredRow>() }] as const;
  sources.forEach((source, i) => table.add(source.face.id, holders[i === 0 ? 0 : 1]));
  return {
    table,
    put: (spec: Spec) => {
      const { rows } = holders[spec.cluster];
      const next = rowOf(spec);
      const old = rows.get(next.uid) ?? null;
      rows.set(next.uid, next);
      table.changed(old, next);
    },
    remove: (cluster: 0 | 1, n: number) => {
      const { rows } = holders[cluster];
      const old = rows.get(`u${n}`);
      if (old === undefined) return;
      rows.delete(old.uid);
      table.changed(old, null);
    },
  };
}

const viewOf = (table: Table, query: LiveQuery): LiveView =>
  new LiveView(query, table, {
    now: () => 0,
    owners: () => [],
    stateOf: () => ({ state: 'empty', lookedAt: '' }),
    staleSince: () => null,
    onChange: () => undefined,
  });

const base: LiveQuery = {
  table: 'things',
  scope: everything,
  filter: '',
  group: 'none',
  toggled: [],
  onlyWrong: false,
  offset: 0,
  limit: 100,
};

const spec = fc.record({
  cluster: fc.constantFrom<0 | 1>(0, 1),
  n: fc.nat(12),
  app: fc.constantFrom('cart', 'web', 'pay'),
  health: fc.constantFrom<Health>('ok', 'fail', 'warn', 'busy'),
  size: fc.nat(3),
});
const step = fc.oneof(
  spec.map((put) => ({ put })),
  fc.record({ remove: spec }),
  fc.constant({ look: true }),
);
const queries = fc.record({
  filter: fc.constantFrom('', 'cart', 'c:eu', '!web', 'status:fail'),
  group: fc.constantFrom<'none' | 'app'>('none', 'app'),
  onlyWrong: fc.boolean(),
  sort: fc.constantFrom(undefined, { column: 'size', descending: true }, { column: 'name', descending: false }),
});

test('a view that follows changes shows what a new view would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), queries, (steps, { sort, ...more }) => {
      const { table, put, remove } = newTable();
      const query: LiveQuery = { ...base, ...more, ...(sort === undefined ? {} : { sort }) };
      using view = viewOf(table, query);
      for (const one of steps) {
        if ('put' in one) put(one.put);
        else if ('remove' in one) remove(one.remove.cluster, one.remove.n);
        else view.window(0);
      }
      using fresh = viewOf(table, query);
      expect(view.window(0)).toEqual(fresh.window(0));
    }),
    { numRuns: 500 },
  );
});

test('a row that did not change is the same object in the next window', () => {
  const { table, put } = newTable();
  put({ cluster: 0, n: 1, app: 'cart', health: 'ok', size: 1 });
  put({ cluster: 0, n: 2, app: 'web', health: 'ok', size: 1 });
  using view = viewOf(table, base);
  const [first] = view.window(0).rows;
  put({ cluster: 0, n: 2, app: 'web', health: 'ok', size: 2 });
  const next = view.window(0).rows;
  expect(next[0]).toBe(first);
  expect(next[1]?.cells).toEqual(['web-2', 2]);
});

test('a window is what was asked for, and ends at the last line', () => {
  const { table, put } = newTable();
  for (let n = 0; n < 100; n++) put({ cluster: 0, n, app: 'a', health: 'ok', size: n });
  using view = viewOf(table, { ...base, offset: 50, limit: 10, sort: { column: 'size', descending: false } });
  const window = view.window(0);
  expect([window.offset, window.rows.length, window.total]).toEqual([50, 10, 100]);
  view.change({ ...view.query, offset: 1_000 }, table);
  expect([view.window(0).offset, view.window(0).rows.length]).toEqual([90, 10]);
});

test('a group stands for its members; what is stale in it is counted and not summed', () => {
  const { table, put } = newTable();
  put({ cluster: 0, n: 1, app: 'cart', health: 'fail', size: 1 });
  put({ cluster: 1, n: 2, app: 'cart', health: 'ok', size: 1 });
  put({ cluster: 0, n: 3, app: 'web', health: 'ok', size: 1 });
  using view = viewOf(table, { ...base, group: 'app' });
  expect(view.window(0).rows.map((r) => [r.name, r.depth, r.open, r.health])).toEqual([
    ['cart', 0, true, 'fail'],
    ['cart-1', 1, null, 'fail'],
    ['cart-2', 1, null, 'ok'],
    ['web-3', 0, null, 'ok'],
  ]);
  const [eu] = faces;
  if (eu === undefined) throw new Error('no cluster');
  eu.isStale = true;
  view.refresh();
  const window = view.window(0);
  eu.isStale = false;
  expect(window.rows[0]).toMatchObject({ name: 'cart', health: 'ok', staleMembers: 1, stale: false, open: false });
  expect(window.counts).toMatchObject({ ok: 1, unknown: 2, fail: 0 });
});

test('only what is wrong, and a group opened by hand', () => {
  const { table, put } = newTable();
  put({ cluster: 0, n: 1, app: 'cart', health: 'warn', size: 1 });
  put({ cluster: 0, n: 2, app: 'cart', health: 'ok', size: 1 });
  put({ cluster: 1, n: 3, app: 'cart', health: 'ok', size: 1 });
  using view = viewOf(table, { ...base, onlyWrong: true });
  expect(view.window(0).rows.map((r) => r.name)).toEqual(['cart-1']);
  view.change({ ...base, group: 'app' }, table);
  expect(view.window(0).total).toBe(1);
  view.change({ ...base, group: 'app', toggled: ['app:cart'] }, table);
  expect(view.window(0).total).toBe(4);
});
