// Nodes: their table, and what a node says of itself.
import type { MapContext, RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  type Cell,
  type Finding,
  field,
  type Health,
  items,
  type KubeObject,
  quantity,
  textOf,
  timeOf,
} from '../../src/plugin-api/read.ts';
import { ageColumn, clusterColumn, column, nameColumn } from './cells.ts';
import { conditionOf, conditionPaths, createdOf, labelsOf, metaPaths, nameOf } from './meta.ts';
import { nodeNotReady, nodePressure, pressures } from './rules/node.ts';
import { stuckDeleting } from './rules/stuck-deleting.ts';

export const nodeTable: TableDefinition = {
  id: 'nodes',
  title: 'Nodes',
  columns: [
    nameColumn('NODE', 10, 18, 32),
    clusterColumn(1),
    column('state', 'STATE', 'text', [8, 14, 26], { priority: 2 }, 'end'),
    column('roles', 'ROLES', 'text', [6, 10, 20], { priority: 5 }, 'end'),
    column('version', 'VERSION', 'text', [6, 8, 14], { priority: 3 }, 'end'),
    column('pods', 'PODS', 'number', [4, 4, 5], { priority: 6 }, 'never'),
    column('cpu', 'CPU', 'cpu', [4, 5, 6], { priority: 7 }, 'never'),
    column('memory', 'MEMORY', 'bytes', [6, 6, 7], { priority: 8 }, 'never'),
    column('zone', 'ZONE', 'text', [6, 10, 18], { priority: 9 }, 'head'),
    column('ip', 'INTERNAL IP', 'text', [11, 15, 39], { priority: 10 }, 'never'),
    ageColumn(4),
    column('os', 'OS IMAGE', 'text', [8, 18, 28], { priority: 11, wide: true }, 'end'),
    column('kernel', 'KERNEL', 'text', [8, 14, 24], { priority: 12, wide: true }, 'end'),
    column('runtime', 'RUNTIME', 'text', [8, 18, 26], { priority: 13, wide: true }, 'end'),
  ],
  tallies: [{ column: 'pods', over: 'pods', by: 'node', value: 'count' }],
};

/**
 * Since when a node is cordoned. The API keeps no such time, but whoever last wrote the field is recorded with one;
 * else the taint's time, where a controller set it.
 */
function cordonedAt(node: KubeObject): number | undefined {
  for (const entry of items(field(node['metadata'], 'managedFields'))) {
    const owns = field(field(field(entry, 'fieldsV1'), 'f:spec'), 'f:unschedulable') !== undefined;
    const at = owns ? timeOf(field(entry, 'time')) : undefined;
    if (at !== undefined) return at;
  }
  for (const taint of items(field(node['spec'], 'taints'))) {
    if (field(taint, 'key') === 'node.kubernetes.io/unschedulable') return timeOf(field(taint, 'timeAdded'));
  }
  return undefined;
}

function roles(labels: Readonly<Record<string, string>>): string {
  const names: string[] = [];
  for (const key in labels) {
    if (key.startsWith('node-role.kubernetes.io/')) names.push(key.slice('node-role.kubernetes.io/'.length));
    else if (key === 'kubernetes.io/role') names.push(labels[key] ?? '');
  }
  return names.sort().join(',');
}

function nodeState(node: KubeObject): { readonly health: Health; readonly words: string } {
  const status = node['status'];
  const ready = field(conditionOf(status, 'Ready'), 'status');
  const cordoned = field(node['spec'], 'unschedulable') === true;
  const pressed = pressures.filter((p) => field(conditionOf(status, p.type), 'status') === 'True').map((p) => p.word);
  const words = [
    ready === 'True' ? 'Ready' : ready === 'False' ? 'NotReady' : 'Unknown',
    ...pressed,
    ...(cordoned ? ['cordoned'] : []),
  ].join(', ');
  if (ready !== 'True') return { health: 'fail', words };
  if (pressed.length > 0) return { health: 'warn', words };
  return { health: cordoned ? 'info' : 'ok', words };
}

function toRow(node: KubeObject): RowContent {
  const meta = node['metadata'];
  const status = node['status'];
  const info = field(status, 'nodeInfo');
  const labels = labelsOf(meta);
  const name = nameOf(meta);
  const { health, words } = nodeState(node);
  const created = createdOf(meta);
  const cordoned = field(node['spec'], 'unschedulable') === true;
  const internal = items(field(status, 'addresses')).find((a) => field(a, 'type') === 'InternalIP');
  const state: Cell =
    health === 'fail' || health === 'warn'
      ? { text: words, tone: health }
      : cordoned
        ? { text: words, tone: 'muted' }
        : words;
  const facts = {
    ...(health === 'fail' ? { down: true } : {}),
    ...(cordoned ? { cordonedAt: cordonedAt(node) ?? created } : {}),
  };
  return {
    health,
    node: name,
    status: words.split(',')[0] ?? words,
    labels,
    created,
    cells: [
      name,
      null,
      state,
      roles(labels) || null,
      textOf(field(info, 'kubeletVersion')).replace(/^v/, '') || null,
      null,
      quantity(field(field(status, 'allocatable'), 'cpu')) ?? null,
      quantity(field(field(status, 'allocatable'), 'memory')) ?? null,
      labels['topology.kubernetes.io/zone'] ?? null,
      textOf(field(internal, 'address')) || null,
      created,
      textOf(field(info, 'osImage')) || null,
      textOf(field(info, 'kernelVersion')) || null,
      textOf(field(info, 'containerRuntimeVersion')) || null,
    ],
    ...(Object.keys(facts).length === 0 ? {} : { facts }),
  };
}

const findings = (node: KubeObject, _context: MapContext): readonly Finding[] => [
  ...nodeNotReady(node),
  ...nodePressure(node),
  ...stuckDeleting(node, 'Node'),
];

export const nodeWatch: WatchDefinition = {
  group: '',
  resource: 'nodes',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: {
      ...metaPaths,
      managedFields: [{ time: 1, fieldsV1: { 'f:spec': { 'f:unschedulable': 1 } } }],
    },
    spec: { unschedulable: 1, taints: [{ key: 1, effect: 1, timeAdded: 1 }] },
    status: {
      conditions: conditionPaths,
      addresses: 1,
      allocatable: { cpu: 1, memory: 1 },
      nodeInfo: { kubeletVersion: 1, osImage: 1, kernelVersion: 1, containerRuntimeVersion: 1 },
    },
  },
  into: 'nodes',
  toRow,
  findings,
};
