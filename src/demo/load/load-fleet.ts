// Generated clusters for benchmarks: any number, all of one shape, with pod changes at a steady rate. Cheap enough to
// leave the machine to what is measured.
import { ApiCluster } from '../api/cluster.ts';
import { builtins, type Resource, storageName } from '../api/kinds.ts';
import { HeldCollection } from '../api/store.ts';
import { hexOf } from '../random.ts';
import { LoadCollection } from './load-collection.ts';
import { firstVersion, makeShape, type Shape } from './shape.ts';

export type LoadOptions = {
  readonly clusters: number;
  readonly podsPerCluster: number;
  readonly eventsPerSecond: number;
  readonly seed: number;
  readonly version: string;
};

/** Events of one tick leave together; ten ticks a second. */
const tickMs = 100;
/** One in so many events changes what a row shows (restarts); the others are status noise. */
const visibleEvery = 50;
/** A prime that walks over all pods before it repeats. */
const stride = 7919;

const resourceOf = (storage: string): Resource => {
  const found = builtins.find((r) => r.backing === 'stored' && storageName(r) === storage);
  if (found === undefined) throw new Error(`the demo serves no ${storage}`);
  return found;
};

export class LoadFleet {
  readonly clusters: readonly ApiCluster[];
  readonly viewerNamespace: string;
  readonly #options: LoadOptions;
  readonly #pods: readonly LoadCollection[];
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    const shape = makeShape(options.podsPerCluster, options.seed);
    this.viewerNamespace = shape.viewerNamespace;
    const indexes = new Map<string, ReadonlyMap<string, number>>();
    for (const [storage, entries] of shape.entries) indexes.set(storage, new Map(entries.map((e, i) => [e.key, i])));
    const total = [...shape.entries.values()].reduce((n, e) => n + e.length, 0);
    this.clusters = Array.from({ length: options.clusters }, (_, i) => this.#make(shape, indexes, total, i));
    this.#pods = this.clusters.map((c) => c.store.collection('pods') as LoadCollection);
  }

  #make(shape: Shape, indexes: ReadonlyMap<string, ReadonlyMap<string, number>>, total: number, i: number): ApiCluster {
    const number = String(i % 1000).padStart(3, '0');
    const stamp = { number, uid: hexOf(`${this.#options.seed} cluster ${i}`, 4) };
    const starts = new Map<string, number>();
    let version = firstVersion;
    for (const [storage, entries] of shape.entries) {
      starts.set(storage, version);
      version += entries.length;
    }
    const cluster = new ApiCluster({
      name: `load-${number}`,
      version: this.#options.version,
      firstVersion: firstVersion + total,
      historyLimit: 200,
      makeCollection: (storage) => {
        const base = shape.entries.get(storage);
        const index = indexes.get(storage);
        if (base === undefined || index === undefined) return new HeldCollection();
        return new LoadCollection(base, index, stamp, resourceOf(storage), starts.get(storage) ?? firstVersion);
      },
    });
    cluster.store.compact();
    return cluster;
  }

  /** Begins to change pods. */
  start(): void {
    const { eventsPerSecond } = this.#options;
    if (eventsPerSecond <= 0) return;
    const begun = performance.now();
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - begun) / 1000) * eventsPerSecond) - this.#sent;
      for (let n = Math.min(due, eventsPerSecond); n > 0; n--) this.#change();
      if (due > eventsPerSecond) this.#sent += due - eventsPerSecond;
    }, tickMs);
  }

  #change(): void {
    const n = this.#sent++;
    const which = n % this.clusters.length;
    const cluster = this.clusters[which];
    const pods = this.#pods[which];
    if (cluster === undefined || pods === undefined) return;
    const size = this.#options.podsPerCluster;
    const entry = pods.at((Math.floor(n / this.clusters.length) * stride + which) % size);
    if (entry === undefined) return;
    const restarts = n % visibleEvery === 0 ? (entry.restarts % 9) + 1 : entry.restarts;
    cluster.store.commitEntry('pods', entry.next(cluster.store.rv + 1, restarts));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
