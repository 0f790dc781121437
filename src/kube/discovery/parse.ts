// Reads what discovery says, in its three forms, into one list of resources.

import { flag, list, record, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import type { ApiResource, Discovery } from './contract.ts';

type Failed = Discovery['failed'][number];
export type Found = { readonly resources: ApiResource[]; readonly failed: Failed[] };

const strings = (value: unknown, ...path: readonly string[]): string[] =>
  list(value, ...path).filter((item) => typeof item === 'string');

/** APIGroupDiscoveryList, v2 and v2beta1 (both have this shape): the groups of `/api` or `/apis`. */
export function readAggregated(body: unknown): Found {
  const found: Found = { resources: [], failed: [] };
  for (const item of list(body, 'items')) {
    const group = text(item, 'metadata', 'name');
    list(item, 'versions').forEach((entry, index) => {
      const version = text(entry, 'version');
      const groupVersion = group === '' ? version : `${group}/${version}`;
      // The aggregation layer keeps what an API service said last, and marks it when that does not answer.
      if (text(entry, 'freshness') === 'Stale') {
        found.failed.push({ groupVersion: cell(groupVersion), reason: 'its API service does not answer' });
      }
      for (const resource of list(entry, 'resources')) {
        found.resources.push({
          group,
          version,
          resource: text(resource, 'resource'),
          // Built-ins leave group and version of the kind empty: they are those of this entry.
          kind: text(resource, 'responseKind', 'kind'),
          singular: text(resource, 'singularResource'),
          shortNames: strings(resource, 'shortNames'),
          categories: strings(resource, 'categories'),
          namespaced: text(resource, 'scope') === 'Namespaced',
          verbs: strings(resource, 'verbs'),
          subresources: list(resource, 'subresources')
            .map((sub) => text(sub, 'subresource'))
            .filter((sub) => sub !== ''),
          // Versions come in the order of preference.
          preferred: index === 0,
        });
      }
    });
  }
  return { resources: found.resources.filter(isServed), failed: found.failed };
}

/** APIResourceList of one group version: a subresource is an entry with a slash in its name. */
export function readResourceList(body: unknown, group: string, version: string, preferred: boolean): ApiResource[] {
  const entries = list(body, 'resources');
  return entries
    .filter((entry) => text(entry, 'name') !== '' && !text(entry, 'name').includes('/'))
    .map((entry) => {
      const resource = text(entry, 'name');
      return {
        group,
        version,
        resource,
        kind: text(entry, 'kind'),
        singular: text(entry, 'singularName'),
        shortNames: strings(entry, 'shortNames'),
        categories: strings(entry, 'categories'),
        namespaced: flag(entry, 'namespaced'),
        verbs: strings(entry, 'verbs'),
        subresources: entries
          .map((other) => text(other, 'name'))
          .filter((name) => name.startsWith(`${resource}/`))
          .map((name) => name.slice(resource.length + 1)),
        preferred,
      };
    })
    .filter(isServed);
}

/** Group versions of an APIGroupList with the preferred one of each group told. */
export function readGroupList(body: unknown): { group: string; version: string; preferred: boolean }[] {
  return list(body, 'groups').flatMap((group) => {
    const preferred = text(record(group, 'preferredVersion'), 'version');
    return list(group, 'versions').map((entry) => ({
      group: text(group, 'name'),
      version: text(entry, 'version'),
      preferred: text(entry, 'version') === preferred,
    }));
  });
}

/** Names go into paths and on the screen: what is not a DNS name is no resource. */
const isServed = (resource: ApiResource): boolean =>
  /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(resource.resource) &&
  /^[a-z0-9]+$/i.test(resource.version) &&
  /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/i.test(resource.group) &&
  /^\w+$/.test(resource.kind);
