// Notices that a list has stopped in the middle: bytes may be slow, but they must come.
import type { Clock } from '../../platform/clock.ts';

export type StallWatch = Disposable & { readonly signal: AbortSignal; readonly hasStalled: boolean; note(): void };

/** A signal that also aborts when `note` has not been called for `ms`. */
export function newStallWatch(clock: Clock, ms: number, outer: AbortSignal): StallWatch {
  const stop = new AbortController();
  let last = clock.now();
  let hasStalled = false;
  const onAbort = (): void => stop.abort();
  outer.addEventListener('abort', onAbort, { once: true });
  if (outer.aborted) onAbort();
  const look = (): void => {
    const quiet = clock.now() - last;
    if (quiet < ms) {
      timer = clock.after(ms - quiet, look);
      return;
    }
    hasStalled = true;
    stop.abort();
  };
  let timer = clock.after(ms, look);
  return {
    signal: stop.signal,
    get hasStalled() {
      return hasStalled;
    },
    note() {
      last = clock.now();
    },
    [Symbol.dispose]() {
      timer[Symbol.dispose]();
      outer.removeEventListener('abort', onAbort);
    },
  };
}
