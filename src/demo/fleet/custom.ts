// Custom resources: the definitions of cert-manager and Flux, certificates with the one that is about to run out.
import { type Json, rfc3339 } from '../api/objects.ts';
import type { Builder } from './builders.ts';
import { type ClusterData, day, hour, minute } from './data.ts';
import { fluxLabels as flux } from './templates.ts';

const ready = (b: Builder, status: string, reason: string, message: string, age: number): Json => ({
  type: 'Ready',
  status,
  lastTransitionTime: rfc3339(b.start - age),
  observedGeneration: 1,
  reason,
  message,
});

type Column = { readonly name: string; readonly type: string; readonly jsonPath: string; readonly priority?: number };

function crd(
  b: Builder,
  group: string,
  version: string,
  names: Json & { plural: string; kind: string },
  columns: readonly Column[],
  scope = 'Namespaced',
): void {
  const accepted = { singular: names.kind.toLowerCase(), listKind: `${names.kind}List`, ...names };
  const since = rfc3339(b.start - 200 * day);
  b.put(
    'customresourcedefinitions.apiextensions.k8s.io',
    {
      kind: 'CustomResourceDefinition',
      apiVersion: 'apiextensions.k8s.io/v1',
      metadata: { name: `${names.plural}.${group}` },
      spec: {
        group,
        names: accepted,
        scope,
        versions: [
          {
            name: version,
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
            },
            subresources: { status: {} },
            additionalPrinterColumns: columns,
          },
        ],
        conversion: { strategy: 'None' },
      },
      status: {
        conditions: [
          {
            type: 'NamesAccepted',
            status: 'True',
            lastTransitionTime: since,
            reason: 'NoConflicts',
            message: 'no conflicts found',
          },
          {
            type: 'Established',
            status: 'True',
            lastTransitionTime: since,
            reason: 'InitialNamesAccepted',
            message: 'the initial names have been accepted',
          },
        ],
        acceptedNames: accepted,
        storedVersions: [version],
      },
    },
    200 * day,
    'helm',
  );
}

const readyColumn: Column = {
  name: 'Ready',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].status',
};
const ageColumn: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const statusColumn = (priority: number): Column => ({
  name: 'Status',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].message',
  priority,
});

/** Definitions of cert-manager and Flux; before anything that uses them. */
export function seedDefinitions(b: Builder): void {
  crd(
    b,
    'cert-manager.io',
    'v1',
    { plural: 'certificates', kind: 'Certificate', shortNames: ['cert', 'certs'], categories: ['cert-manager'] },
    [
      readyColumn,
      { name: 'Secret', type: 'string', jsonPath: '.spec.secretName' },
      { name: 'Issuer', type: 'string', jsonPath: '.spec.issuerRef.name', priority: 1 },
      statusColumn(1),
      ageColumn,
    ],
  );
  crd(
    b,
    'cert-manager.io',
    'v1',
    { plural: 'issuers', kind: 'Issuer', shortNames: ['iss'], categories: ['cert-manager'] },
    [readyColumn, statusColumn(1), ageColumn],
  );
  crd(
    b,
    'cert-manager.io',
    'v1',
    { plural: 'clusterissuers', kind: 'ClusterIssuer', shortNames: ['ciss'], categories: ['cert-manager'] },
    [readyColumn, statusColumn(1), ageColumn],
    'Cluster',
  );
  crd(b, 'kustomize.toolkit.fluxcd.io', 'v1', { plural: 'kustomizations', kind: 'Kustomization', shortNames: ['ks'] }, [
    ageColumn,
    readyColumn,
    statusColumn(0),
  ]);
  b.world.cluster.refreshTypes();
}

/** Certificates and issuers; in view-1 the gateway's is about to run out and its renewal fails. */
export function seedCertificates(b: Builder, data: ClusterData, namespaces: readonly string[]): void {
  const api = 'cert-manager.io/v1';
  b.put(
    'clusterissuers.cert-manager.io',
    {
      kind: 'ClusterIssuer',
      apiVersion: api,
      metadata: { name: 'letsencrypt' },
      spec: { acme: { server: 'https://acme.example/directory', email: 'ops@example.org' } },
      status: {
        conditions: [
          ready(b, 'True', 'ACMEAccountRegistered', 'The ACME account was registered with the ACME server', 190 * day),
        ],
      },
    },
    190 * day,
    'helm',
  );
  for (const namespace of namespaces) {
    b.put(
      'issuers.cert-manager.io',
      {
        kind: 'Issuer',
        apiVersion: api,
        metadata: { name: 'internal', namespace },
        spec: { ca: { secretName: 'internal-ca' } },
        status: { conditions: [ready(b, 'True', 'KeyPairVerified', 'Signing CA verified', 190 * day)] },
      },
      190 * day,
      'helm',
    );
    const sick = data.role === 'view';
    const left = sick ? 6 * day + 3 * hour : 61 * day;
    const certificate = b.put(
      'certificates.cert-manager.io',
      {
        kind: 'Certificate',
        apiVersion: api,
        metadata: { name: 'gateway-tls', namespace, labels: flux },
        spec: {
          dnsNames: [`shop.${data.region}.example`],
          issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt' },
          secretName: 'gateway-tls',
          duration: '2160h0m0s',
          renewBefore: '720h0m0s',
        },
        status: {
          conditions: [
            ready(b, 'True', 'Ready', 'Certificate is up to date and has not expired', 84 * day),
            ...(sick
              ? [
                  {
                    type: 'Issuing',
                    status: 'False',
                    lastTransitionTime: rfc3339(b.start - 2 * hour),
                    observedGeneration: 1,
                    reason: 'Failed',
                    message:
                      'The certificate request has failed to complete and will be retried: DNS-01 challenge timed out at dns.example',
                  },
                ]
              : []),
          ],
          ...(sick ? { failedIssuanceAttempts: 3, lastFailureTime: rfc3339(b.start - 2 * hour) } : {}),
          notBefore: rfc3339(b.start + left - 90 * day),
          notAfter: rfc3339(b.start + left),
          renewalTime: rfc3339(b.start + left - 30 * day),
          revision: 4,
        },
      },
      180 * day,
      'cert-manager-certificates-trigger',
    );
    b.put(
      'secrets',
      {
        kind: 'Secret',
        apiVersion: 'v1',
        metadata: { name: 'gateway-tls', namespace },
        type: 'kubernetes.io/tls',
        data: { 'tls.crt': 'ZGVtbw==', 'tls.key': 'ZGVtbw==' },
      },
      84 * day,
      'cert-manager',
    );
    if (sick)
      b.event(
        certificate,
        {
          type: 'Warning',
          reason: 'Failed',
          message:
            'The certificate request has failed to complete and will be retried: DNS-01 challenge timed out at dns.example',
          component: 'cert-manager-certificates-issuing',
        },
        3,
        2 * hour,
        14 * minute,
      );
  }
  const applied = ready(b, 'True', 'ReconciliationSucceeded', 'Applied revision: main@sha1:7a1c4e2f9d', 4 * minute);
  b.put(
    'kustomizations.kustomize.toolkit.fluxcd.io',
    {
      kind: 'Kustomization',
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      metadata: { name: 'shop', namespace: 'flux-system' },
      spec: {
        interval: '5m0s',
        path: `./clusters/${data.name}/shop`,
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'shop-prod' },
      },
      status: {
        conditions: [applied],
        lastAppliedRevision: 'main@sha1:7a1c4e2f9d',
        lastAttemptedRevision: 'main@sha1:7a1c4e2f9d',
        observedGeneration: 1,
      },
    },
    214 * day,
    'kustomize-controller',
  );
}
