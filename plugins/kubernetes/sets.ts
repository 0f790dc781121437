// StatefulSets, DaemonSets and ReplicaSets as rows of the workloads table.
import type { RowContent, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  daemonSetRollout,
  field,
  type KubeObject,
  numberOf,
  type Rollout,
  statefulSetRollout,
  textOf,
} from '../../src/plugin-api/read.ts';
import { controllerOf, createdOf, labelsOf } from './meta.ts';
import { stuckDeleting } from './rules/stuck-deleting.ts';
import {
  mainImage,
  rolloutCell,
  rolloutHealth,
  rolloutWord,
  templatePaths,
  workloadMetaPaths,
  workloadRow,
} from './workload-row.ts';

const count = (status: unknown, key: string): number => numberOf(field(status, key), 0);

function statefulSetRow(object: KubeObject): RowContent {
  const spec = object['spec'];
  const status = object['status'];
  const strategy = field(spec, 'updateStrategy');
  const desired = numberOf(field(spec, 'replicas'), 1);
  const ready = count(status, 'readyReplicas');
  const updateRevision = textOf(field(status, 'updateRevision'));
  const currentRevision = textOf(field(status, 'currentRevision'));
  const onDelete = field(strategy, 'type') === 'OnDelete';
  const rollout = statefulSetRollout({
    generation: numberOf(field(object['metadata'], 'generation'), 0),
    observedGeneration: count(status, 'observedGeneration'),
    onDelete,
    partition: numberOf(field(field(strategy, 'rollingUpdate'), 'partition'), 0),
    desired,
    ready,
    updated: count(status, 'updatedReplicas'),
    currentRevision,
    updateRevision,
  });
  const template = field(spec, 'template');
  return workloadRow(object, {
    kind: 'Sts',
    health: rolloutHealth(rollout, ready, desired),
    status: rolloutWord(rollout),
    image: mainImage(template),
    ready,
    desired,
    rollout: rolloutCell(rollout),
    facts: {
      kind: 'StatefulSet',
      want: desired,
      have: count(status, 'replicas'),
      ready,
      labels: labelsOf(field(template, 'metadata')),
      revision: updateRevision,
      ...(updateRevision !== '' && updateRevision !== currentRevision && !onDelete ? { updating: true } : {}),
      ...(onDelete ? { onDelete: true } : {}),
    },
  });
}

export const statefulSetWatch: WatchDefinition = {
  group: 'apps',
  resource: 'statefulsets',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: workloadMetaPaths,
    spec: { replicas: 1, updateStrategy: 1, podManagementPolicy: 1, template: templatePaths },
    status: {
      observedGeneration: 1,
      replicas: 1,
      readyReplicas: 1,
      updatedReplicas: 1,
      currentRevision: 1,
      updateRevision: 1,
    },
  },
  into: 'workloads',
  toRow: statefulSetRow,
  findings: (object) => stuckDeleting(object, 'StatefulSet'),
};

function daemonSetRow(object: KubeObject): RowContent {
  const spec = object['spec'];
  const status = object['status'];
  const desired = count(status, 'desiredNumberScheduled');
  const ready = count(status, 'numberReady');
  const rollout = daemonSetRollout({
    generation: numberOf(field(object['metadata'], 'generation'), 0),
    observedGeneration: count(status, 'observedGeneration'),
    onDelete: field(field(spec, 'updateStrategy'), 'type') === 'OnDelete',
    desired,
    updated: count(status, 'updatedNumberScheduled'),
    available: count(status, 'numberAvailable'),
  });
  const template = field(spec, 'template');
  return workloadRow(object, {
    kind: 'Ds',
    health: rolloutHealth(rollout, ready, desired),
    status: rolloutWord(rollout),
    image: mainImage(template),
    ready,
    desired,
    rollout: rolloutCell(rollout),
    facts: {
      kind: 'DaemonSet',
      want: desired,
      have: count(status, 'currentNumberScheduled'),
      ready,
      labels: labelsOf(field(template, 'metadata')),
    },
  });
}

export const daemonSetWatch: WatchDefinition = {
  group: 'apps',
  resource: 'daemonsets',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: workloadMetaPaths,
    spec: { updateStrategy: 1, template: templatePaths },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: 1,
      currentNumberScheduled: 1,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
      numberReady: 1,
    },
  },
  into: 'workloads',
  toRow: daemonSetRow,
  findings: (object) => stuckDeleting(object, 'DaemonSet'),
};

/**
 * A ReplicaSet links pods to their Deployment; only one that stands alone is a line. The empty ones that a Deployment
 * keeps for its history have no pods to link: they are not kept, which saves most of them.
 */
function replicaSetRow(object: KubeObject): RowContent | undefined {
  const meta = object['metadata'];
  const status = object['status'];
  const spec = object['spec'];
  const owner = controllerOf(meta);
  const desired = numberOf(field(spec, 'replicas'), 1);
  const have = count(status, 'replicas');
  const ready = count(status, 'readyReplicas');
  const template = field(spec, 'template');
  const facts = { kind: 'ReplicaSet', want: desired, have, ready, labels: labelsOf(field(template, 'metadata')) };
  if (owner !== undefined) {
    const isDeployments = owner.kind === 'Deployment';
    if (isDeployments && desired === 0 && have === 0) return undefined;
    const link = { listed: false, health: 'none', owner: owner.uid, created: createdOf(meta), cells: [] } as const;
    // What another controller scales to zero is still known to rules: its Service is meant to have no endpoints.
    return isDeployments ? link : { ...link, facts };
  }
  const rollout: Rollout =
    desired === 0 && have === 0
      ? { state: 'off' }
      : ready >= desired
        ? { state: 'done', at: undefined }
        : { state: 'rolling', n: ready, of: desired, since: undefined };
  return workloadRow(object, {
    kind: 'Rs',
    health: rolloutHealth(rollout, ready, desired),
    status: rolloutWord(rollout),
    image: mainImage(template),
    ready,
    desired,
    rollout: rolloutCell(rollout),
    facts,
  });
}

export const replicaSetWatch: WatchDefinition = {
  group: 'apps',
  resource: 'replicasets',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: workloadMetaPaths,
    spec: { replicas: 1, template: templatePaths },
    status: { replicas: 1, readyReplicas: 1 },
  },
  into: 'workloads',
  toRow: replicaSetRow,
};
