// How far a workload is, read from the whole object: the numbers that kubectl's status viewers look at.
import { field, type KubeObject, list, number, record, text, time } from '../../core/object.ts';
import { daemonSetRollout, deploymentRollout, type Rollout, statefulSetRollout } from '../../core/rollout.ts';

const base = (object: KubeObject): { generation: number; observedGeneration: number } => ({
  generation: number(object, 'metadata', 'generation') ?? 0,
  observedGeneration: number(object, 'status', 'observedGeneration') ?? 0,
});

/** Null for kinds whose rollout nobody reports. */
export function rolloutOf(kind: string, object: KubeObject): Rollout | null {
  const status = record(object, 'status');
  const count = (key: string): number => number(status, key) ?? 0;
  switch (kind) {
    case 'Deployment':
      return deploymentRollout({
        ...base(object),
        paused: field(record(object, 'spec'), 'paused') === true,
        desired: number(object, 'spec', 'replicas') ?? 1,
        replicas: count('replicas'),
        updated: count('updatedReplicas'),
        available: count('availableReplicas'),
        progressing: progressing(status),
      });
    case 'StatefulSet': {
      const desired = number(object, 'spec', 'replicas') ?? 1;
      const rollout = statefulSetRollout({
        ...base(object),
        onDelete: text(object, 'spec', 'updateStrategy', 'type') === 'OnDelete',
        partition: number(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0,
        desired,
        ready: count('readyReplicas'),
        updated: count('updatedReplicas'),
        currentRevision: text(status, 'currentRevision'),
        updateRevision: text(status, 'updateRevision'),
      });
      // Undone in mid-rollout both revisions are the same at once, while old pods still run (seen on 1.36).
      const isEarly = rollout.state === 'done' && count('updatedReplicas') < desired && count('replicas') === desired;
      return isEarly && count('updatedReplicas') > 0
        ? { state: 'rolling', n: count('updatedReplicas'), of: desired, since: undefined }
        : rollout;
    }
    case 'DaemonSet':
      return daemonSetRollout({
        ...base(object),
        onDelete: text(object, 'spec', 'updateStrategy', 'type') === 'OnDelete',
        desired: count('desiredNumberScheduled'),
        updated: count('updatedNumberScheduled'),
        available: count('numberAvailable'),
      });
    default:
      return null;
  }
}

function progressing(status: KubeObject): Parameters<typeof deploymentRollout>[0]['progressing'] {
  const condition = list(status, 'conditions').find((one) => text(one, 'type') === 'Progressing');
  return condition === undefined
    ? undefined
    : {
        reason: text(condition, 'reason'),
        changed: time(condition, 'lastTransitionTime'),
        updated: time(condition, 'lastUpdateTime'),
      };
}
