// The ReplicaSet controller: as many pods as asked for, and how many of them are ready.

import type { ApiObject } from '../api/objects.ts';
import { equal } from '../api/objects.ts';
import { ApiFailure } from '../api/status-bodies.ts';
import type { Change } from '../api/store.ts';
import { byText } from '../random.ts';
import { conditionOf, isActive, isReady, type Pod, type ReplicaSet, type Template } from './types.ts';
import { type Controller, controllerRef, ownerKeys, type World } from './world.ts';

/** Makes one pod of a template; a refusal (quota) becomes an event and is returned as its message. */
export function createPod(
  world: World,
  owner: ApiObject,
  template: Template,
  component: string,
  more: { readonly name?: string; readonly labels?: Record<string, string>; readonly spec?: Partial<Pod['spec']> } = {},
): string | null {
  try {
    const pod = world.create<Pod>('pods', {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {
        ...(more.name === undefined ? { generateName: `${owner.metadata.name}-` } : { name: more.name }),
        ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
        labels: { ...template.metadata.labels, ...more.labels },
        ...(template.metadata.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
        ownerReferences: [controllerRef(owner)],
      },
      spec: { ...template.spec, ...more.spec },
    });
    world.recorder.record(owner, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message:
        more.name === undefined
          ? `Created pod: ${pod.metadata.name}`
          : `create Pod ${pod.metadata.name} in ${owner.kind} ${owner.metadata.name} successful`,
      component,
    });
    return null;
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    world.recorder.record(owner, {
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating: ${error.message}`,
      component,
    });
    return error.message;
  }
}

/** Which pods go first when there are too many: unscheduled, not ready, younger. */
export const byUselessness = (a: Pod, b: Pod): number =>
  Number(a.spec.nodeName !== undefined) - Number(b.spec.nodeName !== undefined) ||
  Number(isReady(a)) - Number(isReady(b)) ||
  byText(b.metadata.creationTimestamp, a.metadata.creationTimestamp) ||
  byText(a.metadata.name, b.metadata.name);

/** Ready for at least so long. */
function isAvailable(world: World, pod: Pod, minReadySeconds: number): boolean {
  if (!isReady(pod)) return false;
  const since = Date.parse(conditionOf(pod.status.conditions, 'Ready')?.lastTransitionTime ?? '');
  return minReadySeconds === 0 || world.now() - since >= minReadySeconds * 1000;
}

export const replicaSets: Controller = {
  name: 'replicasets',
  watches: ['replicasets.apps', 'pods'],

  keysFor(_world: World, storage: string, change: Change): readonly string[] {
    return storage === 'replicasets.apps' ? [change.entry.key] : ownerKeys('ReplicaSet', change);
  },

  reconcile(world: World, key: string): void {
    const rs = world.get<ReplicaSet>('replicasets.apps', key);
    if (rs === undefined || rs.metadata.deletionTimestamp !== undefined) return;
    const pods = (): Pod[] => world.owned<Pod>('pods', rs.metadata.namespace, rs.metadata.uid).filter(isActive);
    const have = pods();
    let refused: string | null = null;
    for (let i = have.length; i < rs.spec.replicas && refused === null; i++)
      refused = createPod(world, rs, rs.spec.template, 'replicaset-controller');
    if (refused !== null) world.after(15_000, () => world.enqueue('replicasets', key));
    for (const pod of have.toSorted(byUselessness).slice(0, Math.max(0, have.length - rs.spec.replicas))) {
      world.delete('pods', pod);
      world.recorder.record(rs, {
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message: `Deleted pod: ${pod.metadata.name}`,
        component: 'replicaset-controller',
      });
    }
    const now = pods();
    const ready = now.filter(isReady).length;
    const least = Number((rs.spec as { minReadySeconds?: number }).minReadySeconds ?? 0);
    const available = now.filter((p) => isAvailable(world, p, least)).length;
    if (available < ready) world.after(least * 1000 + 500, () => world.enqueue('replicasets', key));
    const status = {
      replicas: now.length,
      ...(now.length === 0 ? {} : { fullyLabeledReplicas: now.length }),
      ...(ready === 0 ? {} : { readyReplicas: ready }),
      ...(available === 0 ? {} : { availableReplicas: available }),
      observedGeneration: rs.metadata.generation ?? 1,
      ...(refused === null
        ? {}
        : {
            conditions: [
              {
                type: 'ReplicaFailure',
                status: 'True',
                lastTransitionTime: world.time(),
                reason: 'FailedCreate',
                message: refused,
              },
            ],
          }),
    };
    const fresh = world.get<ReplicaSet>('replicasets.apps', key);
    if (fresh !== undefined && !equal(fresh.status, status)) world.updateStatus('replicasets.apps', fresh, status);
  },
};
