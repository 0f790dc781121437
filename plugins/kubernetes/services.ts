// Services and their endpoints.
import type { RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  appOf,
  field,
  type Health,
  items,
  type KubeObject,
  numberOf,
  textOf,
  timeOf,
} from '../../src/plugin-api/read.ts';
import { ageColumn, clusterColumn, column, nameColumn, namespaceColumn } from './cells.ts';
import { controllerOf, createdOf, deletedAt, type Labels, labelsOf, metaPaths, nameOf } from './meta.ts';
import { stuckDeleting } from './rules/stuck-deleting.ts';

export const serviceTable: TableDefinition = {
  id: 'services',
  title: 'Services',
  columns: [
    nameColumn('SERVICE', 12, 20, 36),
    clusterColumn(1),
    namespaceColumn(4),
    column('type', 'TYPE', 'text', [9, 12, 12], { priority: 2 }, 'end'),
    column('clusterip', 'CLUSTER IP', 'text', [10, 15, 39], { priority: 6 }, 'never'),
    column('external', 'EXTERNAL', 'text', [8, 16, 40], { priority: 7 }, 'end'),
    column('ports', 'PORTS', 'text', [6, 14, 30], { priority: 3 }, 'end'),
    ageColumn(5),
  ],
};

function ports(service: KubeObject): string {
  return items(field(service['spec'], 'ports'))
    .map((port) => {
      const node = numberOf(field(port, 'nodePort'), 0);
      const protocol = textOf(field(port, 'protocol'));
      const number = numberOf(field(port, 'port'), 0);
      return `${number}${node === 0 ? '' : `:${node}`}${protocol === '' || protocol === 'TCP' ? '' : `/${protocol}`}`;
    })
    .join(',');
}

function external(service: KubeObject): string {
  const spec = service['spec'];
  if (textOf(field(spec, 'type')) === 'ExternalName') return textOf(field(spec, 'externalName'));
  const given = items(field(field(service['status'], 'loadBalancer'), 'ingress'))
    .map((entry) => textOf(field(entry, 'ip')) || textOf(field(entry, 'hostname')))
    .filter((name) => name !== '');
  const set = items(field(spec, 'externalIPs')).filter((ip): ip is string => typeof ip === 'string');
  return [...given, ...set].join(',');
}

/** The selector, when it is one that finds pods; none for ExternalName and for Services that others give endpoints. */
function selectorOf(service: KubeObject): Labels | undefined {
  const spec = service['spec'];
  if (textOf(field(spec, 'type')) === 'ExternalName') return undefined;
  const selector = labelsOf({ labels: field(spec, 'selector') });
  return Object.keys(selector).length === 0 ? undefined : selector;
}

function serviceRow(service: KubeObject): RowContent {
  const meta = service['metadata'];
  const labels = labelsOf(meta);
  const isGoing = deletedAt(meta) !== undefined;
  const type = textOf(field(service['spec'], 'type')) || 'ClusterIP';
  const outside = external(service);
  const waits = type === 'LoadBalancer' && outside === '';
  const health: Health = isGoing || waits ? 'busy' : 'none';
  const selector = selectorOf(service);
  const created = createdOf(meta);
  return {
    health,
    app: appOf({ ...selector, ...labels }, controllerOf(meta), nameOf(meta)),
    owner: controllerOf(meta)?.uid ?? '',
    status: isGoing ? 'Terminating' : waits ? 'Pending' : 'Active',
    labels,
    created,
    cells: [
      nameOf(meta),
      null,
      textOf(field(meta, 'namespace')),
      type,
      textOf(field(service['spec'], 'clusterIP')) || null,
      waits ? { text: 'pending', tone: 'busy' } : outside || null,
      ports(service) || null,
      created,
    ],
    facts: isGoing || selector === undefined ? noFacts : { selector },
  };
}

const noFacts = Object.freeze({});

export const serviceWatch: WatchDefinition = {
  group: '',
  resource: 'services',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: metaPaths,
    spec: {
      type: 1,
      clusterIP: 1,
      externalIPs: 1,
      externalName: 1,
      selector: 1,
      ports: [{ port: 1, nodePort: 1, protocol: 1 }],
    },
    status: { loadBalancer: 1 },
  },
  into: 'services',
  toRow: serviceRow,
  findings: (service) => stuckDeleting(service, 'Service'),
};

/** Endpoint slices are facts only: how many endpoints a Service has and how many of them are ready. */
function sliceFacts(slice: KubeObject): RowContent {
  const meta = slice['metadata'];
  let ready = 0;
  let total = 0;
  for (const endpoint of items(slice['endpoints'])) {
    const conditions = field(endpoint, 'conditions');
    if (field(conditions, 'terminating') === true) continue;
    total++;
    // A missing condition means ready, by the API's own definition.
    if (field(conditions, 'ready') !== false) ready++;
  }
  const changed = timeOf(field(field(meta, 'annotations'), 'endpoints.kubernetes.io/last-change-trigger-time'));
  return {
    health: 'none',
    owner: controllerOf(meta)?.uid ?? '',
    created: createdOf(meta),
    cells: [],
    facts: {
      service: textOf(field(field(meta, 'labels'), 'kubernetes.io/service-name')),
      ready,
      total,
      changed: changed ?? createdOf(meta),
    },
  };
}

export const endpointWatch: WatchDefinition = {
  group: 'discovery.k8s.io',
  resource: 'endpointslices',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: {
      name: 1,
      namespace: 1,
      uid: 1,
      creationTimestamp: 1,
      labels: { 'kubernetes.io/service-name': 1 },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': 1 },
      ownerReferences: [{ kind: 1, name: 1, uid: 1, controller: 1 }],
    },
    endpoints: [{ conditions: { ready: 1, terminating: 1 } }],
  },
  toRow: sliceFacts,
};
