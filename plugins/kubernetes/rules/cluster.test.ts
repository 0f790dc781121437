import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/plugin-api/read.ts';
import { warningWatch } from '../events.ts';
import { ago, cluster, condition, facts, found, meta, now, owned, pod } from '../fixtures.ts';
import { nodeWatch } from '../nodes.ts';
import { podWatch } from '../pods.ts';
import { hpaAtMax, quotaUsedUp } from './capacity.ts';
import { eventStorm } from './event-storm.ts';
import { nodeCordoned, nodeNotReady, nodePressure } from './node.ts';
import { stuckDeleting, stuckDeletingNamespace } from './stuck-deleting.ts';

const node = (conditions: object[], more: { spec?: object; meta?: object } = {}): KubeObject => ({
  metadata: meta('eu-w2-a', { namespace: undefined, ...more.meta }),
  spec: more.spec ?? {},
  status: { conditions },
});
const ready = condition('Ready', 'True', 900);

describe('a node', () => {
  test('that does not report, or says why it is not ready, fails since then', () => {
    expect(nodeNotReady(node([condition('Ready', 'Unknown', 70, { reason: 'NodeStatusUnknown' })]))).toMatchObject([
      { severity: 'fail', message: 'kubelet stopped reporting', since: now - 70_000 },
    ]);
    expect(
      nodeNotReady(
        node([condition('Ready', 'False', 70, { reason: 'KubeletNotReady', message: 'container runtime is down' })]),
      ),
    ).toMatchObject([{ message: 'container runtime is down' }]);
  });

  test('that has just come gets two minutes for its network', () => {
    const young = node([condition('Ready', 'False', 20, { reason: 'KubeletNotReady' })], {
      meta: { creationTimestamp: ago(20) },
    });

    expect(nodeNotReady(young)[0]?.activeAt).toBe(now + 100_000);
  });

  test('under pressure warns', () => {
    const full = condition('DiskPressure', 'True', 30, {
      reason: 'KubeletHasDiskPressure',
      message: 'kubelet has disk pressure',
    });

    expect(nodePressure(node([ready, full]))).toMatchObject([{ severity: 'warn', cause: 'DiskPressure' }]);
  });

  test('that is ready and without pressure is well', () => {
    const free = condition('MemoryPressure', 'False', 900);

    expect([...nodeNotReady(node([ready, free])), ...nodePressure(node([ready, free]))]).toEqual([]);
  });
});

describe('a cordoned node', () => {
  const cordoned = node([ready], {
    spec: { unschedulable: true },
    meta: {
      managedFields: [{ manager: 'kubectl-cordon', time: ago(300), fieldsV1: { 'f:spec': { 'f:unschedulable': {} } } }],
    },
  });
  const run = (nodes: KubeObject[], pods: KubeObject[]) =>
    found(nodeCordoned, cluster({ nodes: facts(nodeWatch, nodes), pods: facts(podWatch, pods) }));

  test('with pods left is mentioned, since somebody cordoned it', () => {
    expect(run([cordoned], [pod({ name: 'a' }), pod({ name: 'b' })])).toMatchObject([
      { finding: { severity: 'info', message: 'takes no new pods, 2 pods left to drain', since: now - 300_000 } },
    ]);
  });

  test('with nothing left but what a drain leaves is well', () => {
    const agent = pod({ name: 'agent', meta: owned('DaemonSet', 'agent') });
    const fixed = pod({ name: 'etcd', meta: owned('Node', 'eu-w2-a') });
    const done = pod({ name: 'done', status: { phase: 'Succeeded' } });
    const going = pod({ name: 'going', meta: { deletionTimestamp: ago(-9) } });
    const elsewhere = pod({ name: 'elsewhere', spec: { nodeName: 'other' } });

    expect(run([cordoned], [agent, fixed, done, going, elsewhere])).toEqual([]);
  });

  test('that is not cordoned is well', () => {
    expect(run([node([ready])], [pod()])).toEqual([]);
  });
});

describe('an autoscaler', () => {
  const hpa = (spec: object, current: number, limited: object): KubeObject => ({
    metadata: meta('cart'),
    spec: { minReplicas: 2, maxReplicas: 6, scaleTargetRef: { kind: 'Deployment', name: 'cart' }, ...spec },
    status: { currentReplicas: current, conditions: [limited] },
  });
  const tooMany = condition('ScalingLimited', 'True', 240, {
    reason: 'TooManyReplicas',
    message: 'the desired replica count is more than the maximum replica count',
  });

  test('at its maximum that wants more warns, since it was limited', () => {
    expect(hpaAtMax(hpa({}, 6, tooMany))).toMatchObject([
      { severity: 'warn', since: now - 240_000, message: '6 of 6 replicas, and its metrics ask for more' },
    ]);
  });

  test('that is still growing, is held at its minimum, or has no room by design is well', () => {
    expect(hpaAtMax(hpa({}, 5, tooMany))).toEqual([]);
    expect(hpaAtMax(hpa({}, 2, condition('ScalingLimited', 'True', 9, { reason: 'TooFewReplicas' })))).toEqual([]);
    expect(hpaAtMax(hpa({}, 6, condition('ScalingLimited', 'False', 9, { reason: 'DesiredWithinRange' })))).toEqual([]);
    expect(hpaAtMax(hpa({ minReplicas: 6 }, 6, tooMany))).toEqual([]);
  });
});

describe('a quota', () => {
  const quota = (hard: object, used: object): KubeObject => ({
    metadata: meta('compute', { managedFields: [{ subresource: 'status', time: ago(500) }, { time: ago(9) }] }),
    status: { hard, used },
  });

  test('with nothing left of something warns, since its status was written', () => {
    expect(
      quotaUsedUp(quota({ pods: '10', 'requests.cpu': '4' }, { pods: '3', 'requests.cpu': '4000m' })),
    ).toMatchObject([{ severity: 'warn', message: 'used up: requests.cpu 4000m of 4', since: now - 500_000 }]);
  });

  test('with something left, or that forbids by zero, is well', () => {
    expect(quotaUsedUp(quota({ pods: '10' }, { pods: '9' }))).toEqual([]);
    expect(quotaUsedUp(quota({ 'services.loadbalancers': '0' }, { 'services.loadbalancers': '0' }))).toEqual([]);
    expect(quotaUsedUp(quota({ pods: '10' }, {}))).toEqual([]);
  });
});

describe('deletion that does not end', () => {
  test('names the finalisers, after two minutes', () => {
    const held = { metadata: meta('data', { deletionTimestamp: ago(300), finalizers: ['example.com/guard'] }) };

    expect(stuckDeleting(held, 'volume claim')).toMatchObject([
      { message: 'held by example.com/guard', since: now - 300_000, activeAt: now - 180_000 },
    ]);
    expect(stuckDeleting({ metadata: meta('data') }, 'volume claim')).toEqual([]);
  });

  test('of a namespace says what its conditions say', () => {
    const namespace = {
      metadata: meta('old', { deletionTimestamp: ago(600) }),
      status: {
        conditions: [
          condition('NamespaceFinalizersRemaining', 'True', 500, {
            message:
              'Some content in the namespace has finalizers remaining: example.com/guard in 2 resource instances',
          }),
        ],
      },
    };
    const broken = {
      metadata: meta('old', { deletionTimestamp: ago(600) }),
      status: {
        conditions: [
          condition('NamespaceDeletionDiscoveryFailure', 'True', 500, {
            message: 'Discovery failed for some groups, 1 failing: metrics.k8s.io/v1beta1',
          }),
        ],
      },
    };

    expect(stuckDeletingNamespace(namespace)).toMatchObject([
      { message: 'held by example.com/guard', severity: 'warn' },
    ]);
    expect(stuckDeletingNamespace(broken)).toMatchObject([{ severity: 'fail' }]);
    expect(stuckDeletingNamespace({ metadata: meta('new') })).toEqual([]);
  });
});

describe('a storm of warnings', () => {
  const event = (name: string, reason: string, count: number, first: number, last: number): KubeObject => ({
    metadata: meta(name),
    type: 'Warning',
    reason,
    message: 'cannot reach the registry',
    count,
    firstTimestamp: ago(first),
    lastTimestamp: ago(last),
    involvedObject: { kind: 'Widget', name, uid: name },
  });
  const run = (events: KubeObject[], at = now) =>
    found(eventStorm, cluster({ events: facts(warningWatch, events) }), at).map(({ finding }) => finding);

  test('is many of one reason in ten minutes, over objects', () => {
    const events = [event('a', 'SyncFailed', 15, 500, 3), event('b', 'SyncFailed', 9, 300, 5)];

    expect(run(events)).toMatchObject([
      { rule: 'event-storm', severity: 'warn', cause: 'SyncFailed', since: now - 500_000 },
    ]);
  });

  test('is over ten minutes after the last', () => {
    const events = [event('a', 'SyncFailed', 50, 500, 300)];

    expect(run(events)).toHaveLength(1);
    expect(run(events, now + 301_000)).toEqual([]);
  });

  test('is not a slow trickle, few, or what another rule explains', () => {
    expect(run([event('a', 'SyncFailed', 500, 86_400, 3)])).toEqual([]);
    expect(run([event('a', 'SyncFailed', 12, 500, 3)])).toEqual([]);
    expect(run([event('a', 'BackOff', 500, 500, 3)])).toEqual([]);
  });
});
