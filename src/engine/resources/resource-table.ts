// One resource over all clusters that serve it, opened because somebody looks at it and kept for three minutes after.
import type { ClusterId } from '../../core/ids.ts';
import type { Denial } from '../../core/cluster.ts';
import type { ApiResource } from '../../kube/discovery-contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import { keepMs } from '../fleet/cluster-watches.ts';
import { denialOf } from '../fleet/rights.ts';
import type { KubePort, ServerColumn, TableEvent, Watcher } from '../kube-port.ts';
import type { Knowledge } from '../tables/cluster-data.ts';
import type { Source } from '../tables/stored-row.ts';
import { Table } from '../tables/table.ts';
import { serverShape } from './server-columns.ts';
import { ServerFeed } from './server-feed.ts';

export type ResourceTableDeps = {
  readonly kube: KubePort;
  readonly clock: Clock;
  namespacesOf(unit: ClusterUnit): Promise<readonly string[]>;
  /** Columns are known (anew): views arrange themselves again. */
  onShape(table: ResourceTable): void;
  /** What is known of it changed: rows look different, or an empty list has another reason. */
  onLook(table: ResourceTable): void;
};

/** The resource in one cluster. */
type Place = {
  readonly unit: ClusterUnit;
  readonly resource: ApiResource;
  readonly feed: ServerFeed;
  readonly abort: AbortController;
  readonly watchers: Map<string, Watcher>;
  readonly states: Map<string, Knowledge>;
  readonly interrupted: Set<string>;
  denials: readonly Denial[];
  /** When it was read, where it cannot be watched. */
  fetchedAt: number | null;
};

export class ResourceTable implements Disposable {
  readonly table: Table;
  readonly #deps: ResourceTableDeps;
  readonly #namespaced: boolean;
  readonly #places = new Map<ClusterId, Place>();
  #hasColumns = false;
  #users = 0;
  #closing: Disposable | null = null;

  constructor(id: string, resource: ApiResource, deps: ResourceTableDeps) {
    this.#deps = deps;
    this.#namespaced = resource.namespaced;
    this.table = new Table(serverShape(id, resource.kind, resource.namespaced, [], null));
  }

  /** Somebody looks; disposing lets it close after a while. */
  use(): Disposable {
    this.#users++;
    this.#closing?.[Symbol.dispose]();
    this.#closing = null;
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        if (--this.#users === 0)
          this.#closing = this.#deps.clock.after(keepMs, () => {
            if (this.#users === 0) this[Symbol.dispose]();
          });
      },
    };
  }

  /** Reads the resource in a cluster, if it is not read there already. */
  open(unit: ClusterUnit, resource: ApiResource): void {
    const known = this.#places.get(unit.face.id);
    if (known !== undefined && !known.abort.signal.aborted && known.unit.connection === unit.connection) return;
    if (known !== undefined) this.#close(known);
    if (unit.connection === null) return;
    const source: Source = this.#sourceOf(unit, resource);
    const feed = new ServerFeed({
      source,
      shape: () => this.table.shape,
      onRow: (old, next) => this.table.changed(old, next),
    });
    const place: Place = {
      unit,
      resource,
      feed,
      abort: new AbortController(),
      watchers: new Map(),
      states: new Map(),
      interrupted: new Set(),
      denials: [],
      fetchedAt: null,
    };
    this.#places.set(unit.face.id, place);
    this.table.add(unit.face.id, feed);
    unit.signal.addEventListener('abort', () => this.#close(place), { once: true, signal: place.abort.signal });
    this.#watch(place, '');
  }

  retryNow(cluster: ClusterId | null): void {
    for (const place of this.#places.values())
      if (cluster === null || place.unit.face.id === cluster)
        for (const watcher of place.watchers.values()) watcher.retryNow();
  }

  knowledgeOf(unit: ClusterUnit): readonly Knowledge[] {
    const place = this.#places.get(unit.face.id);
    if (place === undefined) return [];
    const whole = place.states.get('') ?? 'syncing';
    return whole === 'denied' && place.states.size > 1
      ? [...place.states].filter(([ns]) => ns !== '').map(([, k]) => k)
      : [whole];
  }

  denialsOf(unit: ClusterUnit): readonly Denial[] {
    return this.#places.get(unit.face.id)?.denials ?? [];
  }

  /** When the oldest part that cannot be watched was read. */
  get fetchedAt(): number | null {
    const times = [...this.#places.values()].flatMap((place) => place.fetchedAt ?? []);
    return times.length === 0 ? null : Math.min(...times);
  }

  get isUsed(): boolean {
    return this.#users > 0;
  }

  [Symbol.dispose](): void {
    this.#closing?.[Symbol.dispose]();
    for (const place of this.#places.values()) this.#close(place);
  }

  #sourceOf(unit: ClusterUnit, { group, version, resource, kind }: ApiResource): Source {
    const { table } = this;
    return {
      face: unit.face,
      type: { group, version, resource },
      kind,
      isInterrupted: false,
      get shape() {
        return table.shape;
      },
    };
  }

  #close(place: Place): void {
    place.abort.abort();
    place.feed.clear();
    this.table.remove(place.unit.face.id, place.feed);
    if (this.#places.get(place.unit.face.id) === place) this.#places.delete(place.unit.face.id);
    this.#deps.onLook(this);
  }

  #watch(place: Place, namespace: string): void {
    const { connection } = place.unit;
    if (connection === null || place.states.has(namespace)) return;
    const { group, version, resource, namespaced, verbs } = place.resource;
    place.states.set(namespace, 'syncing');
    const watcher = this.#deps.kube.watchTable({
      session: connection.session,
      type: { group, version, resource },
      namespaced,
      namespace,
      fieldSelector: '',
      canWatch: verbs.includes('watch'),
      signal: place.abort.signal,
      onEvents: (events) => {
        if (!place.abort.signal.aborted) for (const event of events) this.#take(place, namespace, event);
      },
    });
    place.watchers.set(namespace, watcher);
  }

  #take(place: Place, namespace: string, event: TableEvent): void {
    const { feed } = place;
    switch (event.type) {
      case 'columns':
        return this.#learnColumns(place, event.columns);
      case 'upsert':
        return feed.upsert(event.cells, event.object);
      case 'delete':
        return feed.delete(event.object);
      case 'sync-started':
        return feed.begin(namespace);
      case 'synced':
        feed.finish(namespace);
        if (!place.resource.verbs.includes('watch')) place.fetchedAt = this.#deps.clock.now();
        return this.#state(place, namespace, 'complete');
      case 'denied':
        place.denials = [
          ...place.denials.filter((d) => d.namespace !== namespace),
          denialOf(place.resource, namespace, event.error),
        ];
        if (namespace === '' && this.#namespaced) void this.#fallBack(place);
        return this.#state(place, namespace, 'denied');
      case 'absent':
        return this.#state(place, namespace, 'absent');
      case 'interrupted':
        place.interrupted.add(namespace);
        return this.#freshness(place);
      case 'resumed':
        place.interrupted.delete(namespace);
        return this.#freshness(place);
    }
  }

  #learnColumns(place: Place, columns: readonly ServerColumn[]): void {
    const { shape } = this.table;
    const next = serverShape(shape.id, shape.title, this.#namespaced, columns, this.#hasColumns ? shape : null);
    const isNews = next.columns.length !== shape.columns.length || !this.#hasColumns;
    this.#hasColumns = true;
    if (isNews) this.table.shape = next;
    place.feed.setColumns(columns);
    if (isNews) this.#deps.onShape(this);
  }

  async #fallBack(place: Place): Promise<void> {
    for (const namespace of await this.#deps.namespacesOf(place.unit))
      if (!place.abort.signal.aborted) this.#watch(place, namespace);
  }

  #state(place: Place, namespace: string, state: Knowledge): void {
    place.states.set(namespace, state);
    place.interrupted.delete(namespace);
    this.#freshness(place);
  }

  #freshness(place: Place): void {
    place.feed.source.isInterrupted = place.interrupted.size > 0;
    this.#deps.onLook(this);
  }
}
