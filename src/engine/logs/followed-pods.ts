// Pods of one log view with their streams. One that is gone is forgotten when its logs are over; for a while it is kept in
// mind to where they were read, because a cluster that connects anew brings its pods back.
import type { ClusterId } from '../../core/ids.ts';
import type { LogWindow } from '../../core/log-line.ts';
import type { KubeObject } from '../../core/object.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import type { LogStream } from './log-stream.ts';

/** What names a pod. A stored row does. */
export type PodName = Pick<StoredRow, 'uid' | 'name' | 'namespace' | 'app' | 'node' | 'cluster'>;

/** The time of the last line that was read of each container. */
type Seams = ReadonlyMap<string, number>;

export type Followed = {
  readonly row: PodName;
  object: KubeObject | null;
  /** What containers it has is not known yet. */
  isUnread: boolean;
  isAskedAgain: boolean;
  isGone: boolean;
  readonly streams: Map<string, LogStream>;
  /** Of containers that were followed before it was gone and came back. */
  readonly seams: Seams;
};

/** More pods than that are not followed at once: the oldest seams were of pods that are really gone. */
const mostSeams = 1_000;

export const keyOf = ({ cluster, uid }: Pick<PodName, 'cluster' | 'uid'>): string => `${cluster}|${uid}`;

export class FollowedPods {
  readonly #pods = new Map<string, Followed>();
  /** Of pods that are forgotten. */
  readonly #seams = new Map<string, Seams>();

  get size(): number {
    return this.#pods.size;
  }

  /** Containers of some pod will be known shortly. */
  get isAwaited(): boolean {
    return this.#pods.values().some(isAwaited);
  }

  of(pod: Pick<PodName, 'cluster' | 'uid'>): Followed | undefined {
    return this.#pods.get(keyOf(pod));
  }

  /** In place of the one that was known under its name, behind what was read of that. */
  add(row: PodName): Followed {
    const key = keyOf(row);
    const known = this.#pods.get(key);
    if (known !== undefined) this.#forget(known);
    const pod: Followed = {
      row,
      object: null,
      isUnread: true,
      isAskedAgain: false,
      isGone: false,
      streams: new Map(),
      seams: this.#seams.get(key) ?? new Map(),
    };
    this.#seams.delete(key);
    this.#pods.set(key, pod);
    return pod;
  }

  /** Its row is gone: what its containers have said is still read to the end. */
  leave(pod: Followed): void {
    pod.isGone = true;
    for (const stream of pod.streams.values()) stream.nudge();
    this.settle(pod);
  }

  /** Forgets it if it is gone and its logs are over. */
  settle(pod: Followed): void {
    if (!pod.isGone || this.of(pod.row) !== pod) return;
    if (pod.streams.values().every(({ state }) => state === 'over')) this.#forget(pod);
  }

  *streams(): Generator<LogStream> {
    for (const pod of this.#pods.values()) yield* pod.streams.values();
  }

  count(): Pick<LogWindow, 'streams' | 'polled' | 'wantedStreams' | 'clusters'> {
    const count = { waiting: 0, followed: 0, polled: 0, over: 0 };
    let unread = 0;
    const clusters = new Set<ClusterId>();
    for (const pod of this.#pods.values()) {
      for (const { state } of pod.streams.values()) {
        count[state]++;
        if (state !== 'over') clusters.add(pod.row.cluster);
      }
      if (isAwaited(pod)) unread++;
    }
    const { waiting, followed, polled } = count;
    return { streams: followed, polled, wantedStreams: waiting + followed + polled + unread, clusters: clusters.size };
  }

  #forget(pod: Followed): void {
    const key = keyOf(pod.row);
    const seams = new Map(pod.seams);
    for (const [container, stream] of pod.streams) {
      if (stream.newest !== null) seams.set(container, stream.newest);
      stream[Symbol.dispose]();
    }
    this.#pods.delete(key);
    if (seams.size === 0) return;
    this.#seams.set(key, seams);
    const [oldest] = this.#seams.keys();
    if (oldest !== undefined && this.#seams.size > mostSeams) this.#seams.delete(oldest);
  }
}

const isAwaited = ({ isUnread, isGone }: Followed): boolean => isUnread && !isGone;
