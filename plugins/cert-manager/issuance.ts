// Issuers as rows; requests, orders and challenges as facts that say what hangs.
import type { RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import { field, type Health, type KubeObject, text, textOf } from '../../src/plugin-api/read.ts';
import { issuerFindings } from './rules.ts';
import { conditionOf, conditionPaths, created, labels, metaPaths, noFacts, owner } from './custom-resource.ts';

export const issuerTable: TableDefinition = {
  id: 'issuers',
  title: 'Certificate issuers',
  columns: [
    { id: 'name', title: 'ISSUER', type: 'name', min: 12, ideal: 20, max: 36, priority: 0, cut: 'middle' },
    { id: 'cluster', title: 'CLUSTER', type: 'clusters', min: 7, ideal: 13, max: 18, priority: 1, cut: 'never' },
    { id: 'namespace', title: 'NAMESPACE', type: 'text', min: 6, ideal: 9, max: 16, priority: 4, cut: 'middle' },
    { id: 'state', title: 'STATE', type: 'text', min: 7, ideal: 20, max: 40, priority: 2, cut: 'end' },
    { id: 'kind', title: 'KIND', type: 'text', min: 6, ideal: 10, max: 12, priority: 3, cut: 'end' },
    { id: 'age', title: 'AGE', type: 'age', min: 3, ideal: 3, max: 4, priority: 5, cut: 'never' },
  ],
};

function issuerRow(issuer: KubeObject, kind: string): RowContent {
  const ready = conditionOf(issuer, 'Ready');
  const status = textOf(field(ready, 'status'));
  const health: Health = status === 'True' ? 'ok' : ready === undefined ? 'busy' : 'warn';
  const message = textOf(field(ready, 'message')) || textOf(field(ready, 'reason'));
  return {
    health,
    status: status === 'True' ? 'Ready' : 'NotReady',
    labels: labels(issuer),
    created: created(issuer),
    cells: [
      text(issuer, 'metadata', 'name'),
      null,
      text(issuer, 'metadata', 'namespace') || null,
      health === 'ok' ? 'ready' : health === 'busy' ? { text: 'new', tone: 'muted' } : { text: message, tone: 'warn' },
      kind === 'ClusterIssuer' ? 'Cluster' : 'Namespace',
      created(issuer),
    ],
    facts: health === 'warn' ? { issuer: `${kind} ${text(issuer, 'metadata', 'name')}`, down: true } : noFacts,
  };
}

const issuerWatchOf = (resource: string, kind: string): WatchDefinition => ({
  group: 'cert-manager.io',
  resource,
  versions: ['v1'],
  when: 'always',
  pick: { metadata: metaPaths, status: { conditions: conditionPaths } },
  into: 'issuers',
  toRow: (issuer) => issuerRow(issuer, kind),
  findings: issuerFindings,
});

export const issuerWatch = issuerWatchOf('issuers', 'Issuer');
export const clusterIssuerWatch = issuerWatchOf('clusterissuers', 'ClusterIssuer');

/** A request that was refused or failed says why; one that went well is only a link in the chain of owners. */
export const requestWatch: WatchDefinition = {
  group: 'cert-manager.io',
  resource: 'certificaterequests',
  versions: ['v1'],
  when: 'always',
  pick: { metadata: metaPaths, status: { conditions: conditionPaths } },
  toRow: (request) => {
    const ready = conditionOf(request, 'Ready');
    const isOpen = field(ready, 'status') !== 'True';
    return {
      health: 'none',
      owner: owner(request),
      created: created(request),
      cells: [],
      facts: isOpen ? { reason: textOf(field(ready, 'reason')), message: textOf(field(ready, 'message')) } : noFacts,
    };
  },
};

const acme = { group: 'acme.cert-manager.io', versions: ['v1'], when: 'always' } as const;

export const orderWatch: WatchDefinition = {
  ...acme,
  resource: 'orders',
  pick: { metadata: metaPaths, status: { state: 1, reason: 1 } },
  toRow: (order) => {
    const state = text(order, 'status', 'state');
    return {
      health: 'none',
      owner: owner(order),
      created: created(order),
      cells: [],
      facts: state === 'valid' ? noFacts : { state, message: text(order, 'status', 'reason') },
    };
  },
};

export const challengeWatch: WatchDefinition = {
  ...acme,
  resource: 'challenges',
  pick: { metadata: metaPaths, spec: { dnsName: 1, type: 1 }, status: { state: 1, reason: 1, presented: 1 } },
  toRow: (challenge) => ({
    health: 'none',
    owner: owner(challenge),
    created: created(challenge),
    cells: [],
    facts: {
      state: text(challenge, 'status', 'state'),
      type: text(challenge, 'spec', 'type'),
      domain: text(challenge, 'spec', 'dnsName'),
      message: text(challenge, 'status', 'reason'),
    },
  }),
};
