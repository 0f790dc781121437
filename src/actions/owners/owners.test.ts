// Who owns an object, by the marks that tools leave on it, and what is proof and what is not.
import { describe, expect, it } from 'vitest';
import { managersOf } from './managed-fields.ts';
import { ownersOf } from './owners.ts';

type Meta = {
  labels?: object;
  annotations?: object;
  ownerReferences?: readonly object[];
  managedFields?: readonly object[];
};

const object = (meta: Meta) => ({ kind: 'Deployment', metadata: { namespace: 'shop', name: 'cart', ...meta } });
const replicas = ['spec', 'replicas'];
const owners = (meta: Meta) =>
  ownersOf(object(meta), replicas).map(({ tool, name, assertsField }) => [tool, name, assertsField]);

const field = (manager: string, operation: 'Apply' | 'Update', fields: object, time = '2026-11-21T12:00:00Z') => ({
  manager,
  operation,
  time,
  fieldsV1: fields,
});
const fluxLabels = {
  'kustomize.toolkit.fluxcd.io/name': 'apps',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
};

describe('owners', () => {
  it('are none without a mark', () => {
    expect(owners({ labels: { app: 'cart', 'app.kubernetes.io/instance': 'cart' } })).toEqual([]);
  });

  it('of Flux assert a field only when it is in Git', () => {
    const labels = fluxLabels;
    const asserts = field('kustomize-controller', 'Apply', { 'f:spec': { 'f:replicas': {} } });
    const others = field('kustomize-controller', 'Apply', { 'f:spec': { 'f:template': {} } });
    expect(owners({ labels, managedFields: [asserts] })).toEqual([['flux', 'Kustomization flux-system/apps', true]]);
    expect(owners({ labels, managedFields: [others] })).toEqual([['flux', 'Kustomization flux-system/apps', false]]);
  });

  it.each([
    [
      'Helm',
      {
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'cart', 'meta.helm.sh/release-namespace': 'shop' },
      },
      ['helm', 'release shop/cart'],
    ],
    [
      'a HelmRelease',
      { labels: { 'helm.toolkit.fluxcd.io/name': 'cart', 'helm.toolkit.fluxcd.io/namespace': 'shop' } },
      ['flux-helm', 'HelmRelease shop/cart'],
    ],
    [
      'Argo CD',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/cart' } },
      ['argocd', 'Application web'],
    ],
    ['kapp', { labels: { 'kapp.k14s.io/app': '1677' } }, ['kapp', 'kapp app 1677']],
    ['a Deliverable', { labels: { 'carto.run/deliverable-name': 'cart' } }, ['cartographer', 'Deliverable cart']],
    ['Knative', { labels: { 'serving.knative.dev/service': 'cart' } }, ['knative', 'Knative Service cart']],
    ['Fleet', { annotations: { 'objectset.rio.cattle.io/id': 'shop' } }, ['fleet', 'bundle shop']],
    [
      'Karmada',
      { annotations: { 'work.karmada.io/namespace': 'karmada-es-eu', 'work.karmada.io/name': 'cart-1' } },
      ['karmada', 'Work karmada-es-eu/cart-1'],
    ],
  ] as const)('by the marks of %s', (_, meta, [tool, name]) => {
    expect(owners(meta)).toEqual([[tool, name, null]]);
  });

  it('are not claimed by a mark that names another object, or half a mark', () => {
    expect(owners({ annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/other' } })).toEqual([]);
    expect(owners({ annotations: { 'meta.helm.sh/release-name': 'cart' } })).toEqual([]);
  });

  it('are controllers: those of the API surely, others perhaps', () => {
    const reference = (apiVersion: string, kind: string) => ({
      apiVersion,
      kind,
      name: 'x',
      uid: 'u',
      controller: true,
    });
    expect(owners({ ownerReferences: [reference('apps/v1', 'Deployment')] })).toEqual([
      ['operator', 'Deployment x', true],
    ]);
    expect(owners({ ownerReferences: [reference('acid.zalan.do/v1', 'postgresql')] })).toEqual([
      ['operator', 'postgresql x', null],
    ]);
  });
});

describe('managers of a field', () => {
  it('are those whose set holds it or what is inside of it, the newest first', () => {
    const managedFields = [
      field('kubectl', 'Update', { 'f:spec': { 'f:replicas': {} } }, '2026-11-21T12:00:00Z'),
      field('kube-controller-manager', 'Update', { 'f:spec': { 'f:replicas': {} } }, '2026-11-21T12:05:00Z'),
      field('helm', 'Apply', { 'f:spec': { 'f:template': { 'f:spec': {} } } }),
    ];
    expect(managersOf(object({ managedFields }), replicas).map(({ name }) => name)).toEqual([
      'kube-controller-manager',
      'kubectl',
    ]);
    expect(managersOf(object({ managedFields }), ['spec', 'template']).map(({ name }) => name)).toEqual(['helm']);
  });
});
