// POST, PUT, PATCH and DELETE of objects, and of their status.
import type { ApiCluster } from '../api/cluster.ts';
import { toCoreEvent, toNewEvent } from '../api/cluster.ts';
import { apiVersionOf, type Resource } from '../api/kinds.ts';
import { type ApiObject, isJson, type Json } from '../api/objects.ts';
import { jsonPatch, mergePatch, strategicPatch } from '../api/patch.ts';
import { typeOf } from '../api/schema.ts';
import {
  badRequest,
  invalidOptions,
  notFound,
  requiredValue,
  success,
  unsupportedMedia,
} from '../api/status-bodies.ts';
import type { Entry } from '../api/store.ts';
import { applyObject, create, type DeleteOptions, remove, update, type WriteOptions } from '../api/write.ts';
import { decode, patched, refuseUndeclared, toObject, validationOf } from './body.ts';
import { type Format, single } from './formats.ts';
import type { Reply } from './reply.ts';
import type { Target } from './request.ts';

export type WriteRequest = {
  readonly cluster: ApiCluster;
  readonly resource: Resource;
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly format: Format;
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly userAgent: string | undefined;
};

const isDry = (query: URLSearchParams): boolean => {
  const value = query.get('dryRun');
  if (value !== null && value !== '' && value !== 'All')
    throw badRequest(`Invalid value: "${value}": supported values: "All"`);
  return value === 'All';
};

/** Who is written into managedFields: fieldManager, else the user agent up to its first slash. */
export const managerOf = (query: URLSearchParams, userAgent: string | undefined): string =>
  query.get('fieldManager') || userAgent?.split('/')[0] || 'unknown';

const optionsOf = (r: WriteRequest): WriteOptions => ({
  manager: managerOf(r.query, r.userAgent),
  subresource: r.target.subresource,
  dryRun: isDry(r.query),
});

export function stored(cluster: ApiCluster, resource: Resource, target: Target): ApiObject {
  const key = resource.namespaced ? `${target.namespace}/${target.name}` : target.name;
  const entry = cluster.store.collection(cluster.storageOf(resource)).get(key);
  if (entry === undefined) throw notFound(resource, target.name);
  return entry.object;
}

/** The resource whose collection is written; events.k8s.io writes core events. */
const writtenTo = (r: WriteRequest): Resource =>
  r.resource.backing === 'events' ? r.cluster.type('events') : r.resource;

const inward = (r: WriteRequest, object: ApiObject): ApiObject =>
  r.resource.backing === 'events' ? toCoreEvent(object) : object;

const answer = (r: WriteRequest, reply: Reply, code: number, entry: Entry): void => {
  reply.send(code, single(r.cluster, r.resource, r.cluster.view(r.resource, entry), r.format));
};

function placed(r: WriteRequest, object: ApiObject): ApiObject {
  const { namespace, name } = object.metadata;
  if (namespace !== undefined && namespace !== '' && namespace !== r.target.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (r.target.name !== '' && name !== undefined && name !== r.target.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${r.target.name})`);
  const metadata = { ...object.metadata };
  if (r.resource.namespaced) metadata.namespace = r.target.namespace;
  else delete metadata.namespace;
  if (r.target.name !== '') metadata.name = r.target.name;
  return { ...object, metadata };
}

export function post(r: WriteRequest, reply: Reply): void {
  const body = decode(r.body, r.contentType, r.resource.kind);
  const object = placed(r, toObject(r.resource, body, validationOf(r.query), reply));
  answer(r, reply, 201, create(r.cluster, writtenTo(r), inward(r, object), optionsOf(r)));
}

export function put(r: WriteRequest, reply: Reply): void {
  const body = decode(r.body, r.contentType, r.resource.kind);
  const object = placed(r, toObject(r.resource, body, validationOf(r.query), reply));
  const before = stored(r.cluster, r.resource, r.target);
  answer(r, reply, 200, update(r.cluster, writtenTo(r), before, inward(r, object), optionsOf(r)));
}

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** The result of a non-apply patch on a document. Go's words for the whole patch are only shown in strict refusals. */
export function patchDocument(document: Json, r: WriteRequest, resource: Resource): { result: Json; shown: string } {
  const type = (r.contentType ?? '').split(';')[0]?.trim() ?? '';
  const accepted = resource.crd === null ? patchTypes : patchTypes.filter((t) => !t.includes('strategic'));
  if (!accepted.includes(type))
    throw resource.crd !== null && patchTypes.includes(type)
      ? unsupportedMedia(
          `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
        )
      : unsupportedMedia();
  let patch: unknown;
  try {
    patch = JSON.parse(r.body.toString('utf8'));
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : 'invalid JSON'}`);
  }
  if (type === 'application/json-patch+json') {
    const result = jsonPatch(document, patch);
    return { result, shown: JSON.stringify(result) };
  }
  if (!isJson(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    );
  if (type === 'application/merge-patch+json') {
    const result = mergePatch(document, patch) as Json;
    return { result, shown: JSON.stringify(result) };
  }
  const result = strategicPatch(document, patch, typeOf(String(document.apiVersion), String(document.kind)));
  return { result, shown: `map[${Object.keys(patch).join(' ')}]` };
}

export function patch(r: WriteRequest, reply: Reply): void {
  const validation = validationOf(r.query);
  if (r.contentType?.startsWith('application/apply-patch+yaml')) return apply(r, reply);
  const before = stored(r.cluster, r.resource, r.target);
  const document = r.resource.backing === 'events' ? toNewEvent(before) : before;
  const { result, shown } = patchDocument(document, r, r.resource);
  const object = placed(r, patched(r.resource, result, validation, reply, shown));
  answer(r, reply, 200, update(r.cluster, writtenTo(r), before, inward(r, object), optionsOf(r)));
}

function apply(r: WriteRequest, reply: Reply): void {
  if (!r.query.get('fieldManager'))
    throw invalidOptions('PatchOptions', requiredValue('fieldManager', 'is required for apply patch'));
  const body = decode(r.body, 'application/apply-patch+yaml', r.resource.kind);
  refuseUndeclared(r.resource, body);
  const metadata = isJson(body.metadata) ? body.metadata : {};
  if (metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  const object = placed(r, toObject(r.resource, body, 'Ignore', reply));
  const key = r.resource.namespaced ? `${r.target.namespace}/${r.target.name}` : r.target.name;
  const before = r.cluster.store.collection(r.cluster.storageOf(r.resource)).get(key)?.object;
  const force = r.query.get('force') === 'true' || r.query.get('force') === '1';
  const entry = applyObject(r.cluster, writtenTo(r), before, object, { ...optionsOf(r), force });
  answer(r, reply, before === undefined ? 201 : 200, entry);
}

function deleteOptions(r: WriteRequest): DeleteOptions {
  const body: Json = r.body.length === 0 ? {} : decode(r.body, r.contentType, 'DeleteOptions');
  const number = (key: string): number | undefined => {
    const value = body[key] ?? r.query.get(key);
    return value === undefined || value === null ? undefined : Number(value);
  };
  const grace = number('gracePeriodSeconds');
  const policy = String(body.propagationPolicy ?? r.query.get('propagationPolicy') ?? '');
  const dryRun = Array.isArray(body.dryRun) ? body.dryRun.includes('All') : false;
  return {
    dryRun: dryRun || isDry(r.query),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(policy === '' ? {} : { propagationPolicy: policy }),
    ...(isJson(body.preconditions) ? { preconditions: body.preconditions } : {}),
  };
}

export function del(r: WriteRequest, reply: Reply): void {
  const before = stored(r.cluster, r.resource, r.target);
  const entry = remove(r.cluster, writtenTo(r), before, deleteOptions(r));
  // Pods come back as they were; other kinds that are gone at once as a Status.
  if (entry !== null) return answer(r, reply, 200, entry);
  if (r.resource.kind !== 'Pod') return reply.json(200, success(r.resource, before.metadata.name, before.metadata.uid));
  reply.json(200, before);
}

/** DELETE of a collection: everything that the selectors match. */
export function deleteCollection(r: WriteRequest, matches: ((o: ApiObject) => boolean) | null, reply: Reply): void {
  const options = deleteOptions(r);
  const collection = r.cluster.store.collection(r.cluster.storageOf(r.resource));
  const prefix = r.resource.namespaced && r.target.namespace !== '' ? `${r.target.namespace}/` : '';
  const items: Json[] = [];
  for (const key of collection.keys()) {
    const object = key.startsWith(prefix) ? collection.get(key)?.object : undefined;
    if (object === undefined || (matches !== null && !matches(object))) continue;
    const { kind: _k, apiVersion: _v, ...item } = object;
    items.push(item);
    remove(r.cluster, writtenTo(r), object, options);
  }
  reply.json(200, {
    kind: `${r.resource.kind}List`,
    apiVersion: apiVersionOf(r.resource),
    metadata: { resourceVersion: String(r.cluster.store.rv) },
    items,
  });
}
