// The incident that the demo plays: cart 2.4.0 in two run clusters needs more memory than its limit, crash-loops, and
// takes checkout with it in run-eu. Here is how it looks at the start; the controllers go on from there.

import { type Json, rfc3339 } from '../api/objects.ts';
import { cartRunMs } from '../controllers/behaviour.ts';
import { type ContainerNow, containerStatus, podStatus, terminated } from '../controllers/pod-status.ts';
import type { Deployment, Pod, ReplicaSet } from '../controllers/types.ts';
import { byText } from '../random.ts';
import type { Builder } from './builders.ts';
import { day, minute } from './data.ts';
import { appTemplate, hashFor } from './templates.ts';

const backoff = (restart: number): number => Math.min(300_000, 10_000 * 2 ** restart);

/** Where a container that was first started at `start` stands in its crash loop now. */
export function crashLoop(uid: string, container: string, start: number, now: number): ContainerNow {
  let begun = start;
  let last: ReturnType<typeof terminated> | undefined;
  for (let restart = 0; ; restart++) {
    const end = begun + cartRunMs(uid, restart);
    if (now < end) {
      const state = { running: { startedAt: rfc3339(begun) } };
      return { state, ready: false, restarts: restart, ...(last === undefined ? {} : { last }) };
    }
    last = terminated(uid, container, restart, { start: begun, end }, { code: 137, reason: 'OOMKilled' });
    const next = end + backoff(restart);
    if (now < next) {
      const words =
        backoff(restart) >= 60_000
          ? `${Math.floor(backoff(restart) / 60_000)}m${(backoff(restart) % 60_000) / 1000}s`
          : `${backoff(restart) / 1000}s`;
      const message = `back-off ${words} restarting failed container=${container}`;
      return { state: { waiting: { reason: 'CrashLoopBackOff', message } }, ready: false, restarts: restart, last };
    }
    begun = next;
  }
}

/** Names, nodes and ages of the failing pods: the same in every demo, so that a picture of it can be told about. */
const failing: Readonly<Record<string, readonly { suffix: string; node: string; age: number }[]>> = {
  'run-eu': [
    { suffix: 'x2v8k', node: 'eu-w2-a', age: 4 * minute },
    { suffix: 'p7h2c', node: 'eu-w2-b', age: 4 * minute - 6000 },
    { suffix: 'h5w9n', node: 'eu-w1-a', age: 4 * minute - 11_000 },
  ],
  'run-us': [
    { suffix: 'k9d4t', node: 'us-e1-c', age: 4 * minute - 3000 },
    { suffix: 't8x2r', node: 'us-e1-a', age: 3 * minute + 20_000 },
  ],
};

const restartsOf = (pod: Pod): number => pod.status.containerStatuses?.[0]?.restartCount ?? 0;

/** Puts cart with its bad release into run-eu or run-us; the same Deployment without the incident elsewhere. */
export function seedBadCart(b: Builder, cluster: string, labels: Record<string, string>): void {
  const eu = cluster === 'run-eu';
  const releases = [
    { version: '2.4.0', age: 4 * minute, cause: 'flux main@7a1c4e2: cart 2.4.0' },
    { version: '2.3.1', age: 6 * day, cause: 'flux main@51d0aa8: cart 2.3.1' },
    { version: '2.3.0', age: 21 * day, cause: 'flux main@0c9e7d3: cart 2.3.0' },
    { version: '2.2.9', age: 24 * day, cause: 'ops: cart 2.2.9' },
    { version: '2.2.8', age: 41 * day, cause: 'flux main@e8b21f0: cart 2.2.8' },
  ];
  const since = rfc3339(b.start - 3 * minute - 50_000);
  const stuck = rfc3339(b.start - minute - 50_000);
  const hash = (template: Parameters<ReturnType<typeof hashFor>>[0]): string =>
    hashFor('cart', template.metadata.labels?.['app.kubernetes.io/version'] ?? '')(template);
  const name = `cart-${hash(appTemplate('cart', '2.4.0'))}`;
  const condition = (type: string, status: string, at: string, reason: string, message: string): Json => ({
    type,
    status,
    lastUpdateTime: at,
    lastTransitionTime: at,
    reason,
    message,
  });
  const updated = eu ? 3 : 2;
  const { deployment, sets } = b.deployment({
    name: 'cart',
    namespace: 'shop',
    labels,
    replicas: 3,
    revision: 14,
    generation: 27,
    age: 214 * day,
    annotations: { 'kubernetes.io/change-cause': releases[0]?.cause ?? '' },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: eu ? 3 : 2, maxSurge: 0 } },
    progressDeadlineSeconds: 120,
    releases: releases.map((r) => ({
      template: appTemplate('cart', r.version),
      age: r.age,
      annotations: { 'kubernetes.io/change-cause': r.cause },
    })),
    hash,
    sizes: eu
      ? [{ replicas: 3, ready: 0 }]
      : [
          { replicas: 2, ready: 0 },
          { replicas: 1, ready: 1 },
        ],
    status: {
      observedGeneration: 27,
      replicas: 3,
      updatedReplicas: updated,
      ...(eu ? {} : { readyReplicas: 1, availableReplicas: 1 }),
      unavailableReplicas: updated,
      conditions: [
        eu
          ? condition('Available', 'True', since, 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
          : condition(
              'Available',
              'True',
              rfc3339(b.start - 6 * day),
              'MinimumReplicasAvailable',
              'Deployment has minimum availability.',
            ),
        condition(
          'Progressing',
          'False',
          stuck,
          'ProgressDeadlineExceeded',
          `ReplicaSet "${name}" has timed out progressing.`,
        ),
      ],
    },
  });
  const [bad, good] = sets as [ReplicaSet, ReplicaSet];
  let restarts = 0;
  for (const { suffix, node, age } of failing[cluster] ?? []) {
    const pod = b.pod(bad, bad.spec.template, age, {
      name: `${bad.metadata.name}-${suffix}`,
      node,
      status: (uid, hostIP, scheduled) => {
        const c = bad.spec.template.spec.containers[0];
        if (c === undefined) throw new Error('unreachable');
        const now = crashLoop(uid, c.name, scheduled + 2000, b.start);
        const spec = { ...bad.spec.template.spec };
        return podStatus({ uid, spec }, hostIP, [containerStatus(uid, c, now)], { scheduled, ready: scheduled });
      },
    });
    restarts += restartsOf(pod);
    podEvents(b, pod, node, age);
  }
  if (!eu) b.pod(good, good.spec.template, 6 * day, { name: `${good.metadata.name}-m3pqz`, node: 'us-e1-b' });
  rolloutEvents(b, deployment, bad, good, updated, restarts);
}

function podEvents(b: Builder, pod: Pod, node: string, age: number): void {
  const kubelet = { component: 'kubelet', host: node, fieldPath: 'spec.containers{cart}' };
  const restarts = restartsOf(pod);
  const about = `${pod.metadata.name}_shop(${pod.metadata.uid})`;
  b.event(
    pod,
    {
      type: 'Normal',
      reason: 'Pulled',
      message: `Container image "${pod.spec.containers[0]?.image ?? ''}" already present on machine`,
      ...kubelet,
    },
    restarts + 1,
    age - 1000,
    20_000,
  );
  b.event(
    pod,
    { type: 'Normal', reason: 'Started', message: 'Container started', ...kubelet },
    restarts + 1,
    age - 2000,
    20_000,
  );
  if (restarts > 0)
    b.event(
      pod,
      {
        type: 'Warning',
        reason: 'BackOff',
        message: `Back-off restarting failed container cart in pod ${about}`,
        ...kubelet,
      },
      restarts * 2 + 1,
      age - 25_000,
      9000,
    );
  b.event(
    pod,
    {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      ...kubelet,
    },
    2,
    age - 14_000,
    90_000,
  );
  const found = b.world.get('nodes', node);
  if (found !== undefined && restarts > 0)
    b.event(
      found,
      {
        type: 'Warning',
        reason: 'OOMKilling',
        message: `Memory cgroup out of memory: Killed process (cart) in pod shop/${pod.metadata.name}`,
        component: 'kernel-monitor',
        host: node,
      },
      restarts,
      age - 24_000,
      20_000,
    );
}

function rolloutEvents(
  b: Builder,
  d: Deployment,
  bad: ReplicaSet,
  good: ReplicaSet,
  updated: number,
  restarts: number,
): void {
  const component = 'deployment-controller';
  const scaled = (rs: ReplicaSet, from: number, to: number): void =>
    b.event(
      d,
      {
        type: 'Normal',
        reason: 'ScalingReplicaSet',
        message: `Scaled ${to > from ? 'up' : 'down'} replica set ${rs.metadata.name} from ${from} to ${to}`,
        component,
      },
      1,
      4 * minute,
      4 * minute,
    );
  scaled(good, 3, 3 - updated);
  scaled(bad, 0, updated);
  if (restarts < 0) throw new Error('unreachable');
}

/** Checkout in run-eu: two of three pods are not ready since cart has no endpoints. */
export function hurtCheckout(b: Builder): void {
  const pods = b.world.list<Pod>('pods', 'shop').filter((p) => p.metadata.labels?.app === 'checkout');
  const sick = pods.toSorted((a, c) => byText(a.metadata.name, c.metadata.name)).slice(1);
  const since = b.start - 2 * minute - 10_000;
  for (const pod of sick) {
    const statuses = (pod.status.containerStatuses ?? []).map((s) => ({ ...s, ready: false }));
    const times = { scheduled: Date.parse(pod.status.startTime ?? ''), ready: since };
    const status = podStatus({ uid: pod.metadata.uid, spec: pod.spec }, pod.status.hostIP ?? '', statuses, times);
    b.put('pods', { ...pod, status }, b.start - Date.parse(pod.metadata.creationTimestamp), 'kube-controller-manager');
    b.event(
      pod,
      {
        type: 'Warning',
        reason: 'Unhealthy',
        message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
        component: 'kubelet',
        host: pod.spec.nodeName ?? '',
        fieldPath: 'spec.containers{checkout}',
      },
      24,
      2 * minute + 10_000,
      4000,
    );
  }
  const key = 'shop/checkout';
  const d = b.world.get<Deployment>('deployments.apps', key);
  if (d === undefined) return;
  const [set] = b.world
    .owned<ReplicaSet>('replicasets.apps', 'shop', d.metadata.uid)
    .filter((rs) => rs.spec.replicas > 0);
  const conditions = (d.status.conditions ?? []).map((c) =>
    c.type === 'Available'
      ? {
          ...c,
          status: 'False',
          lastUpdateTime: rfc3339(since),
          lastTransitionTime: rfc3339(since),
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        }
      : c,
  );
  const age = (o: { metadata: { creationTimestamp: string } }): number =>
    b.start - Date.parse(o.metadata.creationTimestamp);
  b.put(
    'deployments.apps',
    { ...d, status: { ...d.status, readyReplicas: 1, availableReplicas: 1, unavailableReplicas: 2, conditions } },
    age(d),
    'kustomize-controller',
  );
  if (set !== undefined)
    b.put(
      'replicasets.apps',
      { ...set, status: { ...set.status, readyReplicas: 1, availableReplicas: 1 } },
      age(set),
      'kube-controller-manager',
    );
}
