// How many log requests may be open at once: a follow is a request that a kubelet serves for as long as somebody looks.
// What finds no place is read in turns, a few at a time for each cluster, and asks for a place again each time.
import type { ClusterId } from '../../core/ids.ts';
import type { LogPlace } from '../../kube/logs/log-stream.ts';

export type LogLimits = {
  readonly node: number;
  readonly cluster: number;
  readonly total: number;
  /** Reads of a cluster at a time that have no place. */
  readonly turns: number;
};

export const logLimits: LogLimits = { node: 8, cluster: 60, total: 300, turns: 4 };

type Turns = { taken: number; readonly waiting: Set<() => void> };

export class LogBudget {
  readonly #limits: LogLimits;
  readonly #clusters = new Map<ClusterId, number>();
  readonly #nodes = new Map<string, number>();
  readonly #turns = new Map<ClusterId, Turns>();
  #total = 0;

  constructor(limits: LogLimits = logLimits) {
    this.#limits = limits;
  }

  /** Leave for one request, to be disposed of when it has ended: to stay open, or only to read what is there. */
  async place(cluster: ClusterId, node: string, signal: AbortSignal): Promise<LogPlace> {
    const free = this.#take(cluster, node);
    if (free !== null) return free;
    const turn = await this.#turn(cluster, signal);
    // One may have become free while others had their turn.
    const freed = this.#take(cluster, node);
    if (freed === null) return turn;
    turn[Symbol.dispose]();
    return freed;
  }

  #take(cluster: ClusterId, node: string): LogPlace | null {
    const nodeKey = `${cluster}|${node}`;
    const ofCluster = this.#clusters.get(cluster) ?? 0;
    const ofNode = this.#nodes.get(nodeKey) ?? 0;
    const { total, cluster: clusterLimit, node: nodeLimit } = this.#limits;
    if (this.#total >= total || ofCluster >= clusterLimit || ofNode >= nodeLimit) return null;
    this.#total++;
    this.#clusters.set(cluster, ofCluster + 1);
    this.#nodes.set(nodeKey, ofNode + 1);
    return newPlace(true, () => {
      this.#total--;
      lower(this.#clusters, cluster);
      lower(this.#nodes, nodeKey);
    });
  }

  /** Waits until those of the cluster that came before had their turn. */
  async #turn(cluster: ClusterId, signal: AbortSignal): Promise<LogPlace> {
    const turns = this.#turns.get(cluster) ?? { taken: 0, waiting: new Set() };
    this.#turns.set(cluster, turns);
    if (turns.taken < this.#limits.turns) turns.taken++;
    else if (!(await inLine(turns.waiting, signal))) return newPlace(false, () => undefined);
    return newPlace(false, () => {
      const [next] = turns.waiting;
      // The turn goes on to the one that has waited longest, before anybody who comes now.
      if (next === undefined) turns.taken--;
      else {
        turns.waiting.delete(next);
        next();
      }
    });
  }
}

/** Waits to be called; false: it was given up before. */
async function inLine(waiting: Set<() => void>, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const call = (): void => resolve(true);
  const leave = (): void => {
    if (waiting.delete(call)) resolve(false);
  };
  waiting.add(call);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  const isCalled = await promise;
  signal.removeEventListener('abort', leave);
  return isCalled;
}

function newPlace(stays: boolean, giveBack: () => void): LogPlace {
  let isOver = false;
  return {
    stays,
    [Symbol.dispose]: () => {
      if (isOver) return;
      isOver = true;
      giveBack();
    },
  };
}

function lower<Key>(counts: Map<Key, number>, key: Key): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
