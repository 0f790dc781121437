// One log view: pods of a selector join and leave by themselves, their lines are merged by time and kept in a ring, and a
// window of what matches is cut out where the person looks.
import type { ObjectRef } from '../../core/ids.ts';
import type { KubeObject } from '../../core/object.ts';
import { block } from '../../core/sanitise.ts';
import type { LogLine, LogOptions, LogSelector, LogWindow } from '../../core/log-line.ts';
import type { LogView } from '../../protocol/messages.ts';
import type { LiveSource } from '../../protocol/server.ts';
import { fetchObject } from '../documents/fetch-object.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import { HoldBack, type MarkName } from './hold-back.ts';
import type { LogBudget } from './log-budget.ts';
import { LogBuffer } from './log-buffer.ts';
import { LogRates } from './log-rates.ts';
import { LogStream } from './log-stream.ts';
import type { LogStreamsDeps } from './log-deps.ts';
import { containersToFollow, containerState } from './pod-containers.ts';

export type LogSessionDeps = LogStreamsDeps & { readonly budget: LogBudget; changed(): void };

/** What names a pod. A stored row does. */
type PodName = Pick<StoredRow, 'uid' | 'name' | 'namespace' | 'app' | 'node' | 'cluster'>;

type Followed = {
  readonly row: PodName;
  object: KubeObject | null;
  isGone: boolean;
  readonly streams: Map<string, LogStream>;
};

const releaseMs = 100;
const longestLine = 64 * 1024;
/** Screens of lines that are sent around the one in sight. */
const overscan = 1;

export class LogSession implements LiveSource<LogView, LogWindow> {
  readonly #selector: LogSelector;
  readonly #options: LogOptions;
  readonly #deps: LogSessionDeps;
  readonly #buffer: LogBuffer;
  readonly #held = new HoldBack();
  readonly #rates = new LogRates();
  readonly #pods = new Map<string, Followed>();
  readonly #lastTimes: number[] = [];
  readonly #listening: Disposable | null;
  readonly #abort = new AbortController();
  #view: LogView;
  #timer: Disposable | null = null;
  #scanning: Disposable | null = null;
  #dropped = 0;

  constructor(selector: LogSelector, options: LogOptions, view: LogView, deps: LogSessionDeps) {
    this.#selector = selector;
    this.#options = options;
    this.#deps = deps;
    this.#view = view;
    this.#buffer = new LogBuffer(deps.limitBytes);
    this.#buffer.setFilter(view.filter, view.minLevel);
    const pods = deps.pods();
    this.#listening = pods?.on((old, next) => this.#changed(old, next)) ?? null;
    for (const row of pods?.all() ?? []) if (this.#isWanted(row)) this.#join(row);
    this.#joinUnlisted();
  }

  change(view: LogView): void {
    this.#view = view;
    this.#buffer.setFilter(view.filter, view.minLevel);
    this.#scan();
  }

  read(): LogWindow {
    const { anchor, limit } = this.#view;
    const { first, end } = this.#buffer.range;
    const size = Math.max(1, limit);
    const at = anchor === 'newest' ? end - size : Math.min(Math.max(anchor, first), Math.max(first, end - 1));
    const from = Math.max(first, at - overscan * size);
    const streams = [...this.#pods.values()].flatMap((pod) => [...pod.streams.values()]);
    const { ring, filter } = this.#buffer;
    return {
      lines: this.#buffer.lines(from, at - from + (1 + overscan) * size),
      offset: from,
      first,
      matched: end,
      kept: this.#buffer.kept,
      dropped: ring.dropped,
      bytes: ring.bytes,
      limitBytes: ring.limitBytes,
      streams: streams.filter((stream) => stream.isFollowing).length,
      wantedStreams: streams.filter((stream) => !stream.isOver).length,
      linesPerSecond: this.#rates.perSecond(this.#deps.clock.now()),
      histogram: this.#rates.histogram(),
      badFilter: filter.bad,
    };
  }

  /** What is kept and passes the filter, oldest first. */
  matching(): Iterable<LogLine> {
    return this.#buffer.snapshot();
  }

  isOf(selector: LogSelector, options: LogOptions): boolean {
    return JSON.stringify([selector, options]) === JSON.stringify([this.#selector, this.#options]);
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
    this.#listening?.[Symbol.dispose]();
    this.#timer?.[Symbol.dispose]();
    this.#scanning?.[Symbol.dispose]();
    for (const pod of this.#pods.values()) for (const stream of pod.streams.values()) stream[Symbol.dispose]();
  }

  #isWanted(row: StoredRow): boolean {
    const selector = this.#selector;
    switch (selector.of) {
      case 'pod':
        return row.cluster === selector.cluster && row.uid === selector.uid;
      case 'app':
        return row.app === selector.app && (selector.namespace === null || row.namespace === selector.namespace);
      case 'owner': {
        if (row.cluster !== selector.cluster) return false;
        const data = this.#deps.fleet.unit(row.cluster)?.rows.data;
        return row.owner === selector.uid || (data?.owners(row).includes(selector.uid) ?? false);
      }
    }
  }

  #changed(old: StoredRow | null, next: StoredRow | null): void {
    const key = (next ?? old)?.key ?? '';
    const known = this.#pods.get(key);
    if (next === null) {
      if (known !== undefined) {
        known.isGone = true;
        nudge(known);
      }
      return;
    }
    if (known === undefined) {
      if (this.#isWanted(next)) this.#join(next);
      return;
    }
    // Its cluster was connected anew: the same pod is there again.
    if (known.isGone) return void this.#rejoin(known);
    // Containers start and restart: what is followed, and what a stream's end means, is in the pod itself.
    if (old === null || old.restarts !== next.restarts || old.status !== next.status) void this.#learn(known);
  }

  /** A pod that is in no table (the cluster denies the list) is followed by its name all the same. */
  #joinUnlisted(): void {
    const selector = this.#selector;
    if (selector.of !== 'pod' || this.#pods.size > 0) return;
    const { cluster, namespace, name, uid } = selector;
    void this.#learn(this.#add({ cluster, uid, name, namespace, app: name, node: '' }));
  }

  #join(row: StoredRow): void {
    void this.#learn(this.#add(row));
  }

  async #rejoin(pod: Followed): Promise<void> {
    pod.isGone = false;
    await this.#learn(pod);
    for (const stream of pod.streams.values()) stream.renew();
  }

  #add(row: PodName): Followed {
    const pod: Followed = { row, object: null, isGone: false, streams: new Map() };
    this.#pods.set(`${row.cluster}|${row.uid}`, pod);
    return pod;
  }

  /** Reads the pod and opens streams for containers that are new. */
  async #learn(pod: Followed): Promise<void> {
    const { cluster, namespace, name, uid } = pod.row;
    const unit = this.#deps.fleet.unit(cluster);
    const session = unit?.connection?.session;
    if (unit === undefined || session === undefined) return;
    const type = { group: '', version: 'v1', resource: 'pods' };
    const ref: ObjectRef = { cluster, type, kind: 'Pod', namespace, name, uid };
    const wanted = this.#selector.of === 'pod' ? this.#selector.container : null;
    try {
      pod.object = await fetchObject(session, ref, this.#abort.signal);
    } catch {
      // Logs may be readable where pods are not: a named container is followed blindly.
      if (pod.object === null && wanted === null) return;
    }
    if (this.#abort.signal.aborted) return;
    nudge(pod);
    const containers = pod.object === null ? [wanted ?? ''] : containersToFollow(pod.object, wanted);
    for (const container of containers)
      if (!pod.streams.has(container)) pod.streams.set(container, this.#follow(pod, unit, container));
    this.#deps.changed();
  }

  #follow(pod: Followed, unit: NonNullable<ReturnType<LogStreamsDeps['fleet']['unit']>>, container: string): LogStream {
    const { row } = pod;
    const number = this.#buffer.addStream({
      cluster: unit.face.id,
      clusterNames: unit.face.names,
      namespace: row.namespace,
      pod: row.name,
      container,
      app: row.app,
      node: row.node,
    });
    return new LogStream({
      ...this.#deps,
      unit,
      namespace: row.namespace,
      pod: row.name,
      container,
      node: row.node,
      options: this.#options,
      podState: () => containerState(pod.object, container, !pod.isGone),
      onLine: (time, bytes) => this.#takeLine(number, time, bytes),
      onMark: (mark, text) => this.#takeMark(number, mark, text),
      onState: () => this.#deps.changed(),
    });
  }

  #takeLine(stream: number, sent: number | null, bytes: Buffer): void {
    const { clock, metrics } = this.#deps;
    const arrived = clock.now();
    // A line without a time stays with the one before it.
    const time = sent ?? this.#lastTimes[stream] ?? arrived;
    this.#lastTimes[stream] = time;
    metrics.logLines.inc();
    metrics.logBytes.inc(bytes.length);
    this.#held.add({ time, stream, text: block(bytes.toString('utf8'), longestLine), arrived });
    this.#releaseSoon();
  }

  #takeMark(stream: number, mark: MarkName, text: string): void {
    const { clock, metrics } = this.#deps;
    if (mark === 'gap') metrics.logGaps.inc();
    const arrived = clock.now();
    const time = this.#lastTimes[stream] ?? arrived;
    this.#held.add({ time, stream, text, arrived, mark });
    this.#releaseSoon();
  }

  #releaseSoon(): void {
    this.#timer ??= this.#deps.clock.after(releaseMs, () => {
      this.#timer = null;
      this.#release();
      if (this.#held.size > 0) this.#releaseSoon();
    });
  }

  #release(): void {
    const { clock, metrics } = this.#deps;
    const now = clock.now();
    let any = false;
    this.#held.release(now, (line, isLate) => {
      any = true;
      if (line.mark !== undefined) this.#buffer.mark(line.stream, line.mark, line.text, line.time);
      else this.#rates.add(line.time, this.#buffer.add(line.stream, line.text, line.time, isLate), now);
    });
    if (!any) return;
    const { dropped } = this.#buffer.ring;
    metrics.logDropped.inc(dropped - this.#dropped);
    this.#dropped = dropped;
    this.#deps.changed();
  }

  /** Filters what was kept before the filter changed, a slice at a time. */
  #scan(): void {
    if (this.#scanning !== null || !this.#buffer.isScanning) return;
    this.#buffer.scan();
    this.#deps.changed();
    this.#scanning = this.#deps.clock.after(0, () => {
      this.#scanning = null;
      this.#scan();
    });
  }
}

const nudge = ({ streams }: Followed): void => {
  for (const stream of streams.values()) stream.nudge();
};
