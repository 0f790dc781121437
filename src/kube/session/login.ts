// What a session does about a 401: credentials are renewed once whoever notices first, one more try is made, and then the
// cluster waits for a person, with a look every minute. No storm of credential plugins.
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';
import type { CredentialHeaders, Credentials } from '../credentials/contract.ts';

export interface SessionLogin {
  /** Headers and the generation that they belong to. Throws ApiError `login`, also while a refusal is fresh. */
  headers(signal: AbortSignal): Promise<{ readonly headers: CredentialHeaders; readonly generation: number }>;
  /** The server refused what was sent with this generation; the first to say so drops the cached credentials. */
  refused(generation: number): void;
  accepted(): void;
  /** The renewed credentials were refused as well. Returns the error to throw. */
  failed(error: ApiError): ApiError;
  /** A person asks: forget the refusal. */
  retry(): void;
}

export type LoginOptions = {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly probeMs: number;
  /** Login is needed (the error), or good again (null). Said on change only. */
  changed(error: ApiError | null): void;
};

export function newSessionLogin({ credentials, clock, probeMs, changed }: LoginOptions): SessionLogin {
  let generation = 0;
  let refusal: { readonly error: ApiError; readonly until: number } | null = null;

  const note = (error: ApiError): ApiError => {
    refusal = { error, until: clock.now() + probeMs };
    changed(error);
    return error;
  };

  return {
    async headers(signal) {
      if (refusal !== null && clock.now() < refusal.until) throw refusal.error;
      try {
        const asked = generation;
        return { headers: await credentials.headers(signal), generation: asked };
      } catch (error) {
        if (error instanceof ApiError && error.kind === 'login') throw note(error);
        throw error;
      }
    },
    refused(sentWith) {
      if (sentWith !== generation) return;
      generation++;
      credentials.rejected();
    },
    accepted() {
      credentials.accepted();
      if (refusal === null) return;
      refusal = null;
      changed(null);
    },
    failed: note,
    retry() {
      if (refusal === null) return;
      refusal = { error: refusal.error, until: 0 };
      credentials.retry();
    },
  };
}
