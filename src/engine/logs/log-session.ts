// One log view: pods of a selector join and leave by themselves, and a window of what matches is cut out of their merged
// lines where the person looks.
import type { ObjectRef } from '../../core/ids.ts';
import type { LogLine, LogOptions, LogSelector, LogWindow } from '../../core/log-line.ts';
import type { LogView } from '../../protocol/messages.ts';
import type { LiveSource } from '../../protocol/server.ts';
import { ApiError } from '../../kube/api-error.ts';
import { fetchObject } from '../documents/fetch-object.ts';
import { isInScope } from '../query/selection.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import { type Followed, FollowedPods, keyOf, type PodName } from './followed-pods.ts';
import type { LogBudget } from './log-budget.ts';
import type { LogStreamsDeps } from './log-deps.ts';
import { LogIntake } from './log-intake.ts';
import { LogStream } from './log-stream.ts';
import { pause } from '../../platform/clock.ts';
import { containersToFollow, containerState } from './pod-containers.ts';

export type LogSessionDeps = LogStreamsDeps & { readonly budget: LogBudget; changed(): void };

/** After which a pod that could not be read is asked for again. */
const againMs = 3_000;
/** Screens of lines that are sent around the one in sight. */
const overscan = 1;

export class LogSession implements LiveSource<LogView, LogWindow> {
  readonly #selectors: readonly LogSelector[];
  readonly #options: LogOptions;
  readonly #deps: LogSessionDeps;
  readonly #intake: LogIntake;
  readonly #pods = new FollowedPods();
  readonly #listening: Disposable | null;
  readonly #abort = new AbortController();
  #view: LogView;
  #isHeld = false;

  constructor(selector: LogSelector, options: LogOptions, view: LogView, deps: LogSessionDeps) {
    this.#selectors = [selector, ...(options.also ?? [])];
    this.#options = options;
    this.#deps = deps;
    this.#view = view;
    this.#intake = new LogIntake(view, {
      clock: deps.clock,
      metrics: deps.metrics,
      limitBytes: deps.limitBytes,
      place: options.place ?? 'time',
      ends: options.follow === false || options.previous,
      awaits: () => this.#pods.isAwaited,
      isRaw: options.isRaw ?? false,
      changed: () => deps.changed(),
      hold: (isFull) => this.#hold(isFull),
    });
    const pods = deps.pods();
    this.#listening = pods?.on((old, next) => this.#changed(old, next)) ?? null;
    for (const row of pods?.all() ?? []) if (this.#isWanted(row)) void this.#learn(this.#pods.add(row));
    this.#joinUnlisted();
  }

  change(view: LogView): void {
    this.#view = view;
    this.#intake.look(view);
  }

  read(): LogWindow {
    const { anchor, limit } = this.#view;
    const { buffer, rates } = this.#intake;
    const { first, end } = buffer.range;
    const size = Math.max(1, limit);
    const at = anchor === 'newest' ? end - size : Math.min(Math.max(anchor, first), Math.max(first, end - 1));
    const from = Math.max(first, at - overscan * size);
    const { ring, filter } = buffer;
    return {
      lines: buffer.lines(from, at - from + (1 + overscan) * size),
      offset: from,
      first,
      matched: end,
      kept: buffer.kept,
      unfiltered: buffer.unfiltered,
      dropped: ring.dropped,
      bytes: ring.bytes,
      limitBytes: ring.limitBytes,
      ...this.#pods.count(),
      linesPerSecond: rates.perSecond(this.#deps.clock.now()),
      histogram: rates.histogram(),
      badFilter: filter.bad,
    };
  }

  /** What is kept and passes the filter, oldest first. */
  matching(): Iterable<LogLine> {
    return this.#intake.buffer.snapshot();
  }

  /** How many pods it follows, or has followed and may have to go on with. */
  get pods(): number {
    return this.#pods.size;
  }

  isOf(selector: LogSelector, options: LogOptions): boolean {
    return JSON.stringify([selector, options]) === JSON.stringify([this.#selectors[0], this.#options]);
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
    this.#listening?.[Symbol.dispose]();
    this.#intake[Symbol.dispose]();
    for (const stream of this.#pods.streams()) stream[Symbol.dispose]();
  }

  /** More comes than can be kept up with: what is not read waits with its sender. */
  #hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const stream of this.#pods.streams()) stream.hold(isHeld);
  }

  #isWanted(row: StoredRow): boolean {
    return this.#selectors.some((selector) => this.#selects(selector, row));
  }

  #selects(selector: LogSelector, row: StoredRow): boolean {
    switch (selector.of) {
      case 'pod':
        return row.cluster === selector.cluster && row.uid === selector.uid;
      case 'app':
        return (
          row.app === selector.app &&
          (selector.namespace === null || row.namespace === selector.namespace) &&
          (selector.scope === undefined || isInScope(selector.scope, row, () => this.#deps.clock.now()))
        );
      case 'owner': {
        if (row.cluster !== selector.cluster) return false;
        const data = this.#deps.fleet.unit(row.cluster)?.rows.data;
        return row.owner === selector.uid || (data?.owners(row).includes(selector.uid) ?? false);
      }
    }
  }

  #changed(old: StoredRow | null, next: StoredRow | null): void {
    const row = next ?? old;
    const known = row === null ? undefined : this.#pods.of(row);
    if (next === null) {
      if (known !== undefined) this.#pods.leave(known);
      return;
    }
    // One that comes back was not gone: its cluster was, and its streams went with the connection.
    if (known === undefined || known.isGone) {
      if (this.#isWanted(next)) void this.#learn(this.#pods.add(next));
      return;
    }
    // Containers start and restart: what is followed, and what a stream's end means, is in the pod itself.
    if (old === null || old.restarts !== next.restarts || old.status !== next.status) void this.#learn(known);
  }

  /** A pod that is in no table (the cluster denies the list) is followed by its name all the same. */
  #joinUnlisted(): void {
    for (const selector of this.#selectors) {
      if (selector.of !== 'pod') continue;
      const { cluster, namespace, name, uid } = selector;
      if (this.#pods.of(selector) !== undefined) continue;
      void this.#learn(this.#pods.add({ cluster, uid, name, namespace, app: name, node: '' }));
    }
  }

  /** The container that is asked for in a pod; null: all. */
  #containerOf(pod: PodName): string | null {
    const own = this.#selectors.find((selector) => selector.of === 'pod' && keyOf(selector) === keyOf(pod));
    return (own?.of === 'pod' ? own.container : null) ?? this.#options.container ?? null;
  }

  /** Reads the pod and opens streams for containers that are new. */
  async #learn(pod: Followed): Promise<void> {
    const { cluster, namespace, name, uid } = pod.row;
    const unit = this.#deps.fleet.unit(cluster);
    const session = unit?.connection?.session;
    if (unit === undefined || session === undefined) return this.#learnAgain(pod);
    const type = { group: '', version: 'v1', resource: 'pods' };
    const ref: ObjectRef = { cluster, type, kind: 'Pod', namespace, name, uid };
    const wanted = this.#containerOf(pod.row);
    try {
      pod.object = await fetchObject(session, ref, this.#abort.signal);
    } catch (error) {
      const code = error instanceof ApiError ? error.code : 0;
      // Neither an answer nor a refusal: what is known of the pod may be wrong from now on.
      if (code !== 403 && code !== 404) return this.#learnAgain(pod);
      // Logs may be readable where pods are not: a container is followed blindly, its only one when none is named.
      if (code === 404 && wanted === null && pod.object === null) return this.#known(pod);
    }
    if (this.#abort.signal.aborted || this.#pods.of(pod.row) !== pod) return;
    for (const stream of pod.streams.values()) stream.nudge();
    const containers = pod.object === null ? [wanted ?? ''] : containersToFollow(pod.object, wanted);
    for (const container of containers)
      if (!pod.streams.has(container)) pod.streams.set(container, this.#follow(pod, unit, container));
    this.#known(pod);
  }

  #known(pod: Followed): void {
    pod.isUnread = false;
    this.#deps.changed();
  }

  /** Later, and not only when the pod changes the next time. */
  async #learnAgain(pod: Followed): Promise<void> {
    if (pod.isAskedAgain) return;
    pod.isAskedAgain = true;
    await pause(this.#deps.clock, againMs, this.#abort.signal);
    pod.isAskedAgain = false;
    if (!this.#abort.signal.aborted && !pod.isGone) await this.#learn(pod);
  }

  #follow(pod: Followed, unit: NonNullable<ReturnType<LogStreamsDeps['fleet']['unit']>>, container: string): LogStream {
    const { row } = pod;
    const number = this.#intake.addStream({
      cluster: unit.face.id,
      clusterNames: unit.face.names,
      namespace: row.namespace,
      pod: row.name,
      container,
      app: row.app,
      node: row.node,
    });
    const { kube, budget, clock } = this.#deps;
    const stream = new LogStream({
      kube,
      clock,
      budget,
      unit,
      namespace: row.namespace,
      pod: row.name,
      container,
      node: row.node,
      options: this.#options,
      seam: pod.seams.get(container) ?? null,
      podState: () => containerState(pod.object, container, !pod.isGone),
      onLine: (time, bytes) => this.#intake.takeLine(number, time, bytes),
      onMark: (mark, text) => this.#intake.takeMark(number, mark, text),
      onState: (state) => {
        if (state === 'over') this.#intake.streamOver(number);
        this.#pods.settle(pod);
        this.#deps.changed();
      },
    });
    if (this.#isHeld) stream.hold(true);
    return stream;
  }
}
