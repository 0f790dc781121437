// The StatefulSet controller: ordinals one after the other, partitioned rolling updates from the highest down, claims.
import { equal } from '../api/objects.ts';
import type { Change } from '../api/store.ts';
import { createPod } from './replicasets.ts';
import { currentRevision, podHash, type Revision, revisionsOf } from './revisions.ts';
import { isReady, type Pod, type StatefulSet } from './types.ts';
import { type Controller, ownerKeys, type World } from './world.ts';

const ordinalOf = (pod: Pod): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
const hashOf = (pod: Pod): string => pod.metadata.labels?.['controller-revision-hash'] ?? '';

function claims(world: World, set: StatefulSet, ordinal: number): { name: string; claim: string }[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const claim = `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
    if (world.get('persistentvolumeclaims', `${set.metadata.namespace}/${claim}`) === undefined)
      world.create('persistentvolumeclaims', {
        kind: 'PersistentVolumeClaim',
        apiVersion: 'v1',
        metadata: {
          name: claim,
          ...(set.metadata.namespace === undefined ? {} : { namespace: set.metadata.namespace }),
          labels: { ...set.spec.selector.matchLabels },
        },
        spec: template.spec,
      });
    return { name: template.metadata.name, claim };
  });
}

function make(world: World, set: StatefulSet, ordinal: number, revision: Revision): void {
  const template = (revision.data.spec as { template: StatefulSet['spec']['template'] & { $patch?: string } }).template;
  const { $patch: _p, ...clean } = template;
  const volumes = claims(world, set, ordinal).map(({ name, claim }) => ({
    name,
    persistentVolumeClaim: { claimName: claim },
  }));
  const name = `${set.metadata.name}-${ordinal}`;
  createPod(world, set, clean, 'statefulset-controller', {
    name,
    labels: {
      'apps.kubernetes.io/pod-index': String(ordinal),
      'controller-revision-hash': podHash(set, revision),
      'statefulset.kubernetes.io/pod-name': name,
    },
    spec: {
      hostname: name,
      ...(set.spec.serviceName === undefined ? {} : { subdomain: set.spec.serviceName }),
      ...(volumes.length === 0 ? {} : { volumes: [...(clean.spec.volumes ?? []), ...volumes] }),
    },
  });
}

/** One step; the next follows when the pod it waits for changes. */
function step(world: World, set: StatefulSet, pods: readonly Pod[], update: Revision, current: Revision): void {
  const wanted = set.spec.replicas;
  const ordered = set.spec.podManagementPolicy !== 'Parallel';
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let ordinal = 0; ordinal < wanted; ordinal++) {
    const pod = pods.find((p) => ordinalOf(p) === ordinal);
    if (pod === undefined) make(world, set, ordinal, ordinal < partition ? current : update);
    else if (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') world.delete('pods', pod);
    else if (isReady(pod) && pod.metadata.deletionTimestamp === undefined) continue;
    if (ordered) return;
  }
  const surplus = pods.filter((p) => ordinalOf(p) >= wanted).sort((a, b) => ordinalOf(b) - ordinalOf(a));
  for (const pod of surplus) {
    if (pod.metadata.deletionTimestamp === undefined) world.delete('pods', pod);
    if (ordered) return;
  }
  if (set.spec.updateStrategy?.type === 'OnDelete') return;
  for (let ordinal = wanted - 1; ordinal >= partition; ordinal--) {
    const pod = pods.find((p) => ordinalOf(p) === ordinal);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    if (hashOf(pod) !== podHash(set, update)) return world.delete('pods', pod);
    if (!isReady(pod)) return;
  }
}

export const statefulSets: Controller = {
  name: 'statefulsets',
  watches: ['statefulsets.apps', 'pods'],

  keysFor(_world: World, storage: string, change: Change): readonly string[] {
    return storage === 'statefulsets.apps' ? [change.entry.key] : ownerKeys('StatefulSet', change);
  },

  reconcile(world: World, key: string): void {
    const set = world.get<StatefulSet>('statefulsets.apps', key);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const update = currentRevision(world, set);
    const read = (): Pod[] => world.owned<Pod>('pods', set.metadata.namespace, set.metadata.uid);
    const known = revisionsOf(world, set).find((r) => r.metadata.name === set.status.currentRevision);
    step(world, set, read(), update, known ?? update);
    const pods = read().filter((p) => ordinalOf(p) < set.spec.replicas);
    const updated = pods.filter((p) => hashOf(p) === podHash(set, update)).length;
    const done = updated === set.spec.replicas && pods.every(isReady);
    const currentName = done || known === undefined ? update.metadata.name : known.metadata.name;
    const ready = pods.filter(isReady).length;
    const onCurrent = pods.filter((p) => hashOf(p) === currentName).length;
    const status = {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      ...(ready === 0 ? {} : { readyReplicas: ready }),
      ...(onCurrent === 0 ? {} : { currentReplicas: onCurrent }),
      ...(updated === 0 ? {} : { updatedReplicas: updated }),
      currentRevision: currentName,
      updateRevision: update.metadata.name,
      collisionCount: 0,
      availableReplicas: ready,
    };
    const fresh = world.get<StatefulSet>('statefulsets.apps', key);
    if (fresh !== undefined && !equal(fresh.status, status)) world.updateStatus('statefulsets.apps', fresh, status);
  },
};
