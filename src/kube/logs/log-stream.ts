// Follows the log of one container through lost connections, rotated files and restarts: no line is lost, none comes
// twice, or a mark says where a gap may be.
import { cell } from '../../core/sanitise.ts';
import { type Clock, pause, systemClock } from '../../platform/clock.ts';
import type { ApiError } from '../api-error.ts';
import { newFlow } from './flow.ts';
import type { LogText } from './line.ts';
import { newLogPosition } from './position.ts';
import { type ReadEnd, readLog } from './read.ts';
import { type LogTimes, logTimes } from './times.ts';
import type { Session } from '../session/contract.ts';

/** What the pod's watch knows of the container now. */
export type ContainerState = {
  /** The pod (with this uid) is there. */
  readonly exists: boolean;
  /** Of the current instance; null before the first one. */
  readonly containerId: string | null;
  readonly isRunning: boolean;
  /** It has ended and will not be started again. */
  readonly isFinal: boolean;
  readonly restarts: number;
  /** Of the instance that ended last. */
  readonly exitCode: number | null;
  readonly reason: string;
};

export type LogMark = {
  readonly mark: 'joined' | 'ended' | 'restarted' | 'gap' | 'denied' | 'error' | 'dropped';
  /** For people; sanitised. */
  readonly text: string;
};

/** Leave for one request to the log. */
export type LogPlace = Disposable & {
  /** It may stay open and follow; else it reads what is there, and comes back for the rest. */
  readonly stays: boolean;
};

export type FollowLogOptions = {
  readonly session: Session;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string | null;
  /** Only the instance before the current one; never followed. */
  readonly previous: boolean;
  readonly follow: boolean;
  readonly tailLines: number | null;
  readonly sinceSeconds: number | null;
  onLine(line: LogText): void;
  onMark(mark: LogMark): void;
  podState(): ContainerState;
  /** Asked before each request, which waits for the answer; absent: all may stay open. */
  place?(): Promise<LogPlace>;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly times?: Partial<LogTimes>;
};

export interface LogFollow {
  /** Resolves when the log has ended for good or the signal aborted; never rejects. */
  readonly done: Promise<void>;
  /** Stops reading; the sender is held back by flow control and nothing is lost. */
  pause(): void;
  resume(): void;
  /** The pod changed: look at once instead of at the next tick. */
  nudge(): void;
}

export function followLog(options: FollowLogOptions): LogFollow {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const times: LogTimes = { ...logTimes, ...options.times };
  const { signal } = options;
  const position = newLogPosition();
  const flow = newFlow();
  let wake: (() => void) | null = null;
  /** Gives up the stream that is open. */
  let giveUp: (() => void) | null = null;
  let isGoneKnown = false;
  let hasJoined = false;
  /** When the instance that is read now first answered. */
  let openedAt: number | null = null;
  let stays = true;
  let failures = 0;
  let lastError = '';

  const mark = (kind: LogMark['mark'], text: string): void => options.onMark({ mark: kind, text: cell(text) });

  const joinedWords = (): string => {
    if (options.previous) return 'what is kept of the instance before this one';
    return stays || !options.follow ? '' : 'read every few seconds: too many logs are followed';
  };

  const markGone = (): void => {
    if (!stays && hasJoined)
      mark('gap', 'what was written after the last read may be missing: the log was not followed');
    mark('ended', 'the pod is gone');
  };

  /** Waits, or until nudged. */
  const rest = async (ms: number): Promise<void> => {
    const stop = new AbortController();
    const end = (): void => stop.abort();
    signal.addEventListener('abort', end, { once: true });
    wake = end;
    if (!signal.aborted) await pause(clock, ms, stop.signal);
    wake = null;
    signal.removeEventListener('abort', end);
  };

  /** Waits until `isReached`, at most `ms`; true when it was reached. */
  const reach = async (ms: number, isReached: () => boolean): Promise<boolean> => {
    const deadline = clock.now() + ms;
    while (!isReached() && !signal.aborted && clock.now() < deadline) {
      await rest(Math.min(times.lookMs, Math.max(1, deadline - clock.now())));
    }
    return isReached();
  };

  /** How far back to read when nothing was shown yet: to what was asked for at first; null: all there is. */
  const sinceOpened = (): number | null => {
    if (openedAt === null || (options.tailLines !== 0 && options.sinceSeconds === null)) return null;
    return Math.ceil((clock.now() - openedAt) / 1000) + 1 + (options.sinceSeconds ?? 0);
  };

  const read = (
    how: { follow: boolean; isLast: boolean; previous: boolean; isFirst: boolean },
    before: ContainerState,
    stopped: AbortSignal = signal,
  ) =>
    readLog({
      session: options.session,
      address: { namespace: options.namespace, pod: options.pod, container: options.container },
      ...how,
      tailLines: how.isFirst ? options.tailLines : null,
      sinceSeconds: how.isFirst ? options.sinceSeconds : sinceOpened(),
      position,
      flow,
      onLine: options.onLine,
      onDropped: (bytes) => mark('dropped', `${bytes} bytes of a long line were left out`),
      onOpen() {
        failures = 0;
        openedAt ??= clock.now();
        if (!hasJoined) mark('joined', joinedWords());
        hasJoined = true;
      },
      // Lines that do not join up are those of another instance, if the pod's watch says so shortly.
      async isAnotherInstance() {
        if (how.previous) return false;
        return reach(times.settleMs, () => options.podState().containerId !== before.containerId);
      },
      onGap: () => mark('gap', 'lines may be missing here: the log was rotated while nobody was reading'),
      signal: stopped,
      clock,
      times,
    });

  /** The rest of the instance that has ended, as far as it is kept. */
  const finishDead = async (before: ContainerState, now: ContainerState): Promise<void> => {
    if (position.since !== null && now.restarts - before.restarts === 1) {
      const end = await read({ follow: false, isLast: true, previous: true, isFirst: false }, before);
      if (end.how === 'refused') mark('gap', `the end of the last instance is not kept: ${end.error.message}`);
    } else if (position.since !== null) {
      mark('gap', `${now.restarts - before.restarts} instances came and went meanwhile`);
    }
    const exit = now.exitCode === null ? '' : ` exit ${now.exitCode}`;
    mark('restarted', `restart #${now.restarts}${exit}${now.reason === '' ? '' : ` ${now.reason}`}`);
    position.reset();
    openedAt = null;
  };

  /** One request: follows until the stream ends or is given up because its pod is gone; without a place it only reads. */
  const follow = async (isFirst: boolean, before: ContainerState): Promise<ReadEnd> => {
    const isOnce = !options.follow || options.previous;
    const stop = new AbortController();
    using place = (await options.place?.()) ?? anyPlace();
    ({ stays } = place);
    giveUp = () => stop.abort();
    try {
      const own = AbortSignal.any([signal, stop.signal]);
      const how = { follow: stays && !isOnce, isLast: isOnce, previous: options.previous, isFirst };
      return await read(how, before, own);
    } finally {
      giveUp = null;
    }
  };

  /** A node that does not answer any more leaves the stream of a deleted pod open for ever. */
  const lookGone = (): void => {
    if (isGoneKnown || options.podState().exists) return;
    isGoneKnown = true;
    void pause(clock, times.settleMs, signal).then(() => giveUp?.());
  };

  /** Whether what was there at the first answer has been shown; an answer may break off before its first line. */
  const hasShownStart = (end: ReadEnd): boolean =>
    openedAt !== null && (end.how !== 'broken' || position.since !== null || options.tailLines === 0);

  const run = async (): Promise<void> => {
    let isFirst = true;
    let reading = options.podState();
    let hasEnded = false;
    while (!signal.aborted) {
      const end = await follow(isFirst, reading);
      if (signal.aborted) return;
      if (end.how === 'refused') {
        const what = refusal(end.error);
        if (what === 'denied' || what === 'wrong')
          return mark(what === 'denied' ? 'denied' : 'error', end.error.message);
        if (what === 'gone') return markGone();
      } else if (hasShownStart(end)) {
        // From now on only what is newer is wanted.
        isFirst = false;
      }
      if (!options.follow || options.previous) {
        if (end.how === 'broken' || end.how === 'refused') mark('error', end.error.message);
        return;
      }
      if (end.how === 'broken' && end.error.kind === 'login' && end.error.message !== lastError) {
        lastError = end.error.message;
        mark('error', lastError);
      }

      let now = options.podState();
      if (!now.exists) return markGone();
      if (now.containerId !== reading.containerId) {
        // The first look at the pod may have been too early to know the instance.
        if (reading.containerId !== null || now.restarts > reading.restarts) await finishDead(reading, now);
        reading = now;
        hasEnded = false;
        failures = 0;
        continue;
      }
      if (!now.isRunning && now.containerId !== null) {
        // The stream may have been cut before the container's last words.
        if (!hasEnded) {
          await read({ follow: false, isLast: true, previous: false, isFirst }, reading);
          isFirst = false;
          now = options.podState();
          mark(
            'ended',
            now.exitCode === null ? 'the container has ended' : `exit ${now.exitCode} ${now.reason}`.trim(),
          );
          hasEnded = true;
        }
        if (now.isFinal) return;
        const from = reading.containerId;
        await reach(2 ** 31 - 1, () => {
          const state = options.podState();
          return !state.exists || state.containerId !== from || state.isRunning || state.isFinal;
        });
        continue;
      }
      const base = stays ? (times.retryMs[Math.min(failures, times.retryMs.length - 1)] ?? 0) : times.pollMs;
      failures++;
      await rest(Math.round(base * (1 + random() * 0.3)));
    }
  };

  return {
    done: run(),
    pause: flow.pause,
    resume: flow.resume,
    nudge: () => {
      wake?.();
      lookGone();
    },
  };
}

const anyPlace = (): LogPlace => ({ stays: true, [Symbol.dispose]: () => undefined });

/** What a refused log request means: come back later, or not at all. */
function refusal(error: ApiError): 'later' | 'denied' | 'wrong' | 'gone' {
  if (error.code === 403) return 'denied';
  if (error.code === 404) return 'gone';
  if (error.code !== 400) return 'later';
  // `container "c" in pod "p" is waiting to start: ContainerCreating`: it has not begun; anything else will not mend itself.
  return /waiting to start|is not running|not available|PodInitializing/i.test(error.message) ? 'later' : 'wrong';
}
