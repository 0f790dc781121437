// HorizontalPodAutoscalers: status from the usage that metrics.k8s.io shows, and scaling within their bounds.
import { at, list, number, text } from '../../core/object.ts';
import { type ApiObject, equal, type Json, rfc3339 } from '../api/objects.ts';
import { usageOf } from '../usage.ts';
import { cores } from './scheduler.ts';
import type { Deployment, Pod } from './types.ts';
import type { World } from './world.ts';

const everyMs = 30_000;
const kinds: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  ReplicaSet: 'replicasets.apps',
};

function sync(world: World, hpa: ApiObject): void {
  const storage = kinds[text(hpa, 'spec', 'scaleTargetRef', 'kind')];
  const { namespace } = hpa.metadata;
  const target =
    storage && world.get<Deployment>(storage, `${namespace}/${text(hpa, 'spec', 'scaleTargetRef', 'name')}`);
  if (storage === undefined || target === undefined || target === '') return;
  const selector = target.spec.selector.matchLabels ?? {};
  const pods = world
    .list<Pod>('pods', namespace)
    .filter(
      (p) => Object.entries(selector).every(([k, v]) => p.metadata.labels?.[k] === v) && p.status.phase === 'Running',
    );
  let used = 0;
  let asked = 0;
  for (const pod of pods)
    for (const c of pod.spec.containers) {
      used += usageOf(pod, c, world.now()).cores;
      asked += cores(c.resources?.requests?.cpu);
    }
  const goal = number(list(hpa, 'spec', 'metrics')[0], 'resource', 'target', 'averageUtilization') ?? 80;
  const utilization = asked === 0 ? 0 : Math.round((used / asked) * 100);
  const current = target.spec.replicas;
  const [min, max] = [number(hpa, 'spec', 'minReplicas') ?? 1, number(hpa, 'spec', 'maxReplicas') ?? 1];
  const ratio = utilization / goal;
  const raw = Math.abs(ratio - 1) <= 0.1 ? current : Math.ceil(current * ratio);
  // Down only by what is clearly spare, so that the demo stays quiet.
  const wished = raw < current && ratio > 0.5 ? current : raw;
  const desired = current === 0 ? 0 : Math.min(max, Math.max(min, wished));
  const now = rfc3339(world.now());
  const limited = current > 0 && (wished > max || wished < min);
  const before = list(hpa, 'status', 'conditions');
  const condition = (type: string, ok: boolean, reason: string, message: string): Json => {
    const old = before.find((c) => text(c, 'type') === type);
    const status = ok ? 'True' : 'False';
    return {
      type,
      status,
      lastTransitionTime: text(old, 'status') === status ? text(old, 'lastTransitionTime') : now,
      reason,
      message,
    };
  };
  const status = {
    observedGeneration: hpa.metadata.generation ?? 1,
    ...(desired === current
      ? text(hpa, 'status', 'lastScaleTime')
        ? { lastScaleTime: text(hpa, 'status', 'lastScaleTime') }
        : {}
      : { lastScaleTime: now }),
    currentReplicas: number(target, 'status', 'replicas') ?? 0,
    desiredReplicas: desired,
    currentMetrics: [
      {
        type: 'Resource',
        resource: {
          name: 'cpu',
          current: {
            averageUtilization: utilization,
            averageValue: `${Math.round((used / Math.max(1, pods.length)) * 1000)}m`,
          },
        },
      },
    ],
    conditions: [
      condition('AbleToScale', true, 'ReadyForNewScale', 'recommended size matches current size'),
      current === 0
        ? condition(
            'ScalingActive',
            false,
            'ScalingDisabled',
            'scaling is disabled since the replica count of the target is zero',
          )
        : condition(
            'ScalingActive',
            true,
            'ValidMetricFound',
            'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
          ),
      limited
        ? condition(
            'ScalingLimited',
            true,
            wished > max ? 'TooManyReplicas' : 'TooFewReplicas',
            `the desired replica count is ${wished > max ? 'more than the maximum' : 'less than the minimum'} replica count`,
          )
        : condition('ScalingLimited', false, 'DesiredWithinRange', 'the desired count is within the acceptable range'),
    ],
  };
  const stable = (s: unknown): unknown => [
    at(s, 'desiredReplicas'),
    at(s, 'currentReplicas'),
    list(s, 'conditions').map((c) => text(c, 'status')),
  ];
  const shown = number(at(hpa, 'status', 'currentMetrics', 0), 'resource', 'current', 'averageUtilization') ?? -100;
  if (!equal(stable(hpa.status), stable(status)) || Math.abs(shown - utilization) >= 8)
    world.updateStatus('horizontalpodautoscalers.autoscaling', hpa, status);
  if (desired === current) return;
  world.update(storage, target, { ...target, spec: { ...target.spec, replicas: desired } });
  world.recorder.record(hpa, {
    type: 'Normal',
    reason: 'SuccessfulRescale',
    message: `New size: ${desired}; reason: cpu resource utilization (percentage of request) ${desired > current ? 'above' : 'below'} target`,
    component: 'horizontal-pod-autoscaler',
  });
}

/** Looks at every autoscaler at the interval of the real controller, spread a little. */
export function startAutoscaler(world: World): void {
  const round = (): void => {
    for (const hpa of world.list('horizontalpodautoscalers.autoscaling')) sync(world, hpa);
    world.after(everyMs, round);
  };
  world.after(3000 + world.random() * 5000, round);
}
