// The last door before the network: while writes are locked, only what cannot change anything gets through. Whatever the
// rest of the program believes it may do, it is decided here.

import { ApiError } from '../api-error.ts';
import type { SessionRequest } from './contract.ts';

// POSTs that only ask: who am I, what may I. `create` of nothing.
const review =
  /^\/apis\/(?:authorization|authentication)\.k8s\.io\/v[0-9a-z]+\/(?:namespaces\/[^/]+\/)?(?:selfsubjectaccessreviews|selfsubjectrulesreviews|selfsubjectreviews|subjectaccessreviews|localsubjectaccessreviews)$/;
// A GET opens these, and then anything may happen inside.
const connecting = /\/pods\/[^/]+\/(?:exec|attach|portforward)$/;
// Steps up, doubled slashes and encoded dots could make a path mean something else than what is checked here.
const odd = /\/\/|\/\.{1,2}(?:\/|$)|%2e|%2f|[\u0000-\u0020\u007f]/i;

/**
 * Whether anything but reads may leave. When locked only GET and review POSTs (authorization.k8s.io,
 * authentication.k8s.io) pass, everything else is an ApiError of kind `locked`.
 */
export type WriteLock = { readonly locked: boolean; readonly reason: string };

/** Null when the request may leave; else the ApiError of kind `locked`, or `protocol` for a path that is not one. */
export function refusalOf(request: SessionRequest, lock: WriteLock): ApiError | null {
  const method = request.method ?? 'GET';
  const path = request.path.split('?', 1)[0] ?? '';
  if (!path.startsWith('/') || odd.test(path)) return new ApiError('protocol', `not a path of an API: ${path}`);
  if (!lock.locked) return null;
  if (method === 'GET' && !connecting.test(path)) return null;
  if (method === 'POST' && review.test(path)) return null;
  return new ApiError('locked', `${method} ${path} was not sent: ${lock.reason}`);
}
