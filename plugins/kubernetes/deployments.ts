// Deployments as rows of the workloads table.
import type { RowContent, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  type DeploymentNumbers,
  deploymentRollout,
  field,
  type KubeObject,
  numberOf,
  textOf,
  timeOf,
} from '../../src/plugin-api/read.ts';
import { conditionOf, createdOf, labelsOf } from './meta.ts';
import { createFailed, isRefused } from './rules/create-failed.ts';
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

function deploymentNumbers(object: KubeObject): DeploymentNumbers {
  const spec = object['spec'];
  const status = object['status'];
  const condition = conditionOf(status, 'Progressing');
  return {
    generation: numberOf(field(object['metadata'], 'generation'), 0),
    observedGeneration: count(status, 'observedGeneration'),
    paused: field(spec, 'paused') === true,
    desired: numberOf(field(spec, 'replicas'), 1),
    replicas: count(status, 'replicas'),
    updated: count(status, 'updatedReplicas'),
    available: count(status, 'availableReplicas'),
    progressing:
      condition === undefined
        ? undefined
        : {
            reason: textOf(field(condition, 'reason')),
            changed: timeOf(field(condition, 'lastTransitionTime')),
            updated: timeOf(field(condition, 'lastUpdateTime')),
          },
  };
}

function deploymentRow(object: KubeObject): RowContent {
  const numbers = deploymentNumbers(object);
  const rollout = deploymentRollout(numbers);
  const template = field(object['spec'], 'template');
  const ready = count(object['status'], 'readyReplicas');
  const stuck = rollout.state === 'stuck';
  const condition = stuck ? conditionOf(object['status'], 'Progressing') : undefined;
  return workloadRow(object, {
    kind: 'Deploy',
    health: rolloutHealth(rollout, ready, numbers.desired),
    status: rolloutWord(rollout),
    image: mainImage(template),
    ready,
    desired: numbers.desired,
    rollout: rolloutCell(rollout),
    facts: {
      kind: 'Deployment',
      want: numbers.desired,
      have: numbers.replicas,
      ready,
      labels: labelsOf(field(template, 'metadata')),
      ...(isRefused(object) ? { refused: true } : {}),
      ...(stuck
        ? {
            stuckAt: rollout.since ?? createdOf(object['metadata']),
            stuckWhy: textOf(field(condition, 'message')),
          }
        : {}),
    },
  });
}

export const deploymentWatch: WatchDefinition = {
  group: 'apps',
  resource: 'deployments',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: workloadMetaPaths,
    spec: { replicas: 1, paused: 1, template: templatePaths },
    status: {
      observedGeneration: 1,
      replicas: 1,
      readyReplicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
      conditions: [{ type: 1, status: 1, reason: 1, message: 1, lastTransitionTime: 1, lastUpdateTime: 1 }],
    },
  },
  into: 'workloads',
  toRow: deploymentRow,
  findings: (object) => [...stuckDeleting(object, 'Deployment'), ...createFailed(object)],
};
