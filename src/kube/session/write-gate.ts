// Who may write. A request that could change something leaves only with a permit for exactly it, and permits are given
// by the write path alone, after everything was checked and confirmed. Whatever the rest of the program believes it may
// do, it is decided here, where bytes leave.
import { ApiError } from '../api-error.ts';
import { refusalOf } from './lock.ts';
import type { SessionRequest, WritePermit } from './contract.ts';

/** What a permit is for. `body` is compared to the byte. */
export type PermittedRequest = {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body: string;
};

export interface WriteGate {
  /** Why nothing may be written through this context (its raw name) now; null: a permit can be had. */
  lockOf(context: string): string | null;
  /** Throws an ApiError of kind `locked` where writes are locked. Good for one request. */
  permit(context: string, request: PermittedRequest): WritePermit;
  /** Null when the request may leave; else the ApiError that says why not. Uses the permit up. */
  refusal(context: string, request: SessionRequest): ApiError | null;
}

/**
 * `reasonOf` says why writes are locked for a context, null when they are not; it is asked when a permit is given and
 * again when the request leaves.
 */
export function createWriteGate(reasonOf: (context: string) => string | null): WriteGate {
  const given = new WeakMap<WritePermit, PermittedRequest & { readonly context: string }>();
  return {
    lockOf: reasonOf,
    permit(context, request) {
      const reason = reasonOf(context);
      if (reason !== null) throw locked(request, reason);
      const permit: WritePermit = { id: Symbol(request.path) };
      given.set(permit, { ...request, context });
      return permit;
    },
    refusal(context, request) {
      const { permit } = request;
      const isFor = permit === undefined ? undefined : given.get(permit);
      if (permit !== undefined) given.delete(permit);
      const reason = reasonOf(context) ?? 'it did not come through the write path';
      const isPermitted =
        isFor !== undefined &&
        isFor.context === context &&
        isFor.method === request.method &&
        isFor.path === request.path &&
        isFor.body === request.body &&
        reasonOf(context) === null;
      return refusalOf(request, { locked: !isPermitted, reason });
    },
  };
}

const locked = ({ method, path }: PermittedRequest, reason: string): ApiError =>
  new ApiError('locked', `${method} ${path.split('?', 1)[0] ?? ''} was not sent: ${reason}`);
