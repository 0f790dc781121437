// Namespaces: their table, and those that do not go away.
import type { RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import { field, type KubeObject, textOf } from '../../src/plugin-api/read.ts';
import { ageColumn, clusterColumn, column, nameColumn } from './cells.ts';
import { managedBy, managedByPaths } from './managed-by.ts';
import { conditionPaths, createdOf, deletedAt, labelsOf, metaPaths, nameOf } from './meta.ts';
import { stuckDeletingNamespace } from './rules/stuck-deleting.ts';

export const namespaceTable: TableDefinition = {
  id: 'namespaces',
  title: 'Namespaces',
  columns: [
    nameColumn('NAMESPACE', 12, 22, 40),
    clusterColumn(1),
    column('state', 'STATE', 'text', [6, 11, 14], { priority: 2 }, 'end'),
    column('level', 'POD SECURITY', 'text', [10, 12, 12], { priority: 5 }, 'end'),
    column('owner', 'OWNER', 'text', [4, 5, 8], { priority: 4 }, 'end'),
    ageColumn(3),
  ],
};

function toRow(namespace: KubeObject): RowContent {
  const meta = namespace['metadata'];
  const labels = labelsOf(meta);
  const isGoing = deletedAt(meta) !== undefined || field(namespace['status'], 'phase') === 'Terminating';
  const created = createdOf(meta);
  return {
    health: isGoing ? 'busy' : 'ok',
    status: isGoing ? 'Terminating' : textOf(field(namespace['status'], 'phase')) || 'Active',
    labels,
    created,
    cells: [
      nameOf(meta),
      null,
      isGoing ? { text: 'Terminating', tone: 'busy' } : 'Active',
      labels['pod-security.kubernetes.io/enforce'] ?? null,
      managedBy(labels, field(meta, 'annotations')) || null,
      created,
    ],
  };
}

export const namespaceWatch: WatchDefinition = {
  group: '',
  resource: 'namespaces',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: { ...metaPaths, annotations: managedByPaths },
    spec: { finalizers: 1 },
    status: { phase: 1, conditions: conditionPaths },
  },
  into: 'namespaces',
  toRow,
  findings: stuckDeletingNamespace,
};
