// Volume claims and the storage classes that say how they are bound.
import type { RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import { appOf, field, type Health, items, type KubeObject, quantity, textOf } from '../../src/plugin-api/read.ts';
import { ageColumn, clusterColumn, column, nameColumn, namespaceColumn } from './cells.ts';
import { controllerOf, createdOf, deletedAt, labelsOf, metaPaths, nameOf } from './meta.ts';
import { stuckDeleting } from './rules/stuck-deleting.ts';

export const claimTable: TableDefinition = {
  id: 'persistentvolumeclaims',
  title: 'Volume claims',
  columns: [
    nameColumn('CLAIM', 12, 20, 36),
    clusterColumn(1),
    namespaceColumn(4),
    column('state', 'STATE', 'text', [7, 8, 12], { priority: 2 }, 'end'),
    column('size', 'SIZE', 'bytes', [5, 6, 7], { priority: 3 }, 'never'),
    column('class', 'CLASS', 'text', [6, 10, 20], { priority: 6 }, 'middle'),
    column('access', 'ACCESS', 'text', [4, 6, 16], { priority: 7 }, 'end'),
    column('volume', 'VOLUME', 'text', [8, 16, 42], { priority: 8 }, 'middle'),
    ageColumn(5),
  ],
};

const accessWords: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

const phaseHealth: Readonly<Record<string, Health>> = { Bound: 'ok', Pending: 'busy', Lost: 'fail' };

function claimRow(claim: KubeObject): RowContent {
  const meta = claim['metadata'];
  const spec = claim['spec'];
  const status = claim['status'];
  const labels = labelsOf(meta);
  const name = nameOf(meta);
  const phase = textOf(field(status, 'phase')) || 'Pending';
  const isGoing = deletedAt(meta) !== undefined;
  const created = createdOf(meta);
  const storageClass = field(spec, 'storageClassName');
  const volume = textOf(field(spec, 'volumeName'));
  const size =
    quantity(field(field(status, 'capacity'), 'storage')) ??
    quantity(field(field(field(spec, 'resources'), 'requests'), 'storage')) ??
    null;
  const access = items(field(spec, 'accessModes'))
    .map((mode) => (typeof mode === 'string' ? (accessWords[mode] ?? mode) : ''))
    .join(',');
  return {
    health: isGoing ? 'busy' : (phaseHealth[phase] ?? 'unknown'),
    app: appOf(labels, controllerOf(meta), name),
    owner: controllerOf(meta)?.uid ?? '',
    status: isGoing ? 'Terminating' : phase,
    labels,
    created,
    cells: [
      name,
      null,
      textOf(field(meta, 'namespace')),
      isGoing ? 'Terminating' : phase === 'Lost' ? { text: phase, tone: 'fail' } : phase,
      size,
      textOf(storageClass) || null,
      access || null,
      volume || null,
      created,
    ],
    ...(phase === 'Bound' || isGoing
      ? {}
      : {
          facts: {
            phase,
            volume,
            ...(typeof storageClass === 'string' ? { class: storageClass } : {}),
            selectedNode: textOf(field(field(meta, 'annotations'), 'volume.kubernetes.io/selected-node')),
          },
        }),
  };
}

export const claimWatch: WatchDefinition = {
  group: '',
  resource: 'persistentvolumeclaims',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: {
      ...metaPaths,
      annotations: { 'volume.kubernetes.io/selected-node': 1 },
    },
    spec: { storageClassName: 1, volumeName: 1, accessModes: 1, resources: { requests: { storage: 1 } } },
    status: { phase: 1, capacity: { storage: 1 } },
  },
  into: 'persistentvolumeclaims',
  toRow: claimRow,
  findings: (claim) => stuckDeleting(claim, 'volume claim'),
};

/** Storage classes are facts only: `:storageclasses` shows them with the server's own columns. */
export const storageClassWatch: WatchDefinition = {
  group: 'storage.k8s.io',
  resource: 'storageclasses',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: {
      name: 1,
      uid: 1,
      creationTimestamp: 1,
      annotations: { 'storageclass.kubernetes.io/is-default-class': 1 },
    },
    volumeBindingMode: 1,
  },
  toRow: (object) => ({
    health: 'none',
    created: createdOf(object['metadata']),
    cells: [],
    facts: {
      waits: object['volumeBindingMode'] === 'WaitForFirstConsumer',
      isDefault:
        field(field(object['metadata'], 'annotations'), 'storageclass.kubernetes.io/is-default-class') === 'true',
    },
  }),
};
