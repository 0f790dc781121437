// The end of a request: its time limit, the caller's signal and the session's own, as one signal with a reason in words.
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';
import { type Body, pour } from '../transport/body.ts';

export type RequestLimit = {
  /** Its reason is an ApiError of kind `aborted`. */
  readonly signal: AbortSignal;
  /** By the clock; infinite without a limit. */
  readonly deadline: number;
  /** The request is over: nothing is listened to any more. */
  end(): void;
};

export type LimitOptions = {
  readonly asked: string;
  readonly where: string;
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly signals: readonly AbortSignal[];
  readonly clock: Clock;
  /** Said behind a time-out: what stood in the way. */
  why(): string;
};

export function newRequestLimit({ asked, where, timeoutMs, signals, clock, why }: LimitOptions): RequestLimit {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(new ApiError('aborted', `${asked} was stopped`));
  const late = (): void => {
    stop.abort(new ApiError('aborted', `${where} did not answer ${asked} within ${timeoutMs / 1000} s${why()}`));
  };
  const timer = timeoutMs === 0 ? null : clock.after(timeoutMs, late);
  for (const signal of signals) {
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  }
  return {
    signal: stop.signal,
    deadline: timeoutMs === 0 ? Number.POSITIVE_INFINITY : clock.now() + timeoutMs,
    end() {
      timer?.[Symbol.dispose]();
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    },
  };
}

/** Ends the limit with the body, whichever way that ends. */
export function limited(body: Body, limit: RequestLimit): Body {
  const reasonFor = (error: unknown): unknown =>
    limit.signal.reason instanceof ApiError ? limit.signal.reason : error;
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* body;
      } catch (error) {
        throw reasonFor(error);
      } finally {
        limit.end();
      }
    },
    async pour(take) {
      try {
        await pour(body, take);
      } catch (error) {
        throw reasonFor(error);
      } finally {
        limit.end();
      }
    },
  };
}
