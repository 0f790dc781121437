// OpenAPI v3: the index with content hashes and one document per group version, made from the recorded types. Field
// descriptions are not part of it.
import { createHash } from 'node:crypto';
import { at } from '../../core/object.ts';
import type { ApiCluster } from '../api/cluster.ts';
import { apiVersionOf, crdVersion, type Resource } from '../api/kinds.ts';
import type { Json } from '../api/objects.ts';
import { schemaKinds, schemaTypes } from '../api/schema.ts';
import { noSuchPath } from '../api/status-bodies.ts';
import type { Reply } from './reply.ts';

/** The name under which a real server has a type that is recorded under a short one. */
function longName(name: string): string {
  if (/^(apis\.meta|api\.resource|runtime|util|version)\./.test(name)) return `io.k8s.apimachinery.pkg.${name}`;
  if (name.startsWith('apiextensions.')) return `io.k8s.apiextensions-apiserver.pkg.apis.${name}`;
  if (name.startsWith('apiregistration.')) return `io.k8s.kube-aggregator.pkg.apis.${name}`;
  return schemaTypes[name] === undefined ? name : `io.k8s.api.${name}`;
}

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${longName(name)}` });

/** A condensed field code as an OpenAPI schema; collects the names of types that it mentions. */
function schemaOf(code: string, mention: (name: string) => void): Json {
  const plain = code.endsWith('!') ? code.slice(0, -1) : code;
  if (plain.startsWith('@')) {
    const name = plain.slice(1);
    if (schemaTypes[name] === undefined) return { type: 'object' };
    mention(name);
    return { default: {}, allOf: [ref(name)] };
  }
  if (plain.startsWith('[')) {
    const [item = '', ...marks] = plain.slice(1).split(';');
    const out: Json = { type: 'array', items: schemaOf(item, mention) };
    for (const mark of marks) {
      if (mark.startsWith('m=')) {
        out['x-kubernetes-patch-merge-key'] = mark.slice(2);
        out['x-kubernetes-patch-strategy'] = 'merge';
      }
      if (mark.startsWith('k=')) {
        out['x-kubernetes-list-map-keys'] = mark.slice(2).split(',');
        out['x-kubernetes-list-type'] = 'map';
      }
      if (mark === 'set') out['x-kubernetes-list-type'] = 'set';
    }
    return out;
  }
  if (plain.startsWith('{')) return { type: 'object', additionalProperties: schemaOf(plain.slice(1), mention) };
  switch (plain) {
    case 's':
      return { type: 'string' };
    case 'i':
      return { type: 'integer', format: 'int32' };
    case 'n':
      return { type: 'number', format: 'double' };
    case 'b':
      return { type: 'boolean' };
    case 'q':
      return { 'x-kubernetes-int-or-string': true, oneOf: [{ type: 'integer' }, { type: 'string' }] };
    default:
      return { type: 'object' };
  }
}

const parameter = (name: string, type: string): Json => ({ name, in: 'query', schema: { type, uniqueItems: true } });
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((p) => parameter(p, 'string'));

function pathsOf(resource: Resource, schema: string): Json {
  const gvk = { group: resource.group, version: resource.version, kind: resource.kind };
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = resource.namespaced ? '/namespaces/{namespace}' : '';
  const base = { 'x-kubernetes-group-version-kind': gvk };
  const ok = { 200: { description: 'OK', content: { 'application/json': { schema: ref(schema) } } } };
  const body = { content: { 'application/json': { schema: ref(schema) } } };
  const one = `${root}${scope}/${resource.resource}/{name}`;
  return {
    [`${root}${scope}/${resource.resource}`]: {
      get: { ...base, 'x-kubernetes-action': 'list', responses: ok },
      post: { ...base, 'x-kubernetes-action': 'post', parameters: writeParameters, requestBody: body, responses: ok },
    },
    [one]: {
      get: { ...base, 'x-kubernetes-action': 'get', responses: ok },
      put: { ...base, 'x-kubernetes-action': 'put', parameters: writeParameters, requestBody: body, responses: ok },
      patch: {
        ...base,
        'x-kubernetes-action': 'patch',
        parameters: [...writeParameters, parameter('force', 'boolean')],
        responses: ok,
      },
      delete: { ...base, 'x-kubernetes-action': 'delete', parameters: [parameter('dryRun', 'string')], responses: ok },
    },
  };
}

function documentOf(resources: readonly Resource[], title: string): Json {
  const schemas: Json = {};
  const wanted: string[] = ['apis.meta.v1.ObjectMeta'];
  const paths: Json = {};
  for (const r of resources) {
    const apiVersion = apiVersionOf(r);
    const name =
      schemaKinds[`${apiVersion}/${r.kind}`] ?? `${r.group.split('.').toReversed().join('.')}.${r.version}.${r.kind}`;
    const gvk = [{ group: r.group, version: r.version, kind: r.kind }];
    if (schemaTypes[name] === undefined) {
      const own = at(crdVersion(r), 'schema', 'openAPIV3Schema');
      const given = (at(own, 'properties') ?? {}) as Json;
      const properties = {
        ...given,
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { allOf: [ref('apis.meta.v1.ObjectMeta')] },
      };
      schemas[longName(name)] = { type: 'object', properties, 'x-kubernetes-group-version-kind': gvk };
    } else {
      wanted.push(name);
      schemas[longName(name)] = { 'x-kubernetes-group-version-kind': gvk };
    }
    Object.assign(paths, pathsOf(r, name));
  }
  const done = new Set<string>();
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const fields = schemaTypes[name];
    if (done.has(name) || fields === undefined) continue;
    done.add(name);
    const required = Object.keys(fields).filter((f) => fields[f]?.endsWith('!'));
    const properties = Object.fromEntries(
      Object.entries(fields).map(([field, code]) => [field, schemaOf(code, (n) => wanted.push(n))]),
    );
    const before = (schemas[longName(name)] ?? {}) as Json;
    schemas[longName(name)] = { type: 'object', ...(required.length === 0 ? {} : { required }), properties, ...before };
  }
  return { openapi: '3.0.0', info: { title, version: 'v1' }, paths, components: { schemas } };
}

type Document = { readonly hash: string; readonly body: string };
const memo = new WeakMap<ApiCluster, { resources: readonly Resource[]; documents: Map<string, Document> }>();

/** `api/v1`, `apis/apps/v1` */
const pathOf = (r: Resource): string => (r.group === '' ? `api/${r.version}` : `apis/${r.group}/${r.version}`);

function documents(cluster: ApiCluster): Map<string, Document> {
  let kept = memo.get(cluster);
  if (kept === undefined || kept.resources !== cluster.resources) {
    const groups = new Map<string, Resource[]>();
    for (const r of cluster.resources) {
      if (r.backing === 'metrics') continue;
      const path = pathOf(r);
      groups.set(path, [...(groups.get(path) ?? []), r]);
    }
    const made = new Map<string, Document>();
    for (const [path, resources] of groups) {
      const body = JSON.stringify(documentOf(resources, 'Kubernetes'));
      made.set(path, { body, hash: createHash('sha512').update(body).digest('hex').toUpperCase() });
    }
    kept = { resources: cluster.resources, documents: made };
    memo.set(cluster, kept);
  }
  return kept.documents;
}

/** Answers /openapi/v3 and the documents below it. */
export function sendOpenApi(
  cluster: ApiCluster,
  path: string,
  query: URLSearchParams,
  etag: string | undefined,
  reply: Reply,
): void {
  const known = documents(cluster);
  if (path === '/openapi/v3' || path === '/openapi/v3/') {
    const paths = Object.fromEntries(
      [...known].map(([p, d]) => [p, { serverRelativeURL: `/openapi/v3/${p}?hash=${d.hash}` }]),
    );
    return reply.send(200, JSON.stringify({ paths }), { 'content-type': 'text/plain; charset=utf-8' });
  }
  const document = path.startsWith('/openapi/v3/') ? known.get(path.slice('/openapi/v3/'.length)) : undefined;
  if (document === undefined) throw noSuchPath();
  const asked = query.get('hash');
  if (asked !== null && asked !== document.hash) {
    reply.head(301, { location: `${path}?hash=${document.hash}` });
    return reply.end();
  }
  const headers = {
    etag: `"${document.hash}"`,
    vary: 'Accept',
    'cache-control': asked === null ? 'no-cache, private' : 'public, immutable',
  };
  if (etag === headers.etag) {
    reply.head(304, headers);
    return reply.end();
  }
  reply.send(200, document.body, headers);
}
