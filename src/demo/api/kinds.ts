// The resource types that a demo cluster serves: the built-in ones as a real 1.36 server announces them, metrics.k8s.io,
// and those that CustomResourceDefinitions add.

import { at, list, text } from '../../core/object.ts';
import discovery from '../recorded/discovery.generated.json' with { type: 'json' };
import type { ApiObject } from './objects.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export type Subresource = {
  readonly subresource: string;
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
};

export type Resource = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  /**
   * Where objects live. `stored` is the type's own collection; `events` is core events seen through events.k8s.io;
   * `metrics` is made up on every read; `none` is create only (reviews).
   */
  readonly backing: 'stored' | 'events' | 'metrics' | 'none';
  /** The CustomResourceDefinition behind it; null for a built-in. */
  readonly crd: ApiObject | null;
};

/** `pods`, `deployments.apps`: what a collection is stored under. */
export const storageName = (r: { readonly group: string; readonly resource: string }): string =>
  r.group === '' ? r.resource : `${r.resource}.${r.group}`;

export const apiVersionOf = (r: { readonly group: string; readonly version: string }): string =>
  r.group === '' ? r.version : `${r.group}/${r.version}`;

type Recorded = {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly {
    readonly resource: string;
    readonly responseKind: { readonly kind: string };
    readonly scope: string;
    readonly singularResource: string;
    readonly verbs: readonly string[];
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
    readonly subresources?: readonly Subresource[];
  }[];
};

const fromRecord = (group: Recorded): Resource[] =>
  group.resources.map((r) => ({
    group: group.group,
    version: group.version,
    resource: r.resource,
    kind: r.responseKind.kind,
    singular: r.singularResource,
    shortNames: r.shortNames ?? [],
    categories: r.categories ?? [],
    namespaced: r.scope === 'Namespaced',
    verbs: r.verbs,
    subresources: r.subresources ?? [],
    backing: !r.verbs.includes('list') ? 'none' : group.group === 'events.k8s.io' ? 'events' : 'stored',
    crd: null,
  }));

const metricsResource = (resource: string, kind: string, namespaced: boolean): Resource => ({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  resource,
  kind,
  singular: '',
  shortNames: [],
  categories: [],
  namespaced,
  verbs: ['get', 'list'],
  subresources: [],
  backing: 'metrics',
  crd: null,
});

/** What every cluster serves, in the order of a real discovery document. */
export const builtins: readonly Resource[] = [
  ...(discovery as unknown as readonly Recorded[]).flatMap(fromRecord),
  metricsResource('nodes', 'NodeMetrics', false),
  metricsResource('pods', 'PodMetrics', true),
];

const crdVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The resource types that one CustomResourceDefinition adds, one per served version, the storage version first. */
export function resourcesOfCrd(crd: ApiObject): Resource[] {
  const names = at(crd, 'spec', 'names');
  const group = text(crd, 'spec', 'group');
  const strings = (key: string): string[] => list(names, key).filter((s) => typeof s === 'string');
  return list(crd, 'spec', 'versions')
    .filter((v) => at(v, 'served') === true)
    .sort((a, b) => Number(at(b, 'storage') === true) - Number(at(a, 'storage') === true))
    .map((v) => {
      const version = text(v, 'name');
      const own = { group, version, kind: text(names, 'kind') };
      const subresources: Subresource[] = [];
      if (at(v, 'subresources', 'scale') !== undefined)
        subresources.push({
          subresource: 'scale',
          responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
          verbs: ['get', 'patch', 'update'],
        });
      if (at(v, 'subresources', 'status') !== undefined)
        subresources.push({ subresource: 'status', responseKind: own, verbs: ['get', 'patch', 'update'] });
      return {
        ...own,
        resource: text(names, 'plural'),
        singular: text(names, 'singular'),
        shortNames: strings('shortNames'),
        categories: strings('categories'),
        namespaced: text(crd, 'spec', 'scope') === 'Namespaced',
        verbs: crdVerbs,
        subresources,
        backing: 'stored' as const,
        crd,
      };
    });
}

/** The `spec.versions[]` entry of the CRD behind a resource; undefined for built-ins. */
export const crdVersion = (r: Resource): unknown =>
  r.crd === null ? undefined : list(r.crd, 'spec', 'versions').find((v) => text(v, 'name') === r.version);
