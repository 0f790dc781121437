// What every plugin keeps to, whatever it shows: unique names, whole tables, and no throw on whatever a cluster sends.
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { basePick, mergePicks } from '../../src/engine/tables/pick.ts';
import { project } from '../../src/kube/decode/project.ts';
import type {
  ClusterFacts,
  Fact,
  JoinFinding,
  Plugin,
  RowContent,
  WatchDefinition,
} from '../../src/plugin-api/plugin.ts';
import type { Finding, KubeObject, PathSpec, Row } from '../../src/plugin-api/read.ts';

const now = Date.parse('2026-11-21T12:41:00Z');
const folder = new URL('../../plugins/', import.meta.url);
const plugins: Plugin[] = [];
for (const entry of readdirSync(folder, { withFileTypes: true })) {
  if (!entry.isDirectory()) continue;
  const module = (await import(`../../plugins/${entry.name}/index.ts`)) as { default: Plugin };
  plugins.push(module.default);
}

const tables = plugins.flatMap((plugin) => plugin.tables ?? []);
const watches = plugins.flatMap((plugin) => plugin.watch.map((watch) => ({ plugin: plugin.id, watch })));
const rules = plugins.flatMap((plugin) => plugin.problems ?? []);
const resourceOf = (watch: WatchDefinition): string =>
  watch.group === '' ? watch.resource : `${watch.resource}.${watch.group}`;
const watched = new Set(watches.map(({ watch }) => resourceOf(watch)));

const twice = (names: readonly string[]): readonly string[] => names.filter((name, i) => names.indexOf(name) !== i);

describe('names', () => {
  test('of plugins, tables and rules are unique', () => {
    expect(plugins.length).toBeGreaterThanOrEqual(2);
    expect(twice(plugins.map((plugin) => plugin.id))).toEqual([]);
    expect(twice(tables.map((table) => table.id))).toEqual([]);
    expect(twice(rules.map((rule) => rule.id))).toEqual([]);
  });

  test('rules look only at resources that are watched', () => {
    expect(rules.flatMap((rule) => rule.over).filter((resource) => !watched.has(resource))).toEqual([]);
  });

  test('a resource is declared once for each table and selector', () => {
    const ids = watches.map(({ watch }) => `${resourceOf(watch)} ${watch.into ?? ''} ${watch.fieldSelector ?? ''}`);
    expect(twice(ids)).toEqual([]);
  });
});

describe.each(tables.map((table) => [table.id, table] as const))('the table %s', (_, table) => {
  test('has columns that fit together', () => {
    expect(twice(table.columns.map((column) => column.id))).toEqual([]);
    expect(twice(table.columns.map((column) => String(column.priority)))).toEqual([]);
    for (const column of table.columns) {
      expect(column.min).toBeLessThanOrEqual(column.ideal);
      expect(column.ideal).toBeLessThanOrEqual(column.max);
      expect(column.title).toBe(column.title.toUpperCase());
    }
  });

  test('fits 80 columns with what matters most', () => {
    const first = table.columns.filter((column) => column.priority <= 2);
    expect(first.reduce((width, column) => width + column.min + 2, 4)).toBeLessThanOrEqual(80);
  });

  test('fills its tallies into columns that it has, from tables that there are', () => {
    for (const tally of table.tallies ?? []) {
      expect(table.columns.map((column) => column.id)).toContain(tally.column);
      expect(tables.map((other) => other.id)).toContain(tally.over);
    }
  });
});

/** Words, times and numbers that rules look for, beside any JSON: shapes that are nearly right are the dangerous ones. */
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    'True',
    'False',
    'Unknown',
    'Running',
    'Pending',
    'Succeeded',
    'Failed',
    'Ready',
    'PodScheduled',
    'Unschedulable',
    'CrashLoopBackOff',
    'ImagePullBackOff',
    'CreateContainerConfigError',
    'OOMKilled',
    'Error',
    'Always',
    'Progressing',
    'ProgressDeadlineExceeded',
    'ReplicaFailure',
    'ScalingLimited',
    'TooManyReplicas',
    'ReplicaSet',
    'Job',
    'Pod',
    'FailedCreate',
    'Unhealthy',
    'FailedMount',
    'PersistentVolumeClaim',
    'Complete',
    'Issuing',
    'pending',
    'web',
    'a/b:c@d',
    '0/3 nodes are available: 3 Insufficient cpu.',
    '* * * * *',
    '500m',
    '1Gi',
    0,
    1,
    3,
    -1,
    1e300,
    true,
    false,
    null,
    '2026-11-21T12:00:00Z',
    '2026-11-21T12:40:30Z',
    '2026-12-01T00:00:00Z',
    '9999-99-99T99:99:99Z',
  ),
  fc.jsonValue(),
);

function hostile(spec: PathSpec): fc.Arbitrary<unknown> {
  if (spec === 1) return leaf;
  if (Array.isArray(spec)) {
    return fc.oneof(
      { weight: 8, arbitrary: fc.array(hostile(spec[0] as PathSpec), { maxLength: 4 }) },
      { weight: 1, arbitrary: leaf },
    );
  }
  const fields = Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, hostile(value as PathSpec)]));
  return fc.oneof({ weight: 8, arbitrary: fc.record(fields, { requiredKeys: [] }) }, { weight: 1, arbitrary: leaf });
}

const allPaths = ({ pick, more }: WatchDefinition): PathSpec =>
  more === undefined ? pick : mergePicks(pick, more.pick);

/** The decoder hands over an object, whatever is in it. */
const objectOf = (watch: WatchDefinition): fc.Arbitrary<KubeObject> =>
  hostile(allPaths(watch)).map((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as KubeObject) : {},
  );

function checkFinding(finding: Finding): void {
  expect(finding.rule).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(['fail', 'warn', 'info']).toContain(finding.severity);
  expect(finding.title.length).toBeGreaterThan(0);
  expect(finding.title.length).toBeLessThanOrEqual(16);
  expect(typeof finding.message).toBe('string');
  expect(typeof finding.cause).toBe('string');
  for (const time of [finding.since, finding.activeAt ?? 0, finding.until ?? 0])
    expect(Number.isFinite(time)).toBe(true);
  expect(finding.evidence.every((line) => typeof line === 'string')).toBe(true);
}

function checkRow(row: RowContent, watch: WatchDefinition): void {
  const table = tables.find((t) => t.id === watch.into);
  const shown = row.listed !== false && table !== undefined;
  expect(row.cells.length).toBe(shown ? table.columns.length : 0);
  expect(Number.isFinite(row.created)).toBe(true);
  expect(row.restarts === undefined || Number.isFinite(row.restarts)).toBe(true);
  for (const value of [row.app, row.owner, row.node, row.status, row.image])
    expect(['string', 'undefined']).toContain(typeof value);
  for (const value of Object.values(row.labels ?? {})) expect(typeof value).toBe('string');
  if (!shown) return;
  for (const [i, column] of table.columns.entries()) {
    const cell = row.cells[i];
    if (column.type === 'clusters') expect(cell).toBeNull();
    expect(cell).not.toBeUndefined();
    if (typeof cell === 'number') expect(Number.isFinite(cell)).toBe(true);
  }
}

const factOf = (row: RowContent, uid: string): Fact => ({
  namespace: 'shop',
  name: 'web',
  uid,
  app: row.app ?? 'web',
  owner: row.owner ?? '',
  node: row.node ?? '',
  health: row.health,
  created: row.created,
  labels: row.labels ?? {},
  facts: row.facts ?? {},
});

describe.each(
  watches.map(
    ({ plugin, watch }) =>
      [`${plugin}: ${resourceOf(watch)} into ${watch.into ?? 'facts'} ${watch.fieldSelector ?? ''}`, watch] as const,
  ),
)('%s', (_, watch) => {
  test('names a table that there is', () => {
    if (watch.into !== undefined) expect(tables.map((table) => table.id)).toContain(watch.into);
  });

  test('takes any object without throwing', () => {
    fc.assert(
      fc.property(objectOf(watch), (object) => {
        const row = watch.toRow(object, { now });
        if (row !== undefined) checkRow(row, watch);
        for (const finding of watch.findings?.(object, { now }) ?? []) checkFinding(finding);
      }),
      { numRuns: 150 },
    );
  });

  test('says the same of an object that needs no more, however much is read of it', () => {
    const { more } = watch;
    if (more === undefined) return;
    fc.assert(
      fc.property(objectOf(watch), (object) => {
        const read = project(object, mergePicks(basePick, watch.pick)) as KubeObject;
        const whole = project(object, mergePicks(basePick, allPaths(watch))) as KubeObject;
        if (more.isNeeded(read)) return;
        expect(watch.toRow(read, { now })).toEqual(watch.toRow(whole, { now }));
        expect(watch.findings?.(read, { now })).toEqual(watch.findings?.(whole, { now }));
      }),
      { numRuns: 500 },
    );
  });

  test('takes an object of metadata alone, and an empty one', () => {
    for (const object of [{}, { metadata: null }, { metadata: { name: 'web', namespace: 'shop', uid: 'u' } }]) {
      expect(() => watch.toRow(object, { now })).not.toThrow();
      expect(() => watch.findings?.(object, { now })).not.toThrow();
    }
  });
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('the rule %s', (_, rule) => {
  const over = watches.map(({ watch }) => watch).filter((watch) => rule.over.includes(resourceOf(watch)));

  const run = (
    objects: readonly (readonly [WatchDefinition, KubeObject])[],
    complete: boolean,
  ): readonly JoinFinding[] => {
    const facts = new Map<string, Fact[]>();
    objects.forEach(([watch, object], i) => {
      const row = watch.toRow(object, { now });
      if (row === undefined) return;
      const list = facts.get(resourceOf(watch)) ?? [];
      list.push(factOf(row, `u${i}`));
      facts.set(resourceOf(watch), list);
    });
    const cluster: ClusterFacts = {
      all: (resource) => facts.get(resource) ?? [],
      byUid: (resource, uid) => facts.get(resource)?.find((fact) => fact.uid === uid),
      isComplete: () => complete,
    };
    return rule.find(cluster, { now });
  };

  test('finds nothing in an empty cluster', () => {
    expect(run([], true)).toEqual([]);
    expect(run([], false)).toEqual([]);
  });

  test('takes any facts without throwing', () => {
    const one = fc.constantFrom(...over).chain((watch) => objectOf(watch).map((object) => [watch, object] as const));
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), fc.boolean(), (objects, complete) => {
        for (const { finding } of run(objects, complete)) checkFinding(finding);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a summary', () => {
  const withSummary = tables.filter((table) => table.summary !== undefined);

  test.each(withSummary.map((table) => [table.id, table] as const))(
    'of %s has a cell for each column, whatever its members say',
    (_, table) => {
      const cell = fc.oneof(
        fc.constant(null),
        fc.integer(),
        fc.string(),
        fc.record({ n: fc.nat(9), of: fc.nat(9) }),
        fc.record({ tag: fc.constantFrom('1', '2', ''), digest: fc.constantFrom('', 'ab', 'cd') }),
        fc.record({ text: fc.string(), tone: fc.constant('text' as const) }),
      );
      const member = fc.array(cell, { minLength: table.columns.length, maxLength: table.columns.length }).map(
        (cells): Row => ({
          key: 'k',
          ref: null,
          clusters: [],
          namespace: 'shop',
          name: 'web',
          app: 'web',
          health: 'ok',
          stale: false,
          staleMembers: 0,
          depth: 1,
          open: null,
          cells,
        }),
      );
      fc.assert(
        fc.property(fc.array(member, { maxLength: 5 }), (members) => {
          expect(table.summary?.(members).cells.length).toBe(table.columns.length);
        }),
      );
    },
  );
});
