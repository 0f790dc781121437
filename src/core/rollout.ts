// How far a workload's rollout is, by the rules that `kubectl rollout status` uses. Numbers in, one state out.

/** Where a rollout stands. Times are milliseconds since the epoch, undefined when the API does not say. */
export type Rollout =
  /** Scaled to zero: nothing to roll. */
  | { readonly state: 'off' }
  | { readonly state: 'done'; readonly at: number | undefined }
  /** `since`: the last progress that the controller has seen. */
  | { readonly state: 'rolling'; readonly n: number; readonly of: number; readonly since: number | undefined }
  /** Past its progress deadline. */
  | { readonly state: 'stuck'; readonly n: number; readonly of: number; readonly since: number | undefined }
  /** Held by a person: `spec.paused`, a partition, or the update strategy OnDelete. */
  | {
      readonly state: 'held';
      readonly n: number;
      readonly of: number;
      readonly why: 'paused' | 'partition' | 'on delete';
    };

/** A Deployment's numbers. `progressing` is its condition of that type. */
export type DeploymentNumbers = {
  readonly generation: number;
  readonly observedGeneration: number;
  readonly paused: boolean;
  readonly desired: number;
  readonly replicas: number;
  readonly updated: number;
  readonly available: number;
  readonly progressing:
    | { readonly reason: string; readonly changed: number | undefined; readonly updated: number | undefined }
    | undefined;
};

/**
 * A Deployment is done when its newest template was observed, all replicas are of it, none of an older one is left and
 * all are available (kubectl's `DeploymentStatusViewer`).
 */
export function deploymentRollout(d: DeploymentNumbers): Rollout {
  const condition = d.progressing;
  const n = Math.min(d.updated, d.available, d.desired);
  if (d.observedGeneration >= d.generation) {
    const stuck = condition?.reason === 'ProgressDeadlineExceeded' && !d.paused && d.desired > 0;
    if (stuck) return { state: 'stuck', n, of: d.desired, since: condition.changed };
    if (d.desired === 0 && d.replicas === 0) return { state: 'off' };
    const complete = d.updated >= d.desired && d.replicas <= d.updated && d.available >= d.updated;
    if (complete) {
      return { state: 'done', at: condition?.reason === 'NewReplicaSetAvailable' ? condition.updated : undefined };
    }
  }
  if (d.paused) return { state: 'held', n: d.updated, of: d.desired, why: 'paused' };
  return { state: 'rolling', n, of: d.desired, since: condition?.updated ?? condition?.changed };
}

/** A StatefulSet's numbers; revisions are the names that its status carries. */
export type StatefulSetNumbers = {
  readonly generation: number;
  readonly observedGeneration: number;
  readonly onDelete: boolean;
  readonly partition: number;
  readonly desired: number;
  readonly ready: number;
  readonly updated: number;
  readonly currentRevision: string;
  readonly updateRevision: string;
};

/** A StatefulSet is done when it was observed, all are ready, and all above the partition have the new revision. */
export function statefulSetRollout(s: StatefulSetNumbers): Rollout {
  if (s.desired === 0) return { state: 'off' };
  const observed = s.observedGeneration >= s.generation;
  const sameRevision = s.updateRevision === '' || s.updateRevision === s.currentRevision;
  const wanted = Math.max(0, s.desired - s.partition);
  const n = Math.min(s.ready, sameRevision ? s.ready : s.updated);
  if (!observed || s.ready < s.desired) return { state: 'rolling', n, of: s.desired, since: undefined };
  if (sameRevision || s.updated >= s.desired) return { state: 'done', at: undefined };
  if (s.onDelete) return { state: 'held', n: s.updated, of: s.desired, why: 'on delete' };
  if (s.partition > 0 && s.updated >= wanted) return { state: 'held', n: s.updated, of: s.desired, why: 'partition' };
  return { state: 'rolling', n: s.updated, of: s.desired, since: undefined };
}

/** A DaemonSet's numbers. */
export type DaemonSetNumbers = {
  readonly generation: number;
  readonly observedGeneration: number;
  readonly onDelete: boolean;
  readonly desired: number;
  readonly updated: number;
  readonly available: number;
};

/** A DaemonSet is done when every node that should run it has the newest template available. */
export function daemonSetRollout(d: DaemonSetNumbers): Rollout {
  if (d.observedGeneration >= d.generation) {
    if (d.desired === 0) return { state: 'off' };
    if (d.updated >= d.desired && d.available >= d.desired) return { state: 'done', at: undefined };
    if (d.onDelete && d.available >= d.desired) {
      return { state: 'held', n: d.updated, of: d.desired, why: 'on delete' };
    }
  }
  return { state: 'rolling', n: Math.min(d.updated, d.available), of: d.desired, since: undefined };
}
