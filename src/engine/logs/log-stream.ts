// One container's log within a view: followed while the budget has a place for it, else read every few seconds.
import type { LogLine, LogOptions } from '../../core/log-line.ts';
import type { ContainerState } from '../../kube/log-stream.ts';
import { type Clock, pause } from '../../platform/clock.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import type { Follow, FollowRequest, KubePort } from '../kube-port.ts';
import { serverTime } from '../tables/stored-row.ts';
import type { LogBudget } from './log-budget.ts';

export type LogStreamDeps = {
  readonly kube: KubePort;
  readonly clock: Clock;
  readonly budget: LogBudget;
  readonly unit: ClusterUnit;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly node: string;
  readonly options: LogOptions;
  podState(): ContainerState;
  onLine(time: number | null, bytes: Buffer): void;
  onMark(mark: Extract<LogLine, { type: 'mark' }>['mark'], text: string): void;
  /** It is over, or is (not) open any more. */
  onState(): void;
};

/** How often a stream beyond the budget is read. */
const pollMs = 5_000;
/** Read again before the last line: clocks differ, and the server cuts times to the second. */
const seamSeconds = 10;

export class LogStream implements Disposable {
  readonly #deps: LogStreamDeps;
  readonly #abort = new AbortController();
  #follow: Follow | null = null;
  #isOver = false;
  /** It ended because the connection of its cluster was given up, and not of itself. */
  #isCut = false;
  /** Time of the newest line. */
  #newest: number | null = null;

  constructor(deps: LogStreamDeps) {
    this.#deps = deps;
    void this.#run();
  }

  /** Open now, and not merely read from time to time. */
  get isFollowing(): boolean {
    return this.#follow !== null;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The pod changed. */
  nudge(): void {
    this.#follow?.nudge();
  }

  /** The cluster is connected anew: goes on behind the last line. Nothing when the stream was not cut. */
  renew(): void {
    if (!this.#isCut || this.#abort.signal.aborted) return;
    this.#isCut = false;
    this.#isOver = false;
    this.#deps.onMark('gap', 'connected anew: lines of that moment may be missing here');
    void this.#run();
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { unit } = this.#deps;
    // Of this connection; the unit has another one when it connects anew.
    const connected = unit.signal;
    const signal = AbortSignal.any([this.#abort.signal, connected]);
    const request = this.#request(signal);
    if (request !== null) await this.#read(request, signal);
    this.#isOver = true;
    this.#isCut = connected.aborted;
    if (!this.#abort.signal.aborted) this.#deps.onState();
  }

  /** Follows while the budget allows it; what is beyond is read from time to time, and stays so. */
  async #read(request: FollowRequest, signal: AbortSignal): Promise<void> {
    const { unit, budget, clock, kube, node } = this.#deps;
    using place = budget.take(unit.face.id, node);
    if (place === null) {
      const poll = kube.pollLog(request);
      while (!signal.aborted && (await poll.read()) && request.follow) await pause(clock, pollMs, signal);
      return;
    }
    this.#follow = kube.follow(request);
    this.#deps.onState();
    await this.#follow.done;
    this.#follow = null;
  }

  #request(signal: AbortSignal): FollowRequest | null {
    const { unit, namespace, pod, container, options, clock } = this.#deps;
    const { connection } = unit;
    if (connection === null) return null;
    const seam = this.#newest;
    return {
      session: connection.session,
      namespace,
      pod,
      container,
      previous: options.previous,
      follow: options.follow !== false,
      tail: seam === null ? options.tail : null,
      sinceSeconds:
        seam === null
          ? options.sinceSeconds
          : Math.max(0, Math.ceil((serverTime(unit.face, clock.now()) - seam) / 1000)) + seamSeconds,
      podState: () => this.#deps.podState(),
      signal,
      onLine: (time, bytes) => {
        // Asked for with room, so that none is lost; what was shown already is left out.
        if (signal.aborted || (seam !== null && time !== null && time <= seam)) return;
        if (time !== null) this.#newest = Math.max(time, this.#newest ?? 0);
        this.#deps.onLine(time, bytes);
      },
      onMark: (mark, text) => {
        if (signal.aborted) return;
        // Whatever a review said of it.
        if (mark === 'denied')
          unit.access?.denied({ verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace });
        this.#deps.onMark(mark, text);
      },
    };
  }
}
