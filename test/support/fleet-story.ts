// One believable fleet for view tests: the incident of the design's pictures, as the engine would tell it.
import { clusterId } from '../../src/core/ids.ts';
import type { LiveQuery, Window } from '../../src/core/query.ts';
import type { Column, Row } from '../../src/core/row.ts';
import type { ClusterSummary } from '../../src/core/cluster.ts';
import { cluster, type FakeEngine, logLine, logWindow, row, windowOf } from './fake-engine.ts';

/** 12:41:06Z, a Saturday. */
export const storyNow = Date.UTC(2026, 10, 21, 12, 41, 6);
const ago = (seconds: number): number => storyNow - seconds * 1000;

const column = (
  id: string,
  title: string,
  type: Column['type'],
  sizes: readonly number[],
  priority: number,
): Column => ({
  id,
  title,
  type,
  min: sizes[0] ?? 4,
  ideal: sizes[1] ?? 8,
  max: sizes[2] ?? 12,
  priority,
});

export const problemColumns: readonly Column[] = [
  column('problem', 'PROBLEM', 'text', [9, 12, 16], 0),
  column('what', 'WHAT', 'name', [8, 12, 24], 1),
  column('clusters', 'CLUSTERS', 'clusters', [8, 16, 30], 2),
  { ...column('extent', 'EXTENT', 'text', [8, 11, 12], 5), cut: 'never' },
  column('since', 'SINCE', 'age', [3, 5, 5], 4),
  column('why', 'WHY', 'text', [14, 30, Number.POSITIVE_INFINITY], 3),
  column('owner', 'OWNER', 'text', [4, 5, 8], 6),
];

export const workloadColumns: readonly Column[] = [
  column('app', 'APP', 'name', [10, 15, 28], 0),
  column('cluster', 'CLUSTER', 'clusters', [7, 13, 18], 1),
  column('namespace', 'NAMESPACE', 'text', [6, 9, 16], 7),
  column('ready', 'READY', 'ratio', [5, 5, 7], 2),
  column('version', 'VERSION', 'version', [7, 14, 22], 3),
  column('rollout', 'ROLLOUT', 'text', [8, 13, 18], 4),
  column('owner', 'OWNER', 'text', [4, 5, 8], 9),
  column('restarts', 'RST', 'number', [3, 3, 4], 6),
  column('age', 'AGE', 'age', [3, 3, 4], 5),
];

export const podColumns: readonly Column[] = [
  column('pod', 'POD', 'name', [12, 20, 36], 0),
  column('cluster', 'CLUSTER', 'clusters', [7, 13, 18], 1),
  column('state', 'STATE', 'text', [10, 18, 26], 2),
  column('ready', 'READY', 'ratio', [5, 5, 5], 3),
  column('restarts', 'RST', 'number', [3, 3, 4], 4),
  column('age', 'AGE', 'age', [3, 3, 4], 5),
  column('node', 'NODE', 'text', [7, 9, 24], 8),
];

export const eventColumns: readonly Column[] = [
  column('time', 'TIME', 'time', [5, 5, 6], 0),
  column('cluster', 'CLUSTER', 'clusters', [7, 9, 18], 1),
  column('reason', 'REASON', 'text', [8, 12, 20], 2),
  column('object', 'OBJECT', 'text', [8, 16, 30], 4),
  column('text', 'TEXT', 'text', [8, 30, Number.POSITIVE_INFINITY], 3),
  { ...column('count', 'COUNT', 'number', [3, 5, 5], 5) },
];

export const storyClusters: readonly ClusterSummary[] = [
  cluster('iterate-eu', { role: 'iterate', hue: 6 }),
  cluster('build-1', { role: 'build', hue: 3, problems: { fail: 1, warn: 0 } }),
  cluster('view-1', {
    role: 'view',
    hue: 4,
    problems: { fail: 0, warn: 1 },
    denied: [{ resource: 'nodes', namespace: '', verb: 'list', rule: 'nodes: list' }],
  }),
  cluster('run-eu', { hue: 0, protected: true, problems: { fail: 2, warn: 1 } }),
  cluster('run-us', { hue: 1, protected: true, problems: { fail: 2, warn: 0 } }),
  cluster('run-ap', {
    hue: 2,
    protected: true,
    state: { phase: 'stale', lastHeard: ago(48), reason: 'watch ping lost', nextTryAt: storyNow + 6000 },
  }),
  cluster('edge-7', {
    hue: 5,
    state: {
      phase: 'login',
      message: 'Token of edge-7 expired at 11:58',
      command: 'aws sso login --profile edge',
      since: ago(2600),
    },
    otherIdentities: ['admin@edge-7'],
    nodes: null,
    pods: null,
    version: null,
    lastHeard: null,
  }),
];

const problem = (
  title: string,
  what: string,
  clusters: readonly string[],
  extent: string,
  since: number,
  why: string,
  health: Row['health'],
): Row =>
  row(what, clusters, [title, what, null, extent, ago(since), why, null], {
    key: `${title}|${what}`,
    app: what,
    ref: null,
    health,
  });

export const problems: readonly Row[] = [
  problem('CrashLoop', 'cart', ['run-eu', 'run-us'], '5 of 6 pods', 180, 'OOMKilled (137), 14 restarts', 'fail'),
  problem('Image pull', 'payments', ['build-1'], '1 pod', 540, 'payments:1.9.3 not found', 'fail'),
  problem('Not ready', 'checkout', ['run-eu'], '2 of 3 pods', 120, 'readiness 503', 'warn'),
];

const version = (tag: string, digest: string) => ({ tag, digest: `sha256:${digest}0000` });

const workload = (
  clusterName: string,
  ready: number,
  health: Row['health'],
  rollout: string,
  change: Partial<Row> = {},
): Row => {
  const made = row(
    'cart',
    [clusterName],
    ['cart', null, 'shop', { n: ready, of: 3 }, version('2.4.0', '9f3c1a'), rollout, 'flux', 9 - ready, ago(240)],
    {
      key: `w/${clusterName}/cart`,
      depth: 1,
      health,
      ...change,
    },
  );
  return {
    ...made,
    ref:
      made.ref === null
        ? null
        : { ...made.ref, kind: 'Deployment', type: { group: 'apps', version: 'v1', resource: 'deployments' } },
  };
};

export const workloads: readonly Row[] = [
  row(
    'cart',
    ['run-eu', 'run-us', 'run-ap', 'iterate-eu'],
    ['cart', null, null, { n: 4, of: 9 }, { text: '3 versions', tone: 'text' }, null, null, 14, null],
    {
      key: 'app/cart',
      health: 'fail',
      open: true,
      staleMembers: 1,
    },
  ),
  workload('run-eu', 0, 'fail', 'stuck 3m'),
  workload('run-us', 1, 'fail', '2/3 3m'),
  workload('run-ap', 3, 'ok', 'seen 42s ago', { stale: true }),
  workload('iterate-eu', 3, 'ok', 'done 12:33'),
  row(
    'web',
    ['run-eu', 'run-us'],
    ['web', null, null, { n: 18, of: 18 }, version('4.1.0', '0b77e3'), null, null, 0, ago(200_000)],
    {
      key: 'app/web',
      app: 'web',
      open: false,
    },
  ),
];

export const pods: readonly Row[] = ['x2v8k', 'p7h2c', 'h5w9n'].map((suffix, i) =>
  row(
    `cart-7d9f-${suffix}`,
    ['run-eu'],
    [
      `cart-7d9f-${suffix}`,
      null,
      i === 1 ? 'Running' : 'CrashLoopBackOff',
      { n: 0, of: 1 },
      4 - i,
      ago(240),
      'eu-w2-a',
    ],
    { health: 'fail' },
  ),
);

const events: readonly Row[] = [
  row('cart.1', ['run-eu'], [ago(6), null, 'BackOff', 'cart-7d9f-x2v8k', 'Back-off restarting failed container', 9], {
    key: 'e1',
    health: 'warn',
  }),
  row('cart.2', ['run-us'], [ago(70), null, 'ScalingReplicaSet', 'cart', 'Scaled up replica set cart-7d9f to 3', 1], {
    key: 'e2',
    health: 'none',
  }),
];

const tables: Readonly<Record<string, readonly [readonly Column[], readonly Row[]]>> = {
  problems: [problemColumns, problems],
  workloads: [workloadColumns, workloads],
  pods: [podColumns, pods],
  events: [eventColumns, events],
  nodes: [[column('name', 'NODE', 'name', [8, 20, 30], 0)], []],
};

/** Answers like an engine would: filters by word, within by app. */
export function storyWindow(query: LiveQuery): Window | undefined {
  const found = tables[query.table];
  if (found === undefined) return undefined;
  const [columns, all] = found;
  const words = query.filter.split(' ').filter((word) => word !== '');
  const rows = all.filter((r) =>
    words.every((word) => JSON.stringify([r.name, r.cells]).toLowerCase().includes(word.toLowerCase())),
  );
  const noMatch = rows.length === 0 && words.length > 0;
  return windowOf(columns, rows, {
    all: all.length,
    ...(noMatch ? { state: { state: 'no-match' as const, near: 'checkout' } } : {}),
    ...(query.table === 'nodes' ? { state: { state: 'denied' as const, rules: ['nodes: list'] } } : {}),
  });
}

const log = [
  logLine(0, { time: ago(20), text: 'GET /cart 200 39ms', cluster: clusterId('run-us'), pod: 'cart-5b61-m3pqz' }),
  logLine(1, { time: ago(12), text: 'gc pause 655ms, heap 448Mi', level: 'warn' }),
  logLine(2, { time: ago(5), text: 'heap limit reached, allocation of 4.2MiB failed', level: 'error' }),
];

/** Lets an engine tell the story. */
export function tellStory(engine: FakeEngine): void {
  engine.answerQuery = storyWindow;
  engine.answerLogs = () => logWindow(log, { streams: 6, wantedStreams: 6, clusters: 2 });
  engine.answerDocument = (form, name) => ({
    state: 'shown',
    message: '',
    asOf: storyNow,
    stale: false,
    lines: [
      { indent: 0, key: 'Name:', text: name, tone: 'text' },
      { indent: 0, key: form === 'yaml' ? 'spec:' : 'Containers:', text: '', tone: 'title' },
      { indent: 2, key: 'image:', text: 'registry.example/shop/cart:2.4.0', tone: 'text' },
      { indent: 2, key: 'state:', text: 'Waiting CrashLoopBackOff', tone: 'fail' },
      { indent: 0, key: 'Events:', text: 'none', tone: 'muted' },
    ],
  });
  engine.answer = (question) => {
    if (question.ask === 'resources') {
      return {
        ok: true,
        value: [
          { table: 'pods', kind: 'Pod', names: ['pods', 'po'], group: '', namespaced: true, clusters: 5 },
          { table: 'nodes', kind: 'Node', names: ['nodes', 'no'], group: '', namespaced: false, clusters: 5 },
          {
            table: 'certificates.cert-manager.io',
            kind: 'Certificate',
            names: ['certificates', 'cert'],
            group: 'cert-manager.io',
            namespaced: true,
            clusters: 2,
          },
          {
            table: 'deployments.apps',
            kind: 'Deployment',
            names: ['deployments', 'deploy'],
            group: 'apps',
            namespaced: true,
            clusters: 5,
          },
        ],
      };
    }
    if (question.ask === 'containers') {
      return {
        ok: true,
        value: [
          {
            name: 'app',
            role: 'container',
            image: 'registry.example/shop/cart:2.4.0',
            health: 'fail',
            state: 'CrashLoopBackOff',
            isReady: false,
            restarts: 4,
            since: ago(30),
            last: 'OOMKilled (137)',
            lastAt: ago(40),
          },
        ],
      };
    }
    if (question.ask === 'problem') {
      const ref = pods[0]?.ref;
      return ref == null
        ? { ok: false, message: 'gone' }
        : {
            ok: true,
            value: {
              key: question.key,
              problems: [
                {
                  rule: 'crash-loop',
                  severity: 'fail',
                  title: 'CrashLoop',
                  message: '5 of 6 pods end with OOMKilled (137), 14 restarts',
                  cause: 'oom',
                  since: ago(180),
                  evidence: ['lastState.terminated: exitCode 137, reason OOMKilled'],
                  ref,
                  app: 'cart',
                },
              ],
            },
          };
    }
    if (question.ask === 'login-command')
      return { ok: true, value: { command: ['aws', 'sso', 'login'], env: {}, title: 'aws sso login' } };
    return { ok: true, value: null };
  };
  engine.setFleet(storyClusters, { deniedKinds: ['nodes', 'events'] });
}
