import { describe, expect, test } from 'vitest';
import type { TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import type { Cell, Health, KubeObject, Row } from '../../src/plugin-api/read.ts';
import { hpaTable, hpaWatch, quotaTable, quotaWatch } from './autoscaling.ts';
import { cronJobTable, cronJobTableWatch, cronJobWatch } from './cron-jobs.ts';
import { eventTable, normalEventWatch, warningWatch } from './events.ts';
import { ago, condition, meta, now, owned } from './fixtures.ts';
import { jobTable, jobTableWatch, jobWatch } from './jobs.ts';
import { managedBy } from './managed-by.ts';
import { nodeTable, nodeWatch } from './nodes.ts';
import { serviceTable, serviceWatch } from './services.ts';
import { claimTable, claimWatch } from './storage.ts';
import { workloadTable } from './workload-table.ts';
import { deploymentWatch } from './deployments.ts';
import { daemonSetWatch, replicaSetWatch, statefulSetWatch } from './sets.ts';

const row = (watch: WatchDefinition, object: KubeObject) => watch.toRow(object, { now });

/** The cells of a row by their columns. */
const cells = (table: TableDefinition, watch: WatchDefinition, object: KubeObject): Record<string, Cell | undefined> =>
  Object.fromEntries(table.columns.map((column, i) => [column.id, row(watch, object)?.cells[i]]));

const template = {
  metadata: { labels: { app: 'cart' } },
  spec: { containers: [{ name: 'cart', image: 'registry.example/shop/cart:2.4.0@sha256:9f3c1a77ab02' }] },
};

const deployment = (status: object, spec: object = {}, more: object = {}): KubeObject => ({
  metadata: meta('cart', { generation: 4, labels: { app: 'cart' }, ...more }),
  spec: { replicas: 3, template, ...spec },
  status: { observedGeneration: 4, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3, ...status },
});

describe('a Deployment', () => {
  const done = {
    conditions: [condition('Progressing', 'True', 500, { reason: 'NewReplicaSetAvailable', lastUpdateTime: ago(480) })],
  };

  test('that is done shows version, owner and when', () => {
    const object = deployment(done, {}, { labels: { app: 'cart', 'kustomize.toolkit.fluxcd.io/name': 'apps' } });

    expect(row(deploymentWatch, object)).toMatchObject({ health: 'ok', app: 'cart', status: 'Complete' });
    expect(cells(workloadTable, deploymentWatch, object)).toMatchObject({
      name: 'cart',
      kind: 'Deploy',
      ready: { n: 3, of: 3 },
      version: { tag: '2.4.0', digest: '9f3c1a77ab02' },
      rollout: { text: 'done', tone: 'muted', at: now - 480_000 },
      owner: 'flux',
      restarts: null,
    });
  });

  test('that rolls counts, with the time since its last progress', () => {
    const rolling = deployment({
      updatedReplicas: 2,
      availableReplicas: 2,
      conditions: [condition('Progressing', 'True', 900, { reason: 'ReplicaSetUpdated', lastUpdateTime: ago(180) })],
    });

    expect(cells(workloadTable, deploymentWatch, rolling)['rollout']).toEqual({
      text: '',
      tone: 'busy',
      progress: { n: 2, of: 3 },
      since: now - 180_000,
    });
    expect(row(deploymentWatch, rolling)?.health).toBe('busy');
  });

  test('past its deadline is stuck', () => {
    const stuck = deployment({
      updatedReplicas: 1,
      readyReplicas: 0,
      availableReplicas: 0,
      conditions: [condition('Progressing', 'False', 180, { reason: 'ProgressDeadlineExceeded' })],
    });

    expect(cells(workloadTable, deploymentWatch, stuck)['rollout']).toMatchObject({
      text: 'stuck',
      tone: 'fail',
      since: now - 180_000,
    });
    expect(row(deploymentWatch, stuck)?.health).toBe('fail');
  });

  test('scaled to zero, paused or deleted says so and is not unwell', () => {
    const off = deployment(
      { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 },
      { replicas: 0 },
    );
    const paused = deployment({ updatedReplicas: 1 }, { paused: true });
    const going = deployment(done, {}, { deletionTimestamp: ago(3) });

    expect(row(deploymentWatch, off)?.health).toBe('none');
    expect(cells(workloadTable, deploymentWatch, paused)['rollout']).toMatchObject({ text: 'paused' });
    expect(row(deploymentWatch, going)).toMatchObject({ health: 'busy', status: 'Terminating', facts: { over: true } });
  });

  test('takes the image of the container that kubectl would choose', () => {
    const annotated = {
      metadata: { annotations: { 'kubectl.kubernetes.io/default-container': 'cart' } },
      spec: {
        containers: [
          { name: 'proxy', image: 'proxy:1' },
          { name: 'cart', image: 'cart:2' },
        ],
      },
    };

    expect(row(deploymentWatch, deployment(done, { template: annotated }))?.image).toBe('cart:2');
  });
});

describe('a ReplicaSet', () => {
  const set = (replicas: number, owner: Record<string, unknown> = {}): KubeObject => ({
    metadata: meta('cart-7d9f', owner),
    spec: { replicas, template },
    status: { replicas, readyReplicas: replicas },
  });

  test('of a Deployment is a link without a line, and nothing once it is history', () => {
    expect(row(replicaSetWatch, set(3, owned('Deployment', 'cart')))).toMatchObject({
      listed: false,
      owner: 'uid-cart',
      cells: [],
    });
    expect(row(replicaSetWatch, set(0, owned('Deployment', 'cart')))).toBeUndefined();
  });

  test('that stands alone is a line', () => {
    expect(cells(workloadTable, replicaSetWatch, set(2))).toMatchObject({ kind: 'Rs', ready: { n: 2, of: 2 } });
  });
});

test('StatefulSets and DaemonSets count what they should have', () => {
  const set = {
    metadata: meta('db', { generation: 1 }),
    spec: { replicas: 3, template },
    status: { observedGeneration: 1, replicas: 2, readyReplicas: 1 },
  };
  const daemon = {
    metadata: meta('agent', { generation: 1 }),
    spec: { template },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: 5,
      numberReady: 5,
      numberAvailable: 5,
      updatedNumberScheduled: 5,
    },
  };

  expect(cells(workloadTable, statefulSetWatch, set)).toMatchObject({ kind: 'Sts', ready: { n: 1, of: 3 } });
  expect(row(statefulSetWatch, set)?.health).toBe('busy');
  expect(cells(workloadTable, daemonSetWatch, daemon)).toMatchObject({ kind: 'Ds', ready: { n: 5, of: 5 } });
  expect(row(daemonSetWatch, daemon)?.health).toBe('ok');
});

describe('Jobs and CronJobs', () => {
  const job = (conditions: object[], more: Record<string, unknown> = {}): KubeObject => ({
    metadata: meta('migrate', more),
    spec: { completions: 1, template },
    status: { succeeded: 1, startTime: ago(100), completionTime: ago(60), conditions },
  });
  const complete = job([condition('Complete', 'True', 60)]);

  test('a Job is a line in its table and, when it stands alone, among the workloads', () => {
    expect(cells(jobTable, jobTableWatch, complete)).toMatchObject({
      state: { text: 'done', at: now - 60_000 },
      done: { n: 1, of: 1 },
      took: '40s',
    });
    expect(cells(workloadTable, jobWatch, complete)).toMatchObject({ kind: 'Job', rollout: { text: 'done' } });
    expect(row(jobWatch, complete)?.health).toBe('none');
    expect(row(jobWatch, job([], owned('CronJob', 'backup')))).toMatchObject({ listed: false, cells: [] });
  });

  test('a CronJob shows its schedule, its last and its next run', () => {
    const cronJob = {
      metadata: meta('backup'),
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template } } },
      status: { lastScheduleTime: '2026-11-21T03:00:00Z' },
    };

    expect(cells(cronJobTable, cronJobTableWatch, cronJob)).toMatchObject({
      schedule: '0 3 * * *',
      state: 'scheduled',
      last: Date.parse('2026-11-21T03:00:00Z'),
      next: Date.parse('2026-11-22T03:00:00Z'),
    });
    expect(cells(workloadTable, cronJobWatch, cronJob)['rollout']).toMatchObject({
      text: 'last',
      at: Date.parse('2026-11-21T03:00:00Z'),
    });
    const suspended = { ...cronJob, spec: { ...cronJob.spec, suspend: true } };
    expect(cells(cronJobTable, cronJobTableWatch, suspended)).toMatchObject({
      state: { text: 'suspended' },
      next: null,
    });
  });
});

describe('the row of an app', () => {
  const member = (name: string, health: Health, ready: Cell, version: Cell, restarts: number, age: number): Row => ({
    key: `${name}${age}`,
    ref: null,
    clusters: [],
    namespace: 'shop',
    name,
    app: 'cart',
    health,
    stale: false,
    staleMembers: 0,
    depth: 1,
    open: null,
    cells: [name, null, 'shop', 'Deploy', ready, version, null, null, restarts, age],
  });
  const version = (tag: string, digest = '') => ({ tag, digest });
  const of = (...members: Row[]) => workloadTable.summary?.(members);

  test('adds what is ready and restarted, takes the worst health and the oldest age', () => {
    const summary = of(
      member('cart', 'ok', { n: 3, of: 3 }, version('1'), 2, 500),
      member('cart', 'fail', { n: 0, of: 3 }, version('1'), 7, 100),
    );

    expect(summary?.health).toBe('fail');
    expect(summary?.cells).toEqual(['cart', null, null, null, { n: 3, of: 6 }, version('1'), null, null, 9, 100]);
  });

  test.each([
    ['one version', [version('2.3.1', 'aa'), version('2.3.1', 'aa')], version('2.3.1', 'aa')],
    ['two', [version('2.3.1'), version('2.3.0')], { text: '2.3.1 ≠ 2.3.0', tone: 'warn' }],
    ['three', [version('1'), version('2'), version('3')], { text: '3 versions', tone: 'text' }],
    [
      'one tag, two digests',
      [version('1', 'aaaaaaaa'), version('1', 'bbbbbbbb')],
      { text: '1 aaaaaa ≠ bbbbbb', tone: 'warn' },
    ],
    ['one pinned, one not', [version('1', 'aaaaaaaa'), version('1')], version('1', 'aaaaaaaa')],
  ])('shows %s', (_, versions, expected) => {
    const summary = of(...versions.map((v, i) => member('cart', 'ok', null, v, 0, i + 1)));

    expect(summary?.cells[5]).toEqual(expected);
    expect(summary?.health).toBe('tone' in expected && expected.tone === 'warn' ? 'warn' : 'ok');
  });

  test('does not call a server and its worker drift', () => {
    expect(
      of(member('server', 'ok', null, version('1'), 0, 1), member('worker', 'ok', null, version('2'), 0, 1))?.health,
    ).toBe('ok');
  });
});

test.each([
  [
    'flux',
    { 'helm.toolkit.fluxcd.io/name': 'x', 'app.kubernetes.io/managed-by': 'Helm' },
    { 'meta.helm.sh/release-name': 'x' },
  ],
  ['argo', {}, { 'argocd.argoproj.io/tracking-id': 'app:apps/Deployment:shop/cart' }],
  ['helm', { 'app.kubernetes.io/managed-by': 'Helm' }, { 'meta.helm.sh/release-name': 'x' }],
  ['kapp', { 'kapp.k14s.io/app': '17' }, {}],
  ['', { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'x' }, {}],
])('an object is managed by %j', (expected, labels, annotations) => {
  expect(managedBy(labels as Record<string, string>, annotations)).toBe(expected);
});

describe('an event', () => {
  const about = { kind: 'Pod', name: 'cart-1', uid: 'u' };

  test('of a controller has a count and two times', () => {
    const event = {
      metadata: meta('e'),
      reason: 'BackOff',
      message: 'm',
      count: 9,
      firstTimestamp: ago(90),
      lastTimestamp: ago(5),
      involvedObject: about,
    };

    expect(cells(eventTable, warningWatch, event)).toMatchObject({
      time: now - 5000,
      reason: 'BackOff',
      object: 'cart-1',
      count: 9,
    });
    expect(row(warningWatch, event)?.facts).toMatchObject({ first: now - 90_000, last: now - 5000, count: 9 });
  });

  test('of the scheduler has one time and no count', () => {
    const event = {
      metadata: meta('e'),
      eventTime: ago(7),
      firstTimestamp: null,
      lastTimestamp: null,
      involvedObject: { ...about, kind: 'Node', name: 'n1' },
    };

    expect(cells(eventTable, normalEventWatch, event)).toMatchObject({
      time: now - 7000,
      count: null,
      object: 'Node/n1',
    });
    expect(row(normalEventWatch, event)?.facts).toBeUndefined();
  });
});

test('nodes, services, claims, autoscalers and quotas say what they are', () => {
  const node = {
    metadata: meta('n1', {
      labels: { 'node-role.kubernetes.io/control-plane': '', 'topology.kubernetes.io/zone': 'a' },
    }),
    spec: { unschedulable: true },
    status: {
      conditions: [condition('Ready', 'True', 9)],
      allocatable: { cpu: '3920m', memory: '8Gi' },
      nodeInfo: { kubeletVersion: 'v1.36.1' },
    },
  };
  expect(cells(nodeTable, nodeWatch, node)).toMatchObject({
    roles: 'control-plane',
    version: '1.36.1',
    cpu: 3.92,
    memory: 2 ** 33,
    zone: 'a',
    state: { text: 'Ready, cordoned', tone: 'muted' },
  });

  const service = {
    metadata: meta('cart'),
    spec: {
      type: 'LoadBalancer',
      clusterIP: '10.0.0.1',
      ports: [
        { port: 80, nodePort: 30080, protocol: 'TCP' },
        { port: 53, protocol: 'UDP' },
      ],
    },
  };
  expect(cells(serviceTable, serviceWatch, service)).toMatchObject({
    ports: '80:30080,53/UDP',
    external: { text: 'pending', tone: 'busy' },
  });

  const claim = {
    metadata: meta('data-0'),
    spec: { storageClassName: 'std', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
    status: { phase: 'Bound' },
  };
  expect(cells(claimTable, claimWatch, claim)).toMatchObject({
    state: 'Bound',
    size: 10 * 2 ** 30,
    access: 'RWO',
    class: 'std',
  });

  const hpa = {
    metadata: meta('cart'),
    spec: {
      minReplicas: 2,
      maxReplicas: 6,
      scaleTargetRef: { kind: 'Deployment', name: 'cart' },
      metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 70 } } }],
    },
    status: {
      currentReplicas: 4,
      desiredReplicas: 5,
      currentMetrics: [{ resource: { name: 'cpu', current: { averageUtilization: 81 } } }],
    },
  };
  expect(cells(hpaTable, hpaWatch, hpa)).toMatchObject({
    target: 'Deployment/cart',
    metrics: 'cpu 81%/70%',
    replicas: { n: 4, of: 6 },
    state: { text: 'scaling to 5' },
  });

  const quota = {
    metadata: meta('compute'),
    status: { hard: { pods: '10', 'requests.memory': '8Gi' }, used: { pods: '9', 'requests.memory': '2Gi' } },
  };
  expect(cells(quotaTable, quotaWatch, quota)).toMatchObject({
    fullest: 'pods 9/10',
    used: { text: '90%', tone: 'text' },
  });
});
