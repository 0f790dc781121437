// The scheduler: a node for every pod without one, or the reasons why none fits.

import { rfc3339 } from '../api/objects.ts';
import type { Change } from '../api/store.ts';
import { isActive, type Node, type Pod } from './types.ts';
import type { Controller, World } from './world.ts';

/** Cores of `250m`, `2`. */
export const cores = (quantity: string | undefined): number =>
  quantity === undefined
    ? 0
    : quantity.endsWith('m')
      ? Number.parseFloat(quantity) / 1000
      : Number.parseFloat(quantity);

const units: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  M: 1e6,
  G: 1e9,
};

/** Bytes of `512Mi`, `2G`. */
export function bytes(quantity: string | undefined): number {
  const found = /^([\d.]+)([A-Za-z]*)$/.exec(quantity ?? '0');
  return found === null ? 0 : Number(found[1]) * (units[found[2] ?? ''] ?? 1);
}

export function requestsOf(pod: Pod): { cpu: number; memory: number } {
  let [cpu, memory] = [0, 0];
  for (const c of pod.spec.containers) {
    const wanted = { ...c.resources?.limits, ...c.resources?.requests };
    cpu += cores(wanted.cpu);
    memory += bytes(wanted.memory);
  }
  return { cpu, memory };
}

function refusal(node: Node, pod: Pod, used: { cpu: number; memory: number; pods: number }): string | null {
  const tolerated = (key: string, effect: string): boolean =>
    ((pod.spec.tolerations ?? []) as { key?: string; operator?: string; effect?: string }[]).some(
      (t) =>
        (t.key === undefined || t.key === key) && (t.effect === undefined || t.effect === '' || t.effect === effect),
    );
  if (node.spec.unschedulable === true && !tolerated('node.kubernetes.io/unschedulable', 'NoSchedule'))
    return 'node(s) were unschedulable';
  const taint = (node.spec.taints ?? []).find((t) => t.effect !== 'PreferNoSchedule' && !tolerated(t.key, t.effect));
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  const labels = node.metadata.labels ?? {};
  if (Object.entries(pod.spec.nodeSelector ?? {}).some(([k, v]) => labels[k] !== v))
    return "node(s) didn't match Pod's node affinity/selector";
  const wanted = requestsOf(pod);
  const room = node.status.allocatable ?? {};
  if (used.pods + 1 > Number(room.pods ?? 110)) return 'Too many pods';
  if (used.cpu + wanted.cpu > cores(room.cpu)) return 'Insufficient cpu';
  if (used.memory + wanted.memory > bytes(room.memory)) return 'Insufficient memory';
  return null;
}

/** Assigns a node as the binding subresource does. */
function bind(world: World, pod: Pod, node: string): void {
  const conditions = [
    { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: rfc3339(world.now()) },
  ];
  const bound = { ...pod, spec: { ...pod.spec, nodeName: node }, status: { ...pod.status, conditions } };
  world.cluster.store.commit(world.cluster.type('pods'), bound);
  world.recorder.record(pod, {
    type: 'Normal',
    reason: 'Scheduled',
    message: `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node}`,
    component: 'default-scheduler',
  });
}

export const scheduler: Controller = {
  name: 'scheduler',
  watches: ['pods', 'nodes'],

  keysFor(world: World, storage: string, change: Change): readonly string[] {
    const pending = (p: Pod): boolean => p.spec.nodeName === undefined && p.metadata.deletionTimestamp === undefined;
    if (storage === 'pods') {
      if (change.type === 'DELETED') return pendingKeys(world);
      return change.type === 'ADDED' && pending(change.entry.object as Pod) ? [change.entry.key] : [];
    }
    const spec = JSON.stringify(change.before?.object.spec) !== JSON.stringify(change.entry.object.spec);
    return spec ? pendingKeys(world) : [];
  },

  reconcile(world: World, key: string): void {
    const pod = world.get<Pod>('pods', key);
    if (pod === undefined || pod.spec.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const used = new Map<string, { cpu: number; memory: number; pods: number }>();
    for (const other of world.list<Pod>('pods')) {
      if (other.spec.nodeName === undefined || !isActive(other)) continue;
      const sum = used.get(other.spec.nodeName) ?? { cpu: 0, memory: 0, pods: 0 };
      const wants = requestsOf(other);
      used.set(other.spec.nodeName, {
        cpu: sum.cpu + wants.cpu,
        memory: sum.memory + wants.memory,
        pods: sum.pods + 1,
      });
    }
    const nodes = world.list<Node>('nodes');
    const reasons = new Map<string, number>();
    let best: { name: string; load: number } | undefined;
    for (const node of nodes) {
      const name = node.metadata.name;
      const load = used.get(name) ?? { cpu: 0, memory: 0, pods: 0 };
      const why = refusal(node, pod, load);
      if (why !== null) reasons.set(why, (reasons.get(why) ?? 0) + 1);
      else if (best === undefined || load.cpu < best.load) best = { name, load: load.cpu };
    }
    if (best !== undefined) return bind(world, pod, best.name);
    const words = [...reasons].map(([why, n]) => `${n} ${why}`).sort();
    const message = `0/${nodes.length} nodes are available: ${words.join(', ')}. preemption: 0/${nodes.length} nodes are available: ${nodes.length} No preemption victims found for incoming pod.`;
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: rfc3339(world.now()),
        reason: 'Unschedulable',
        message,
      },
    ];
    if (pod.status.conditions?.[0]?.message !== message)
      world.updateStatus('pods', pod, { ...pod.status, conditions }, 'kube-scheduler');
    world.recorder.record(pod, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message,
      component: 'default-scheduler',
    });
    world.after(60_000, () => world.enqueue('scheduler', key));
  },
};

function pendingKeys(world: World): string[] {
  const out: string[] = [];
  for (const pod of world.list<Pod>('pods'))
    if (pod.spec.nodeName === undefined && pod.metadata.deletionTimestamp === undefined) out.push(world.keyOf(pod));
  return out;
}
