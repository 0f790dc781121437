// The shape of what the demo stores: Kubernetes objects as plain JSON. An object that was stored is never changed again;
// every write makes a new one, so that history, watches and snapshots may share it.

/** Any JSON object. */
export type Json = { [key: string]: unknown };

export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

export type ManagedFields = {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Json;
  subresource?: string;
};

export type Meta = {
  name: string;
  generateName?: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFields[];
};

export type ApiObject = Json & { apiVersion: string; kind: string; metadata: Meta };

/** Order in which Go writes metav1.ObjectMeta; readers that stream rely on it. */
const metaOrder = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** The same object with metadata in Go's order and without what Go leaves out. */
export function ordered(object: ApiObject): ApiObject {
  const from = object.metadata as unknown as Json;
  const metadata: Json = {};
  for (const key of metaOrder) {
    const value = from[key];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value === 'object' && Object.keys(value).length === 0) continue;
    metadata[key] = value;
  }
  const { apiVersion, kind, metadata: _, ...rest } = object;
  return { kind, apiVersion, metadata: metadata as unknown as Meta, ...rest };
}

/** Keys sorted at every level, as custom resources are written by a real server. */
export function sortedDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedDeep);
  if (typeof value !== 'object' || value === null) return value;
  const out: Json = {};
  for (const key of Object.keys(value).sort()) out[key] = sortedDeep((value as Json)[key]);
  return out;
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equality that ignores the order of keys, as apiequality.Semantic.DeepEqual does for JSON data. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (!isJson(a) || !isJson(b)) return false;
  const keys = Object.keys(a).filter((k) => a[k] !== undefined);
  return (
    keys.length === Object.keys(b).filter((k) => b[k] !== undefined).length && keys.every((k) => equal(a[k], b[k]))
  );
}

/** `namespace/name`, or the name alone: sorts as etcd sorts. */
export const keyOf = (metadata: { readonly namespace?: string; readonly name: string }): string =>
  metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;

/** RFC 3339 with whole seconds, as metav1.Time is written. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** RFC 3339 with microseconds, as metav1.MicroTime is written. */
export const rfc3339Micro = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000Z`;
