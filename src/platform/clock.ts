// Time behind a port, so that tests decide what time it is. Nothing else in the program reads the clock or sets timers
// where behaviour depends on it.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `fn` once, `ms` from now; disposing cancels it. Keeps the process alive until then. */
  after(ms: number, fn: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Resolves after `ms`, or at once when the signal aborts; never rejects: the caller looks at its signal. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer[Symbol.dispose]();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/**
 * Aborts when any of `signals` does or `ms` have passed; dispose it when the work is done. The reason of a passed time
 * is a DOMException named `TimeoutError`, as AbortSignal.timeout has it.
 */
export function deadline(clock: Clock, ms: number, ...signals: readonly (AbortSignal | undefined)[]): Deadline {
  const limit = new AbortController();
  const timer = clock.after(ms, () => limit.abort(new DOMException(`nothing within ${ms} ms`, 'TimeoutError')));
  const given = signals.filter((s) => s !== undefined);
  return {
    signal: AbortSignal.any([limit.signal, ...given]),
    get isPassed() {
      return limit.signal.aborted;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

export type Deadline = Disposable & { readonly signal: AbortSignal; readonly isPassed: boolean };
