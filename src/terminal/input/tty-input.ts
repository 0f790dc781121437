// The keyboard of the real terminal: raw mode on and off, and letting go of stdin so completely that a child gets every
// key. Flowing mode only: with a 'readable' listener Node keeps reading after pause() and takes the child's keys.
import { type Clock, pause } from '../../platform/clock.ts';
import { type Input, inputPump } from './input.ts';

export type TtyInput = Input & {
  /** Raw mode on, keys are read. */
  start(): void;
  /** Stops reading, raw mode off; resolves when stdin is really let go. */
  stop(): Promise<void>;
  /** Raw mode off at once, for exits. */
  stopNow(): void;
  /** Sets raw mode again after somebody else changed it (a stop and continue from outside). */
  assertRaw(): void;
  /** Throws away what is typed until it has been quiet for 50 ms, at most for a second: it was meant for somebody else. */
  drain(): Promise<void>;
};

const QUIET_MS = 50;
const LONGEST_DRAIN_MS = 1000;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Input from `stdin`, which must be a terminal. */
export function ttyInput(options: { stdin: NodeJS.ReadStream; clock: Clock; escapeMs: number }): TtyInput {
  const { stdin, clock, escapeMs } = options;
  const pump = inputPump(clock, escapeMs);
  let isReading = false;
  let isDraining = false;
  let lastRead = 0;

  const onData = (bytes: Buffer | string): void => {
    lastRead = clock.now();
    if (!isDraining) pump.feed(bytes);
  };
  const onEnd = (): void => pump.end();
  // A terminal that has gone makes tcsetattr fail; there is nothing left to set.
  const setRaw = (isRaw: boolean): void => {
    try {
      stdin.setRawMode(isRaw);
    } catch {
      pump.end();
    }
  };
  const release = (): void => {
    if (!isReading) return;
    isReading = false;
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    stdin.pause();
    pump.reset();
  };
  // An error after the listeners are gone must not crash the exit.
  stdin.on('error', onEnd);

  return {
    onEvent: (listener) => pump.onEvent(listener),
    onEnd: (listener) => pump.onEnd(listener),
    start() {
      if (isReading) return;
      isReading = true;
      setRaw(true);
      stdin.on('data', onData);
      stdin.on('end', onEnd);
      stdin.resume();
    },
    async stop() {
      release();
      setRaw(false);
      // Node stops the read itself one tick after pause().
      await nextTurn();
      await nextTurn();
    },
    stopNow() {
      release();
      setRaw(false);
    },
    assertRaw() {
      // Setting the mode that Node believes in already would do nothing.
      setRaw(false);
      setRaw(true);
    },
    async drain() {
      isDraining = true;
      const start = clock.now();
      lastRead = start;
      for (;;) {
        const now = clock.now();
        const left = Math.min(lastRead + QUIET_MS, start + LONGEST_DRAIN_MS) - now;
        if (left <= 0 || now < start) break;
        await pause(clock, left);
      }
      isDraining = false;
      pump.reset();
    },
  };
}
