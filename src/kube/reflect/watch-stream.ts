// One watch request from its first line to its last: a resumed watch, or one that begins with everything there is.

import type { KubeObject } from '../../core/object.ts';
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';
import { query } from '../api-path.ts';
import { errorOf } from '../api-status.ts';
import { collect, pour } from '../transport/body.ts';
import { LineTooLong, splitLines } from '../decode/lines.ts';
import type { Session } from '../session/contract.ts';
import type { Turn } from './first-sets.ts';
import { readWatchLine, type WatchLine } from './watch-lines.ts';
import type { WatchShape } from './watch-shape.ts';

export type StreamOptions = {
  readonly session: Session;
  readonly path: string;
  readonly selectors: { readonly fieldSelector?: string; readonly labelSelector?: string };
  readonly shape: WatchShape;
  /** Where to go on; null begins with everything (WatchList). */
  readonly from: string | null;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly times: StreamTimes;
  /** The server accepted. */
  onOpen(): void;
  /** Waits for its turn before a first set is asked for; given back when the set is whole. */
  ask(): Promise<Turn>;
  /** Changes of one chunk; `complete` when the last one ended the first set. */
  onChanges(changes: readonly StreamChange[]): void;
  onFallback(): void;
};

export type StreamChange =
  | { readonly type: 'upsert' | 'delete'; readonly object: KubeObject }
  | { readonly type: 'complete' };

export type StreamTimes = {
  /** Added to timeoutSeconds before we end a watch that the server should have ended. */
  readonly graceMs: number;
  /** A first set that stops for so long will not be completed. */
  readonly stallMs: number;
  /** A first set is looked at after this time: below the rate it crawls. */
  readonly crawlAfterMs: number;
  readonly crawlBytesPerSecond: number;
  /**
   * No line for so long once the first set is whole, although servers send a bookmark about every minute: the watch
   * waits for a version that never comes, or somebody on the way passes nothing on any more.
   */
  readonly muteMs: number;
};

export const streamTimes: StreamTimes = {
  graceMs: 30_000,
  stallMs: 10_000,
  crawlAfterMs: 10_000,
  crawlBytesPerSecond: 50_000,
  muteMs: 150_000,
};

/** How far a stream came; kept by the caller when it breaks. */
export type StreamProgress = {
  /** Last version to resume from; empty as long as there is none that is safe. */
  resourceVersion: string;
  isComplete: boolean;
  events: number;
};

/** Why we ended a stream ourselves. */
export class StreamGivenUp extends Error {
  override readonly name = 'StreamGivenUp';
  readonly why: 'stalled' | 'crawls' | 'overdue' | 'mute';
  constructor(why: StreamGivenUp['why']) {
    super(why);
    this.why = why;
  }
}

/** Of the time since a first set began: more of it spent in this thread's work says nothing about the server. */
const busyShare = 0.5;

/** Longest line: etcd takes 1.5 MB by default, and operators raise that. */
const longestLine = 32 << 20;

/**
 * Resolves when the server ended the watch in good order. Throws ApiError (`status` also for an ERROR event),
 * SyntaxError for what cannot be read, StreamGivenUp for our own reasons.
 */
export async function runStream(options: StreamOptions, progress: StreamProgress): Promise<void> {
  const { session, shape, clock, times } = options;
  const stop = new AbortController();
  let reason: StreamGivenUp | null = null;
  const giveUp = (why: StreamGivenUp['why']): void => {
    reason ??= new StreamGivenUp(why);
    stop.abort();
  };
  using timers = new DisposableStack();
  timers.use(clock.after(options.timeoutSeconds * 1000 + times.graceMs, () => giveUp('overdue')));
  const onAbort = (): void => stop.abort();
  options.signal.addEventListener('abort', onAbort, { once: true });
  timers.defer(() => options.signal.removeEventListener('abort', onAbort));
  if (options.signal.aborted) stop.abort();

  try {
    const turn = options.from === null ? timers.use(await options.ask()) : null;
    const response = await session.request({
      path: `${options.path}${streamQuery(options)}${shape.query}`,
      headers: { accept: shape.acceptWatch },
      timeoutMs: 0,
      signal: stop.signal,
    });
    if (response.status >= 300) {
      const asked = `watch ${options.path}`;
      const body = (await collect(response.body, 1 << 20, asked)).toString('utf8');
      throw errorOf({ ...response, body, asked });
    }
    options.onOpen();
    await turn?.read();
    const pace = options.from === null ? timers.use(firstSetPace(options, giveUp)) : null;
    const listen = (): Silence => timers.use(watchSilence(options, () => giveUp('mute')));
    let silence = options.from === null ? null : listen();
    let batch: StreamChange[] = [];
    const splitter = splitLines(
      (buffer, start, end) => {
        silence?.broken();
        const line = readWatchLine(shape, buffer, start, end, options.onFallback);
        take(line, progress, batch);
        if (line.type !== 'bookmark' || !progress.isComplete) return;
        pace?.[Symbol.dispose]();
        turn?.[Symbol.dispose]();
        silence ??= listen();
      },
      { maxBytes: longestLine, onLong: 'throw' },
    );
    await pour(response.body, (chunk) => {
      pace?.note(chunk.length);
      try {
        splitter.push(chunk);
      } finally {
        // What came before a broken line or an ERROR is true all the same.
        const full = batch;
        batch = [];
        if (full.length > 0) options.onChanges(full);
      }
    });
    const rest = splitter.rest();
    // A server that was cut off in the middle of a line ended in bad order, whatever HTTP says.
    if (rest !== null && rest.toString('latin1').trim() !== '') throw new SyntaxError('the last line has no end');
  } catch (error) {
    if (reason !== null) throw reason;
    if (error instanceof LineTooLong) throw new SyntaxError(error.message, { cause: error });
    throw error;
  }
}

function streamQuery({ from, timeoutSeconds, selectors }: StreamOptions): string {
  return query({
    watch: true,
    allowWatchBookmarks: true,
    timeoutSeconds,
    ...selectors,
    // Servers without the feature refuse resourceVersionMatch in words; without it they would stream and never say
    // that the set is complete. A resumed watch may carry neither.
    ...(from === null ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } : { resourceVersion: from }),
  });
}

function take(line: WatchLine, progress: StreamProgress, batch: StreamChange[]): void {
  switch (line.type) {
    case 'nothing':
      return;
    case 'error': {
      const { status, retryAfter } = line;
      throw new ApiError('status', status.message || 'the watch failed', { status, retryAfter });
    }
    case 'bookmark':
      if (line.resourceVersion !== '') progress.resourceVersion = line.resourceVersion;
      if (line.isEnd && !progress.isComplete) {
        progress.isComplete = true;
        batch.push({ type: 'complete' });
      }
      return;
    default: {
      progress.events++;
      const type = line.type === 'deleted' ? 'delete' : 'upsert';
      for (const object of line.objects) batch.push({ type, object });
      // The first set comes in the order of names: its versions say nothing about how far it is.
      if (progress.isComplete && line.resourceVersion !== '') progress.resourceVersion = line.resourceVersion;
    }
  }
}

type Pace = Disposable & { note(bytes: number): void };

/** Watches over a first set: whether it goes on, and whether it is fast enough. */
function firstSetPace({ clock, times }: StreamOptions, giveUp: (why: 'stalled' | 'crawls') => void): Pace {
  const began = clock.now();
  const load = performance.eventLoopUtilization();
  let last = began;
  let bytes = 0;
  let timer: Disposable;
  // While a hundred clusters are read at once it is this thread that is slow: a packed list would make it slower still.
  const isBusy = (): boolean => performance.eventLoopUtilization(load).utilization > busyShare;
  const look = (): void => {
    const now = clock.now();
    if (now - last >= times.stallMs) return giveUp('stalled');
    const seconds = (now - began) / 1000;
    const crawls = now - began >= times.crawlAfterMs && bytes / seconds < times.crawlBytesPerSecond;
    if (crawls && !isBusy()) return giveUp('crawls');
    timer = clock.after(Math.max(1, Math.min(times.stallMs - (now - last), times.crawlAfterMs)), look);
  };
  timer = clock.after(Math.min(times.stallMs, times.crawlAfterMs), look);
  return {
    note(count) {
      bytes += count;
      last = clock.now();
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

type Silence = Disposable & { broken(): void };

/** Tells when there was no line for too long. One timer that looks, not one for each line: a busy watch has thousands. */
function watchSilence({ clock, times }: StreamOptions, tooLong: () => void): Silence {
  let last = clock.now();
  let timer: Disposable;
  const look = (): void => {
    const left = times.muteMs - (clock.now() - last);
    if (left <= 0) tooLong();
    else timer = clock.after(left, look);
  };
  timer = clock.after(times.muteMs, look);
  return {
    broken() {
      last = clock.now();
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
