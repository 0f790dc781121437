// One container's log within a view: followed while the budget has a place for it, else read every few seconds.
import type { Clock } from '../../platform/clock.ts';
import { pause } from '../../platform/clock.ts';
import type { LogOptions } from '../../core/log-line.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import type { FollowEvent, KubePort, LogPosition, PodLogState } from '../kube-port.ts';
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
  podState(): PodLogState;
  onEvents(events: readonly FollowEvent[]): void;
  /** It is over, or is (not) open any more. */
  onState(): void;
};

/** How often a stream beyond the budget is read. */
const pollMs = 5_000;

export class LogStream implements Disposable {
  readonly #deps: LogStreamDeps;
  readonly #abort = new AbortController();
  readonly #position: LogPosition = { state: null };
  #isFollowing = false;
  #isOver = false;

  constructor(deps: LogStreamDeps) {
    this.#deps = deps;
    void this.#run();
  }

  /** Open now, and not merely read from time to time. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { unit, budget, clock } = this.#deps;
    const signal = AbortSignal.any([this.#abort.signal, unit.signal]);
    while (!signal.aborted && !this.#isOver) {
      const place = budget.take(unit.face.id, this.#deps.node);
      if (place !== null || this.#deps.options.previous) {
        this.#isFollowing = place !== null;
        this.#deps.onState();
        await this.#read(!this.#deps.options.previous, signal);
        place?.[Symbol.dispose]();
        this.#isFollowing = false;
        this.#isOver = true;
      } else {
        await this.#read(false, signal);
        if (!this.#deps.podState().exists) this.#isOver = true;
        else await pause(clock, pollMs, signal);
      }
    }
    this.#isOver = true;
    if (!this.#abort.signal.aborted) this.#deps.onState();
  }

  async #read(follow: boolean, signal: AbortSignal): Promise<void> {
    const { kube, unit, namespace, pod, container, options } = this.#deps;
    const { connection } = unit;
    if (connection === null) return;
    await kube.follow({
      session: connection.session,
      namespace,
      pod,
      container,
      previous: options.previous,
      tail: options.tail,
      sinceSeconds: options.sinceSeconds,
      follow,
      position: this.#position,
      podState: () => this.#deps.podState(),
      signal,
      onEvents: (events) => {
        if (!signal.aborted) this.#deps.onEvents(events);
      },
    });
  }
}
