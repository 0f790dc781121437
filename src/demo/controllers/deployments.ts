// The Deployment controller: ReplicaSets per template, rolling updates, revisions, conditions and progress deadlines,
// after kubernetes pkg/controller/deployment.

import { equal, keyOf } from '../api/objects.ts';
import type { Change } from '../api/store.ts';
import { byText, wordOf } from '../random.ts';
import { conditionOf, type Deployment, type ReplicaSet, type Template, withCondition } from './types.ts';
import { type Controller, controllerRef, ownerKeys, type World } from './world.ts';

const hashLabel = 'pod-template-hash';
const revisionKey = 'deployment.kubernetes.io/revision';
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionKey,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

/** A template without the label that tells ReplicaSets apart. */
function bare(template: Template): unknown {
  const { [hashLabel]: _hash, ...labels } = template.metadata.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** The hash that names the ReplicaSet of a template. */
export const templateHash = (template: Template): string => wordOf(JSON.stringify(sorted(bare(template))), 10);

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, v]) => [k, sorted(v)]),
        )
      : value;

const revisionOf = (o: { metadata: { annotations?: Record<string, string> } }): number =>
  Number(o.metadata.annotations?.[revisionKey] ?? 0);

/** `25%` or a number, of a total. */
export function portion(value: number | string | undefined, total: number, up: boolean): number {
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(value ?? '25%', 10) / 100) * total;
  return up ? Math.ceil(share) : Math.floor(share);
}

const ready = (rs: ReplicaSet): number => rs.status.readyReplicas ?? 0;
const available = (rs: ReplicaSet): number => rs.status.availableReplicas ?? 0;
const sum = (sets: readonly ReplicaSet[], of: (rs: ReplicaSet) => number): number =>
  sets.reduce((n, rs) => n + of(rs), 0);

function bounds(d: Deployment): { surge: number; unavailable: number } {
  if (d.spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: d.spec.replicas };
  const rolling = d.spec.strategy?.rollingUpdate;
  const surge = portion(rolling?.maxSurge, d.spec.replicas, true);
  const unavailable = portion(rolling?.maxUnavailable, d.spec.replicas, false);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function resize(world: World, d: Deployment, rs: ReplicaSet, replicas: number): ReplicaSet {
  if (rs.spec.replicas === replicas) return rs;
  const up = replicas > rs.spec.replicas;
  const next = { ...rs, spec: { ...rs.spec, replicas } };
  const done = world.update('replicasets.apps', rs, next);
  world.recorder.record(d, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${up ? 'up' : 'down'} replica set ${rs.metadata.name} from ${rs.spec.replicas} to ${replicas}`,
    component: 'deployment-controller',
  });
  return done;
}

/** The ReplicaSet of the current template, made or renewed, with its revision and annotations in order. */
function currentSet(world: World, d: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const found = sets
    .filter((rs) => equal(bare(rs.spec.template), bare(d.spec.template)))
    .sort((a, b) => byText(a.metadata.creationTimestamp, b.metadata.creationTimestamp))[0];
  const highest = Math.max(0, ...sets.filter((rs) => rs !== found).map(revisionOf));
  const revision = String(highest + 1);
  const { surge } = bounds(d);
  const annotations: Record<string, string> = { ...found?.metadata.annotations };
  for (const [key, value] of Object.entries(d.metadata.annotations ?? {}))
    if (!notCopied.has(key)) annotations[key] = value;
  const old = annotations[revisionKey];
  if (old === undefined || Number(old) < Number(revision)) {
    if (old !== undefined) {
      const history = annotations['deployment.kubernetes.io/revision-history'];
      annotations['deployment.kubernetes.io/revision-history'] = history === undefined ? old : `${history},${old}`;
    }
    annotations[revisionKey] = revision;
  }
  annotations['deployment.kubernetes.io/desired-replicas'] = String(d.spec.replicas);
  annotations['deployment.kubernetes.io/max-replicas'] = String(d.spec.replicas + surge);
  if (found !== undefined) {
    if (equal(found.metadata.annotations, annotations)) return found;
    return world.update('replicasets.apps', found, { ...found, metadata: { ...found.metadata, annotations } });
  }
  if (d.spec.paused === true) return undefined;
  const hash = templateHash(d.spec.template);
  const labels = { ...d.spec.template.metadata.labels, [hashLabel]: hash };
  const name = `${d.metadata.name}-${hash}`;
  return world.create<ReplicaSet>('replicasets.apps', {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    metadata: {
      name,
      ...(d.metadata.namespace === undefined ? {} : { namespace: d.metadata.namespace }),
      labels,
      annotations,
      ownerReferences: [controllerRef(d)],
    },
    spec: {
      replicas: 0,
      selector: { ...d.spec.selector, matchLabels: { ...d.spec.selector.matchLabels, [hashLabel]: hash } },
      template: { ...d.spec.template, metadata: { ...d.spec.template.metadata, labels } },
    },
    status: { replicas: 0 },
  });
}

/** One step of a rolling update. Source: deployment/rolling.go. */
function roll(world: World, d: Deployment, current: ReplicaSet, olds: readonly ReplicaSet[]): void {
  const { surge, unavailable } = bounds(d);
  const wanted = d.spec.replicas;
  const all = [...olds, current];
  const total = sum(all, (rs) => rs.spec.replicas);
  if (current.spec.replicas > wanted) {
    resize(world, d, current, wanted);
    return;
  }
  if (current.spec.replicas < wanted && d.spec.strategy?.type !== 'Recreate') {
    const room = wanted + surge - total;
    if (room > 0) {
      resize(world, d, current, Math.min(wanted, current.spec.replicas + room));
      return;
    }
  }
  if (d.spec.strategy?.type === 'Recreate') {
    const running = sum(olds, (rs) => rs.status.replicas);
    for (const rs of olds) if (rs.spec.replicas > 0) resize(world, d, rs, 0);
    if (running === 0) resize(world, d, current, wanted);
    return;
  }
  const least = wanted - unavailable;
  const missing = current.spec.replicas - available(current);
  let budget = total - least - missing;
  if (budget <= 0) return;
  const remaining = olds.toSorted((a, b) => byText(a.metadata.creationTimestamp, b.metadata.creationTimestamp));
  const now = new Map(remaining.map((rs) => [rs.metadata.uid, rs]));
  // Unhealthy pods of old sets go first: they give nothing.
  for (const rs of remaining) {
    const sick = Math.min(budget, rs.spec.replicas - available(rs));
    if (sick <= 0) continue;
    now.set(rs.metadata.uid, resize(world, d, rs, rs.spec.replicas - sick));
    budget -= sick;
  }
  let spare = sum(all, available) - least;
  for (const rs of now.values()) {
    const down = Math.min(spare, available(rs), rs.spec.replicas);
    if (down <= 0) continue;
    resize(world, d, rs, rs.spec.replicas - down);
    spare -= down;
  }
}

/** Scales while paused, or when nothing rolls: the one live set gets the size. */
function scaleSettled(world: World, d: Deployment, sets: readonly ReplicaSet[]): void {
  const live = sets.filter((rs) => rs.spec.replicas > 0);
  const target =
    live.length === 1
      ? live[0]
      : live.length === 0
        ? sets.toSorted((a, b) => revisionOf(b) - revisionOf(a))[0]
        : undefined;
  if (target !== undefined) resize(world, d, target, d.spec.replicas);
}

function status(world: World, d: Deployment, current: ReplicaSet | undefined, sets: readonly ReplicaSet[]): void {
  const now = world.time();
  const wanted = d.spec.replicas;
  const { unavailable } = bounds(d);
  const replicas = sum(sets, (rs) => rs.status.replicas);
  const updated = current?.status.replicas ?? 0;
  const up = sum(sets, available);
  const enough = up >= wanted - unavailable;
  let conditions = withCondition(
    d.status.conditions,
    {
      type: 'Available',
      status: enough ? 'True' : 'False',
      reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
    },
    now,
    true,
  );
  const before = d.status;
  const complete =
    updated === wanted &&
    replicas === wanted &&
    up === wanted &&
    (before.observedGeneration ?? 0) <= (d.metadata.generation ?? 0);
  const progressed =
    updated > (before.updatedReplicas ?? 0) ||
    replicas - updated < (before.replicas ?? 0) - (before.updatedReplicas ?? 0) ||
    sum(sets, ready) > (before.readyReplicas ?? 0) ||
    up > (before.availableReplicas ?? 0);
  const old = conditionOf(conditions, 'Progressing');
  const set = current?.metadata.name ?? d.metadata.name;
  const touch = (state: string, reason: string, message: string, fresh: boolean): void => {
    const next = { type: 'Progressing', status: state, reason, message };
    conditions = withCondition(
      fresh ? conditions.filter((c) => c.type !== 'Progressing') : conditions,
      next,
      now,
      true,
    );
    if (fresh && old?.status === state && old.lastTransitionTime !== undefined)
      conditions = conditions.map((c) =>
        c.type === 'Progressing' ? { ...c, lastTransitionTime: old.lastTransitionTime ?? now } : c,
      );
  };
  if (d.spec.paused === true) touch('Unknown', 'DeploymentPaused', 'Deployment is paused', false);
  else if (old?.reason === 'DeploymentPaused') touch('Unknown', 'DeploymentResumed', 'Deployment is resumed', true);
  else if (complete) {
    if (old?.reason !== 'NewReplicaSetAvailable')
      touch('True', 'NewReplicaSetAvailable', `ReplicaSet "${set}" has successfully progressed.`, true);
  } else if (progressed || old === undefined) {
    const rolling =
      old === undefined || old.reason !== 'NewReplicaSetAvailable' || updated < wanted || replicas > updated;
    if (rolling) touch('True', 'ReplicaSetUpdated', `ReplicaSet "${set}" is progressing.`, true);
  } else if (old.reason !== 'NewReplicaSetAvailable' && old.reason !== 'ProgressDeadlineExceeded') {
    const limit = (d.spec.progressDeadlineSeconds ?? 600) * 1000;
    const since = Date.parse(old.lastUpdateTime ?? now);
    if (world.now() - since >= limit)
      touch('False', 'ProgressDeadlineExceeded', `ReplicaSet "${set}" has timed out progressing.`, false);
    else world.after(since + limit - world.now() + 500, () => world.enqueue('deployments', keyOf(d.metadata)));
  }
  const spare = Math.max(0, replicas - up);
  const next: Deployment['status'] = {
    observedGeneration: d.metadata.generation ?? 1,
    ...(replicas === 0 ? {} : { replicas }),
    ...(updated === 0 ? {} : { updatedReplicas: updated }),
    ...(sum(sets, ready) === 0 ? {} : { readyReplicas: sum(sets, ready) }),
    ...(up === 0 ? {} : { availableReplicas: up }),
    ...(spare === 0 ? {} : { unavailableReplicas: spare }),
    conditions,
  };
  const fresh = world.get<Deployment>('deployments.apps', keyOf(d.metadata));
  if (fresh !== undefined && !equal(fresh.status, next)) world.updateStatus('deployments.apps', fresh, next);
}

export const deployments: Controller = {
  name: 'deployments',
  watches: ['deployments.apps', 'replicasets.apps'],

  keysFor(_world: World, storage: string, change: Change): readonly string[] {
    return storage === 'deployments.apps' ? [change.entry.key] : ownerKeys('Deployment', change);
  },

  reconcile(world: World, key: string): void {
    let d = world.get<Deployment>('deployments.apps', key);
    if (d === undefined || d.metadata.deletionTimestamp !== undefined) return;
    const read = (): ReplicaSet[] =>
      world.owned<ReplicaSet>('replicasets.apps', d?.metadata.namespace, d?.metadata.uid ?? '');
    const current = currentSet(world, d, read());
    if (current !== undefined) {
      const revision = String(revisionOf(current));
      if (d.metadata.annotations?.[revisionKey] !== revision) {
        const annotations = { ...d.metadata.annotations, [revisionKey]: revision };
        d = world.update('deployments.apps', d, { ...d, metadata: { ...d.metadata, annotations } });
      }
    }
    const sets = read();
    if (d.spec.paused === true || current === undefined) scaleSettled(world, d, sets);
    else {
      const mine = sets.find((rs) => rs.metadata.uid === current.metadata.uid) ?? current;
      roll(
        world,
        d,
        mine,
        sets.filter((rs) => rs.metadata.uid !== mine.metadata.uid),
      );
    }
    status(world, d, current, read());
    trimHistory(world, d, current);
  },
};

/** Old, empty ReplicaSets beyond revisionHistoryLimit are deleted, oldest first. */
function trimHistory(world: World, d: Deployment, current: ReplicaSet | undefined): void {
  const olds = world
    .owned<ReplicaSet>('replicasets.apps', d.metadata.namespace, d.metadata.uid)
    .filter((rs) => rs.metadata.uid !== current?.metadata.uid && rs.spec.replicas === 0 && rs.status.replicas === 0)
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const rs of olds.slice(0, Math.max(0, olds.length - (d.spec.revisionHistoryLimit ?? 10))))
    world.delete('replicasets.apps', rs);
}
