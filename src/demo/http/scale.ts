// The /scale subresource of workloads and of custom resources, and pods/eviction.
import { at, list, number, record, text } from '../../core/object.ts';
import { crdVersion, type Resource } from '../api/kinds.ts';
import type { ApiObject, Json } from '../api/objects.ts';
import { selectorText, selects } from '../api/selectors.ts';
import {
  ApiFailure,
  badRequest,
  conflict,
  internal,
  invalid,
  invalidValue,
  noSuchResource,
  notFound,
  status,
} from '../api/status-bodies.ts';
import { remove, update } from '../api/write.ts';
import { decode } from './body.ts';
import type { Reply } from './reply.ts';
import { managerOf, patchDocument, stored, type WriteRequest } from './write-routes.ts';

type Paths = { readonly spec: string[]; readonly status: string[]; readonly selector: string[] };

const split = (path: string): string[] => path.split('.').filter((p) => p !== '');

function pathsOf(resource: Resource): Paths {
  const own = at(crdVersion(resource), 'subresources', 'scale');
  if (own === undefined) return { spec: ['spec', 'replicas'], status: ['status', 'replicas'], selector: [] };
  return {
    spec: split(text(own, 'specReplicasPath')),
    status: split(text(own, 'statusReplicasPath')),
    selector: split(text(own, 'labelSelectorPath')),
  };
}

function scaleOf(resource: Resource, object: ApiObject): Json {
  const paths = pathsOf(resource);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = number(object, ...paths.spec);
  if (replicas === undefined && resource.crd !== null)
    throw internal(`the spec replicas field ".${paths.spec.join('.')}" does not exist`);
  const selector =
    resource.crd === null ? selectorText(at(object, 'spec', 'selector')) : text(object, ...paths.selector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 || replicas === undefined ? {} : { replicas },
    status: { replicas: number(object, ...paths.status) ?? 0, ...(selector === '' ? {} : { selector }) },
  };
}

function withValue(object: Json, path: readonly string[], value: unknown): Json {
  const [key = '', ...rest] = path;
  return { ...object, [key]: rest.length === 0 ? value : withValue(record(object, key), rest, value) };
}

/** GET, PUT or PATCH of /scale. */
export function scale(r: WriteRequest, method: string, reply: Reply): void {
  if (!r.resource.subresources.some((s) => s.subresource === 'scale')) throw noSuchResource();
  const before = stored(r.cluster, r.resource, r.target);
  if (method === 'GET') return reply.json(200, scaleOf(r.resource, before));
  const paths = pathsOf(r.resource);
  const known = number(before, ...paths.spec) ?? 0;
  const current: Json = {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: record(scaleOf(r.resource, withValue(before, paths.spec, known) as ApiObject), 'metadata'),
    spec: known === 0 ? {} : { replicas: known },
  };
  const wanted =
    method === 'PUT' ? decode(r.body, r.contentType, 'Scale') : patchDocument(current, r, scaleType).result;
  if (method === 'PATCH' && r.query.get('fieldValidation') === 'Strict') {
    const odd = Object.keys(record(wanted, 'spec')).filter((k) => k !== 'replicas');
    if (odd.length > 0)
      throw invalid({ group: '', kind: '' }, '', [
        invalidValue(
          'patch',
          JSON.stringify(JSON.stringify(wanted)),
          `strict decoding error: unknown field "spec.${odd[0]}"`,
        ),
      ]);
  }
  const { uid, resourceVersion } = before.metadata;
  const askedUid = text(wanted, 'metadata', 'uid');
  if (askedUid !== '' && askedUid !== uid)
    throw conflict(
      { group: r.resource.group, resource: `${r.resource.resource}/scale` },
      before.metadata.name,
      `Precondition failed: UID in precondition: ${askedUid}, UID in object meta: ${uid}`,
    );
  const replicas = number(wanted, 'spec', 'replicas') ?? 0;
  if (replicas < 0)
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, before.metadata.name, [
      invalidValue('spec.replicas', String(replicas), 'must be greater than or equal to 0'),
    ]);
  const next = withValue(before, paths.spec, replicas) as ApiObject;
  const asked = text(wanted, 'metadata', 'resourceVersion');
  next.metadata = { ...before.metadata, resourceVersion: asked === '' ? resourceVersion : asked };
  const entry = update(r.cluster, r.resource, before, next, {
    manager: managerOf(r.query, r.userAgent),
    dryRun: r.query.get('dryRun') === 'All',
    subresource: 'scale',
  });
  reply.json(200, scaleOf(r.resource, entry.object));
}

const scaleType: Resource = {
  group: 'autoscaling',
  version: 'v1',
  resource: 'scale',
  kind: 'Scale',
  singular: '',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: [],
  subresources: [],
  backing: 'none',
  crd: null,
};

/** POST pods/{name}/eviction: refused while a PodDisruptionBudget has none left. */
export function evict(r: WriteRequest, reply: Reply): void {
  const pod = stored(r.cluster, r.resource, r.target);
  const body = r.body.length === 0 ? {} : decode(r.body, r.contentType, 'Eviction');
  const budgets = r.cluster.store.collection('poddisruptionbudgets.policy');
  const guards = budgets
    .keys()
    .filter((k) => k.startsWith(`${pod.metadata.namespace ?? ''}/`))
    .map((k) => budgets.get(k)?.object)
    .filter((b) => b !== undefined && selects(at(b, 'spec', 'selector'), pod.metadata.labels));
  if (guards.length > 1)
    throw new ApiFailure(
      500,
      status(
        500,
        'InternalError',
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      ),
    );
  const [budget] = guards;
  if (budget !== undefined) {
    if (number(budget, 'status', 'observedGeneration') === undefined)
      throw new ApiFailure(
        429,
        status(
          429,
          'TooManyRequests',
          `Cannot evict pod as it would violate the pod's disruption budget. The disruption budget ${budget.metadata.name} is still being processed by the server.`,
          { retryAfterSeconds: 10 },
        ),
        '',
        { 'retry-after': '10' },
      );
    if ((number(budget, 'status', 'disruptionsAllowed') ?? 0) <= 0) {
      const needs = number(budget, 'status', 'desiredHealthy') ?? 0;
      const has = number(budget, 'status', 'currentHealthy') ?? 0;
      const message = `The disruption budget ${budget.metadata.name} needs ${needs} healthy pods and has ${has} currently`;
      throw new ApiFailure(
        429,
        status(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
          causes: [{ reason: 'DisruptionBudget', message }],
        }),
      );
    }
  }
  const dryRun = r.query.get('dryRun') === 'All' || list(body, 'deleteOptions', 'dryRun').includes('All');
  if (pod.metadata.name !== (text(body, 'metadata', 'name') || pod.metadata.name))
    throw badRequest('name in URL does not match name in Eviction object');
  if (pod.metadata.uid === '') throw notFound(r.resource, pod.metadata.name);
  remove(r.cluster, r.resource, pod, { dryRun });
  reply.json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}
