// When a frame is painted: at once after a key, at most 15 times a second for data, never while the terminal has not
// taken the last one, and not at all when nothing asked for it. Frames are not queued: the newest state is painted late.
import type { Clock } from '../../platform/clock.ts';

/** Why a frame is wanted. A key's frame does not wait for the data pace. */
export type FrameCause = 'data' | 'key';

/** Milliseconds between two data frames: 15 a second. */
export const DATA_FRAME_MS = 1000 / 15;
/** How long after a key its first change still counts as the key's answer. */
const ANSWER_MS = 150;

export type FrameScheduler = {
  request(cause: FrameCause): void;
  /** A key came: the first frame that is asked for within the next 150 ms is painted at once. */
  hurry(): void;
  /** The terminal has the last piece; `tookMs` sets the pace on a slow link. */
  written(tookMs: number): void;
  /** Nothing is painted while held: a child has the terminal, or a reply is awaited. Calls nest. */
  hold(): Disposable;
  /** Data frames only; keys still get theirs. */
  holdData(): Disposable;
  /** Something asked for a frame that has not been painted yet. */
  readonly isWaiting: boolean;
  close(): void;
};

/** `paint` returns whether a write is now in flight; `written` must follow then. */
export function frameScheduler(clock: Clock, paint: (cause: FrameCause) => boolean): FrameScheduler {
  let wanted: FrameCause | null = null;
  let hurryUntil = Number.NEGATIVE_INFINITY;
  let lastData = Number.NEGATIVE_INFINITY;
  let paceMs = DATA_FRAME_MS;
  let isInFlight = false;
  let holds = 0;
  let dataHolds = 0;
  let isClosed = false;
  let timer: Disposable | null = null;
  let soon: NodeJS.Immediate | null = null;

  const run = (): void => {
    soon = null;
    if (isClosed || wanted === null || isInFlight || holds > 0) return;
    const cause = wanted;
    const now = clock.now();
    if (cause === 'data') {
      if (dataHolds > 0) return;
      const wait = lastData + paceMs - now;
      if (wait > 0 && wait <= paceMs) {
        timer ??= clock.after(wait, () => {
          timer = null;
          run();
        });
        return;
      }
      lastData = now;
    }
    wanted = null;
    timer?.[Symbol.dispose]();
    timer = null;
    isInFlight = true;
    isInFlight = paint(cause) && isInFlight;
  };

  // Not in this turn: several commits and several keys of one read share a frame.
  const runSoon = (): void => {
    soon ??= setImmediate(run);
  };

  const holding = (change: (by: number) => void): Disposable => {
    let isHeld = true;
    change(1);
    return {
      [Symbol.dispose]() {
        if (!isHeld) return;
        isHeld = false;
        change(-1);
        runSoon();
      },
    };
  };

  return {
    request(cause) {
      const isAnswer = clock.now() <= hurryUntil;
      if (isAnswer) hurryUntil = Number.NEGATIVE_INFINITY;
      if (cause === 'key' || isAnswer) wanted = 'key';
      else wanted ??= 'data';
      runSoon();
    },
    hurry() {
      hurryUntil = clock.now() + ANSWER_MS;
      if (wanted === 'data') {
        wanted = 'key';
        runSoon();
      }
    },
    written(tookMs) {
      isInFlight = false;
      paceMs = Math.max(DATA_FRAME_MS, Math.min(1000, tookMs * 2));
      if (wanted !== null) runSoon();
    },
    hold: () => holding((by) => (holds += by)),
    holdData: () => holding((by) => (dataHolds += by)),
    get isWaiting() {
      return wanted !== null;
    },
    close() {
      isClosed = true;
      if (soon !== null) clearImmediate(soon);
      timer?.[Symbol.dispose]();
      timer = null;
    },
  };
}
