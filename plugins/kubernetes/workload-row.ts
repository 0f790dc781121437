// What all workload rows have in common: names, version, owner, and how a rollout reads.
import type { RowContent } from '../../src/plugin-api/plugin.ts';
import {
  appOf,
  type Cell,
  field,
  type Health,
  items,
  type KubeObject,
  type PathSpec,
  parseImage,
  type Rollout,
  textOf,
} from '../../src/plugin-api/read.ts';
import { ratio } from './cells.ts';
import type { WorkloadFacts } from './facts.ts';
import { managedBy, managedByPaths } from './managed-by.ts';
import { controllerOf, createdOf, deletedAt, labelsOf, metaPaths, nameOf } from './meta.ts';

export const workloadMetaPaths: PathSpec = {
  ...metaPaths,
  generation: 1,
  annotations: managedByPaths,
};

export const templatePaths: PathSpec = {
  metadata: { labels: 1, annotations: { 'kubectl.kubernetes.io/default-container': 1 } },
  spec: { containers: [{ name: 1, image: 1 }] },
};

/** The image that stands for a workload: of the container that kubectl would choose, else of the first. */
export function mainImage(template: unknown): string {
  const containers = items(field(field(template, 'spec'), 'containers'));
  const annotations = field(field(template, 'metadata'), 'annotations');
  const wanted = field(annotations, 'kubectl.kubernetes.io/default-container');
  const main = containers.find((container) => field(container, 'name') === wanted) ?? containers[0];
  return textOf(field(main, 'image'));
}

export function versionCell(image: string): Cell {
  if (image === '') return null;
  const { tag, digest } = parseImage(image);
  // An image without a tag is `latest`, and that is worth seeing.
  return { tag: tag === '' && digest === '' ? 'latest' : tag, digest: digest.slice(0, 12) };
}

const done: Cell = Object.freeze({ text: 'done', tone: 'muted' });
const off: Cell = Object.freeze({ text: 'scaled to 0', tone: 'muted' });

/** The ROLLOUT cell; its times are values, so that they tick without the row changing. */
export function rolloutCell(rollout: Rollout): Cell {
  switch (rollout.state) {
    case 'off':
      return off;
    case 'done':
      return rollout.at === undefined ? done : { text: 'done', tone: 'muted', at: rollout.at };
    case 'rolling':
      return { text: '', tone: 'busy', progress: ratio(rollout.n, rollout.of), ...sinceOf(rollout.since) };
    case 'stuck':
      return { text: 'stuck', tone: 'fail', progress: ratio(rollout.n, rollout.of), ...sinceOf(rollout.since) };
    case 'held':
      return { text: rollout.why, tone: 'muted', progress: ratio(rollout.n, rollout.of) };
  }
}

const sinceOf = (since: number | undefined): { since?: number } => (since === undefined ? {} : { since });

const words = { off: 'ScaledToZero', done: 'Complete', rolling: 'Progressing', stuck: 'Stuck', held: 'Held' } as const;

/** The rollout in one word, for the filter `status:`. */
export const rolloutWord = (rollout: Rollout): string => words[rollout.state];

/** Health of a workload from its rollout: nothing ready is worse than something missing. */
export function rolloutHealth(rollout: Rollout, ready: number, desired: number): Health {
  switch (rollout.state) {
    case 'off':
      return 'none';
    case 'done':
      return 'ok';
    case 'stuck':
      return 'fail';
    case 'held':
    case 'rolling':
      return ready >= desired && rollout.state === 'held' ? 'ok' : 'busy';
  }
}

export type WorkloadParts = {
  readonly kind: string;
  readonly health: Health;
  readonly status: string;
  readonly image: string;
  readonly ready: number;
  readonly desired: number;
  readonly rollout: Cell;
  readonly facts: WorkloadFacts;
};

/** A line of the workloads table. */
export function workloadRow(object: KubeObject, parts: WorkloadParts): RowContent {
  const meta = object['metadata'];
  const labels = labelsOf(meta);
  const owner = controllerOf(meta);
  const name = nameOf(meta);
  const created = createdOf(meta);
  const manager = managedBy(labels, field(meta, 'annotations'));
  const isGoing = deletedAt(meta) !== undefined;
  return {
    health: isGoing ? 'busy' : parts.health,
    app: appOf(labels, owner, name),
    owner: owner?.uid ?? '',
    status: isGoing ? 'Terminating' : parts.status,
    image: parts.image,
    labels,
    created,
    cells: [
      name,
      null,
      textOf(field(meta, 'namespace')),
      parts.kind,
      ratio(parts.ready, parts.desired),
      versionCell(parts.image),
      isGoing ? { text: 'deleting', tone: 'muted' } : parts.rollout,
      manager === '' ? null : manager,
      null,
      created,
    ],
    facts: isGoing ? { ...parts.facts, over: true } : parts.facts,
  };
}
