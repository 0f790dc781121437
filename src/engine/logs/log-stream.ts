// One container's log within a view: followed while the budget has a place for it, else read in turns.
import type { LogLine, LogOptions } from '../../core/log-line.ts';
import type { ContainerState, LogPlace } from '../../kube/logs/log-stream.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import type { Follow, FollowRequest, KubePort } from '../kube-port.ts';
import type { Clock } from '../../platform/clock.ts';
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
  /** Time of the last line that came over a connection that was given up: it goes on behind that. Null: it begins. */
  readonly seam: number | null;
  podState(): ContainerState;
  onLine(time: number | null, bytes: Buffer): void;
  onMark(mark: Extract<LogLine, { type: 'mark' }>['mark'], text: string): void;
  /** It is over, or is followed, or only read from time to time. */
  onState(state: LogStream['state']): void;
};

/** Read again before the last line: clocks differ, and the server cuts times to the second. */
const seamSeconds = 10;

export class LogStream implements Disposable {
  readonly #deps: LogStreamDeps;
  readonly #abort = new AbortController();
  #follow: Follow | null = null;
  #state: 'waiting' | 'followed' | 'polled' | 'over' = 'waiting';

  /** Time of the newest line. */
  #newest: number | null;

  constructor(deps: LogStreamDeps) {
    this.#deps = deps;
    this.#newest = deps.seam;
    if (deps.seam !== null) deps.onMark('gap', 'connected anew: lines of that moment may be missing here');
    void this.#run();
  }

  get state(): 'waiting' | 'followed' | 'polled' | 'over' {
    return this.#state;
  }

  get newest(): number | null {
    return this.#newest;
  }

  /** The pod changed. */
  nudge(): void {
    this.#follow?.nudge();
  }

  /** Stops reading, or goes on. */
  hold(isHeld: boolean): void {
    if (isHeld) this.#follow?.pause();
    else this.#follow?.resume();
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { unit, kube } = this.#deps;
    const signal = AbortSignal.any([this.#abort.signal, unit.signal]);
    const request = this.#request(signal);
    if (request !== null) {
      this.#follow = kube.follow(request);
      await this.#follow.done;
    }
    this.#tell('over');
  }

  #tell(state: LogStream['state']): void {
    if (this.#state === state || this.#abort.signal.aborted) return;
    this.#state = state;
    this.#deps.onState(state);
  }

  async #place(signal: AbortSignal): Promise<LogPlace> {
    const { budget, unit, node } = this.#deps;
    const place = await budget.place(unit.face.id, node, signal);
    if (!signal.aborted) this.#tell(place.stays ? 'followed' : 'polled');
    return place;
  }

  #request(signal: AbortSignal): FollowRequest | null {
    const { unit, namespace, pod, container, options, seam, clock } = this.#deps;
    const { connection } = unit;
    if (connection === null) return null;
    const seamAge = seam === null ? 0 : Math.ceil((serverTime(unit.face, clock.now()) - seam) / 1000);
    return {
      session: connection.session,
      namespace,
      pod,
      container,
      previous: options.previous,
      follow: options.follow !== false,
      tail: seam === null ? options.tail : null,
      sinceSeconds: seam === null ? options.sinceSeconds : Math.max(0, seamAge) + seamSeconds,
      podState: () => this.#deps.podState(),
      place: () => this.#place(signal),
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
