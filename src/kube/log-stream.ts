// Follows the log of one container through lost connections, rotated files and restarts: no line is lost, none comes
// twice, or a mark says where a gap may be.
import { cell } from '../core/sanitise.ts';
import { type Clock, pause, systemClock } from '../platform/clock.ts';
import type { ApiError } from './api-error.ts';
import { newFlow } from './log-stream-flow.ts';
import type { LogText } from './log-stream-line.ts';
import { newLogPosition } from './log-stream-position.ts';
import { type ReadEnd, readLog } from './log-stream-read.ts';
import { type LogTimes, logTimes } from './log-stream-times.ts';
import type { Session } from './session-contract.ts';

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
  let failures = 0;
  let lastError = '';

  const mark = (kind: LogMark['mark'], text: string): void => options.onMark({ mark: kind, text: cell(text) });

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

  const read = (
    how: { follow: boolean; previous: boolean; isFirst: boolean },
    before: ContainerState,
    stopped: AbortSignal = signal,
  ) =>
    readLog({
      session: options.session,
      address: { namespace: options.namespace, pod: options.pod, container: options.container },
      ...how,
      tailLines: how.isFirst ? options.tailLines : null,
      sinceSeconds: how.isFirst ? options.sinceSeconds : null,
      position,
      flow,
      onLine: options.onLine,
      onDropped: (bytes) => mark('dropped', `${bytes} bytes of a long line were left out`),
      onOpen() {
        failures = 0;
        if (!hasJoined) mark('joined', '');
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
      const end = await read({ follow: false, previous: true, isFirst: false }, before);
      if (end.how === 'refused') mark('gap', `the end of the last instance is not kept: ${end.error.message}`);
    } else if (position.since !== null) {
      mark('gap', `${now.restarts - before.restarts} instances came and went meanwhile`);
    }
    const exit = now.exitCode === null ? '' : ` exit ${now.exitCode}`;
    mark('restarted', `restart #${now.restarts}${exit}${now.reason === '' ? '' : ` ${now.reason}`}`);
    position.reset();
  };

  /** Follows until the stream ends, or is given up because its pod is gone. */
  const follow = async (isFirst: boolean, before: ContainerState): Promise<ReadEnd> => {
    const stop = new AbortController();
    giveUp = () => stop.abort();
    try {
      const own = AbortSignal.any([signal, stop.signal]);
      return await read(
        { follow: options.follow && !options.previous, previous: options.previous, isFirst },
        before,
        own,
      );
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
        if (what === 'gone') return mark('ended', 'the pod is gone');
      } else if (end.how !== 'not-started') {
        // What was there at the first answer has been shown: from now on only what is newer is wanted.
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
      if (!now.exists) return mark('ended', 'the pod is gone');
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
          await read({ follow: false, previous: false, isFirst }, reading);
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
      const base = times.retryMs[Math.min(failures, times.retryMs.length - 1)] ?? 0;
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

/** What a refused log request means: come back later, or not at all. */
function refusal(error: ApiError): 'later' | 'denied' | 'wrong' | 'gone' {
  if (error.code === 403) return 'denied';
  if (error.code === 404) return 'gone';
  if (error.code !== 400) return 'later';
  // `container "c" in pod "p" is waiting to start: ContainerCreating`: it has not begun; anything else will not mend itself.
  return /waiting to start|is not running|not available|PodInitializing/i.test(error.message) ? 'later' : 'wrong';
}
