// Create, update and delete as an API server does them: names, uids, generations, versions, managed fields, dry runs,
// preconditions, finalizers and graceful deletion. Request bodies are decoded elsewhere.
import { at, record, text } from '../../core/object.ts';
import { hashOf } from '../random.ts';
import type { ApiCluster } from './cluster.ts';
import { withDefaults } from './defaults.ts';
import { type Resource, storageName } from './kinds.ts';
import { apply as applyFields, trackUpdate } from './managed-fields.ts';
import { type ApiObject, equal, keyOf, type Meta, rfc3339 } from './objects.ts';
import { alreadyExists, conflict, forbidden, invalid, modified, notFound, requiredValue } from './status-bodies.ts';
import { type Entry, entryOf } from './store.ts';
import { validate } from './validate.ts';

export type WriteOptions = {
  readonly manager: string;
  readonly subresource?: string;
  readonly dryRun?: boolean;
};

/** Kinds whose metadata.generation moves with the spec. CRs have it too. */
const withGeneration = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Pod',
  'Ingress',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'EndpointSlice',
  'CustomResourceDefinition',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
]);

/** The part of an object that counts as its wish: what moves the generation. */
function wishOf(object: ApiObject): unknown {
  const { metadata, status: _s, apiVersion: _a, kind, ...rest } = object;
  if (kind !== 'Deployment') return rest;
  // Every annotation but the controller's own counts for a Deployment.
  const { 'deployment.kubernetes.io/revision': _r, ...annotations } = metadata.annotations ?? {};
  return { ...rest, annotations };
}

function dry(resource: Resource, object: ApiObject): Entry {
  return entryOf(object, resource.crd !== null);
}

export function create(cluster: ApiCluster, resource: Resource, body: ApiObject, options: WriteOptions): Entry {
  const from: Partial<Meta> = body.metadata ?? {};
  const name = from.name || (from.generateName ? `${from.generateName}${cluster.newSuffix()}` : '');
  if (name === '') throw invalid(resource, '', [requiredValue('metadata.name', 'name or generateName is required')]);
  if (resource.namespaced && from.namespace !== undefined) {
    const namespace = cluster.store.collection('namespaces').get(from.namespace)?.object;
    if (namespace === undefined) throw notFound({ group: '', resource: 'namespaces' }, from.namespace);
    if (namespace.metadata.deletionTimestamp !== undefined)
      throw forbidden(
        `${storageName(resource)} "${name}" is forbidden: unable to create new content in namespace ${from.namespace} because it is being terminated`,
        {
          name,
          group: resource.group,
          kind: resource.resource,
          causes: [
            {
              reason: 'NamespaceTerminating',
              message: `namespace ${from.namespace} is being terminated`,
              field: 'metadata.namespace',
            },
          ],
        },
      );
  }
  const metadata: Meta = {
    ...from,
    name,
    uid: cluster.newUid(),
    resourceVersion: '',
    creationTimestamp: rfc3339(cluster.now()),
    ...(resource.crd !== null || withGeneration.has(resource.kind) ? { generation: 1 } : {}),
  };
  delete metadata.deletionTimestamp;
  const { status: _status, ...rest } = body;
  const keepsStatus =
    !resource.subresources.some((s) => s.subresource === 'status') || options.subresource === 'keep-status';
  let object = withDefaults({ ...(keepsStatus ? body : (rest as ApiObject)), metadata });
  object = withAddress(object);
  checkQuota(cluster, resource, object);
  validate(resource, object);
  const collection = cluster.store.collection(storageName(resource));
  if (collection.get(keyOf(object.metadata)) !== undefined) throw alreadyExists(resource, name);
  if (from.managedFields === undefined || from.managedFields.length === 0) {
    const writer = { manager: options.manager, subresource: '', now: cluster.now() };
    object = { ...object, metadata: { ...object.metadata, managedFields: trackUpdate(undefined, object, writer) } };
  }
  return options.dryRun === true ? dry(resource, object) : cluster.store.commit(resource, object);
}

/** A Service gets its cluster address when it is made, unless it is headless or only a name. */
function withAddress(object: ApiObject): ApiObject {
  if (object.kind !== 'Service' || text(object, 'spec', 'type') === 'ExternalName') return object;
  if (text(object, 'spec', 'clusterIP') !== '') return object;
  const h = hashOf(object.metadata.uid);
  const clusterIP = `10.96.${(h >>> 8) & 255}.${1 + ((h >>> 16) % 254)}`;
  const families = { clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  return { ...object, spec: { ...record(object, 'spec'), clusterIP, ...families } };
}

/** Pods of a namespace that have not ended. */
function podsIn(cluster: ApiCluster, namespace: string): number {
  const pods = cluster.store.collection('pods');
  return pods.keys().filter((key) => {
    if (!key.startsWith(`${namespace}/`)) return false;
    const phase = text(pods.get(key)?.object, 'status', 'phase');
    return phase !== 'Succeeded' && phase !== 'Failed';
  }).length;
}

/** Pods counted against the namespace's ResourceQuotas; 403 as the admission plugin words it. */
function checkQuota(cluster: ApiCluster, resource: Resource, object: ApiObject): void {
  if (resource.kind !== 'Pod') return;
  const quotas = cluster.store.collection('resourcequotas');
  for (const key of quotas.keys()) {
    if (!key.startsWith(`${object.metadata.namespace ?? ''}/`)) continue;
    const quota = quotas.get(key)?.object;
    const hard = Number(at(quota, 'spec', 'hard', 'pods'));
    const used = podsIn(cluster, object.metadata.namespace ?? '');
    if (Number.isNaN(hard) || used + 1 <= hard) continue;
    const { name } = object.metadata;
    throw forbidden(
      `pods "${name}" is forbidden: exceeded quota: ${quota?.metadata.name ?? ''}, requested: pods=1, used: pods=${used}, limited: pods=${hard}`,
      { name, kind: 'pods' },
    );
  }
}

/**
 * Stores the new state of an object. `next` is what the client wants; identity, deletion marks and the half that the
 * (sub)resource does not write are kept from the stored object.
 */
export function update(
  cluster: ApiCluster,
  resource: Resource,
  before: ApiObject,
  next: ApiObject,
  options: WriteOptions & { readonly managed?: boolean },
): Entry {
  const wanted = next.metadata.resourceVersion;
  if (wanted && wanted !== before.metadata.resourceVersion) throw modified(resource, before.metadata.name);
  const sub = options.subresource ?? '';
  const hasStatus = resource.subresources.some((s) => s.subresource === 'status');
  const old = before.metadata;
  const metadata: Meta = {
    ...next.metadata,
    name: old.name,
    uid: next.metadata.uid || old.uid,
    resourceVersion: old.resourceVersion,
    creationTimestamp: old.creationTimestamp,
    ...(old.generateName === undefined ? {} : { generateName: old.generateName }),
    ...(old.namespace === undefined ? {} : { namespace: old.namespace }),
    ...(old.deletionTimestamp === undefined ? {} : { deletionTimestamp: old.deletionTimestamp }),
    ...(old.generation === undefined ? {} : { generation: old.generation }),
  };
  if (options.managed !== true && old.managedFields !== undefined) metadata.managedFields = old.managedFields;
  let object: ApiObject;
  if (sub === 'status') object = { ...before, metadata: { ...old, ...pickOpen(metadata) }, status: next.status };
  else {
    const { status: _s, ...rest } = next;
    object = { ...(hasStatus && sub !== 'keep-status' ? (rest as ApiObject) : next), metadata };
    if (hasStatus && sub !== 'keep-status' && before.status !== undefined) object.status = before.status;
    object = withDefaults(object);
  }
  validate(resource, object, before);
  const changesWish = !equal(wishOf(before), wishOf(object));
  if (changesWish && old.generation !== undefined)
    object = { ...object, metadata: { ...object.metadata, generation: old.generation + 1 } };
  if (options.managed !== true) {
    const writer = { manager: options.manager, subresource: sub === 'keep-status' ? '' : sub, now: cluster.now() };
    const managedFields = trackUpdate(before, object, writer);
    object = { ...object, metadata: { ...object.metadata, managedFields } };
  }
  if (sameButFields(before, object)) return currentEntry(cluster, resource, before);
  if (options.dryRun === true) return dry(resource, object);
  const finished = object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0;
  if (finished && old.deletionTimestamp !== undefined && resource.kind !== 'Pod' && resource.kind !== 'Namespace') {
    cluster.store.remove(resource, keyOf(object.metadata));
    return dry(resource, object);
  }
  return cluster.store.commit(resource, object);
}

/** A status write may change labels and annotations of a pod or node, nothing else of the metadata. */
const pickOpen = (m: Meta): Partial<Meta> => ({
  ...(m.labels === undefined ? {} : { labels: m.labels }),
  ...(m.annotations === undefined ? {} : { annotations: m.annotations }),
});

const sameButFields = (a: ApiObject, b: ApiObject): boolean =>
  equal(
    { ...a, metadata: { ...a.metadata, managedFields: undefined } },
    { ...b, metadata: { ...b.metadata, managedFields: undefined } },
  ) &&
  equal(
    (a.metadata.managedFields ?? []).map((m) => m.fieldsV1),
    (b.metadata.managedFields ?? []).map((m) => m.fieldsV1),
  );

const currentEntry = (cluster: ApiCluster, resource: Resource, object: ApiObject): Entry =>
  cluster.store.collection(storageName(resource)).get(keyOf(object.metadata)) ?? dry(resource, object);

/** Server-side apply of a whole object. */
export function applyObject(
  cluster: ApiCluster,
  resource: Resource,
  before: ApiObject | undefined,
  applied: ApiObject,
  options: WriteOptions & { readonly force: boolean },
): Entry {
  const writer = { manager: options.manager, subresource: options.subresource ?? '', now: cluster.now() };
  const merged = applyFields(before, applied, writer, options.force);
  return before === undefined
    ? create(cluster, resource, merged, options)
    : update(
        cluster,
        resource,
        before,
        { ...merged, metadata: { ...merged.metadata, uid: before.metadata.uid } },
        { ...options, managed: true },
      );
}

export type DeleteOptions = {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
};

/**
 * Deletes, or marks for deletion: pods get their grace period (the kubelet ends them), namespaces and objects with
 * finalizers wait for their controllers. Returns the marked object, or null when it is gone.
 */
export function remove(
  cluster: ApiCluster,
  resource: Resource,
  before: ApiObject,
  options: DeleteOptions,
): Entry | null {
  const { name, uid, resourceVersion } = before.metadata;
  const wanted = options.preconditions ?? {};
  const type = { group: '', resource: resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}` };
  if (wanted.uid !== undefined && wanted.uid !== uid)
    throw preconditionFailed(
      type,
      resource,
      name,
      'UID',
      wanted.uid,
      uid,
      'The object might have been deleted and then recreated',
    );
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion)
    throw preconditionFailed(
      type,
      resource,
      name,
      'ResourceVersion',
      wanted.resourceVersion,
      resourceVersion,
      'The object might have been modified',
    );
  const finalizers = new Set(before.metadata.finalizers ?? []);
  if (options.propagationPolicy === 'Foreground') finalizers.add('foregroundDeletion');
  if (options.propagationPolicy === 'Orphan') finalizers.add('orphan');
  const grace =
    resource.kind === 'Pod'
      ? (options.gracePeriodSeconds ?? Number(at(before, 'spec', 'terminationGracePeriodSeconds') ?? 30))
      : 0;
  const scheduled = text(before, 'spec', 'nodeName') !== '';
  const lingers =
    finalizers.size > 0 || resource.kind === 'Namespace' || (resource.kind === 'Pod' && grace > 0 && scheduled);
  if (!lingers) {
    if (!options.dryRun) cluster.store.remove(resource, keyOf(before.metadata));
    return null;
  }
  const metadata: Meta = {
    ...before.metadata,
    deletionTimestamp: before.metadata.deletionTimestamp ?? rfc3339(cluster.now() + grace * 1000),
    deletionGracePeriodSeconds: grace,
    ...(finalizers.size === 0 ? {} : { finalizers: [...finalizers] }),
  };
  if (before.metadata.generation !== undefined) metadata.generation = before.metadata.generation + 1;
  const object: ApiObject = { ...before, metadata };
  if (resource.kind === 'Namespace') object.status = { ...record(before, 'status'), phase: 'Terminating' };
  return options.dryRun ? dry(resource, object) : cluster.store.commit(resource, object);
}

function preconditionFailed(
  type: { readonly group: string; readonly resource: string },
  resource: Resource,
  name: string,
  what: string,
  asked: string,
  have: string,
  why: string,
): Error {
  const found = conflict(
    type,
    name,
    `the ${what} in the precondition (${asked}) does not match the ${what} in record (${have}). ${why}`,
  );
  if (found.body !== null)
    found.body.details = { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.kind };
  return found;
}
