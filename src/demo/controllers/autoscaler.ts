// HorizontalPodAutoscalers: status from the usage that metrics.k8s.io shows, and scaling within their bounds.
import { at, list, number, text } from '../../core/object.ts';
import { type ApiObject, equal, type Json } from '../api/objects.ts';
import { selects } from '../api/selectors.ts';
import { usageOf } from '../usage.ts';
import { cores } from './scheduler.ts';
import { type Condition, type Deployment, isReady, type Pod, withCondition } from './types.ts';
import type { World } from './world.ts';

const everyMs = 30_000;
/** Utilisation that is shown moves in steps of at least this many points, so that a cluster at rest is quiet. */
const shownStep = 8;
const kinds: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  ReplicaSet: 'replicasets.apps',
};

/** CPU of the ready pods in per cent of what they request; null when no ready pod says anything. */
function measure(world: World, target: Deployment): { utilization: number; averageMillis: number } | null {
  const pods = world
    .list<Pod>('pods', target.metadata.namespace)
    .filter((p) => selects(target.spec.selector, p.metadata.labels) && isReady(p));
  let used = 0;
  let asked = 0;
  for (const pod of pods)
    for (const c of pod.spec.containers) {
      used += usageOf(pod, c, world.now()).cores;
      asked += cores(c.resources?.requests?.cpu);
    }
  if (pods.length === 0 || asked === 0) return null;
  return { utilization: Math.round((used / asked) * 100), averageMillis: Math.round((used / pods.length) * 1000) };
}

type Wish = { readonly desired: number; readonly limit: 'TooManyReplicas' | 'TooFewReplicas' | null };

function wishOf(hpa: ApiObject, current: number, utilization: number | null): Wish {
  if (current === 0 || utilization === null) return { desired: current, limit: null };
  const goal = number(list(hpa, 'spec', 'metrics')[0], 'resource', 'target', 'averageUtilization') ?? 80;
  const [min, max] = [number(hpa, 'spec', 'minReplicas') ?? 1, number(hpa, 'spec', 'maxReplicas') ?? 1];
  const ratio = utilization / goal;
  const raw = Math.abs(ratio - 1) <= 0.1 ? current : Math.ceil(current * ratio);
  // Down only by what is clearly spare: a demo whose sizes swing tells nothing.
  const wished = raw < current && ratio > 0.5 ? current : raw;
  if (wished > max) return { desired: max, limit: 'TooManyReplicas' };
  return wished < min ? { desired: min, limit: 'TooFewReplicas' } : { desired: wished, limit: null };
}

function conditionsOf(world: World, hpa: ApiObject, current: number, measured: boolean, wish: Wish): Condition[] {
  const now = world.time();
  const before = list(hpa, 'status', 'conditions') as readonly Condition[];
  const able = {
    type: 'AbleToScale',
    status: 'True',
    reason: 'ReadyForNewScale',
    message: 'recommended size matches current size',
  };
  const active =
    current === 0
      ? {
          status: 'False',
          reason: 'ScalingDisabled',
          message: 'scaling is disabled since the replica count of the target is zero',
        }
      : measured
        ? {
            status: 'True',
            reason: 'ValidMetricFound',
            message:
              'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
          }
        : {
            status: 'False',
            reason: 'FailedGetResourceMetric',
            message:
              'the HPA was unable to compute the replica count: failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)',
          };
  const side = wish.limit === 'TooManyReplicas' ? 'more than the maximum' : 'less than the minimum';
  const limited =
    wish.limit === null
      ? {
          status: 'False',
          reason: 'DesiredWithinRange',
          message: 'the desired count is within the acceptable range',
        }
      : { status: 'True', reason: wish.limit, message: `the desired replica count is ${side} replica count` };
  return [able, { type: 'ScalingActive', ...active }, { type: 'ScalingLimited', ...limited }].reduce<Condition[]>(
    (all, next) => withCondition(all, next, now),
    [...before],
  );
}

function sync(world: World, hpa: ApiObject): void {
  const storage = kinds[text(hpa, 'spec', 'scaleTargetRef', 'kind')] ?? '';
  const name = text(hpa, 'spec', 'scaleTargetRef', 'name');
  const target = storage === '' ? undefined : world.get<Deployment>(storage, `${hpa.metadata.namespace}/${name}`);
  if (target === undefined) return;
  const current = target.spec.replicas;
  const measured = measure(world, target);
  const wish = wishOf(hpa, current, measured?.utilization ?? null);
  const lastScaleTime = wish.desired === current ? text(hpa, 'status', 'lastScaleTime') : world.time();
  const cpu = measured && { averageUtilization: measured.utilization, averageValue: `${measured.averageMillis}m` };
  const status: Json = {
    observedGeneration: hpa.metadata.generation ?? 1,
    ...(lastScaleTime === '' ? {} : { lastScaleTime }),
    currentReplicas: number(target, 'status', 'replicas') ?? 0,
    desiredReplicas: wish.desired,
    currentMetrics: cpu === null ? null : [{ type: 'Resource', resource: { name: 'cpu', current: cpu } }],
    conditions: conditionsOf(world, hpa, current, measured !== null, wish),
  };
  const { currentMetrics: shown, ...before } = (hpa.status ?? {}) as Json;
  const { currentMetrics: _fresh, ...after } = status;
  const shownNow = number(at(shown, 0), 'resource', 'current', 'averageUtilization') ?? -100;
  if (!equal(before, after) || Math.abs(shownNow - (measured?.utilization ?? -100)) >= shownStep)
    world.updateStatus('horizontalpodautoscalers.autoscaling', hpa, status);
  if (wish.desired === current) return;
  world.update(storage, target, { ...target, spec: { ...target.spec, replicas: wish.desired } });
  world.recorder.record(hpa, {
    type: 'Normal',
    reason: 'SuccessfulRescale',
    message: `New size: ${wish.desired}; reason: cpu resource utilization (percentage of request) ${wish.desired > current ? 'above' : 'below'} target`,
    component: 'horizontal-pod-autoscaler',
  });
}

/** Looks at every autoscaler at an interval, the first time after a few seconds. */
export function startAutoscaler(world: World): void {
  const round = (): void => {
    for (const hpa of world.list('horizontalpodautoscalers.autoscaling')) sync(world, hpa);
    world.after(everyMs, round);
  };
  world.after(3000 + world.random() * 5000, round);
}
