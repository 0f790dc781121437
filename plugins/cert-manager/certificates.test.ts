import { describe, expect, test } from 'vitest';
import type { ClusterFacts, Fact, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import type { KubeObject } from '../../src/plugin-api/read.ts';
import { certificateTable, certificateWatch } from './certificates.ts';
import { challengeWatch, clusterIssuerWatch, issuerWatch, orderWatch, requestWatch } from './issuance.ts';
import { certificateRule } from './rules.ts';

const now = Date.parse('2026-11-21T12:41:00Z');
const hour = 3_600_000;
const day = 24 * hour;
const iso = (ms: number): string => new Date(now + ms).toISOString();

const meta = (name: string, owner?: string) => ({
  name,
  namespace: 'gateway',
  uid: `uid-${name}`,
  creationTimestamp: iso(-60 * day),
  ...(owner === undefined ? {} : { ownerReferences: [{ uid: `uid-${owner}`, controller: true }] }),
});

type Dates = { ends?: number; renews?: number; begins?: number };

const certificate = (
  ready: string,
  dates: Dates = {},
  more: { status?: object; conditions?: object[]; meta?: object } = {},
): KubeObject => ({
  metadata: { ...meta('gateway-tls'), ...more.meta },
  spec: {
    secretName: 'gateway-tls',
    dnsNames: ['shop.example'],
    issuerRef: { name: 'le-prod', kind: 'ClusterIssuer' },
  },
  status: {
    conditions: [
      {
        type: 'Ready',
        status: ready,
        reason: ready === 'True' ? 'Ready' : 'DoesNotExist',
        message: 'Issuing certificate as Secret does not exist',
        lastTransitionTime: iso(-20 * 60_000),
      },
      ...(more.conditions ?? []),
    ],
    ...(dates.ends === undefined
      ? {}
      : { notAfter: iso(dates.ends), notBefore: iso(dates.begins ?? dates.ends - 90 * day) }),
    ...(dates.renews === undefined ? {} : { renewalTime: iso(dates.renews) }),
    ...more.status,
  },
});

const facts = (watch: WatchDefinition, objects: readonly KubeObject[]): readonly Fact[] =>
  objects.flatMap((object) => {
    const row = watch.toRow(object, { now });
    const metadata = object['metadata'] as { name: string; namespace?: string; uid: string };
    if (row === undefined) return [];
    const { name, namespace = '', uid } = metadata;
    return [
      {
        namespace,
        name,
        uid,
        app: name,
        owner: row.owner ?? '',
        node: '',
        health: row.health,
        created: row.created,
        labels: {},
        facts: row.facts ?? {},
      },
    ];
  });

type World = { requests?: KubeObject[]; orders?: KubeObject[]; challenges?: KubeObject[]; issuers?: KubeObject[] };

function run(object: KubeObject, world: World = {}, at = now) {
  const resources: Record<string, readonly Fact[]> = {
    'certificates.cert-manager.io': facts(certificateWatch, [object]),
    'certificaterequests.cert-manager.io': facts(requestWatch, world.requests ?? []),
    'orders.acme.cert-manager.io': facts(orderWatch, world.orders ?? []),
    'challenges.acme.cert-manager.io': facts(challengeWatch, world.challenges ?? []),
    'clusterissuers.cert-manager.io': facts(clusterIssuerWatch, world.issuers ?? []),
  };
  const cluster: ClusterFacts = {
    all: (resource) => resources[resource] ?? [],
    byUid: (resource, uid) => resources[resource]?.find((fact) => fact.uid === uid),
    isComplete: () => true,
  };
  return certificateRule
    .find(cluster, { now: at })
    .map(({ finding }) => finding)
    .filter((f) => (f.activeAt ?? 0) <= at && (f.until ?? Number.POSITIVE_INFINITY) > at);
}

const hanging: World = {
  requests: [
    {
      metadata: meta('gateway-tls-1', 'gateway-tls'),
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'Pending', message: 'waiting' }] },
    },
  ],
  orders: [{ metadata: meta('gateway-tls-1-2', 'gateway-tls-1'), status: { state: 'pending' } }],
  challenges: [
    {
      metadata: meta('gateway-tls-1-2-3', 'gateway-tls-1-2'),
      spec: { dnsName: 'shop.example', type: 'DNS-01' },
      status: { state: 'pending', reason: 'Waiting for DNS-01 challenge propagation: NXDOMAIN' },
    },
  ],
};

describe('a certificate near its end', () => {
  test('that was not renewed warns, with what hangs', () => {
    const [finding, ...more] = run(certificate('True', { ends: 6 * day, renews: -24 * day }), hanging);

    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      rule: 'certificate-expires',
      severity: 'warn',
      message: 'ends 2026-11-27 12:41Z; DNS-01 check fails for shop.example',
      cause: 'DNS-01 check fails',
      since: now - 24 * day,
    });
    expect(finding?.evidence.join('\n')).toContain('NXDOMAIN');
  });

  test('fails three days before the end, and after it', () => {
    const object = certificate('True', { ends: 2 * day, renews: -28 * day });

    expect(run(object)).toMatchObject([{ rule: 'certificate-expires-soon', severity: 'fail' }]);
    expect(run(object, {}, now + 5 * day)).toMatchObject([{ rule: 'certificate-expires-soon' }]);
  });

  test('becomes a problem by itself when time goes by', () => {
    const object = certificate('True', { ends: 20 * day, renews: -10 * day });

    expect(run(object)).toEqual([]);
    expect(run(object, {}, now + 7 * day)).toMatchObject([{ severity: 'warn' }]);
    expect(run(object, {}, now + 18 * day)).toMatchObject([{ severity: 'fail' }]);
  });

  test('is well while its renewal is not due: short-lived ones always are near their end', () => {
    const shortLived = certificate('True', { ends: 20 * hour, begins: -4 * hour, renews: 12 * hour });

    expect(run(shortLived)).toEqual([]);
    expect(run(shortLived, {}, now + 12.5 * hour)).toEqual([]);
    expect(run(shortLived, {}, now + 14 * hour)).toMatchObject([{ severity: 'fail' }]);
  });

  test('is well with a long time to go', () => {
    expect(run(certificate('True', { ends: 60 * day, renews: 30 * day }))).toEqual([]);
  });
});

describe('a certificate that is not ready', () => {
  test('fails after its time when there was none before', () => {
    expect(run(certificate('False'), hanging)).toMatchObject([
      { rule: 'certificate-not-ready', severity: 'fail', message: 'DNS-01 check fails for shop.example' },
    ]);
  });

  test('warns while an older one is still valid', () => {
    expect(run(certificate('False', { ends: 60 * day, renews: 30 * day }))[0]).toMatchObject({ severity: 'warn' });
  });

  test('is silent while it is being issued', () => {
    expect(run(certificate('False'), hanging, now - 15 * 60_000)).toEqual([]);
  });

  test('fails at once when issuing has failed', () => {
    const failed = certificate(
      'False',
      {},
      {
        conditions: [
          {
            type: 'Issuing',
            status: 'False',
            reason: 'Failed',
            message: 'The certificate request has failed to complete',
          },
        ],
      },
    );

    expect(run(failed, {}, now - 19 * 60_000)).toMatchObject([
      { message: 'The certificate request has failed to complete' },
    ]);
  });

  test('names an issuer that is not ready', () => {
    const issuer = {
      metadata: { name: 'le-prod', uid: 'i' },
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'ErrRegisterACMEAccount' }] },
    };

    expect(run(certificate('False'), { issuers: [issuer] })[0]?.message).toBe('ClusterIssuer le-prod is not ready');
  });

  test('is no problem when it is being deleted or brand new', () => {
    expect(run(certificate('False', {}, { meta: { deletionTimestamp: iso(0) } }))).toEqual([]);
    expect(run({ metadata: meta('gateway-tls'), spec: {} })).toEqual([]);
  });
});

describe('an issuer', () => {
  const issuer = (status: string): KubeObject => ({
    metadata: meta('le-prod'),
    status: {
      conditions: [
        {
          type: 'Ready',
          status,
          reason: 'ErrRegisterACMEAccount',
          message: 'account is deactivated',
          lastTransitionTime: iso(-hour),
        },
      ],
    },
  });

  test('that is not ready says why', () => {
    expect(issuerWatch.findings?.(issuer('False'), { now })).toMatchObject([
      { rule: 'issuer-not-ready', message: 'account is deactivated', since: now - hour },
    ]);
  });

  test('that is ready is well', () => {
    expect(issuerWatch.findings?.(issuer('True'), { now })).toEqual([]);
    expect(issuerWatch.findings?.({ metadata: meta('new') }, { now })).toEqual([]);
  });
});

test('a row shows when the certificate ends, when it is renewed and by whom', () => {
  const row = certificateWatch.toRow(certificate('True', { ends: 60 * day, renews: 30 * day }), { now });
  const cells = Object.fromEntries(certificateTable.columns.map((column, i) => [column.id, row?.cells[i]]));

  expect(row?.health).toBe('ok');
  expect(cells).toMatchObject({
    state: 'ready',
    expires: now + 60 * day,
    renews: now + 30 * day,
    issuer: 'le-prod',
    names: 'shop.example',
  });
});
