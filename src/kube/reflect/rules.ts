// What to do when a list or a watch fails: the failure table as one pure function. The numbers are client-go's
// (tools/cache/reflector.go, rest/with_retry.go) where it has an answer.
import { ApiError } from '../api-error.ts';
import { StreamGivenUp } from './watch-stream.ts';

export type Stage = 'list' | 'first-set' | 'watch';

export type Decision =
  /** Go on from the last version (or begin anew when there is none) after a pause. */
  | { readonly next: 'resume'; readonly pause: Pause; readonly error: ApiError }
  /** The last version is of no use: everything is asked for again. */
  | { readonly next: 'resync'; readonly pause: Pause; readonly error: ApiError }
  /** Ask with LIST instead of a stream; for good when `refused`. */
  | { readonly next: 'list'; readonly refused: boolean; readonly packed: boolean }
  /** The resource cannot be watched: list it, and again when asked. A refusal may pass, a missing verb does not. */
  | { readonly next: 'poll'; readonly mayPass: boolean; readonly error: ApiError }
  | { readonly next: 'denied'; readonly error: ApiError }
  | { readonly next: 'absent' }
  | { readonly next: 'stop' };

export type Pause =
  /** Growing, with jitter; ended early when the connection is back. */
  | 'backoff'
  /** At once the first time, then as `backoff`: a server that says 410 for ever must not be listed for ever. */
  | 'once'
  /** Until somebody has logged in; looked at every minute. */
  | 'login'
  | { readonly seconds: number };

export function decide(error: unknown, stage: Stage, isOurSignal: boolean): Decision {
  if (isOurSignal) return { next: 'stop' };
  if (error instanceof StreamGivenUp) return decideGivenUp(error);
  if (error instanceof SyntaxError) {
    const words = new ApiError('protocol', `the watch sent what cannot be read: ${error.message}`, { cause: error });
    return { next: 'resync', pause: 'once', error: words };
  }
  if (!(error instanceof ApiError)) throw error;
  switch (error.kind) {
    case 'aborted':
    case 'unreachable':
    case 'tls':
      return { next: 'resume', pause: 'backoff', error };
    case 'login':
      return { next: 'resume', pause: 'login', error };
    case 'protocol':
      return { next: 'resync', pause: 'backoff', error };
    case 'locked':
      return { next: 'denied', error };
    case 'status':
      return decideStatus(error, stage);
  }
}

function decideGivenUp(reason: StreamGivenUp): Decision {
  switch (reason.why) {
    case 'stalled':
      return { next: 'list', refused: false, packed: false };
    case 'crawls':
      return { next: 'list', refused: false, packed: true };
    case 'overdue': {
      const error = new ApiError('unreachable', 'the server did not end the watch in its time');
      return { next: 'resume', pause: { seconds: 0 }, error };
    }
    case 'mute': {
      const error = new ApiError('protocol', 'the watch waits for a version that the server does not know');
      return { next: 'resync', pause: 'once', error };
    }
  }
}

function decideStatus(error: ApiError, stage: Stage): Decision {
  const wait: Pause = error.retryAfter === null ? 'backoff' : { seconds: error.retryAfter };
  switch (error.code) {
    case 403:
      // Some may list and not watch; a list tells.
      return stage === 'list' ? { next: 'denied', error } : { next: 'poll', mayPass: true, error };
    case 404:
      return { next: 'absent' };
    case 405:
      return stage === 'list' ? { next: 'absent' } : { next: 'poll', mayPass: false, error };
    case 410:
      return { next: 'resync', pause: 'once', error };
    case 429:
      return { next: 'resume', pause: wait, error };
    case 504:
      // The version is ahead of the server: its etcd went back in time, or another replica is behind.
      return isFuture(error) ? { next: 'resync', pause: 'once', error } : { next: 'resume', pause: wait, error };
  }
  if (error.code >= 500) return { next: 'resume', pause: wait, error };
  if (stage === 'first-set') return { next: 'list', refused: true, packed: false };
  return { next: 'resync', pause: 'backoff', error };
}

/** The version that was asked for is ahead of the server. */
export const isFuture = (error: ApiError): boolean =>
  error.status?.causes.some((cause) => cause.reason === 'ResourceVersionTooLarge') === true ||
  /too large resource version/i.test(error.message);
