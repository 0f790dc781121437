// Limits that keep us a good guest: places for what may run at once, and a bucket of tokens for how often we may ask.
import type { Clock } from '../../platform/clock.ts';
import { pause } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';

/** A number of places; who finds none waits in order of arrival. */
export interface Gate {
  /** Resolves with the place, to be disposed of when done. Throws ApiError `aborted` when the signal aborts first. */
  enter(signal: AbortSignal): Promise<Disposable>;
  /** A place at once, even beyond their number: nobody enters until there are fewer again. */
  take(): Disposable;
  /** Half of the places (at least one) for this long, for instance after a 429. */
  halveFor(ms: number): void;
  readonly inside: number;
  readonly waiting: number;
}

const stopped = (): ApiError => new ApiError('aborted', 'stopped while waiting for its turn');

export function newGate(places: number, clock: Clock): Gate {
  let inside = 0;
  let halvedUntil = 0;
  const queue: (() => void)[] = [];
  const limit = (): number => (clock.now() < halvedUntil ? Math.max(1, places >> 1) : places);
  const admit = (): void => {
    while (queue.length > 0 && inside < limit()) {
      inside++;
      queue.shift()?.();
    }
  };
  const place = (): Disposable => {
    let left = false;
    return {
      [Symbol.dispose]() {
        if (left) return;
        left = true;
        inside--;
        admit();
      },
    };
  };
  const take = (): Disposable => {
    inside++;
    return place();
  };
  return {
    take,
    async enter(signal) {
      if (signal.aborted) throw stopped();
      if (queue.length === 0 && inside < limit()) return take();
      return new Promise<Disposable>((resolve, reject) => {
        const turn = (): void => {
          signal.removeEventListener('abort', leave);
          resolve(place());
        };
        const leave = (): void => {
          const at = queue.indexOf(turn);
          if (at >= 0) queue.splice(at, 1);
          reject(stopped());
        };
        queue.push(turn);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
    halveFor(ms) {
      halvedUntil = clock.now() + ms;
      clock.after(ms + 1, admit);
    },
    get inside() {
      return inside;
    },
    get waiting() {
      return queue.length;
    },
  };
}

/**
 * Enters, and gives the place back by itself after `ms`: who is slow (a far server) must not keep others waiting.
 * Disposing earlier gives it back earlier.
 */
export async function enterFor(gate: Gate, ms: number, clock: Clock, signal: AbortSignal): Promise<Disposable> {
  const place = await gate.enter(signal);
  const timer = clock.after(ms, () => place[Symbol.dispose]());
  return {
    [Symbol.dispose]() {
      timer[Symbol.dispose]();
      place[Symbol.dispose]();
    },
  };
}

/** Requests a second, with a burst: client-go's idea of politeness towards one API server. */
export interface TokenBucket {
  /** Resolves when the request may leave. Throws ApiError `aborted` when the signal aborts first. */
  take(signal: AbortSignal): Promise<void>;
  /** Half the rate for this long. */
  halveFor(ms: number): void;
}

export function newTokenBucket(perSecond: number, burst: number, clock: Clock): TokenBucket {
  let tokens = burst;
  let filledAt = clock.now();
  let halvedUntil = 0;
  return {
    async take(signal) {
      const now = clock.now();
      const rate = now < halvedUntil ? perSecond / 2 : perSecond;
      // A clock that was set back must not freeze the bucket.
      tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) / 1000) * rate);
      filledAt = now;
      // Taken at once, even below zero: everyone who comes later waits longer, so the order is kept.
      tokens -= 1;
      if (tokens >= 0) return;
      await pause(clock, Math.ceil((-tokens / rate) * 1000), signal);
      if (signal.aborted) {
        tokens += 1;
        throw stopped();
      }
    },
    halveFor(ms) {
      halvedUntil = clock.now() + ms;
    },
  };
}
