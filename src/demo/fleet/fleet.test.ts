// The fleet as it stands at the start, and what its controllers make of changes, on a clock that the test moves.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { flag, list, text } from '../../core/object.ts';
import { update } from '../api/write.ts';
import { startNode, stopNode } from '../controllers/nodes.ts';
import type { CronJob, DaemonSet, Deployment, Job, Node, Pod, ReplicaSet, StatefulSet } from '../controllers/types.ts';
import { conditionOf, isReady } from '../controllers/types.ts';
import type { World } from '../controllers/world.ts';
import { buildCluster } from './build.ts';
import { clusters } from './data.ts';
import { startLife } from './life.ts';
import { appTemplate } from './templates.ts';

const start = Date.parse('2026-11-21T12:41:06Z');
let world: World;

function build(name: string, incident = true, seed = 7): World {
  const data = clusters.find((c) => c.name === name);
  if (data === undefined) throw new Error(`no cluster ${name}`);
  return buildCluster(data, { seed, incident, now: Date.now });
}

function live(name: string, incident = true): World {
  world = build(name, incident);
  startLife(world);
  return world;
}

const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);
const pods = (app: string, namespace = 'shop'): Pod[] =>
  world.list<Pod>('pods', namespace).filter((p) => p.metadata.labels?.app === app);
const deployment = (name: string, namespace = 'shop'): Deployment => {
  const found = world.get<Deployment>('deployments.apps', `${namespace}/${name}`);
  if (found === undefined) throw new Error(`no deployment ${name}`);
  return found;
};
const write = (before: Deployment, spec: Partial<Deployment['spec']>): void => {
  const next = { ...before, spec: { ...before.spec, ...spec } };
  update(world.cluster, world.cluster.type('deployments.apps'), before, next, { manager: 'test' });
};
const reasons = (name: string): unknown[] =>
  world
    .list('events')
    .filter((e) => (e.involvedObject as { name: string }).name === name)
    .map((e) => e.reason);

beforeEach(() => {
  vi.useFakeTimers({ now: start, toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  world?.stop();
  if ((world?.failures.length ?? 0) > 0) throw new Error(world.failures.join('\n'));
  vi.useRealTimers();
});

describe('the fleet at the start', () => {
  test.each(clusters.map((c) => [c.name, c] as const))(
    '%s has its nodes and pods, and all pods have a node',
    (name, data) => {
      world = build(name);

      expect(world.list('nodes').map((n) => n.metadata.name)).toEqual([...data.nodes].sort());
      expect(world.list('pods')).toHaveLength(data.pods);
      for (const pod of world.list<Pod>('pods')) expect(data.nodes).toContain(pod.spec.nodeName);
    },
  );

  test('the same seed gives the same cluster, another seed another one', () => {
    const bodies = (w: World): string[] => w.list('pods').map((p) => JSON.stringify(p));

    expect(bodies(build('edge-7'))).toEqual(bodies(build('edge-7')));
    expect(bodies(build('edge-7', true, 8))).not.toEqual(bodies(build('edge-7')));
  });

  test('cart crash-loops in two clusters and takes two checkout pods of run-eu with it', () => {
    world = build('run-eu');
    expect(pods('cart').filter(isReady)).toHaveLength(0);
    expect(pods('cart').every((p) => (p.status.containerStatuses?.[0]?.restartCount ?? 0) >= 2)).toBe(true);
    expect(pods('checkout').filter(isReady)).toHaveLength(1);
    expect(deployment('cart').metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('14');

    world = build('run-us');
    expect([pods('cart').length, pods('cart').filter(isReady).length]).toEqual([3, 1]);
    expect(pods('checkout').every(isReady)).toBe(true);
    expect(deployment('catalog').spec.paused).toBe(true);
  });

  test('a Service whose pods broke a moment ago lost its endpoints then, not when it was made', () => {
    world = build('run-eu');
    const slice = world
      .list('endpointslices.discovery.k8s.io', 'shop')
      .find((s) => s.metadata.labels?.['kubernetes.io/service-name'] === 'cart');
    const changed = slice?.metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'] ?? '';
    expect(start - Date.parse(changed)).toBeLessThan(10 * 60_000);
  });

  test.each(clusters.map((c) => c.name))('%s is quiet: what was built is what its controllers want', async (name) => {
    live(name, false);
    const changed: string[] = [];
    for (const storage of [
      'deployments.apps',
      'replicasets.apps',
      'statefulsets.apps',
      'daemonsets.apps',
      'pods',
      'endpointslices.discovery.k8s.io',
    ])
      world.cluster.store.on(storage, (change) => changed.push(`${storage} ${change.entry.key}`));
    for (const d of world.list('deployments.apps')) world.enqueue('deployments', world.keyOf(d));
    for (const s of world.list('replicasets.apps')) world.enqueue('replicasets', world.keyOf(s));
    for (const s of world.list('statefulsets.apps')) world.enqueue('statefulsets', world.keyOf(s));
    for (const s of world.list('daemonsets.apps')) world.enqueue('daemonsets', world.keyOf(s));
    for (const s of world.list('services')) world.enqueue('endpoints', world.keyOf(s));

    await pass(2);

    expect(changed).toEqual([]);
  });
});

describe('a Deployment', () => {
  test('rolls to a new template within its bounds, with a new ReplicaSet, revision and events', async () => {
    live('run-us', false);
    let least = 99;
    let most = 0;
    world.cluster.store.on('pods', () => {
      least = Math.min(least, pods('web').filter(isReady).length);
      most = Math.max(most, pods('web').filter((p) => p.metadata.deletionTimestamp === undefined).length);
    });

    write(deployment('web'), { template: appTemplate('web', '4.2.0') });
    await pass(60);

    const web = deployment('web');
    expect(web.status).toMatchObject({
      replicas: 6,
      updatedReplicas: 6,
      availableReplicas: 6,
      observedGeneration: web.metadata.generation,
    });
    expect(web.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('29');
    expect(pods('web').every((p) => p.spec.containers[0]?.image.includes(':4.2.0'))).toBe(true);
    expect(least).toBeGreaterThanOrEqual(5);
    expect(most).toBeLessThanOrEqual(8);
    expect(conditionOf(web.status.conditions, 'Progressing')?.reason).toBe('NewReplicaSetAvailable');
    expect(reasons('web')).toContain('ScalingReplicaSet');
  });

  test('the bad release goes on crashing, with back-off and events that count', async () => {
    live('run-eu');
    const before = pods('cart').map((p) => p.status.containerStatuses?.[0]?.restartCount ?? 0);

    await pass(400);

    const after = pods('cart').map((p) => p.status.containerStatuses?.[0]?.restartCount ?? 0);
    after.forEach((n, i) => expect(n).toBeGreaterThan(before[i] ?? 0));
    expect(pods('cart').some(isReady)).toBe(false);
    expect(pods('cart')[0]?.status.containerStatuses?.[0]?.lastState.terminated).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
    });
    expect(deployment('cart').spec.replicas).toBe(3);
    const backOff = world.list('events').filter((e) => e.reason === 'BackOff');
    expect(backOff.length).toBeLessThanOrEqual(3);
    expect(Math.max(...backOff.map((e) => Number(e.count)))).toBeGreaterThan(4);
  });

  test('a rollback reuses the old ReplicaSet under a new revision and heals cart and checkout', async () => {
    live('run-eu');
    const old = world
      .list<ReplicaSet>('replicasets.apps', 'shop')
      .find(
        (rs) =>
          rs.metadata.annotations?.['deployment.kubernetes.io/revision'] === '13' &&
          rs.metadata.name.startsWith('cart'),
      );
    const { 'pod-template-hash': _hash, ...labels } = old?.spec.template.metadata.labels ?? {};
    const template = { ...old!.spec.template, metadata: { ...old!.spec.template.metadata, labels } };

    write(deployment('cart'), { template });
    await pass(40);

    expect(deployment('cart').status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 });
    expect(pods('checkout').every(isReady)).toBe(true);
    const reused = world.get<ReplicaSet>('replicasets.apps', `shop/${old?.metadata.name}`);
    expect(reused?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '15',
      'deployment.kubernetes.io/revision-history': '13',
    });
    expect(deployment('cart').metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('15');
  });

  test('more memory heals cart as well', async () => {
    live('run-us');
    const cart = deployment('cart');
    const [container] = cart.spec.template.spec.containers;
    const resources = { ...container?.resources, limits: { memory: '768Mi' } };
    const spec = { ...cart.spec.template.spec, containers: [{ ...container!, resources }] };

    write(cart, { template: { ...cart.spec.template, spec } });
    await pass(60);

    expect(deployment('cart').status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 });
  });

  test('an image that is not there: pods wait, the old ones stay, the deadline passes', async () => {
    live('run-us', false);
    const notify = deployment('notify');
    const spec = {
      ...notify.spec.template.spec,
      containers: [{ name: 'notify', image: 'registry.example/missing:1' }],
    };

    const states = new Set<unknown>();
    world.cluster.store.on('pods', () => {
      for (const p of pods('notify'))
        states.add(text(p, 'status', 'containerStatuses', 0, 'state', 'waiting', 'reason'));
    });

    write(notify, { template: { ...notify.spec.template, spec }, progressDeadlineSeconds: 30 });
    await pass(45);

    expect([...states]).toEqual(expect.arrayContaining(['ContainerCreating', 'ErrImagePull', 'ImagePullBackOff']));
    expect(deployment('notify').status.availableReplicas).toBe(1);
    expect(conditionOf(deployment('notify').status.conditions, 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    });
  });

  test.each([
    ['crash-42', { exitCode: 42, reason: 'Error' }],
    ['oom', { exitCode: 137, reason: 'OOMKilled' }],
  ])('an image with the fate %s loops with its exit code', async (fate, last) => {
    live('run-us', false);
    const notify = deployment('notify');
    const spec = {
      ...notify.spec.template.spec,
      containers: [{ name: 'c', image: `registry.example/notify/${fate}:1` }],
    };

    write(notify, { template: { ...notify.spec.template, spec } });
    await pass(30);

    const [status] = pods('notify').flatMap((p) =>
      p.spec.containers[0]?.image.includes(fate) ? (p.status.containerStatuses ?? []) : [],
    );
    expect(status?.lastState.terminated).toMatchObject(last);
    expect(status?.restartCount).toBeGreaterThan(0);
    expect(deployment('notify').status.availableReplicas).toBe(1);
  });

  test('a ConfigMap that is missing keeps the container from being made until it is there', async () => {
    live('run-us', false);
    const notify = deployment('notify');
    const [container] = notify.spec.template.spec.containers;
    const broken = { ...container!, envFrom: [{ configMapRef: { name: 'not-yet' } }] };
    write(notify, {
      template: { ...notify.spec.template, spec: { ...notify.spec.template.spec, containers: [broken] } },
    });
    await pass(5);
    const waiting = pods('notify').map((p) => text(p, 'status', 'containerStatuses', 0, 'state', 'waiting', 'reason'));
    expect(waiting).toContain('CreateContainerConfigError');

    world.create('configmaps', {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'not-yet', namespace: 'shop' },
      data: {},
    });
    await pass(30);
    expect(deployment('notify').status).toMatchObject({ updatedReplicas: 1, availableReplicas: 1, replicas: 1 });
  });

  test('scaled to zero and back, its endpoints follow', async () => {
    live('run-us', false);
    const addresses = (): number => {
      const slice = world
        .list('endpointslices.discovery.k8s.io', 'shop')
        .find((s) => s.metadata.labels?.['kubernetes.io/service-name'] === 'payments');
      return list(slice, 'endpoints').filter((e) => flag(e, 'conditions', 'ready')).length;
    };
    const changed = (): number =>
      Date.parse(
        world
          .list('endpointslices.discovery.k8s.io', 'shop')
          .find((s) => s.metadata.labels?.['kubernetes.io/service-name'] === 'payments')?.metadata.annotations?.[
          'endpoints.kubernetes.io/last-change-trigger-time'
        ] ?? '',
      );
    expect(addresses()).toBe(3);
    const before = changed();
    expect(before).toBeLessThanOrEqual(world.now());

    write(deployment('payments'), { replicas: 0 });
    await pass(10);
    expect([addresses(), pods('payments').length]).toEqual([0, 0]);
    expect(changed()).toBeGreaterThan(before);

    write(deployment('payments'), { replicas: 2 });
    await pass(15);
    expect(addresses()).toBe(2);
  });
});

describe('other controllers', () => {
  test('a StatefulSet replaces its pods from the highest down, one at a time, and keeps its revisions', async () => {
    live('run-us', false);
    const redis = (): StatefulSet => world.get<StatefulSet>('statefulsets.apps', 'shop/redis')!;
    const before = redis();
    const spec = {
      ...before.spec.template.spec,
      containers: [{ name: 'redis', image: 'registry.example/redis:8.3.0' }],
    };
    const order: string[] = [];
    world.cluster.store.on('pods', (change) => {
      if (change.type === 'DELETED' && change.entry.key.startsWith('shop/redis-'))
        order.push(change.entry.object.metadata.name);
    });

    update(
      world.cluster,
      world.cluster.type('statefulsets.apps'),
      before,
      { ...before, spec: { ...before.spec, template: { ...before.spec.template, spec } } },
      { manager: 'test' },
    );
    await pass(40);

    expect(order).toEqual(['redis-2', 'redis-1', 'redis-0']);
    expect(redis().status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 });
    expect(redis().status.currentRevision).toBe(redis().status.updateRevision);
    const revisions = world.list('controllerrevisions.apps', 'shop').filter((r) => r.metadata.name.startsWith('redis'));
    expect(revisions.map((r) => r.revision).sort()).toEqual([1, 2]);
  });

  test('a new node gets its daemons, a lost node is told and comes back', async () => {
    live('iterate-eu', false);
    const [first] = world.list<Node>('nodes');
    const name = first?.metadata.name ?? '';
    const ready = (): string | undefined =>
      conditionOf(world.get<Node>('nodes', name)?.status.conditions, 'Ready')?.status;

    stopNode(world, name);
    await pass(45);
    expect(ready()).toBe('Unknown');
    expect(
      world
        .list<Pod>('pods')
        .filter((p) => p.spec.nodeName === name)
        .some(isReady),
    ).toBe(false);

    startNode(world, name);
    await pass(5);
    expect(ready()).toBe('True');
    expect(world.get<Node>('nodes', name)?.spec.taints ?? []).toEqual([]);
    const { uid: _uid, resourceVersion: _rv, ...metadata } = first!.metadata;
    world.create('nodes', { ...first!, metadata: { ...metadata, name: 'it-z' } });
    await pass(10);
    const proxy = world.get<DaemonSet>('daemonsets.apps', 'kube-system/kube-proxy');
    expect(proxy?.status).toMatchObject({ desiredNumberScheduled: 6, numberReady: 6 });
  });

  test('a CronJob starts its Job on the minute, which completes', async () => {
    live('run-us', false);
    const before = world.list<Job>('jobs.batch', 'shop').length;

    await pass(5 * 60);

    const cron = world.get<CronJob>('cronjobs.batch', 'shop/price-import');
    expect(cron?.status.lastScheduleTime).toBe('2026-11-21T12:45:00Z');
    const jobs = world.list<Job>('jobs.batch', 'shop');
    expect(jobs.length).toBeGreaterThan(before);
    expect(jobs.every((j) => conditionOf(j.status.conditions, 'Complete') !== undefined)).toBe(true);
  });

  test('a pod that fits nowhere says why; a quota that is full is told by the ReplicaSet', async () => {
    live('edge-7', false);
    const web = deployment('web');
    const [container] = web.spec.template.spec.containers;
    const big = { ...container!, resources: { requests: { cpu: '64', memory: '1Gi' } } };
    write(web, { template: { ...web.spec.template, spec: { ...web.spec.template.spec, containers: [big] } } });
    await pass(5);
    const pending = pods('web').find((p) => p.spec.nodeName === undefined);
    expect(conditionOf(pending?.status.conditions, 'PodScheduled')).toMatchObject({ reason: 'Unschedulable' });
    expect(conditionOf(pending?.status.conditions, 'PodScheduled')?.message).toContain(
      '0/2 nodes are available: 2 Insufficient cpu',
    );

    const quota = world.get('resourcequotas', 'shop/shop')!;
    world.update('resourcequotas', quota, { ...quota, spec: { hard: { pods: '6' } } });
    await pass(1);
    write(deployment('catalog'), { replicas: 5 });
    await pass(5);
    const refused = world.list('events').filter((e) => e.reason === 'FailedCreate');
    expect(refused.some((e) => String(e.message).includes('exceeded quota: shop'))).toBe(true);
  });

  test('a deleted Deployment takes its ReplicaSets and pods with it, a namespace everything', async () => {
    live('edge-7', false);

    world.delete('deployments.apps', deployment('web'));
    await pass(10);
    expect(pods('web')).toEqual([]);
    expect(world.list('replicasets.apps', 'shop').some((r) => r.metadata.name.startsWith('web-'))).toBe(false);

    world.delete('namespaces', world.get('namespaces', 'shop')!);
    await pass(20);
    expect(world.get('namespaces', 'shop')).toBeUndefined();
    expect(world.list('pods', 'shop')).toEqual([]);
  });

  test('the warnings of view-1 are many, and few objects', async () => {
    live('view-1');

    await pass(60);

    const storm = world.list('events').filter((e) => e.reason === 'PresentError');
    expect(storm.length).toBeLessThanOrEqual(6);
    expect(storm.reduce((n, e) => n + Number(e.count), 0)).toBeGreaterThan(60);
  });
});
