// The DaemonSet controller: one pod on every node that tolerates it, rolling updates node by node.
import { equal } from '../api/objects.ts';
import type { Change } from '../api/store.ts';
import { portion } from './deployments.ts';
import { createPod } from './replicasets.ts';
import { currentRevision, podHash } from './revisions.ts';
import { type DaemonSet, isReady, type Node, type Pod } from './types.ts';
import { type Controller, ownerKeys, type World } from './world.ts';

const tolerated = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

const runsOn = (node: Node, set: DaemonSet): boolean =>
  Object.entries(set.spec.template.spec.nodeSelector ?? {}).every(([k, v]) => node.metadata.labels?.[k] === v);

export const daemonSets: Controller = {
  name: 'daemonsets',
  watches: ['daemonsets.apps', 'pods', 'nodes'],

  keysFor(world: World, storage: string, change: Change): readonly string[] {
    if (storage === 'daemonsets.apps') return [change.entry.key];
    if (storage === 'pods') return ownerKeys('DaemonSet', change);
    return change.type === 'MODIFIED' ? [] : world.list<DaemonSet>('daemonsets.apps').map((d) => world.keyOf(d));
  },

  reconcile(world: World, key: string): void {
    const set = world.get<DaemonSet>('daemonsets.apps', key);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const revision = currentRevision(world, set);
    const hash = podHash(set, revision);
    const nodes = world.list<Node>('nodes').filter((n) => runsOn(n, set));
    const read = (): Pod[] => world.owned<Pod>('pods', set.metadata.namespace, set.metadata.uid);
    const on = (pods: readonly Pod[], name: string): Pod[] => pods.filter((p) => p.spec.nodeName === name);
    const pods = read();
    const isCurrent = (p: Pod): boolean => p.metadata.labels?.['controller-revision-hash'] === hash;
    for (const node of nodes)
      if (on(pods, node.metadata.name).length === 0)
        createPod(world, set, set.spec.template, 'daemonset-controller', {
          labels: { 'controller-revision-hash': hash, 'pod-template-generation': String(set.metadata.generation ?? 1) },
          spec: { nodeName: node.metadata.name, tolerations: tolerated },
        });
    for (const pod of pods) if (!nodes.some((n) => n.metadata.name === pod.spec.nodeName)) world.delete('pods', pod, 0);
    if (set.spec.updateStrategy?.type !== 'OnDelete') {
      const limit = Math.max(
        1,
        portion(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, nodes.length, true),
      );
      let down = nodes.filter(
        (n) => !on(pods, n.metadata.name).some((p) => isReady(p) && p.metadata.deletionTimestamp === undefined),
      ).length;
      for (const pod of pods) {
        if (isCurrent(pod) || pod.metadata.deletionTimestamp !== undefined) continue;
        if (isReady(pod)) {
          if (down >= limit) continue;
          down++;
        }
        world.delete('pods', pod);
      }
    }
    const now = read().filter((p) => p.metadata.deletionTimestamp === undefined);
    const ready = now.filter(isReady).length;
    const desired = nodes.length;
    const updated = now.filter(isCurrent).length;
    const status = {
      currentNumberScheduled: now.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: desired,
      numberReady: ready,
      observedGeneration: set.metadata.generation ?? 1,
      ...(updated === 0 ? {} : { updatedNumberScheduled: updated }),
      ...(ready === 0 ? {} : { numberAvailable: ready }),
      ...(desired - ready === 0 ? {} : { numberUnavailable: desired - ready }),
    };
    const fresh = world.get<DaemonSet>('daemonsets.apps', key);
    if (fresh !== undefined && !equal(fresh.status, status)) world.updateStatus('daemonsets.apps', fresh, status);
  },
};
