// The first proof that a server is there and knows who we are, and the proof that it is back.
import { text } from '../../core/object.ts';
import { cell as sanitise } from '../../core/sanitise.ts';
import { ApiError } from '../../kube/api-error.ts';
import { newBackoff, refusedSteps, reflectorSteps, slowSteps } from '../../kube/backoff.ts';
import type { Session } from '../../kube/session/contract.ts';
import type { Clock } from '../../platform/clock.ts';

export type ProofDeps = {
  readonly session: Session;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Waits that long, or until somebody wants it tried at once. */
  pause(ms: number): Promise<void>;
  onFailed(error: ApiError, nextTryAt: number): void;
};

/**
 * Asks for `/version` until there is an answer; the pauses grow with the kind of failure. Resolves with the version without
 * its `v`; null where the server keeps it to itself (who is refused by name is known there), or when the signal aborted.
 */
export async function proveConnection(deps: ProofDeps): Promise<string | null> {
  const { session, clock, random, signal } = deps;
  const backoff = newBackoff(random);
  while (!signal.aborted) {
    try {
      const version = await session.json({ path: '/version', signal, timeoutMs: 20_000 });
      return sanitise(text(version, 'gitVersion').replace(/^v/, '')) || null;
    } catch (raw) {
      if (signal.aborted) return null;
      const error = asApiError(raw);
      if (error.kind === 'status' && error.code !== 401 && error.code < 500) return null;
      const wait = backoff.next(clock.now(), stepsFor(error));
      deps.onFailed(error, clock.now() + wait);
      await deps.pause(wait);
    }
  }
  return null;
}

function stepsFor(error: ApiError): typeof slowSteps {
  if (error.kind === 'login' || error.kind === 'tls') return slowSteps;
  return /refused/i.test(error.message) ? refusedSteps : reflectorSteps;
}

/** What went wrong in our own words, whatever was thrown. */
export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError('unreachable', error instanceof Error ? error.message : String(error), { cause: error });
