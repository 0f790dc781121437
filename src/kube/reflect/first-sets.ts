// Turns of first sets over all clusters of the process. What has come and waits to be read lies in memory, up to a window
// of its stream each: asked for all at once, the first sets of a hundred clusters would be a hundred megabytes of that.
import type { Clock } from '../../platform/clock.ts';
import { systemClock } from '../../platform/clock.ts';
import { enterFor, newGate } from '../session/politeness.ts';

/** The turn of one first set, from its request to its end. */
export interface Turn extends Disposable {
  /** The answer came: waits until its bytes may be read. */
  read(): Promise<void>;
}

export interface FirstSets {
  /** Waits until one more may be asked for. Throws ApiError `aborted` when the signal aborts first. */
  ask(signal: AbortSignal): Promise<Turn>;
}

/** Read at the same time: a hundred at once would keep the thread busy for a second without a pause. */
const mostRead = 8;
/** A first set has the thread's attention for so long; after that it shares it with others. */
const readMs = 1_000;
/** Asked for, or waiting to be read. */
const mostAsked = 32;
/** Who answers later is far away: the next one is asked meanwhile, so that round trips do not add up over the fleet. */
const answerMs = 50;

/** One for the whole process. */
export function newFirstSets(clock: Clock = systemClock): FirstSets {
  const asked = newGate(mostAsked, clock);
  const read = newGate(mostRead, clock);
  return {
    async ask(signal) {
      let waiting: Disposable | null = await asked.enter(signal);
      let reading: Disposable | null = null;
      const stopWaiting = (): void => {
        waiting?.[Symbol.dispose]();
        waiting = null;
      };
      const late = clock.after(answerMs, stopWaiting);
      return {
        async read() {
          late[Symbol.dispose]();
          waiting ??= asked.take();
          reading = await enterFor(read, readMs, clock, signal);
          stopWaiting();
        },
        [Symbol.dispose]() {
          late[Symbol.dispose]();
          stopWaiting();
          reading?.[Symbol.dispose]();
        },
      };
    },
  };
}
