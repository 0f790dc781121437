// Everything that kubectl lists in a cluster, resource by resource: what our lists are compared with.
import { type KubeObject, text } from '../../../src/core/object.ts';
import type { TestCluster } from '../cluster.ts';

/** Names of all resources that can be listed, `resource.group` as kubectl prints them, with what is written on their objects. */
export type Listable = { readonly name: string; readonly apiVersion: string; readonly kind: string };

export async function listable(cluster: TestCluster): Promise<readonly Listable[]> {
  const printed = await cluster.kubectl('api-resources', '--verbs=list', '--no-headers');
  return printed
    .trim()
    .split('\n')
    .map((line) => {
      // NAME [SHORTNAMES] APIVERSION NAMESPACED KIND
      const words = line.trim().split(/\s+/);
      const [plural = ''] = words;
      const apiVersion = words.at(-3) ?? '';
      const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
      return { name: group === '' ? plural : `${plural}.${group}`, apiVersion, kind: words.at(-1) ?? '' };
    });
}

/** All objects of these resources in all namespaces, asked for in one go. */
export async function kubectlGets(
  cluster: TestCluster,
  resources: readonly Listable[],
): Promise<ReadonlyMap<string, readonly KubeObject[]>> {
  const names = resources.map(({ name }) => name).join(',');
  const printed = await cluster.kubectl('get', names, '-A', '-o', 'json', '--ignore-not-found');
  const items = printed === '' ? [] : (JSON.parse(printed) as { items: KubeObject[] }).items;
  const byKind = Map.groupBy(items, (item) => `${text(item, 'apiVersion')} ${text(item, 'kind')}`);
  return new Map(resources.map(({ name, apiVersion, kind }) => [name, byKind.get(`${apiVersion} ${kind}`) ?? []]));
}

/** One line for one object: cluster, namespace, name and uid. */
export const identity = (cluster: string, object: KubeObject): string =>
  [cluster, ...['namespace', 'name', 'uid'].map((key) => text(object, 'metadata', key))].join(' ');

/** The same value with the keys of all objects in order: kubectl sorts them, servers do not. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, canonical(each)]));
}
