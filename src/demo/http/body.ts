// Request bodies of writes: decoding, strict field checks and what a client may not say.
import { parse as parseYaml } from 'yaml';
import { apiVersionOf, type Resource } from '../api/kinds.ts';
import { type ApiObject, isJson, type Json } from '../api/objects.ts';
import { pruned, typeOf, unknownFields } from '../api/schema.ts';
import { ApiFailure, badRequest, invalid, invalidValue, status, unsupportedMedia } from '../api/status-bodies.ts';
import { decodeProtobuf } from './protobuf.ts';
import type { Reply } from './reply.ts';

export type Validation = 'Strict' | 'Warn' | 'Ignore';

export const validationOf = (query: URLSearchParams): Validation => {
  const asked = query.get('fieldValidation');
  return asked === 'Strict' || asked === 'Ignore' ? asked : 'Warn';
};

/** Bytes as JSON or YAML by content type, and the few messages that come as protobuf; 415 for others. */
export function decode(body: Buffer, contentType: string | undefined, kind: string): Json {
  const type = (contentType ?? 'application/json').split(';')[0]?.trim() ?? '';
  if (type === 'application/vnd.kubernetes.protobuf') {
    const message = decodeProtobuf(body, kind);
    if (message !== null) return message;
  }
  if (!['application/json', 'application/yaml', 'application/apply-patch+yaml'].includes(type) && type !== '')
    throw unsupportedMedia(
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    );
  const text = body.toString('utf8');
  try {
    const value: unknown = type === 'application/json' || type === '' ? JSON.parse(text) : parseYaml(text);
    if (isJson(value)) return value;
  } catch {
    // told below, in the words of the server
  }
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: invalid character looking for beginning of value (${text.slice(0, 40)})`,
  );
}

/** An object for this resource out of a decoded body; unknown fields are refused, warned about or dropped. */
export function toObject(resource: Resource, body: Json, validation: Validation, reply: Reply): ApiObject {
  const apiVersion = apiVersionOf(resource);
  const kind = resource.kind;
  if (body.kind !== undefined && (body.kind !== kind || body.apiVersion !== apiVersion)) {
    const given = `${String(body.kind)} in version "${String(body.apiVersion).split('/').at(-1)}"`;
    throw badRequest(
      `${given} cannot be handled as a ${kind}: converting (${String(body.kind)}) to (${kind}): unknown conversion`,
    );
  }
  const type = typeOf(apiVersion, kind);
  const unknown = validation === 'Ignore' ? [] : unknownFields(body, type);
  const words = unknown.map((f) => `unknown field "${f}"`);
  if (unknown.length > 0 && validation === 'Strict')
    throw badRequest(
      `${kind} in version "${resource.version}" cannot be handled as a ${kind}: strict decoding error: ${words.join(', ')}`,
    );
  reply.warnings.push(...words);
  const object = pruned(body, type) as Json;
  return {
    ...object,
    kind,
    apiVersion,
    metadata: (isJson(object.metadata) ? object.metadata : {}) as ApiObject['metadata'],
  };
}

/** What a patch made, checked and cleaned as `toObject` does; a strict failure of a patch is a 422 with the object in it. */
export function patched(
  resource: Resource,
  result: Json,
  validation: Validation,
  reply: Reply,
  shown: string,
): ApiObject {
  const type = typeOf(apiVersionOf(resource), resource.kind);
  const unknown = validation === 'Ignore' ? [] : unknownFields(result, type);
  const words = unknown.map((f) => `unknown field "${f}"`);
  if (unknown.length > 0 && validation === 'Strict') {
    const cause = invalidValue('patch', JSON.stringify(shown), `strict decoding error: ${words.join(', ')}`);
    const found = invalid({ group: '', kind: '' }, '', [cause]);
    throw found;
  }
  reply.warnings.push(...words);
  return pruned(result, type) as ApiObject;
}

/** Apply refuses unknown fields with a 500 that has no reason. */
export function refuseUndeclared(resource: Resource, applied: Json): void {
  const [first] = unknownFields(applied, typeOf(apiVersionOf(resource), resource.kind));
  if (first === undefined) return;
  const metadata = isJson(applied.metadata) ? applied.metadata : {};
  const about = `${String(metadata.namespace ?? '')}/${String(metadata.name ?? '')}; ${apiVersionOf(resource)}, Kind=${resource.kind}`;
  const message = `failed to create typed patch object (${about}): .${first}: field not declared in schema`;
  throw new ApiFailure(500, status(500, '', message));
}
