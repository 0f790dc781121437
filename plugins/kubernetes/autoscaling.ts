// HorizontalPodAutoscalers and ResourceQuotas: how far an app may still grow.
import type { RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  appOf,
  bytes,
  type Cell,
  field,
  type Health,
  items,
  type KubeObject,
  numberOf,
  quantity,
  textOf,
} from '../../src/plugin-api/read.ts';
import { ageColumn, clusterColumn, column, nameColumn, namespaceColumn, ratio } from './cells.ts';
import {
  conditionOf,
  conditionPaths,
  controllerOf,
  createdOf,
  deletedAt,
  labelsOf,
  metaPaths,
  nameOf,
} from './meta.ts';
import { hpaAtMax, isAtMax, quotaUsedUp, usedUp } from './rules/capacity.ts';
import { stuckDeleting } from './rules/stuck-deleting.ts';

export const hpaTable: TableDefinition = {
  id: 'horizontalpodautoscalers',
  title: 'Autoscalers',
  columns: [
    nameColumn('AUTOSCALER', 10, 18, 32),
    clusterColumn(1),
    namespaceColumn(6),
    column('target', 'TARGET', 'text', [8, 16, 30], { priority: 4 }, 'end'),
    column('metrics', 'METRICS', 'text', [8, 16, 30], { priority: 5 }, 'end'),
    column('min', 'MIN', 'number', [3, 3, 4], { priority: 7 }, 'never'),
    column('replicas', 'NOW', 'ratio', [4, 5, 7], { priority: 2 }, 'never'),
    column('state', 'STATE', 'text', [7, 12, 24], { priority: 3 }, 'end'),
    ageColumn(8),
  ],
};

function metricWords(hpa: KubeObject): string {
  const now = new Map<string, string>();
  for (const metric of items(field(hpa['status'], 'currentMetrics')))
    now.set(metricName(metric), metricValue(metric, 'current'));
  return items(field(hpa['spec'], 'metrics'))
    .map((metric) => {
      const name = metricName(metric);
      return `${name} ${now.get(name) || '?'}/${metricValue(metric, 'target') || '?'}`;
    })
    .join(', ');
}

const sources = ['resource', 'containerResource', 'pods', 'object', 'external'] as const;

const sourceOf = (metric: unknown): unknown =>
  sources.map((key) => field(metric, key)).find((value) => typeof value === 'object' && value !== null);

function metricName(metric: unknown): string {
  const source = sourceOf(metric);
  return textOf(field(source, 'name')) || textOf(field(field(source, 'metric'), 'name')) || 'metric';
}

function metricValue(metric: unknown, which: 'current' | 'target'): string {
  const value = field(sourceOf(metric), which);
  const share = field(value, 'averageUtilization');
  if (typeof share === 'number') return `${share}%`;
  return textOf(field(value, 'averageValue')) || textOf(field(value, 'value'));
}

function hpaState(hpa: KubeObject): { readonly health: Health; readonly status: string; readonly cell: Cell } {
  const status = hpa['status'];
  const active = conditionOf(status, 'ScalingActive');
  const reason = textOf(field(active, 'reason'));
  if (field(active, 'status') === 'False' && reason !== 'ScalingDisabled') {
    return { health: 'warn', status: 'NoMetrics', cell: { text: 'no metrics', tone: 'warn' } };
  }
  if (reason === 'ScalingDisabled')
    return { health: 'none', status: 'Off', cell: { text: 'off, 0 replicas', tone: 'muted' } };
  if (isAtMax(hpa)) return { health: 'warn', status: 'AtMax', cell: { text: 'at its maximum', tone: 'warn' } };
  const current = numberOf(field(status, 'currentReplicas'), 0);
  const desired = numberOf(field(status, 'desiredReplicas'), current);
  if (desired === current) return { health: 'ok', status: 'Steady', cell: 'steady' };
  return { health: 'busy', status: 'Scaling', cell: { text: `scaling to ${desired}`, tone: 'busy' } };
}

function hpaRow(hpa: KubeObject): RowContent {
  const meta = hpa['metadata'];
  const spec = hpa['spec'];
  const labels = labelsOf(meta);
  const target = field(spec, 'scaleTargetRef');
  const targetName = textOf(field(target, 'name'));
  const { health, status, cell } = hpaState(hpa);
  const created = createdOf(meta);
  return {
    health: deletedAt(meta) === undefined ? health : 'busy',
    app: appOf(labels, controllerOf(meta), targetName || nameOf(meta)),
    status,
    labels,
    created,
    cells: [
      nameOf(meta),
      null,
      textOf(field(meta, 'namespace')),
      `${textOf(field(target, 'kind'))}/${targetName}`,
      metricWords(hpa) || null,
      numberOf(field(spec, 'minReplicas'), 1),
      ratio(numberOf(field(hpa['status'], 'currentReplicas'), 0), numberOf(field(spec, 'maxReplicas'), 0)),
      cell,
      created,
    ],
  };
}

export const hpaWatch: WatchDefinition = {
  group: 'autoscaling',
  resource: 'horizontalpodautoscalers',
  versions: ['v2'],
  when: 'always',
  pick: {
    metadata: metaPaths,
    spec: { scaleTargetRef: { kind: 1, name: 1 }, minReplicas: 1, maxReplicas: 1, metrics: 1 },
    status: { currentReplicas: 1, desiredReplicas: 1, currentMetrics: 1, conditions: conditionPaths },
  },
  into: 'horizontalpodautoscalers',
  toRow: hpaRow,
  findings: (hpa) => [...stuckDeleting(hpa, 'HorizontalPodAutoscaler'), ...hpaAtMax(hpa)],
};

export const quotaTable: TableDefinition = {
  id: 'resourcequotas',
  title: 'Quotas',
  columns: [
    nameColumn('QUOTA', 10, 18, 32),
    clusterColumn(1),
    namespaceColumn(2),
    column('fullest', 'FULLEST', 'text', [10, 24, 40], { priority: 3 }, 'end'),
    column('used', 'USED', 'text', [4, 5, 5], { priority: 4 }, 'never'),
    column('rest', 'ALL', 'text', [10, 30, Number.POSITIVE_INFINITY], { priority: 5 }, 'end'),
    ageColumn(6),
  ],
};

/** Bytes read as bytes, all else as the API writes it. */
const amount = (resource: string, value: unknown): string => {
  const n = quantity(value);
  if (n === undefined) return '?';
  return /memory|storage/.test(resource) && !resource.includes('claims')
    ? bytes(n)
    : String(Math.round(n * 1000) / 1000);
};

function quotaRow(quota: KubeObject): RowContent {
  const meta = quota['metadata'];
  const hard = field(quota['status'], 'hard');
  const used = field(quota['status'], 'used');
  const names = typeof hard === 'object' && hard !== null ? Object.keys(hard).sort() : [];
  const shares = names
    .map((name) => ({
      name,
      share: (quantity(field(used, name)) ?? 0) / (quantity(field(hard, name)) || Number.POSITIVE_INFINITY),
    }))
    .sort((a, b) => b.share - a.share);
  const say = (name: string): string => `${name} ${amount(name, field(used, name))}/${amount(name, field(hard, name))}`;
  const fullest = shares[0];
  const isFull = usedUp(quota).length > 0;
  const created = createdOf(meta);
  return {
    health: isFull ? 'warn' : 'ok',
    app: appOf(labelsOf(meta), undefined, nameOf(meta)),
    status: isFull ? 'UsedUp' : 'Free',
    labels: labelsOf(meta),
    created,
    cells: [
      nameOf(meta),
      null,
      textOf(field(meta, 'namespace')),
      fullest === undefined ? null : say(fullest.name),
      fullest === undefined ? null : { text: `${Math.round(fullest.share * 100)}%`, tone: isFull ? 'warn' : 'text' },
      names.map(say).join(', ') || null,
      created,
    ],
  };
}

export const quotaWatch: WatchDefinition = {
  group: '',
  resource: 'resourcequotas',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: {
      ...metaPaths,
      managedFields: [{ time: 1, subresource: 1 }],
    },
    status: { hard: 1, used: 1 },
  },
  into: 'resourcequotas',
  toRow: quotaRow,
  findings: (quota) => [...stuckDeleting(quota, 'ResourceQuota'), ...quotaUsedUp(quota)],
};
