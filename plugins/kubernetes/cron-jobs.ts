// CronJobs: their own table, and lines among the workloads.
import type { MapContext, RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  appOf,
  type Cell,
  field,
  type Health,
  items,
  type KubeObject,
  nextRun,
  type PathSpec,
  textOf,
  timeOf,
} from '../../src/plugin-api/read.ts';
import { ageColumn, clusterColumn, column, nameColumn, namespaceColumn } from './cells.ts';
import { controllerOf, createdOf, deletedAt, labelsOf, nameOf } from './meta.ts';
import { managedBy } from './managed-by.ts';
import { cronJobMissed } from './rules/job.ts';
import { stuckDeleting } from './rules/stuck-deleting.ts';
import { mainImage, templatePaths, versionCell, workloadMetaPaths } from './workload-row.ts';

export const cronJobTable: TableDefinition = {
  id: 'cronjobs',
  title: 'CronJobs',
  columns: [
    nameColumn('CRONJOB', 12, 20, 36),
    clusterColumn(1),
    namespaceColumn(6),
    column('schedule', 'SCHEDULE', 'text', [9, 14, 24], { priority: 3 }, 'end'),
    column('state', 'STATE', 'text', [7, 10, 16], { priority: 2 }, 'end'),
    column('last', 'LAST', 'age', [4, 4, 4], { priority: 4 }, 'never'),
    column('next', 'NEXT', 'time', [5, 6, 10], { priority: 5 }, 'never'),
    column('zone', 'ZONE', 'text', [4, 8, 20], { priority: 8 }, 'end'),
    column('version', 'VERSION', 'version', [7, 14, 22], { priority: 9 }, 'never'),
    ageColumn(7),
  ],
};

const isSuspended = (cronJob: KubeObject): boolean => field(cronJob['spec'], 'suspend') === true;

const activeJobs = (cronJob: KubeObject): number => items(field(cronJob['status'], 'active')).length;

const lastRun = (cronJob: KubeObject): number | undefined => timeOf(field(cronJob['status'], 'lastScheduleTime'));

const zoneOf = (cronJob: KubeObject): string | undefined => textOf(field(cronJob['spec'], 'timeZone')) || undefined;

function state(cronJob: KubeObject): { readonly health: Health; readonly status: string; readonly cell: Cell } {
  const active = activeJobs(cronJob);
  if (active > 0) {
    return {
      health: 'busy',
      status: 'Running',
      cell: { text: active === 1 ? 'running' : `${active} running`, tone: 'busy' },
    };
  }
  if (isSuspended(cronJob)) return { health: 'none', status: 'Suspended', cell: { text: 'suspended', tone: 'muted' } };
  return { health: 'ok', status: 'Scheduled', cell: 'scheduled' };
}

const templateOf = (cronJob: KubeObject): unknown =>
  field(field(field(cronJob['spec'], 'jobTemplate'), 'spec'), 'template');

function common(cronJob: KubeObject): Omit<RowContent, 'cells'> {
  const meta = cronJob['metadata'];
  const labels = labelsOf(meta);
  const owner = controllerOf(meta);
  const isGoing = deletedAt(meta) !== undefined;
  const { health, status } = state(cronJob);
  return {
    health: isGoing ? 'busy' : health,
    app: appOf(labels, owner, nameOf(meta)),
    owner: owner?.uid ?? '',
    status: isGoing ? 'Terminating' : status,
    image: mainImage(templateOf(cronJob)),
    labels,
    created: createdOf(meta),
  };
}

function workload(cronJob: KubeObject): RowContent {
  const meta = cronJob['metadata'];
  const row = common(cronJob);
  const last = lastRun(cronJob);
  const { status, cell } = state(cronJob);
  return {
    ...row,
    cells: [
      nameOf(meta),
      null,
      textOf(field(meta, 'namespace')),
      'Cron',
      null,
      versionCell(row.image ?? ''),
      status === 'Scheduled' && last !== undefined ? { text: 'last', tone: 'muted', at: last } : cell,
      managedBy(row.labels ?? {}, field(meta, 'annotations')) || null,
      null,
      row.created,
    ],
    facts: {
      kind: 'CronJob',
      labels: labelsOf(field(templateOf(cronJob), 'metadata')),
      ...(isSuspended(cronJob) ? { suspended: true } : {}),
    },
  };
}

function toRow(cronJob: KubeObject, context: MapContext): RowContent {
  const meta = cronJob['metadata'];
  const row = common(cronJob);
  const schedule = textOf(field(cronJob['spec'], 'schedule'));
  const zone = zoneOf(cronJob);
  return {
    ...row,
    cells: [
      nameOf(meta),
      null,
      textOf(field(meta, 'namespace')),
      schedule,
      state(cronJob).cell,
      lastRun(cronJob) ?? null,
      isSuspended(cronJob) ? null : (nextRun(schedule, zone, context.now) ?? null),
      zone ?? null,
      versionCell(row.image ?? ''),
      row.created,
    ],
  };
}

const cronJobPaths: PathSpec = {
  metadata: workloadMetaPaths,
  spec: {
    schedule: 1,
    timeZone: 1,
    suspend: 1,
    concurrencyPolicy: 1,
    jobTemplate: { spec: { template: templatePaths } },
  },
  status: { active: [{ name: 1 }], lastScheduleTime: 1, lastSuccessfulTime: 1 },
};

const base = { group: 'batch', resource: 'cronjobs', versions: ['v1'], when: 'always', pick: cronJobPaths } as const;

export const cronJobWatch: WatchDefinition = {
  ...base,
  into: 'workloads',
  toRow: workload,
  findings: (cronJob) => [...stuckDeleting(cronJob, 'CronJob'), ...cronJobMissed(cronJob)],
};

export const cronJobTableWatch: WatchDefinition = { ...base, into: 'cronjobs', toRow };
