import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/plugin-api/plugin.ts';
import type { KubeObject } from '../../../src/plugin-api/read.ts';
import { warningWatch } from '../events.ts';
import { ago, cluster, condition, facts, found, meta, now, owned, pod, running, waiting } from '../fixtures.ts';
import { nodeWatch } from '../nodes.ts';
import { podWatch } from '../pods.ts';
import { deploymentWatch } from '../deployments.ts';
import { daemonSetWatch, replicaSetWatch, statefulSetWatch } from '../sets.ts';
import { readiness } from './readiness.ts';

const unreadyPod = (name = 'cart-7d9f-x2v8k', seconds = 120, more: object = {}): KubeObject =>
  pod({
    name,
    containers: [running({ ready: false })],
    status: {
      conditions: [
        condition('PodScheduled', 'True', 600),
        condition('Ready', 'False', seconds, {
          reason: 'ContainersNotReady',
          message: 'containers with unready status: [cart]',
        }),
      ],
    },
    ...more,
  });

const replicaSet = {
  metadata: meta('cart-7d9f', owned('Deployment', 'cart')),
  spec: { replicas: 3 },
  status: { replicas: 3, readyReplicas: 2 },
};

const deployment = (
  ready: number,
  more: { condition?: object; spec?: object; conditions?: object[] } = {},
): KubeObject => ({
  metadata: meta('cart', { generation: 4, labels: { app: 'cart' } }),
  spec: { replicas: 3, template: { metadata: { labels: { app: 'cart' } } }, ...more.spec },
  status: {
    observedGeneration: 4,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: ready,
    availableReplicas: ready,
    conditions: more.conditions ?? [
      condition('Progressing', 'True', 900, { reason: 'NewReplicaSetAvailable', ...more.condition }),
    ],
  },
});

const pastDeadline = {
  condition: {
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'ReplicaSet "cart-7d9f" has timed out progressing.',
  },
};

const unhealthy = (message: string, about = 'cart-7d9f-x2v8k', reason = 'Unhealthy'): KubeObject => ({
  metadata: meta(`${about}.17`),
  type: 'Warning',
  reason,
  message,
  count: 6,
  firstTimestamp: ago(100),
  lastTimestamp: ago(5),
  involvedObject: { kind: 'Pod', name: about, uid: `uid-${about}` },
});

type World = Partial<Record<'pods' | 'deployments' | 'sets' | 'daemons' | 'events' | 'nodes', KubeObject[]>> & {
  replicaSets?: KubeObject[];
  denied?: string[];
  at?: number;
};

const run = (world: World) => {
  const resources: Record<string, readonly Fact[]> = {
    pods: facts(podWatch, world.pods ?? []),
    'deployments.apps': facts(deploymentWatch, world.deployments ?? []),
    'replicasets.apps': facts(replicaSetWatch, world.replicaSets ?? [replicaSet]),
    'statefulsets.apps': facts(statefulSetWatch, world.sets ?? []),
    'daemonsets.apps': facts(daemonSetWatch, world.daemons ?? []),
    events: facts(warningWatch, world.events ?? []),
    nodes: facts(nodeWatch, world.nodes ?? []),
  };
  return found(readiness, cluster(resources, world.denied), world.at);
};

const lines = (world: World) =>
  run(world).map(({ about, finding }) => `${finding.rule} ${about.name}: ${finding.message}`);

describe('a pod that is not ready past its time', () => {
  test("says the probe's answer", () => {
    const world = {
      pods: [unreadyPod()],
      deployments: [deployment(2)],
      events: [unhealthy('Readiness probe failed: HTTP probe failed with statuscode: 503')],
    };

    expect(lines(world)).toEqual(['not-ready cart-7d9f-x2v8k: readiness 503']);
    expect(run(world)[0]?.finding).toMatchObject({ severity: 'warn', since: now - 120_000, cause: 'readiness' });
  });

  test('names the container when no event is left', () => {
    expect(lines({ pods: [unreadyPod()], deployments: [deployment(2)] })).toEqual([
      'not-ready cart-7d9f-x2v8k: cart not ready',
    ]);
  });

  test('fails when nothing of its workload is ready', () => {
    expect(run({ pods: [unreadyPod()], deployments: [deployment(0)] })[0]?.finding.severity).toBe('fail');
  });

  test('is silent within its time', () => {
    expect(lines({ pods: [unreadyPod('a', 40)], deployments: [deployment(2)] })).toEqual([]);
  });

  test('is silent on a node that is down, which is the problem', () => {
    const down = { metadata: meta('eu-w2-a'), status: { conditions: [condition('Ready', 'Unknown', 300)] } };

    expect(lines({ pods: [unreadyPod()], nodes: [down] })).toEqual([]);
  });

  test('is silent when it crashes, is deleted or has finished', () => {
    const crashing = pod({ containers: [waiting('CrashLoopBackOff', '', { restartCount: 3 })] });
    const going = unreadyPod('b', 300, { meta: { deletionTimestamp: ago(10) } });
    const done = pod({ name: 'c', ready: false, status: { phase: 'Succeeded' } });

    expect(lines({ pods: [crashing, going, done] })).toEqual([]);
  });

  test('alone, without an owner, is found too', () => {
    const alone = unreadyPod('lonely', 300, { meta: { ownerReferences: [] } });

    expect(lines({ pods: [alone] })).toEqual(['not-ready lonely: cart not ready']);
  });
});

describe('a pod that does not start', () => {
  const starting = (seconds: number) =>
    pod({
      containers: [waiting('ContainerCreating')],
      status: {
        phase: 'Pending',
        startTime: ago(seconds),
        conditions: [condition('PodScheduled', 'True', seconds), condition('Ready', 'False', seconds)],
      },
    });

  test('names a missing ConfigMap at once', () => {
    const events = [
      unhealthy(
        'MountVolume.SetUp failed for volume "conf" : configmap "cart-files" not found',
        undefined,
        'FailedMount',
      ),
    ];

    expect(lines({ pods: [starting(5)], events })).toEqual([
      'config-error cart-7d9f-x2v8k: ConfigMap cart-files not found',
    ]);
  });

  test('gives a volume that does not come a minute', () => {
    const events = [
      unhealthy(
        'MountVolume.SetUp failed for volume "conf" : timed out waiting for the condition',
        undefined,
        'FailedMount',
      ),
    ];

    expect(lines({ pods: [starting(30)], events })).toEqual([]);
    expect(lines({ pods: [starting(90)], events })).toEqual([
      'not-ready cart-7d9f-x2v8k: volume conf: timed out waiting for the condition',
    ]);
  });

  test('without a word is a problem after five minutes', () => {
    expect(lines({ pods: [starting(200)] })).toEqual([]);
    expect(lines({ pods: [starting(301)] })).toEqual(['not-ready cart-7d9f-x2v8k: not started: ContainerCreating']);
  });

  test('because no node takes it is left to the scheduler', () => {
    const unscheduled = pod({
      containers: [],
      status: {
        phase: 'Pending',
        conditions: [condition('PodScheduled', 'False', 900, { reason: 'SchedulingGated' })],
      },
    });

    expect(lines({ pods: [unscheduled] })).toEqual([]);
  });
});

describe('a rollout past its deadline', () => {
  test('is one problem with its unready pods', () => {
    const world = {
      pods: [unreadyPod('cart-7d9f-a'), unreadyPod('cart-7d9f-b')],
      deployments: [deployment(1, pastDeadline)],
      events: [
        unhealthy(
          'Readiness probe failed: Get "http://10.0.0.7:8080/": dial tcp: connect: connection refused',
          'cart-7d9f-a',
        ),
      ],
    };

    expect(lines(world)).toEqual([
      'rollout-stuck cart: 1 of 3 ready, past its deadline: readiness: connection refused',
    ]);
    expect(run(world)[0]?.finding).toMatchObject({ severity: 'fail', since: now - 900_000 });
  });

  test('is explained by a pod that crashes', () => {
    const crashing = pod({ containers: [waiting('CrashLoopBackOff', '', { restartCount: 3 })] });

    expect(lines({ pods: [crashing], deployments: [deployment(1, pastDeadline)] })).toEqual([]);
  });

  test('is explained by a pod that crashes also when ReplicaSets may not be read', () => {
    const crashing = pod({ containers: [waiting('CrashLoopBackOff', '', { restartCount: 3 })] });
    const world = {
      pods: [crashing],
      deployments: [deployment(1, pastDeadline)],
      replicaSets: [],
      denied: ['replicasets.apps'],
    };

    expect(lines(world)).toEqual([]);
  });

  test('is explained by a refusal of its pods, which is a problem of its own', () => {
    const refused = deployment(1, {
      conditions: [
        condition('Progressing', 'False', 900, { reason: 'ProgressDeadlineExceeded' }),
        condition('ReplicaFailure', 'True', 900, {
          reason: 'FailedCreate',
          message: 'pods "x" is forbidden: exceeded quota: q',
        }),
      ],
    });

    expect(lines({ deployments: [refused] })).toEqual([]);
  });

  test('is no problem when it is paused, scaled to zero or deleted', () => {
    const paused = deployment(1, { ...pastDeadline, spec: { paused: true } });
    const off = deployment(0, { ...pastDeadline, spec: { replicas: 0 } });
    const base = deployment(1, pastDeadline);
    const going = { ...base, metadata: meta('cart', { generation: 4, deletionTimestamp: ago(5) }) };

    for (const object of [paused, off, going]) expect(lines({ deployments: [object] })).toEqual([]);
  });

  test('of a newer generation that the controller has not seen is not judged yet', () => {
    const base = deployment(1, pastDeadline);
    const newer = { ...base, metadata: meta('cart', { generation: 5 }) };

    expect(lines({ deployments: [newer] })).toEqual([]);
  });
});

describe('a set that is behind', () => {
  const set = (ready: number, have: number, status: object = {}): KubeObject => ({
    metadata: meta('db', { generation: 1, labels: { app: 'db' } }),
    spec: { replicas: 3, template: { metadata: { labels: { app: 'db' } } } },
    status: {
      observedGeneration: 1,
      replicas: have,
      readyReplicas: ready,
      updateRevision: 'db-2',
      currentRevision: 'db-2',
      ...status,
    },
  });
  const member = (name: string, revision: string, seconds = 120) =>
    unreadyPod(name, seconds, {
      meta: { ...owned('StatefulSet', 'db'), labels: { app: 'db', 'controller-revision-hash': revision } },
    });

  test('is one problem with its unready pods', () => {
    expect(lines({ pods: [member('db-1', 'db-2')], sets: [set(1, 2)] })).toEqual([
      'statefulset-behind db: 1 of 3 ready, db-1: cart not ready',
    ]);
  });

  test('says when a pod of another revision blocks the update', () => {
    const updating = set(2, 3, { updateRevision: 'db-3' });

    const [behind] = run({ pods: [member('db-2', 'db-2')], sets: [updating] });

    expect(behind?.finding.evidence).toContain(
      'the update waits for db-2, which is of another revision; deleting that pod lets it go on',
    );
  });

  test('of which pods are not made is a problem after two minutes', () => {
    const young = pod({ name: 'db-0', meta: { ...owned('StatefulSet', 'db'), creationTimestamp: ago(60) } });
    const old = pod({ name: 'db-0', meta: { ...owned('StatefulSet', 'db'), creationTimestamp: ago(200) } });
    const fresh = { ...set(1, 1), metadata: meta('db', { generation: 1, creationTimestamp: ago(900) }) };

    expect(lines({ pods: [young], sets: [fresh] })).toEqual([]);
    expect(lines({ pods: [old], sets: [fresh] })).toEqual(['statefulset-behind db: 1 of 3 ready, 2 not made']);
  });

  test('is silent within the grace of its pods, when complete, and when scaled to zero', () => {
    const off = { ...set(0, 0), spec: { replicas: 0 } };

    expect(lines({ pods: [member('db-1', 'db-2', 20)], sets: [set(2, 3)] })).toEqual([]);
    expect(lines({ sets: [set(3, 3)] })).toEqual([]);
    expect(lines({ sets: [off] })).toEqual([]);
  });

  test('is a DaemonSet with a node that it does not serve', () => {
    const daemon: KubeObject = {
      metadata: meta('agent', { generation: 1 }),
      spec: {},
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 5,
        currentNumberScheduled: 4,
        numberReady: 4,
        numberAvailable: 4,
      },
    };
    const newNode = {
      metadata: meta('n5', { creationTimestamp: ago(30) }),
      status: { conditions: [condition('Ready', 'True', 9)] },
    };

    expect(lines({ daemons: [daemon] })).toEqual(['daemonset-behind agent: 4 of 5 ready, 1 not made']);
    expect(lines({ daemons: [daemon], nodes: [newNode] })).toEqual([]);
  });
});

test('a healthy cluster costs one look at its pods and finds nothing', () => {
  expect(readiness.find(cluster({ pods: facts(podWatch, [pod()]) }), { now })).toEqual([]);
});
