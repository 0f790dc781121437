// One container's log within a view: followed while the budget has a place for it, else read in turns.
import type { LogLine, LogOptions } from '../../core/log-line.ts';
import type { ContainerState, LogPlace } from '../../kube/log-stream.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import type { Follow, FollowRequest, KubePort } from '../kube-port.ts';
import type { LogBudget } from './log-budget.ts';

export type LogStreamDeps = {
  readonly kube: KubePort;
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
  /** It is over, or is followed, or only read from time to time. */
  onState(): void;
};

export class LogStream implements Disposable {
  readonly #deps: LogStreamDeps;
  readonly #abort = new AbortController();
  #follow: Follow | null = null;
  #state: 'waiting' | 'followed' | 'polled' | 'over' = 'waiting';

  constructor(deps: LogStreamDeps) {
    this.#deps = deps;
    void this.#run();
  }

  get state(): 'waiting' | 'followed' | 'polled' | 'over' {
    return this.#state;
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
    this.#deps.onState();
  }

  async #place(signal: AbortSignal): Promise<LogPlace> {
    const { budget, unit, node } = this.#deps;
    const place = await budget.place(unit.face.id, node, signal);
    if (!signal.aborted) this.#tell(place.stays ? 'followed' : 'polled');
    return place;
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
      place: () => this.#place(signal),
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
