// How many log streams may be open at once: a follow is a request that a kubelet serves for as long as somebody looks.
import type { ClusterId } from '../../core/ids.ts';

export type LogLimits = { readonly node: number; readonly cluster: number; readonly total: number };

export const logLimits: LogLimits = { node: 8, cluster: 60, total: 300 };

export class LogBudget {
  readonly #limits: LogLimits;
  readonly #clusters = new Map<ClusterId, number>();
  readonly #nodes = new Map<string, number>();
  #total = 0;

  constructor(limits: LogLimits = logLimits) {
    this.#limits = limits;
  }

  /** A place for one more stream, to be disposed of when it ends; null: it has to be polled instead. */
  take(cluster: ClusterId, node: string): Disposable | null {
    const nodeKey = `${cluster}|${node}`;
    const ofCluster = this.#clusters.get(cluster) ?? 0;
    const ofNode = this.#nodes.get(nodeKey) ?? 0;
    const { total, cluster: clusterLimit, node: nodeLimit } = this.#limits;
    if (this.#total >= total || ofCluster >= clusterLimit || ofNode >= nodeLimit) return null;
    this.#total++;
    this.#clusters.set(cluster, ofCluster + 1);
    this.#nodes.set(nodeKey, ofNode + 1);
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        this.#total--;
        lower(this.#clusters, cluster);
        lower(this.#nodes, nodeKey);
      },
    };
  }
}

function lower<Key>(counts: Map<Key, number>, key: Key): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
