// Keeps one resource of one cluster flowing: everything there is, then every change, through all that can go wrong. It
// tells what happens and holds no objects.

import type { KubeObject } from '../../core/object.ts';
import { text } from '../../core/object.ts';
import { type Clock, pause, systemClock } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';
import { apiPath, query } from '../api-path.ts';
import { newBackoff } from '../backoff.ts';
import { listPages } from './list-pages.ts';
import { newStallWatch } from './list-stall.ts';
import type { FirstSets, Turn } from './first-sets.ts';
import { type ClusterManners, mannersOf } from './politeness-cluster.ts';
import { type Decision, decide, isFuture, type Pause, type Stage } from './rules.ts';
import { type ReflectorTimes, reflectorTimes } from './times.ts';
import type { Session } from '../session/contract.ts';
import type { FallbackCounter, WatchEvent } from './watch-event.ts';
import type { WatchShape } from './watch-shape.ts';
import { runStream, type StreamChange, type StreamProgress } from './watch-stream.ts';

export type ReflectOptions = {
  readonly session: Session;
  readonly resource: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly namespaced: boolean;
    /** Absent: taken to be watchable. Without `watch` it is listed once, and again at `retryNow`. */
    readonly verbs?: readonly string[];
  };
  /** Null: all namespaces. */
  readonly namespace: string | null;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Called once for each chunk that came in. */
  onEvents(batch: readonly WatchEvent[]): void;
  readonly signal: AbortSignal;
  readonly fallbacks: FallbackCounter;
  /** Shared by all reflectors of the process; absent: every first set is asked for and read at once. */
  readonly firstSets?: FirstSets;
  readonly random?: () => number;
  readonly clock?: Clock;
  /** Whether bytes are dear here; absent: judged by the measured round trip. */
  slow?(): boolean;
  /** For tests: times that would be minutes. */
  readonly times?: Partial<ReflectorTimes>;
};

export type ReflectorState =
  | 'connecting'
  | 'syncing'
  | 'live'
  | 'interrupted'
  | 'denied'
  | 'absent'
  | 'polled'
  | 'stopped';

export interface Reflector {
  readonly state: ReflectorState;
  /** Ends any pause; a resource that cannot be watched is listed again. */
  retryNow(): void;
}

/** Runs until the signal aborts; errors are events, never thrown. `shape` says in which form objects come. */
export function reflectShape(options: ReflectOptions, shape: WatchShape): Reflector {
  const loop = newLoop(options, shape);
  void loop.run();
  return loop.reflector;
}

const pageSize = 500;

const atOnce: Turn = { read: () => Promise.resolve(), [Symbol.dispose]: () => undefined };

function newLoop(options: ReflectOptions, shape: WatchShape): { run(): Promise<void>; reflector: Reflector } {
  const { session, resource, signal } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const times: ReflectorTimes = { ...reflectorTimes, ...options.times };
  const manners: ClusterManners = mannersOf(session, clock);
  const cluster = session.context.cluster;
  const path = apiPath({ ...resource, namespace: resource.namespaced ? options.namespace : null });
  const selectors = {
    ...(options.fieldSelector !== undefined && { fieldSelector: options.fieldSelector }),
    ...(options.labelSelector !== undefined && { labelSelector: options.labelSelector }),
  };
  const backoff = newBackoff(random, times.backoff);
  const onFallback = (): void => options.fallbacks('decoder', cluster);
  const isSlow = (): boolean => options.slow?.() ?? manners.isSlow;

  let state: ReflectorState = 'connecting';
  /** Where a watch goes on; empty: everything is needed. */
  let version = '';
  /** Newest version ever seen: a new LIST must not be older. */
  let newest = '';
  let useList = false;
  let isBroken = false;
  let hadExpired = false;
  /** A watch was refused that could be listed a moment later; refused once more, it is believed. */
  let watchDoubted = false;
  /** Denials in a row that may pass by themselves. */
  let refusals = 0;
  /** Times that it rested with a list because the watch was refused, since one was open. */
  let polls = 0;
  let wake: ((why: 'asked' | 'connected') => void) | null = null;

  const emit = (event: WatchEvent): void => options.onEvents([event]);
  const between = ([least, most]: readonly [number, number]): number => least + random() * (most - least);

  const ask = async (): Promise<Turn> => options.firstSets?.ask(signal) ?? atOnce;

  const healed = (): void => {
    if (!isBroken) return;
    isBroken = false;
    emit({ type: 'resumed' });
  };

  /** A place among the first syncs, given back once. */
  const startSync = async (): Promise<Disposable> => {
    const place = await manners.syncs.enter(signal);
    state = 'syncing';
    emit({ type: 'sync-started' });
    return place;
  };

  const synced = (at: string): WatchEvent => {
    state = 'live';
    isBroken = false;
    refusals = 0;
    return { type: 'synced', resourceVersion: at };
  };

  const listAll = async (): Promise<void> => {
    using _place = await startSync();
    using stall = newStallWatch(clock, times.listStallMs, signal);
    const common = {
      session,
      path,
      selectors,
      shape,
      packed: isSlow() && !session.context.disableCompression,
      signal: stall.signal,
      ask,
      onBytes: () => stall.note(),
      onObjects: (objects: readonly KubeObject[]) =>
        options.onEvents(objects.map((object) => ({ type: 'upsert', object }))),
    };
    const freshness = newest === '' ? 'cached' : { notOlderThan: newest };
    const end = await listPages({ ...common, freshness, limit: pageSize }).catch((error: unknown) => {
      // The version or a page token is too old (or too new) for this server: ask for what there is now, in one piece.
      if (stall.hasStalled) {
        manners.crawls = true;
        throw new ApiError('unreachable', 'the list stopped in the middle', { cause: error });
      }
      const mayHelp = error instanceof ApiError && (error.code === 410 || isFuture(error));
      if (!mayHelp || signal.aborted) throw error;
      emit({ type: 'sync-started' });
      return listPages({ ...common, freshness: 'latest', limit: 0 });
    });
    version = end.resourceVersion;
    newest = version;
    emit(synced(version));
  };

  const stream = async (from: string | null): Promise<void> => {
    const progress: StreamProgress = { resourceVersion: from ?? '', isComplete: from !== null, events: 0 };
    let place: Disposable | null = from === null ? await startSync() : null;
    const seconds = Math.max(1, Math.round(between(manners.sharesPlaces ? times.sharedSeconds : times.watchSeconds)));
    const began = clock.now();
    let openedAt = Number.POSITIVE_INFINITY;
    try {
      await runStream(
        {
          session,
          path,
          selectors,
          shape,
          from,
          timeoutSeconds: seconds,
          signal,
          clock,
          times,
          ask,
          onOpen() {
            openedAt = clock.now();
            if (from === null) return;
            watchDoubted = false;
            polls = 0;
            state = 'live';
            healed();
          },
          onChanges(changes) {
            const events = changes.map((change) => toEvent(change, progress));
            if (place !== null && progress.isComplete) {
              place[Symbol.dispose]();
              place = null;
            }
            options.onEvents(events);
          },
          onFallback,
        },
        progress,
      );
    } finally {
      place?.[Symbol.dispose]();
      if (progress.isComplete) {
        version = progress.resourceVersion;
        newest = version;
        if (clock.now() - openedAt >= times.livedMs) hadExpired = false;
      }
    }
    if (!progress.isComplete) throw new ApiError('unreachable', 'the server ended the first set before it was whole');
    if (progress.events === 0 && clock.now() - began < times.shortMs) {
      throw new ApiError('unreachable', 'the server ends the watch as soon as it begins');
    }
    backoff.reset();
    hadExpired = false;
  };

  const toEvent = (change: StreamChange, progress: StreamProgress): WatchEvent =>
    change.type === 'complete' ? synced(progress.resourceVersion) : change;

  /** A watch that says nothing may wait for a version of the future: is there one that is older than ours? */
  const isFromTheFuture = async (): Promise<boolean> => {
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
    const request = { path: `${path}${query({ ...selectors, limit: 1 })}`, headers: { accept }, signal };
    try {
      const now = text(await session.json(request), 'metadata', 'resourceVersion');
      return !/^\d+$/.test(now) || !/^\d+$/.test(version) || BigInt(now) < BigInt(version);
    } catch (error) {
      // Who cannot be asked tells nothing: the watch goes on from where it was. Who may not ask has to read anew.
      return error instanceof ApiError && error.code === 403;
    }
  };

  const step = async (): Promise<Stage> => {
    const canWatch = resource.verbs === undefined || resource.verbs.includes('watch');
    if (!canWatch) {
      await attempt('list', listAll);
      await polled(null, false);
      return 'list';
    }
    if (version !== '') return attempt('watch', () => stream(version));
    if (manners.watchListRefused || useList || isSlow()) {
      useList = false;
      return attempt('list', listAll);
    }
    return attempt('first-set', () => stream(null));
  };

  /** Runs one stage and does what the rules say when it fails. */
  const attempt = async (stage: Stage, run: () => Promise<void>): Promise<Stage> => {
    try {
      await run();
    } catch (error) {
      if (isMute(error) && !signal.aborted && !(await isFromTheFuture())) return stage;
      await follow(decide(error, stage, signal.aborted));
    }
    return stage;
  };

  const follow = async (decision: Decision): Promise<void> => {
    switch (decision.next) {
      case 'stop':
        return;
      case 'list':
        useList = true;
        options.fallbacks('watchlist', cluster);
        if (decision.refused) manners.watchListRefused = true;
        else if (++manners.stalls >= 2) manners.watchListRefused = true;
        if (decision.packed) manners.crawls = true;
        return;
      case 'poll':
        // Between a refused watch and its list the right may come, as when a server that just started reads its roles: a
        // list that works is followed by one more watch before it counts as all there is.
        if (watchDoubted) return polled(decision.error, decision.mayPass);
        version = '';
        await attempt('list', listAll);
        watchDoubted = state === 'live' && decision.mayPass;
        if (!watchDoubted) await polled(decision.error, decision.mayPass);
        return;
      case 'denied':
        return halt('denied', { type: 'denied', error: decision.error }, soonAgain(decision.error));
      case 'absent':
        return halt('absent', { type: 'absent' });
      case 'resync':
        version = '';
        if (decision.pause === 'once' && !hadExpired) {
          hadExpired = true;
          return;
        }
        return interrupted(decision.pause, decision.error);
      case 'resume':
        return interrupted(decision.pause, decision.error);
    }
  };

  /** Whether a denial is looked at again soon: the set was read before, or the server says it knows no roles yet. */
  const soonAgain = (error: ApiError): number | undefined =>
    newest !== '' || / RBAC: .*not found/.test(error.message) ? times.recheckSoonMs[refusals++] : undefined;

  const halt = async (as: 'denied' | 'absent', event: WatchEvent, againMs?: number): Promise<void> => {
    version = '';
    state = as;
    isBroken = false;
    emit(event);
    await rest(againMs ?? between(times.recheckMs), () => false);
  };

  /** Rests with what was listed: until asked, or until the right to watch may have come. */
  const polled = async (error: ApiError | null, mayPass: boolean): Promise<void> => {
    if (signal.aborted || state !== 'live') return;
    state = 'polled';
    watchDoubted = false;
    version = '';
    emit({ type: 'polled', error });
    // The right to list may have gone with the right to watch, a moment after the list: looked at once soon.
    const again = polls++ === 0 ? times.recheckListMs : between(times.recheckMs);
    await rest(mayPass ? again : null, () => false);
  };

  const interrupted = async (how: Pause, error: ApiError): Promise<void> => {
    if (error.code === 429) manners.ease();
    const grown = backoff.next(clock.now());
    const ms =
      how === 'login'
        ? times.loginMs
        : how === 'once'
          ? Math.max(grown, times.relistMs)
          : how === 'backoff'
            ? grown
            : Math.round(how.seconds * 1000);
    if (ms === 0) return;
    state = 'interrupted';
    isBroken = true;
    emit({ type: 'interrupted', error, retryInMs: ms });
    await rest(ms, (why) => why === 'connected' && (error.kind !== 'status' || how === 'login'));
  };

  /** Waits; `ms` null waits until asked. `retryNow` always ends it, other news only if `endsIt` says so. */
  const rest = async (ms: number | null, endsIt: (why: 'connected') => boolean): Promise<void> => {
    const stop = new AbortController();
    const onAbort = (): void => stop.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    wake = (why) => {
      if (why === 'asked' || endsIt(why)) stop.abort();
    };
    if (!signal.aborted) await pause(clock, ms ?? 2 ** 31 - 1, stop.signal);
    wake = null;
    signal.removeEventListener('abort', onAbort);
  };

  const run = async (): Promise<void> => {
    using _member = manners.join();
    using _news = session.on((event) => {
      const isBack = event.type === 'connected' || (event.type === 'credentials' && event.error === null);
      if (isBack) wake?.('connected');
    });
    while (!signal.aborted) await step();
    state = 'stopped';
  };

  return {
    run,
    reflector: {
      get state() {
        return state;
      },
      retryNow: () => wake?.('asked'),
    },
  };
}

const isMute = (error: unknown): boolean => error instanceof Error && 'why' in error && error.why === 'mute';
