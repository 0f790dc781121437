// The errors of an API server: metav1.Status bodies with the words, reasons and details that a real 1.36 server sends.
import type { Json } from './objects.ts';

export type Cause = { readonly reason?: string; readonly message: string; readonly field?: string };

/** Thrown by request handling and turned into an answer at one place. `body` null: plain text. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly code: number;
  readonly body: Json | null;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, body: Json | null, text = '', headers: Readonly<Record<string, string>> = {}) {
    super(body === null ? text : String(body.message ?? ''));
    this.code = code;
    this.body = body;
    this.text = text;
    this.headers = headers;
  }
}

export type Details = {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
};

/** A Status of failure; fields in Go's order, empty ones left out. */
export function status(code: number, reason: string, message: string, details?: Details): Json {
  const kept: Json | undefined = details && {
    ...(details.name ? { name: details.name } : {}),
    ...(details.group ? { group: details.group } : {}),
    ...(details.kind ? { kind: details.kind } : {}),
    ...(details.uid ? { uid: details.uid } : {}),
    ...(details.causes ? { causes: details.causes } : {}),
    ...(details.retryAfterSeconds ? { retryAfterSeconds: details.retryAfterSeconds } : {}),
  };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(kept === undefined ? {} : { details: kept }),
    code,
  };
}

const failure = (code: number, reason: string, message: string, details?: Details): ApiFailure =>
  new ApiFailure(code, status(code, reason, message, details));

type Type = { readonly group: string; readonly resource: string };

const qualified = (t: Type): string => (t.group === '' ? t.resource : `${t.resource}.${t.group}`);

export const success = (type: Type, name: string, uid: string): Json => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.resource, uid },
});

export const badRequest = (message: string): ApiFailure => failure(400, 'BadRequest', message);
export const unauthorized = (): ApiFailure => failure(401, 'Unauthorized', 'Unauthorized');
export const forbidden = (message: string, details: Details): ApiFailure =>
  new ApiFailure(403, status(403, 'Forbidden', message, details), '', { 'x-content-type-options': 'nosniff' });
export const notFound = (t: Type, name: string): ApiFailure =>
  failure(404, 'NotFound', `${qualified(t)} "${name}" not found`, { name, group: t.group, kind: t.resource });
/** Unknown resource or version of a group that exists. */
export const noSuchResource = (): ApiFailure =>
  failure(404, 'NotFound', 'the server could not find the requested resource', {});
/** Unknown group or path: not a Status at all. */
export const noSuchPath = (): ApiFailure =>
  new ApiFailure(404, null, '404 page not found\n', {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
export const notAllowed = (): ApiFailure =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
export const notAcceptable = (accepted: readonly string[]): ApiFailure =>
  failure(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${accepted.join(', ')}`, {});
export const conflict = (t: Type, name: string, why: string): ApiFailure =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(t)} "${name}": ${why}`, {
    name,
    group: t.group,
    kind: t.resource,
  });
export const modified = (t: Type, name: string): ApiFailure =>
  conflict(t, name, 'the object has been modified; please apply your changes to the latest version and try again');
export const alreadyExists = (t: Type, name: string): ApiFailure =>
  failure(409, 'AlreadyExists', `${qualified(t)} "${name}" already exists`, { name, group: t.group, kind: t.resource });
export const applyConflict = (causes: readonly Cause[]): ApiFailure => {
  const n = causes.length;
  const words = causes.map((c) => `${c.message}: ${c.field ?? ''}`);
  const text = n === 1 ? words[0] : `conflicts:\n- ${words.join('\n- ')}`;
  return failure(409, 'Conflict', `Apply failed with ${n} ${n === 1 ? `conflict: ${text}` : text}`, { causes });
};
export const unsupportedMedia = (message = '415: Unsupported Media Type'): ApiFailure =>
  failure(415, 'UnsupportedMediaType', message, {});
/** A JSON patch that cannot be applied, or whose `test` fails: the two look the same. */
export const rejectedPatch = (): ApiFailure =>
  failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
export const expired = (message: string, continueToken?: string): ApiFailure => {
  const body = status(410, 'Expired', message);
  return new ApiFailure(410, continueToken === undefined ? body : { ...body, metadata: { continue: continueToken } });
};
export const tooLarge = (wanted: string, current: number): ApiFailure =>
  failure(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
export const internal = (message: string): ApiFailure => failure(500, 'InternalError', message);

/** 422 with one cause per field; `kind` as validation writes it (`Deployment.apps`). */
export function invalid(
  t: { readonly group: string; readonly kind: string },
  name: string,
  causes: readonly Cause[],
): ApiFailure {
  const words = causes.map((c) => `${c.field === undefined ? '' : `${c.field}: `}${c.message}`);
  const told = [...new Set(words)];
  const list = told.length === 1 ? told[0] : `[${told.join(', ')}]`;
  const kind = t.group === '' ? t.kind : `${t.kind}.${t.group}`;
  return failure(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`, {
    name,
    group: t.group,
    kind: t.kind,
    causes,
  });
}

export const invalidValue = (field: string, value: string, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${value}: ${why}`,
  field,
});
export const requiredValue = (field: string, why = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: why === '' ? 'Required value' : `Required value: ${why}`,
  field,
});
export const forbiddenValue = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});
/** 422 about query parameters. */
export const invalidOptions = (kind: string, cause: Cause): ApiFailure =>
  invalid({ group: 'meta.k8s.io', kind }, '', [cause]);
/** What priority and fairness answers when a level is full. */
export const tooManyRequests = (retryAfter = 1): ApiFailure =>
  new ApiFailure(429, null, 'Too many requests, please try again later.\n', {
    'content-type': 'text/plain; charset=utf-8',
    'retry-after': String(retryAfter),
    'x-content-type-options': 'nosniff',
  });
