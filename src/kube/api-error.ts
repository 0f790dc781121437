// What an API server or the way to it said when it did not say yes.

/** A metav1.Status as far as it is used; every text is sanitised. */
export type ApiStatus = {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  /** `details.name`, set when it is an object that is missing and not a resource. */
  readonly name: string | null;
  readonly kind: string | null;
};

/**
 * Why a request failed.
 * - `status`: the server answered with an error; `status` says which.
 * - `unreachable`: no connection (refused, DNS, timeout, reset, proxy); `message` is one line.
 * - `tls`: certificate trouble, not worth a retry within a minute.
 * - `login`: credentials are missing, expired or their plugin failed; `command` heals it when known.
 * - `aborted`: we stopped it (signal or time limit of the caller).
 * - `protocol`: an answer that is not Kubernetes (an HTML login page, a redirect, garbage).
 * - `locked`: a write was stopped in the session because writes are not allowed.
 */
export type ApiErrorKind = 'status' | 'unreachable' | 'tls' | 'login' | 'aborted' | 'protocol' | 'locked';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: ApiErrorKind;
  readonly status: ApiStatus | null;
  /** Seconds the server asked to wait, from Retry-After or details.retryAfterSeconds. */
  readonly retryAfter: number | null;
  readonly command: string | null;

  constructor(
    kind: ApiErrorKind,
    message: string,
    more: { status?: ApiStatus; retryAfter?: number | null; command?: string | null; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.kind = kind;
    this.status = more.status ?? null;
    this.retryAfter = more.retryAfter ?? null;
    this.command = more.command ?? null;
  }

  /** HTTP status code, 0 when there was no answer. */
  get code(): number {
    return this.status?.code ?? 0;
  }

  /** A 403 that names a missing RBAC rule; quota and admission answer 403 too. */
  get isMissingRight(): boolean {
    return this.code === 403 && / cannot [a-z]+ (resource|path) /.test(this.status?.message ?? '');
  }
}
