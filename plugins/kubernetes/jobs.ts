// Jobs: their own table, and lines among the workloads for those that no CronJob made.
import type { RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  appOf,
  type Cell,
  duration,
  field,
  type Health,
  type KubeObject,
  type PathSpec,
  numberOf,
  textOf,
  timeOf,
} from '../../src/plugin-api/read.ts';
import { ageColumn, clusterColumn, column, nameColumn, namespaceColumn, ratio } from './cells.ts';
import { conditionOf, conditionPaths, controllerOf, createdOf, deletedAt, labelsOf, nameOf } from './meta.ts';
import { stuckDeleting } from './rules/stuck-deleting.ts';
import { mainImage, templatePaths, versionCell, workloadMetaPaths, workloadRow } from './workload-row.ts';

export const jobTable: TableDefinition = {
  id: 'jobs',
  title: 'Jobs',
  columns: [
    nameColumn('JOB', 12, 22, 40),
    clusterColumn(1),
    namespaceColumn(5),
    column('state', 'STATE', 'text', [8, 14, 24], { priority: 2 }, 'end'),
    column('done', 'DONE', 'ratio', [5, 5, 7], { priority: 3 }, 'never'),
    column('took', 'TOOK', 'text', [4, 6, 8], { priority: 6 }, 'never'),
    column('version', 'VERSION', 'version', [7, 14, 22], { priority: 7 }, 'never'),
    ageColumn(4),
  ],
};

type JobState = {
  readonly state: 'done' | 'failed' | 'suspended' | 'running';
  /** When it ended; milliseconds since the epoch. */
  readonly at: number | undefined;
  readonly reason: string;
  readonly message: string;
};

function jobState(job: KubeObject): JobState {
  const status = job['status'];
  for (const [type, state] of [
    ['Complete', 'done'],
    ['Failed', 'failed'],
    ['Suspended', 'suspended'],
  ] as const) {
    const condition = conditionOf(status, type);
    if (field(condition, 'status') !== 'True') continue;
    return {
      state,
      at: timeOf(field(condition, 'lastTransitionTime')),
      reason: textOf(field(condition, 'reason')),
      message: textOf(field(condition, 'message')),
    };
  }
  return { state: 'running', at: undefined, reason: '', message: '' };
}

const healths: Readonly<Record<JobState['state'], Health>> = {
  done: 'none',
  failed: 'fail',
  suspended: 'none',
  running: 'busy',
};

const words: Readonly<Record<JobState['state'], string>> = {
  done: 'Complete',
  failed: 'Failed',
  suspended: 'Suspended',
  running: 'Running',
};

/** How many completions are wanted; without a number the first success of any pod ends the Job. */
const wanted = (job: KubeObject): number =>
  numberOf(field(job['spec'], 'completions'), Math.max(1, numberOf(field(job['spec'], 'parallelism'), 1)));

const succeeded = (job: KubeObject): number => numberOf(field(job['status'], 'succeeded'), 0);

function stateCell(state: JobState, since: number | undefined): Cell {
  switch (state.state) {
    case 'done':
      return { text: 'done', tone: 'muted', ...(state.at === undefined ? {} : { at: state.at }) };
    case 'failed':
      return { text: 'failed', tone: 'fail', ...(state.at === undefined ? {} : { at: state.at }) };
    case 'suspended':
      return { text: 'suspended', tone: 'muted' };
    case 'running':
      return { text: 'running', tone: 'busy', ...(since === undefined ? {} : { since }) };
  }
}

/** A Job among the workloads; one that a CronJob made is a link in a chain of owners and known to rules only. */
function workload(job: KubeObject): RowContent {
  const state = jobState(job);
  const status = job['status'];
  const owner = controllerOf(job['metadata']);
  const active = numberOf(field(status, 'active'), 0);
  const isOpen = state.state === 'running';
  const facts = {
    kind: 'Job',
    state: state.state,
    want: isOpen ? Math.max(1, Math.min(numberOf(field(job['spec'], 'parallelism'), 1), wanted(job))) : 0,
    have: active + succeeded(job),
    ready: numberOf(field(status, 'ready'), 0),
    labels: labelsOf(field(field(job['spec'], 'template'), 'metadata')),
    ...(state.at === undefined ? {} : { at: state.at }),
    ...(state.state === 'failed'
      ? { reason: state.reason, message: state.message, failed: numberOf(field(status, 'failed'), 0) }
      : {}),
  };
  const started = timeOf(field(status, 'startTime'));
  const row = workloadRow(job, {
    kind: 'Job',
    health: healths[state.state],
    status: words[state.state],
    image: mainImage(field(job['spec'], 'template')),
    ready: succeeded(job),
    desired: wanted(job),
    rollout: stateCell(state, started),
    facts,
  });
  return owner === undefined ? row : { ...row, listed: false, cells: [] };
}

function toRow(job: KubeObject): RowContent {
  const meta = job['metadata'];
  const state = jobState(job);
  const labels = labelsOf(meta);
  const owner = controllerOf(meta);
  const started = timeOf(field(job['status'], 'startTime'));
  const ended = timeOf(field(job['status'], 'completionTime')) ?? state.at;
  const image = mainImage(field(job['spec'], 'template'));
  const isGoing = deletedAt(meta) !== undefined;
  const created = createdOf(meta);
  return {
    health: isGoing ? 'busy' : healths[state.state],
    app: appOf(labels, owner, nameOf(meta)),
    owner: owner?.uid ?? '',
    status: isGoing ? 'Terminating' : words[state.state],
    image,
    labels,
    created,
    cells: [
      nameOf(meta),
      null,
      textOf(field(meta, 'namespace')),
      isGoing ? { text: 'deleting', tone: 'muted' } : stateCell(state, started),
      ratio(succeeded(job), wanted(job)),
      started === undefined || ended === undefined ? null : duration(ended - started),
      versionCell(image),
      created,
    ],
  };
}

const jobPaths: PathSpec = {
  metadata: workloadMetaPaths,
  spec: { completions: 1, parallelism: 1, suspend: 1, backoffLimit: 1, template: templatePaths },
  status: {
    active: 1,
    ready: 1,
    succeeded: 1,
    failed: 1,
    startTime: 1,
    completionTime: 1,
    conditions: conditionPaths,
  },
};

const base = { group: 'batch', resource: 'jobs', versions: ['v1'], when: 'always', pick: jobPaths } as const;

export const jobWatch: WatchDefinition = {
  ...base,
  into: 'workloads',
  toRow: workload,
  findings: (job) => stuckDeleting(job, 'Job'),
};

export const jobTableWatch: WatchDefinition = { ...base, into: 'jobs', toRow };
