// Who else sets the number of replicas. Found by what they point at, never by a label: the target carries no mark of them.
import type { PlanWarning } from '../../core/action.ts';
import type { ObjectRef } from '../../core/ids.ts';
import { type KubeObject, number, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import type { ActionCluster } from '../action-cluster.ts';
import { listOf } from '../read-target.ts';

export type Autoscaler = {
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly name: string;
  readonly min: number;
  readonly max: number;
};

const isServed = ({ discovery }: ActionCluster, group: string, resource: string): boolean =>
  discovery.resources.some((r) => r.group === group && r.resource === resource);

/** HPAs and KEDA's ScaledObjects that scale this object. */
export async function autoscalersOf(cluster: ActionCluster, target: ObjectRef): Promise<readonly Autoscaler[]> {
  const { namespace } = target;
  const [hpas, scaled] = await Promise.all([
    listOf(cluster, { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers', namespace }),
    isServed(cluster, 'keda.sh', 'scaledobjects')
      ? listOf(cluster, { group: 'keda.sh', version: 'v1alpha1', resource: 'scaledobjects', namespace })
      : [],
  ]);
  return [
    ...scaled.filter((one) => pointsAt(one, target)).map((one) => read(one, 'ScaledObject')),
    // KEDA owns an HPA of its own: one of the two is enough to be told of.
    ...hpas
      .filter((one) => pointsAt(one, target) && text(one, 'metadata', 'labels', 'scaledobject.keda.sh/name') === '')
      .map((one) => read(one, 'HorizontalPodAutoscaler')),
  ];
}

/** KEDA's default kind is Deployment; both default to the group of the kind they name. */
function pointsAt(scaler: KubeObject, { kind, name, type }: ObjectRef): boolean {
  const wanted = text(scaler, 'spec', 'scaleTargetRef', 'kind') || 'Deployment';
  const version = text(scaler, 'spec', 'scaleTargetRef', 'apiVersion');
  const group = version.includes('/') ? (version.split('/')[0] ?? '') : type.group;
  return text(scaler, 'spec', 'scaleTargetRef', 'name') === name && wanted === kind && group === type.group;
}

function read(scaler: KubeObject, kind: Autoscaler['kind']): Autoscaler {
  const isKeda = kind === 'ScaledObject';
  const [min, max] = isKeda ? ['minReplicaCount', 'maxReplicaCount'] : ['minReplicas', 'maxReplicas'];
  return {
    kind,
    name: cell(text(scaler, 'metadata', 'name')),
    min: number(scaler, 'spec', min ?? '') ?? (isKeda ? 0 : 1),
    max: number(scaler, 'spec', max ?? '') ?? (isKeda ? 100 : 1),
  };
}

/** Warns and names what lasts; never stops: scaling to 0 under an HPA is a switch that people on call need. */
export const autoscalerWarnings = (scalers: readonly Autoscaler[], replicas: number): readonly PlanWarning[] =>
  scalers.map(({ kind, name, min, max }) => {
    const who = `${kind === 'ScaledObject' ? 'KEDA' : 'HPA'} ${name} (${min}–${max})`;
    if (kind === 'HorizontalPodAutoscaler' && replicas === 0)
      return { severity: 'info', text: `${who} stands still while there are 0 replicas, and goes on at 1` };
    const isOutside = replicas < min || replicas > max;
    return {
      severity: 'warn',
      text: isOutside
        ? `${who} pulls it back between ${min} and ${max} within a minute; change those to make it last`
        : `${who} sets this number by its metrics: it will drift from ${replicas}`,
    };
  });
