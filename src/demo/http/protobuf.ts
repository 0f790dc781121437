// The request bodies that kubectl sends as protobuf only: reviews, delete options, evictions, and what its `create`
// commands make of a few kinds. Everything else in protobuf is refused with 415, as a custom resource's server does.
import { isJson, type Json } from '../api/objects.ts';

/**
 * Field numbers of a message, from the .proto files of k8s.io/api: a name for a string, a name with a nested message,
 * `+` before it for repeated ones, `{` for a map of strings, `#` for an integer.
 */
type Message = { readonly [field: number]: string | readonly [name: string, message: Message] };

const resourceAttributes: Message = {
  1: 'namespace',
  2: 'verb',
  3: 'group',
  4: 'version',
  5: 'resource',
  6: 'subresource',
  7: 'name',
};
const objectMeta: Message = {
  1: 'name',
  2: 'generateName',
  3: 'namespace',
  5: 'uid',
  6: 'resourceVersion',
  11: '{labels',
  12: '{annotations',
};
const container: Message = {
  1: 'name',
  2: 'image',
  3: '+command',
  4: '+args',
  6: ['+ports', { 1: 'name', 3: '#containerPort', 4: 'protocol' }],
  7: ['+env', { 1: 'name', 2: 'value' }],
};
const deploymentSpec: Message = {
  1: '#replicas',
  2: ['selector', { 1: '{matchLabels' }],
  3: ['template', { 1: ['metadata', objectMeta], 2: ['spec', { 2: ['+containers', container] }] }],
};
const deleteOptions: Message = {
  1: '#gracePeriodSeconds',
  2: ['preconditions', { 1: 'uid', 2: 'resourceVersion' }],
  4: 'propagationPolicy',
  5: '+dryRun',
};

const messages: Readonly<Record<string, Message>> = {
  SelfSubjectAccessReview: {
    2: [
      'spec',
      { 1: ['resourceAttributes', resourceAttributes], 2: ['nonResourceAttributes', { 1: 'path', 2: 'verb' }] },
    ],
  },
  SelfSubjectRulesReview: { 2: ['spec', { 1: 'namespace' }] },
  SelfSubjectReview: {},
  Namespace: { 1: ['metadata', objectMeta] },
  ServiceAccount: { 1: ['metadata', objectMeta] },
  ConfigMap: { 1: ['metadata', objectMeta], 2: '{data' },
  Deployment: { 1: ['metadata', objectMeta], 2: ['spec', deploymentSpec] },
  DeleteOptions: deleteOptions,
  Eviction: { 1: ['metadata', objectMeta], 2: ['deleteOptions', deleteOptions] },
};

function varint(bytes: Buffer, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0, i = at; ; i++, shift += 7) {
    const byte = bytes[i];
    if (byte === undefined || shift > 49) throw new RangeError('truncated protobuf');
    value += (byte & 0x7f) * 2 ** shift;
    if ((byte & 0x80) === 0) return [value, i + 1];
  }
}

function read(bytes: Buffer, message: Message): Json {
  const out: Json = {};
  for (let at = 0; at < bytes.length; ) {
    const [tag, afterTag] = varint(bytes, at);
    const [value, afterValue] = varint(bytes, afterTag);
    const field = message[tag >>> 3];
    if ((tag & 7) === 0) {
      if (typeof field === 'string' && field.startsWith('#')) out[field.slice(1)] = value;
      at = afterValue;
      continue;
    }
    if ((tag & 7) !== 2) throw new RangeError('a protobuf wire type that is not expected');
    const part = bytes.subarray(afterValue, afterValue + value);
    at = afterValue + value;
    if (field === undefined) continue;
    const [name, inner] = typeof field === 'string' ? [field, null] : field;
    const made = inner === null ? part.toString('utf8') : read(part, inner);
    const plain = name.slice(1);
    if (name.startsWith('+')) out[plain] = [...((out[plain] ?? []) as unknown[]), made];
    else if (name.startsWith('{')) {
      const entry = read(part, { 1: 'key', 2: 'value' });
      out[plain] = { ...((out[plain] ?? {}) as Json), [String(entry.key)]: entry.value ?? '' };
    } else if (inner !== null || part.length > 0) out[name] = made;
  }
  return out;
}

/** `k8s` and a zero byte stand before every protobuf body of Kubernetes. */
const magic = Buffer.from('k8s\0');

/** A protobuf body as JSON; null when it is none of the messages known here or is damaged. */
export function decodeProtobuf(body: Buffer, kind: string): Json | null {
  const message = messages[kind];
  if (message === undefined || !body.subarray(0, 4).equals(magic)) return null;
  try {
    // runtime.Unknown: 1 = TypeMeta {1 apiVersion, 2 kind}, 2 = the object's own bytes (read as a message here).
    const envelope = read(body.subarray(4), { 1: ['type', { 1: 'apiVersion', 2: 'kind' }], 2: ['raw', message] });
    const type = isJson(envelope.type) ? envelope.type : {};
    return { kind: type.kind ?? kind, apiVersion: type.apiVersion, ...(isJson(envelope.raw) ? envelope.raw : {}) };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
