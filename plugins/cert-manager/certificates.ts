// Certificates as rows.
import type { RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  at,
  type Cell,
  field,
  type Health,
  items,
  type KubeObject,
  number,
  text,
  textOf,
  time,
  timeOf,
} from '../../src/plugin-api/read.ts';
import { conditionOf, conditionPaths, created, labels, metaPaths, owner } from './custom-resource.ts';

export const certificateTable: TableDefinition = {
  id: 'certificates',
  title: 'Certificates',
  columns: [
    { id: 'name', title: 'CERTIFICATE', type: 'name', min: 12, ideal: 20, max: 36, priority: 0, cut: 'middle' },
    { id: 'cluster', title: 'CLUSTER', type: 'clusters', min: 7, ideal: 13, max: 18, priority: 1, cut: 'never' },
    { id: 'namespace', title: 'NAMESPACE', type: 'text', min: 6, ideal: 9, max: 16, priority: 4, cut: 'middle' },
    { id: 'state', title: 'STATE', type: 'text', min: 7, ideal: 12, max: 24, priority: 2, cut: 'end' },
    { id: 'expires', title: 'EXPIRES', type: 'time', min: 7, ideal: 7, max: 10, priority: 3, cut: 'never' },
    { id: 'renews', title: 'RENEWS', type: 'time', min: 6, ideal: 6, max: 10, priority: 6, cut: 'never' },
    { id: 'issuer', title: 'ISSUER', type: 'text', min: 6, ideal: 14, max: 28, priority: 5, cut: 'middle' },
    { id: 'names', title: 'NAMES', type: 'text', min: 8, ideal: 24, max: 48, priority: 8, cut: 'end' },
    { id: 'age', title: 'AGE', type: 'age', min: 3, ideal: 3, max: 4, priority: 7, cut: 'never' },
    { id: 'secret', title: 'SECRET', type: 'text', min: 8, ideal: 18, max: 36, priority: 9, wide: true, cut: 'middle' },
  ],
};

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
