// What a server says it serves: aggregated discovery with ETags, and the plain lists of older servers.
import { createHash } from 'node:crypto';
import type { ApiCluster } from '../api/cluster.ts';
import { apiVersionOf, type Resource } from '../api/kinds.ts';
import type { Json } from '../api/objects.ts';
import { noSuchPath, noSuchResource } from '../api/status-bodies.ts';
import type { Reply } from './reply.ts';

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

type Group = { readonly name: string; readonly versions: Map<string, Resource[]> };

function groupsOf(cluster: ApiCluster): Group[] {
  const groups = new Map<string, Group>();
  for (const r of cluster.resources) {
    let group = groups.get(r.group);
    if (group === undefined) {
      group = { name: r.group, versions: new Map() };
      groups.set(r.group, group);
    }
    const version = group.versions.get(r.version);
    if (version === undefined) group.versions.set(r.version, [r]);
    else version.push(r);
  }
  return [...groups.values()];
}

const aggregatedResource = (cluster: ApiCluster, r: Resource): Json => ({
  resource: r.resource,
  // Built-ins leave group and version empty: they are those of the list around them.
  responseKind: r.crd === null && r.backing !== 'metrics' ? { group: '', version: '', kind: r.kind } : kindOf(r),
  scope: r.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: r.singular,
  verbs: cluster.verbsOf(r),
  ...(r.shortNames.length === 0 ? {} : { shortNames: r.shortNames }),
  ...(r.categories.length === 0 ? {} : { categories: r.categories }),
  ...(r.subresources.length === 0 ? {} : { subresources: r.subresources }),
});

const kindOf = (r: Resource): Json => ({ group: r.group, version: r.version, kind: r.kind });

function aggregated(cluster: ApiCluster, core: boolean): Json {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groupsOf(cluster)
      .filter((g) => (g.name === '') === core)
      .map((g) => ({
        metadata: g.name === '' ? {} : { name: g.name },
        versions: [...g.versions].map(([version, resources]) => ({
          version,
          resources: resources.map((r) => aggregatedResource(cluster, r)),
          freshness: 'Current',
        })),
      })),
  };
}

function plainResources(cluster: ApiCluster, resources: readonly Resource[], groupVersion: string): Json {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: resources.flatMap((r) => [
      {
        name: r.resource,
        singularName: r.singular,
        namespaced: r.namespaced,
        kind: r.kind,
        verbs: cluster.verbsOf(r),
        ...(r.shortNames.length === 0 ? {} : { shortNames: r.shortNames }),
        ...(r.categories.length === 0 ? {} : { categories: r.categories }),
      },
      ...r.subresources.map((s) => ({
        name: `${r.resource}/${s.subresource}`,
        singularName: '',
        namespaced: r.namespaced,
        ...(s.responseKind.group === '' ? {} : { group: s.responseKind.group, version: s.responseKind.version }),
        kind: s.responseKind.kind,
        verbs: s.verbs,
      })),
    ]),
  };
}

const plainGroup = (g: Group): Json => {
  const versions = [...g.versions.keys()].map((version) => ({ groupVersion: `${g.name}/${version}`, version }));
  return { name: g.name, versions, preferredVersion: versions[0] };
};

const memo = new WeakMap<
  ApiCluster,
  { resources: readonly Resource[]; docs: Map<string, { etag: string; body: string }> }
>();

function cached(cluster: ApiCluster, core: boolean): { readonly etag: string; readonly body: string } {
  let kept = memo.get(cluster);
  if (kept === undefined || kept.resources !== cluster.resources) {
    kept = { resources: cluster.resources, docs: new Map() };
    memo.set(cluster, kept);
  }
  const key = `${core} ${[...cluster.features.withoutWatch].join()}`;
  let doc = kept.docs.get(key);
  if (doc === undefined) {
    const body = `${JSON.stringify(aggregated(cluster, core))}\n`;
    doc = { body, etag: `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"` };
    kept.docs.set(key, doc);
  }
  return doc;
}

/** Answers /api, /apis and what lies between them and a resource; throws 404 for what does not exist. */
export function sendDiscovery(
  cluster: ApiCluster,
  path: string,
  headers: { readonly accept?: string | undefined; readonly 'if-none-match'?: string | undefined },
  host: string,
  reply: Reply,
): void {
  const parts = path.split('/').filter((p) => p !== '');
  const core = parts[0] === 'api';
  if (parts.length === 1) {
    const wants = (headers.accept ?? '').includes('g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    if (wants && cluster.features.aggregatedDiscovery) {
      const { etag, body } = cached(cluster, core);
      const common = { etag, vary: 'Accept', 'cache-control': 'public', 'content-type': aggregatedType };
      if (headers['if-none-match'] === etag) {
        reply.head(304, common);
        return reply.end();
      }
      return reply.send(200, body, common);
    }
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: host }];
    if (core) return reply.json(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs });
    const groups = groupsOf(cluster).filter((g) => g.name !== '');
    return reply.json(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(plainGroup) });
  }
  const group = groupsOf(cluster).find((g) => g.name === (core ? '' : parts[1]));
  if (group === undefined) throw noSuchPath();
  if (!core && parts.length === 2) return reply.json(200, { kind: 'APIGroup', apiVersion: 'v1', ...plainGroup(group) });
  const version = (core ? parts[1] : parts[2]) ?? '';
  const resources = group.versions.get(version);
  if (resources === undefined) throw noSuchResource();
  reply.json(200, plainResources(cluster, resources, apiVersionOf({ group: group.name, version })));
}
