// Ctrl-C, SIGTERM and a terminal that hangs up as a signal to stop: what goes on until then ends in order, and the exit
// code tells why.
import { type Clock, systemClock } from '../platform/clock.ts';

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
  /** 129, 130 or 143 after a signal came; null before. */
  readonly exitCode: number | null;
}

/** Signals that come closer together are one: a terminal and a launcher may both have sent it. */
const sameMs = 1_000;

/** Listens until it is disposed; another signal, later than a moment, ends the program at once. */
export function interruption(clock: Clock = systemClock): Interruption {
  const stop = new AbortController();
  let exitCode: number | null = null;
  let firstAt = 0;
  const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
  const stack = new DisposableStack();
  for (const [signal, code] of Object.entries(codes)) {
    const listener = (): void => {
      if (exitCode === null) {
        exitCode = code;
        firstAt = clock.now();
        return stop.abort();
      }
      if (clock.now() - firstAt < sameMs) return;
      stack.dispose();
      process.kill(process.pid, signal);
    };
    process.on(signal, listener);
    stack.defer(() => process.off(signal, listener));
  }
  return {
    signal: stop.signal,
    get exitCode() {
      return exitCode;
    },
    [Symbol.dispose]: () => stack.dispose(),
  };
}
