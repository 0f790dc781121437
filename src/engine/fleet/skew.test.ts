import { expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import { everything, type LiveQuery } from '../../core/query.ts';
import { text, time } from '../../core/object.ts';
import type { ProblemDetail } from '../../protocol/messages.ts';
import { definePlugin } from '../../plugin-api/plugin.ts';
import { createCore } from '../create-engine.ts';
import { contextOf, FakeCluster, fakeKube } from '../../../test/support/fake-kube.ts';
import { manualClock } from '../../../test/support/manual-clock.ts';

const minute = 60_000;
/** What the server's clock says when the test begins; ours says four minutes more, or less. */
const serverNow = Date.parse('2026-11-27T10:00:00Z');

const plugin = definePlugin({
  id: 'pods',
  apiVersion: 1,
  title: 'pods',
  tables: [
    {
      id: 'pods',
      title: 'Pods',
      columns: [
        { id: 'name', title: 'POD', type: 'name', min: 1, ideal: 1, max: 1, priority: 0 },
        { id: 'age', title: 'AGE', type: 'age', min: 1, ideal: 1, max: 1, priority: 0 },
        { id: 'seen', title: 'NOW', type: 'number', min: 1, ideal: 1, max: 1, priority: 0 },
      ],
    },
  ],
  watch: [
    {
      group: '',
      resource: 'pods',
      when: 'always',
      pick: { status: 1 },
      into: 'pods',
      toRow: (o, { now }) => ({
        health: 'ok',
        created: 0,
        cells: [text(o, 'metadata', 'name'), time(o, 'metadata', 'creationTimestamp') ?? 0, now],
      }),
      findings: (o) => {
        const since = time(o, 'metadata', 'creationTimestamp') ?? 0;
        const finding = {
          rule: 'unready',
          severity: 'warn',
          title: 'Not ready',
          message: '',
          cause: '',
          evidence: [],
        } as const;
        return [{ ...finding, since, activeAt: since + 2 * minute }];
      },
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
  limit: 50,
  ...more,
});
const podAt = (name: string, created: number) => ({
  metadata: { name, uid: name, namespace: 'shop', creationTimestamp: new Date(created).toISOString() },
});
const poll = (check: () => unknown) => expect.poll(check, { timeout: 5_000, interval: 5 });

async function setUp(skew: number) {
  const clock = manualClock(serverNow + skew);
  const cluster = new FakeCluster('run-eu');
  const core = createCore({
    contexts: [contextOf('run-eu')],
    currentContext: null,
    plugins: [plugin],
    kube: fakeKube([cluster]),
    clock,
  });
  core.start();
  await poll(() => cluster.has('pods')).toBe(true);
  const read = (table: string, more: Partial<LiveQuery> = {}) => {
    using source = core.query(query(table, more), () => undefined);
    return source.read().rows;
  };
  return { clock, cluster, core, read, [Symbol.dispose]: () => core[Symbol.dispose]() };
}

test.each([
  ['ahead', 4 * minute],
  ['behind', -4 * minute],
])(
  'with a clock four minutes %s, grace times, ages, filters and since are as the server counts them',
  async (_w, skew) => {
    using fleet = await setUp(skew);
    const { clock, cluster, core, read } = fleet;
    cluster.say({ type: 'skew', ms: skew });
    cluster.sync('pods', [podAt('young', serverNow - minute), podAt('old', serverNow - 3 * minute)]);

    expect(read('problems').map((row) => row.name)).toEqual(['old']);
    expect(read('problems')[0]?.cells[4]).toBe(clock.now() - 3 * minute);
    const young = read('pods').find((row) => row.name === 'young');
    expect(young?.cells).toEqual(['young', clock.now() - minute, serverNow]);
    expect(read('pods', { filter: 'age<2m' }).map((row) => row.name)).toEqual(['young']);
    const detail = await core.ask({ ask: 'problem', key: read('problems')[0]?.key ?? '' });
    expect(detail.ok && (detail.value as ProblemDetail).problems[0]?.since).toBe(clock.now() - 3 * minute);

    clock.advance(61_000);
    expect(
      read('problems')
        .map((row) => row.name)
        .sort(),
    ).toEqual(['old', 'young']);
  },
);

test('a clock that is set right while it runs: what was told wrong is taken back', async () => {
  using fleet = await setUp(4 * minute);
  const { cluster, core, read } = fleet;
  cluster.sync('pods', [podAt('young', serverNow - minute)]);
  expect(read('problems').map((row) => row.name)).toEqual(['young']);

  cluster.say({ type: 'skew', ms: 4 * minute });

  expect(read('problems')).toEqual([]);
  expect(core.fleet().clusters[0]).toMatchObject({ id: clusterId('id-run-eu'), skewMs: 4 * minute });
  cluster.say({ type: 'skew', ms: 4 * minute + 1_000 });
  expect(core.fleet().clusters[0]?.skewMs).toBe(4 * minute + 1_000);
  expect(read('problems')).toEqual([]);
});
