// The small controllers: garbage collection by owner, namespaces that end, quotas that are counted, claims that bind,
// disruption budgets.
import { at, list, text } from '../../core/object.ts';
import { storageName } from '../api/kinds.ts';
import { type ApiObject, equal, type Json, keyOf } from '../api/objects.ts';
import { selects } from '../api/selectors.ts';
import type { Change } from '../api/store.ts';
import { portion } from './deployments.ts';
import { isActive, isReady, type Pod } from './types.ts';
import type { Controller, World } from './world.ts';

/** Types whose objects are owned by others. */
const dependents = [
  'replicasets.apps',
  'controllerrevisions.apps',
  'jobs.batch',
  'pods',
  'endpointslices.discovery.k8s.io',
];
const owners = [
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'services',
];

function ownedBy(world: World, uid: string, namespace: string | undefined): { storage: string; object: ApiObject }[] {
  return dependents.flatMap((storage) =>
    world
      .list(storage, namespace)
      .filter((o) => o.metadata.ownerReferences?.some((r) => r.uid === uid))
      .map((object) => ({ storage, object })),
  );
}

/** Ends an object that waits for its dependents, or lets them go. */
function finish(world: World, storage: string, object: ApiObject): void {
  const finalizers = object.metadata.finalizers ?? [];
  const { uid, namespace } = object.metadata;
  const mine = ownedBy(world, uid, namespace);
  const drop = (name: string): void => {
    const now = world.get(storage, keyOf(object.metadata));
    if (now === undefined) return;
    const rest = (now.metadata.finalizers ?? []).filter((f) => f !== name);
    const { finalizers: _f, ...metadata } = now.metadata;
    world.update(storage, now, {
      ...now,
      metadata: { ...metadata, ...(rest.length === 0 ? {} : { finalizers: rest }) },
    });
  };
  if (finalizers.includes('orphan')) {
    for (const { storage: kind, object: child } of mine) {
      const ownerReferences = (child.metadata.ownerReferences ?? []).filter((r) => r.uid !== uid);
      world.update(kind, child, { ...child, metadata: { ...child.metadata, ownerReferences } });
    }
    drop('orphan');
  } else if (finalizers.includes('foregroundDeletion')) {
    if (mine.length === 0) drop('foregroundDeletion');
    else {
      for (const { storage: kind, object: child } of mine)
        if (child.metadata.deletionTimestamp === undefined) world.delete(kind, child);
      world.after(700, () => world.enqueue('garbage', `${storage} ${keyOf(object.metadata)}`));
    }
  }
}

export const garbage: Controller = {
  name: 'garbage',
  watches: owners,

  keysFor(_world: World, storage: string, change: Change): readonly string[] {
    const { object } = change.entry;
    if (change.type === 'DELETED') return [`gone ${object.metadata.uid} ${object.metadata.namespace ?? ''}`];
    const marked =
      object.metadata.deletionTimestamp !== undefined && change.before?.object.metadata.deletionTimestamp === undefined;
    return marked ? [`${storage} ${change.entry.key}`] : [];
  },

  reconcile(world: World, key: string): void {
    const [storage = '', name = '', namespace] = key.split(' ');
    if (storage === 'gone') {
      for (const { storage: kind, object } of ownedBy(world, name, namespace === '' ? undefined : namespace))
        world.delete(kind, object);
      return;
    }
    const object = world.get(storage, name);
    if (object !== undefined) finish(world, storage, object);
  },
};

export const namespaces: Controller = {
  name: 'namespaces',
  watches: ['namespaces'],

  keysFor(world: World, _storage: string, change: Change): readonly string[] {
    const { object } = change.entry;
    if (change.type === 'ADDED') {
      const { name } = object.metadata;
      world.after(200, () => {
        if (
          world.get('namespaces', name) === undefined ||
          world.get('serviceaccounts', `${name}/default`) !== undefined
        )
          return;
        world.create('serviceaccounts', {
          kind: 'ServiceAccount',
          apiVersion: 'v1',
          metadata: { name: 'default', namespace: name },
        });
      });
    }
    return change.type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined ? [change.entry.key] : [];
  },

  reconcile(world: World, key: string): void {
    const namespace = world.get('namespaces', key);
    if (namespace === undefined) return;
    let left = 0;
    for (const resource of world.cluster.resources) {
      if (!resource.namespaced || resource.backing !== 'stored') continue;
      for (const object of world.list(storageName(resource), key)) {
        left++;
        if (object.metadata.deletionTimestamp === undefined) world.delete(storageName(resource), object);
      }
    }
    if (left > 0) return world.after(900, () => world.enqueue('namespaces', key));
    world.cluster.store.remove(world.cluster.type('namespaces'), key);
  },
};

export const quotas: Controller = {
  name: 'quotas',
  watches: ['resourcequotas', 'pods'],

  keysFor(world: World, storage: string, change: Change): readonly string[] {
    if (storage === 'resourcequotas') return change.type === 'DELETED' ? [] : [change.entry.key];
    if (change.type === 'MODIFIED') return [];
    return world.list('resourcequotas', change.entry.object.metadata.namespace).map((q) => world.keyOf(q));
  },

  reconcile(world: World, key: string): void {
    const quota = world.get(`resourcequotas`, key);
    if (quota === undefined) return;
    const hard = (at(quota, 'spec', 'hard') ?? {}) as Record<string, string>;
    const pods = world.list<Pod>('pods', quota.metadata.namespace).filter((p) => isActive(p));
    const used = Object.fromEntries(
      Object.entries(hard).map(([k, v]) => [
        k,
        k === 'pods' ? String(pods.length) : text(quota, 'status', 'used', k) || shareOf(v),
      ]),
    );
    const status = { hard, used };
    if (!equal(quota.status, status)) world.updateStatus('resourcequotas', quota, status);
  },
};

/** Of what is not counted here, two fifths are in use. */
const shareOf = (quantity: string): string => {
  const found = /^(\d+)(.*)$/.exec(quantity);
  return found === null ? '0' : `${Math.floor(Number(found[1]) * 0.4)}${found[2]}`;
};

export const claims: Controller = {
  name: 'claims',
  watches: ['persistentvolumeclaims'],

  keysFor(world: World, _storage: string, change: Change): readonly string[] {
    if (change.type === 'DELETED') {
      const volume = text(change.entry.object, 'spec', 'volumeName');
      const found = world.get('persistentvolumes', volume);
      if (found !== undefined) world.delete('persistentvolumes', found);
      return [];
    }
    return text(change.entry.object, 'status', 'phase') === 'Pending' ? [change.entry.key] : [];
  },

  reconcile(world: World, key: string): void {
    const claim = world.get('persistentvolumeclaims', key);
    if (claim === undefined || text(claim, 'status', 'phase') !== 'Pending') return;
    const className = text(claim, 'spec', 'storageClassName') || 'standard';
    const storageClass = world.get('storageclasses.storage.k8s.io', className);
    if (storageClass === undefined) {
      world.recorder.record(claim, {
        type: 'Warning',
        reason: 'ProvisioningFailed',
        message: `storageclass.storage.k8s.io "${className}" not found`,
        component: 'persistentvolume-controller',
      });
      return world.after(15_000, () => world.enqueue('claims', key));
    }
    world.after(1200, () => bind(world, key, className));
  },
};

function bind(world: World, key: string, className: string): void {
  const claim = world.get('persistentvolumeclaims', key);
  if (claim === undefined || text(claim, 'status', 'phase') !== 'Pending') return;
  const capacity = at(claim, 'spec', 'resources', 'requests') as Json;
  const accessModes = list(claim, 'spec', 'accessModes');
  const name = `pvc-${claim.metadata.uid}`;
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    namespace: claim.metadata.namespace,
    name: claim.metadata.name,
    uid: claim.metadata.uid,
    apiVersion: 'v1',
  };
  world.create('persistentvolumes', {
    kind: 'PersistentVolume',
    apiVersion: 'v1',
    metadata: { name },
    spec: {
      capacity,
      accessModes,
      claimRef,
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: className,
      volumeMode: 'Filesystem',
    },
    status: { phase: 'Bound' },
  });
  const bound = world.update('persistentvolumeclaims', claim, {
    ...claim,
    spec: { ...(claim.spec as Json), volumeName: name, storageClassName: className },
  });
  world.updateStatus('persistentvolumeclaims', bound, { phase: 'Bound', accessModes, capacity });
  world.recorder.record(claim, {
    type: 'Normal',
    reason: 'ProvisioningSucceeded',
    message: `Successfully provisioned volume ${name}`,
    component: 'csi-provisioner',
  });
}

export const budgets: Controller = {
  name: 'budgets',
  watches: ['poddisruptionbudgets.policy', 'pods'],

  keysFor(world: World, storage: string, change: Change): readonly string[] {
    if (storage !== 'pods') return change.type === 'DELETED' ? [] : [change.entry.key];
    const pod = change.entry.object;
    return world
      .list('poddisruptionbudgets.policy', pod.metadata.namespace)
      .filter((b) => selects(at(b, 'spec', 'selector'), pod.metadata.labels))
      .map((b) => world.keyOf(b));
  },

  reconcile(world: World, key: string): void {
    const budget = world.get('poddisruptionbudgets.policy', key);
    if (budget === undefined) return;
    const pods = world
      .list<Pod>('pods', budget.metadata.namespace)
      .filter((p) => selects(at(budget, 'spec', 'selector'), p.metadata.labels) && isActive(p));
    const healthy = pods.filter(isReady).length;
    const least = at(budget, 'spec', 'minAvailable') as number | string | undefined;
    const most = at(budget, 'spec', 'maxUnavailable') as number | string | undefined;
    const desired =
      least === undefined ? pods.length - portion(most ?? 1, pods.length, true) : portion(least, pods.length, true);
    const allowed = Math.max(0, healthy - desired);
    const condition = {
      type: 'DisruptionAllowed',
      status: allowed > 0 ? 'True' : 'False',
      observedGeneration: budget.metadata.generation ?? 1,
      lastTransitionTime: text(list(budget, 'status', 'conditions')[0], 'lastTransitionTime') || world.time(),
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    };
    const status = {
      observedGeneration: budget.metadata.generation ?? 1,
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: pods.length,
      conditions: [condition],
    };
    if (!equal(budget.status, status)) world.updateStatus('poddisruptionbudgets.policy', budget, status);
  },
};
