// Node life: leases and heartbeats, nodes whose kubelet is silent, and what becomes of their pods.
import { type ApiObject, rfc3339, rfc3339Micro } from '../api/objects.ts';
import { type Condition, conditionOf, isReady, type Node, type Pod } from './types.ts';
import type { World } from './world.ts';

const leaseEveryMs = 10_000;
/** A kubelet writes its unchanged status this rarely. */
const statusEveryMs = 300_000;
/** Silence after which the node controller gives a node up. */
export const graceMs = 40_000;
const downKey = 'demo.flagbridge.dev/down';

const isDown = (node: Node): boolean => node.metadata.annotations?.[downKey] === 'true';

/** Starts the heartbeats of every node, spread over the interval. */
export function startHeartbeats(world: World): void {
  world.list<Node>('nodes').forEach((node, i, all) => {
    const { name } = node.metadata;
    const beat = (): void => {
      const now = world.get<Node>('nodes', name);
      if (now === undefined) return;
      const lease = world.get<ApiObject & { spec: object }>('leases.coordination.k8s.io', `kube-node-lease/${name}`);
      if (lease !== undefined && !isDown(now))
        world.update(
          'leases.coordination.k8s.io',
          lease,
          { ...lease, spec: { ...lease.spec, renewTime: rfc3339Micro(world.now()) } },
          'kubelet',
        );
      world.after(leaseEveryMs, beat);
    };
    const report = (): void => {
      const now = world.get<Node>('nodes', name);
      if (now === undefined) return;
      if (!isDown(now)) {
        const conditions = now.status.conditions.map((c) => ({ ...c, lastHeartbeatTime: rfc3339(world.now()) }));
        world.updateStatus('nodes', now, { ...now.status, conditions }, 'kubelet');
      }
      world.after(statusEveryMs, report);
    };
    world.after((leaseEveryMs * i) / all.length, beat);
    world.after((statusEveryMs * (i + 0.5)) / all.length, report);
  });
}

function mark(world: World, name: string, down: boolean): Node | undefined {
  const node = world.get<Node>('nodes', name);
  if (node === undefined) return undefined;
  const { [downKey]: _down, ...annotations } = node.metadata.annotations ?? {};
  const next = { ...annotations, ...(down ? { [downKey]: 'true' } : {}) };
  return world.update('nodes', node, { ...node, metadata: { ...node.metadata, annotations: next } }, 'demo');
}

function setReady(world: World, name: string, ready: boolean): void {
  const node = world.get<Node>('nodes', name);
  if (node === undefined) return;
  const now = rfc3339(world.now());
  const conditions: Condition[] = node.status.conditions.map((c) => {
    if (!ready)
      return {
        ...c,
        status: 'Unknown',
        lastTransitionTime: c.status === 'Unknown' ? (c.lastTransitionTime ?? now) : now,
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      };
    const good = goodWords[c.type] ?? ['KubeletReady', 'kubelet is posting ready status'];
    return {
      ...c,
      status: c.type === 'Ready' ? 'True' : 'False',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
      reason: good[0],
      message: good[1],
    };
  });
  const updated = world.updateStatus<Node>('nodes', node, { ...node.status, conditions }, 'kube-controller-manager');
  const taints = (updated.spec.taints ?? []).filter((t) => t.key !== 'node.kubernetes.io/unreachable');
  if (!ready)
    taints.push(
      { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: now },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: now },
    );
  const { taints: _t, ...spec } = updated.spec;
  world.update('nodes', updated, { ...updated, spec: { ...spec, ...(taints.length === 0 ? {} : { taints }) } });
  world.recorder.record(updated, {
    type: 'Normal',
    reason: ready ? 'NodeReady' : 'NodeNotReady',
    message: `Node ${name} status is now: ${ready ? 'NodeReady' : 'NodeNotReady'}`,
    component: ready ? 'kubelet' : 'node-controller',
    ...(ready ? { host: name } : {}),
  });
}

const goodWords: Readonly<Record<string, readonly [string, string]>> = {
  MemoryPressure: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  DiskPressure: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  PIDPressure: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
};

function setPodsReady(world: World, name: string, ready: boolean): void {
  for (const pod of world.list<Pod>('pods').filter((p) => p.spec.nodeName === name)) {
    if (pod.status.phase !== 'Running' || isReady(pod) === ready) continue;
    if (ready && pod.status.containerStatuses?.some((c) => !c.ready) === true) continue;
    const now = rfc3339(world.now());
    const conditions = (pod.status.conditions ?? []).map((c) =>
      c.type === 'Ready' ? { ...c, status: ready ? 'True' : 'False', lastTransitionTime: now } : c,
    );
    world.updateStatus('pods', pod, { ...pod.status, conditions }, 'kube-controller-manager');
    if (!ready)
      world.recorder.record(pod, {
        type: 'Warning',
        reason: 'NodeNotReady',
        message: 'Node is not ready',
        component: 'node-controller',
      });
  }
}

/** The node's kubelet stops now; after the grace time the node is NotReady and its pods with it. */
export function stopNode(world: World, name: string, grace = graceMs): void {
  if (mark(world, name, true) === undefined) throw new Error(`no node ${name} in ${world.cluster.name}`);
  world.after(grace, () => {
    const node = world.get<Node>('nodes', name);
    if (node === undefined || !isDown(node)) return;
    setReady(world, name, false);
    setPodsReady(world, name, false);
    // The pods that tolerate it for five minutes are then evicted, by deletion that waits for the kubelet.
    world.after(300_000, () => {
      const then = world.get<Node>('nodes', name);
      if (then === undefined || !isDown(then)) return;
      for (const pod of world.list<Pod>('pods'))
        if (pod.spec.nodeName === name && !pod.metadata.ownerReferences?.some((r) => r.kind === 'DaemonSet')) {
          world.recorder.record(pod, {
            type: 'Normal',
            reason: 'TaintManagerEviction',
            message: `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
            component: 'taint-eviction-controller',
          });
          world.delete('pods', pod);
        }
    });
  });
}

/** The kubelet is back: the node is Ready again at once. */
export function startNode(world: World, name: string): void {
  const node = mark(world, name, false);
  if (node === undefined) return;
  if (conditionOf(node.status.conditions, 'Ready')?.status === 'True') return;
  setReady(world, name, true);
  setPodsReady(world, name, true);
}
