// Growing pauses between tries, spread so that many watches of many clusters do not come back in step.

export type BackoffSteps = {
  readonly firstMs: number;
  readonly capMs: number;
  /** A try that comes this long after the last failure begins anew. */
  readonly forgetMs: number;
};

/** client-go's reflector: 0.8 s, doubled up to 30 s, each slept for d..2d, forgotten after 2 min of health. */
export const reflectorSteps: BackoffSteps = { firstMs: 800, capMs: 30_000, forgetMs: 120_000 };

/** A port that refuses costs nothing to ask: a restarted API server is found within 5 s of its return. */
export const refusedSteps: BackoffSteps = { firstMs: 400, capMs: 2_400, forgetMs: 120_000 };

/** Certificates and logins are mended by people. */
export const slowSteps: BackoffSteps = { firstMs: 60_000, capMs: 60_000, forgetMs: 120_000 };

export interface Backoff {
  /** Milliseconds to wait before the next try. */
  next(now: number, steps?: BackoffSteps): number;
  reset(): void;
}

export function newBackoff(random: () => number, steps: BackoffSteps = reflectorSteps): Backoff {
  let failures = 0;
  let last = Number.NEGATIVE_INFINITY;
  return {
    next(now, asked = steps) {
      if (now - last > asked.forgetMs) failures = 0;
      last = now;
      const pause = Math.min(asked.capMs, asked.firstMs * 2 ** Math.min(failures, 16));
      failures++;
      return Math.round(pause * (1 + random()));
    },
    reset() {
      failures = 0;
    },
  };
}
