// One container's log within a view: followed while the budget has a place for it, else read every few seconds.
import type { LogLine, LogOptions } from '../../core/log-line.ts';
import type { ContainerState } from '../../kube/log-stream.ts';
import { type Clock, pause } from '../../platform/clock.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import type { Follow, FollowRequest, KubePort } from '../kube-port.ts';
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

export class LogStream implements Disposable {
  readonly #deps: LogStreamDeps;
  readonly #abort = new AbortController();
  #follow: Follow | null = null;
  #isOver = false;

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

  [Symbol.dispose](): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { unit } = this.#deps;
    const signal = AbortSignal.any([this.#abort.signal, unit.signal]);
    const request = this.#request(signal);
    if (request !== null) await this.#read(request, signal);
    this.#isOver = true;
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
    const { unit, namespace, pod, container, options } = this.#deps;
    const { connection } = unit;
    if (connection === null) return null;
    return {
      session: connection.session,
      namespace,
      pod,
      container,
      previous: options.previous,
      follow: options.follow !== false,
      tail: options.tail,
      sinceSeconds: options.sinceSeconds,
      podState: () => this.#deps.podState(),
      signal,
      onLine: (time, bytes) => {
        if (!signal.aborted) this.#deps.onLine(time, bytes);
      },
      onMark: (mark, text) => {
        if (!signal.aborted) this.#deps.onMark(mark, text);
      },
    };
  }
}
