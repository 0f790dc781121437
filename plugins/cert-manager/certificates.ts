// Certificates and their issuers as rows, and the requests, orders and challenges behind them as facts.
import type { RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  at,
  type Cell,
  field,
  type Health,
  items,
  type KubeObject,
  number,
  type PathSpec,
  record,
  text,
  textOf,
  time,
  timeOf,
} from '../../src/plugin-api/read.ts';
import { issuerFindings } from './rules.ts';

const metaPaths: PathSpec = {
  name: 1,
  namespace: 1,
  uid: 1,
  creationTimestamp: 1,
  deletionTimestamp: 1,
  labels: 1,
  ownerReferences: [{ kind: 1, uid: 1, controller: 1 }],
};

const conditionPaths: PathSpec = [{ type: 1, status: 1, reason: 1, message: 1, lastTransitionTime: 1 }];

export const certificateTable: TableDefinition = {
  id: 'certificates',
  title: 'Certificates',
  columns: [
    { id: 'name', title: 'CERTIFICATE', type: 'name', min: 12, ideal: 20, max: 36, priority: 0, cut: 'middle' },
    { id: 'cluster', title: 'CLUSTER', type: 'clusters', min: 7, ideal: 13, max: 18, priority: 1, cut: 'never' },
    { id: 'namespace', title: 'NAMESPACE', type: 'text', min: 6, ideal: 9, max: 16, priority: 4, cut: 'middle' },
    { id: 'state', title: 'STATE', type: 'text', min: 7, ideal: 12, max: 24, priority: 2, cut: 'end' },
    { id: 'expires', title: 'EXPIRES', type: 'time', min: 6, ideal: 6, max: 10, priority: 3, cut: 'never' },
    { id: 'renews', title: 'RENEWS', type: 'time', min: 6, ideal: 6, max: 10, priority: 6, cut: 'never' },
    { id: 'issuer', title: 'ISSUER', type: 'text', min: 6, ideal: 14, max: 28, priority: 5, cut: 'middle' },
    { id: 'names', title: 'NAMES', type: 'text', min: 8, ideal: 24, max: 48, priority: 8, cut: 'end' },
    { id: 'age', title: 'AGE', type: 'age', min: 3, ideal: 3, max: 4, priority: 7, cut: 'never' },
    { id: 'secret', title: 'SECRET', type: 'text', min: 8, ideal: 18, max: 36, priority: 9, wide: true, cut: 'middle' },
  ],
};

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

const noFacts = Object.freeze({});

const conditionOf = (object: KubeObject, type: string): unknown =>
  items(at(object, 'status', 'conditions')).find((condition) => field(condition, 'type') === type);

const created = (object: KubeObject): number => time(object, 'metadata', 'creationTimestamp') ?? 0;

const owner = (object: KubeObject): string =>
  textOf(
    field(
      items(at(object, 'metadata', 'ownerReferences')).find((reference) => field(reference, 'controller') === true),
      'uid',
    ),
  );

const labels = (object: KubeObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(record(object, 'metadata', 'labels')).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** `ClusterIssuer le-prod`, as facts and evidence name it; the kind is Issuer when the certificate leaves it out. */
const issuerOf = (certificate: KubeObject): string =>
  `${text(certificate, 'spec', 'issuerRef', 'kind') || 'Issuer'} ${text(certificate, 'spec', 'issuerRef', 'name')}`;

function certificateState(certificate: KubeObject, now: number): { readonly health: Health; readonly cell: Cell } {
  const ready = conditionOf(certificate, 'Ready');
  const issuing = conditionOf(certificate, 'Issuing');
  const expires = time(certificate, 'status', 'notAfter');
  if (expires !== undefined && expires <= now) return { health: 'fail', cell: { text: 'expired', tone: 'fail' } };
  if (field(issuing, 'status') === 'True') {
    const since = timeOf(field(issuing, 'lastTransitionTime'));
    return { health: 'busy', cell: { text: 'issuing', tone: 'busy', ...(since === undefined ? {} : { since }) } };
  }
  if (field(ready, 'status') === 'True') return { health: 'ok', cell: 'ready' };
  if (ready === undefined) return { health: 'busy', cell: { text: 'new', tone: 'muted' } };
  return { health: 'warn', cell: { text: textOf(field(ready, 'reason')) || 'not ready', tone: 'warn' } };
}

function certificateRow(certificate: KubeObject, now: number): RowContent {
  const { health, cell } = certificateState(certificate, now);
  const ready = conditionOf(certificate, 'Ready');
  const issuing = conditionOf(certificate, 'Issuing');
  const expires = time(certificate, 'status', 'notAfter');
  const renews = time(certificate, 'status', 'renewalTime');
  const names = items(at(certificate, 'spec', 'dnsNames')).filter((name): name is string => typeof name === 'string');
  const isGoing = time(certificate, 'metadata', 'deletionTimestamp') !== undefined;
  const isFailed = field(issuing, 'status') === 'False' && field(issuing, 'reason') === 'Failed';
  return {
    health: isGoing ? 'busy' : health,
    owner: owner(certificate),
    status: isGoing ? 'Terminating' : textOf(field(ready, 'status')) === 'True' ? 'Ready' : 'NotReady',
    labels: labels(certificate),
    created: created(certificate),
    cells: [
      text(certificate, 'metadata', 'name'),
      null,
      text(certificate, 'metadata', 'namespace'),
      isGoing ? { text: 'deleting', tone: 'muted' } : cell,
      expires ?? null,
      renews ?? null,
      text(certificate, 'spec', 'issuerRef', 'name') || null,
      names.join(', ') || text(certificate, 'spec', 'commonName') || null,
      created(certificate),
      text(certificate, 'spec', 'secretName') || null,
    ],
    facts: isGoing
      ? { over: true }
      : {
          issuer: issuerOf(certificate),
          ready: ready === undefined ? '' : textOf(field(ready, 'status')),
          reason: textOf(field(ready, 'reason')),
          message: textOf(field(ready, 'message')),
          since: timeOf(field(ready, 'lastTransitionTime')) ?? created(certificate),
          ...(isFailed ? { failed: true, failure: textOf(field(issuing, 'message')) } : {}),
          ...optional('begins', time(certificate, 'status', 'notBefore')),
          ...optional('expires', expires),
          ...optional('renews', renews),
          ...optional('failedAt', time(certificate, 'status', 'lastFailureTime')),
          ...optional('tries', number(certificate, 'status', 'failedIssuanceAttempts')),
        },
  };
}

const optional = (key: string, value: number | undefined): Readonly<Record<string, number>> =>
  value === undefined ? {} : { [key]: value };

export const certificateWatch: WatchDefinition = {
  group: 'cert-manager.io',
  resource: 'certificates',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: metaPaths,
    spec: { secretName: 1, dnsNames: 1, commonName: 1, issuerRef: { name: 1, kind: 1 } },
    status: {
      conditions: conditionPaths,
      notBefore: 1,
      notAfter: 1,
      renewalTime: 1,
      lastFailureTime: 1,
      failedIssuanceAttempts: 1,
    },
  },
  into: 'certificates',
  toRow: (certificate, context) => certificateRow(certificate, context.now),
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
