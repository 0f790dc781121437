// Time as the screen's state needs it: now, and something later. Injected (the platform's clock fits), so that tests
// decide what time it is.

export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls once after `ms`; disposing before that calls never. */
  after(ms: number, run: () => void): Disposable;
}
