// One resource over all clusters that serve it, opened because somebody looks at it and kept for three minutes after.
import type { ClusterId } from '../../core/ids.ts';
import type { Denial } from '../../core/cluster.ts';
import type { ApiResource } from '../../kube/discovery/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import { keepMs } from '../fleet/cluster-watches.ts';
import { ScopedWatch } from '../fleet/scoped-watch.ts';
import type { KubePort, ServerColumn, TableEvent } from '../kube-port.ts';
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
  readonly feed: ServerFeed;
  readonly abort: AbortController;
  readonly watch: ScopedWatch<CellEvent>;
};

/** What the server's table says of its objects and columns. */
type CellEvent = Extract<TableEvent, { type: 'columns' | 'upsert' | 'delete' }>;

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
    const abort = new AbortController();
    const place: Place = { unit, feed, abort, watch: this.#watch(unit, resource, feed) };
    this.#places.set(unit.face.id, place);
    this.table.add(unit.face.id, feed);
    unit.signal.addEventListener('abort', () => this.#close(place), { once: true, signal: abort.signal });
    place.watch.open();
  }

  retryNow(cluster: ClusterId | null): void {
    for (const { unit, watch } of this.#places.values())
      if (cluster === null || unit.face.id === cluster) watch.retryNow();
  }

  knowledgeOf(unit: ClusterUnit): readonly Knowledge[] {
    const place = this.#places.get(unit.face.id);
    return place === undefined ? [] : [place.watch.knowledge];
  }

  denialsOf(unit: ClusterUnit): readonly Denial[] {
    return this.#places.get(unit.face.id)?.watch.denials ?? [];
  }

  /** Since when some of what a cluster shows does not flow; null when all of it does. */
  staleSince(unit: ClusterUnit): number | null {
    return this.#places.get(unit.face.id)?.watch.staleSince ?? null;
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
    place.watch[Symbol.dispose]();
    this.table.remove(place.unit.face.id, place.feed);
    if (this.#places.get(place.unit.face.id) === place) this.#places.delete(place.unit.face.id);
    this.#deps.onLook(this);
  }

  #watch(unit: ClusterUnit, apiResource: ApiResource, feed: ServerFeed): ScopedWatch<CellEvent> {
    const { group, version, resource, namespaced, verbs } = apiResource;
    const { kube, clock } = this.#deps;
    const look = (): void => this.#deps.onLook(this);
    const ignored = (): void => undefined;
    return new ScopedWatch<CellEvent>({
      resource: apiResource,
      keepers: [feed],
      now: () => clock.now(),
      read: (namespace, signal, onEvents) => {
        const { connection } = unit;
        if (connection === null) return { retryNow: ignored };
        return kube.watchTable({
          session: connection.session,
          type: { group, version, resource },
          namespaced,
          namespace,
          fieldSelector: '',
          canWatch: verbs.includes('watch'),
          signal,
          onEvents,
        });
      },
      take: (event) => {
        if (event.type === 'columns') this.#learnColumns(feed, event.columns);
        else if (event.type === 'upsert') feed.upsert(event.cells, event.object);
        else feed.delete(event.object);
      },
      fallbackNamespaces: () => this.#deps.namespacesOf(unit),
      onStatus: look,
      onFreshness: look,
      // The cluster's own watches tell what becomes of the connection; this list is only somebody's look.
      onConnectionError: ignored,
      onAnswer: ignored,
      onAbsent: ignored,
      onSettled: ignored,
    });
  }

  #learnColumns(feed: ServerFeed, columns: readonly ServerColumn[]): void {
    const { shape } = this.table;
    const next = serverShape(shape.id, shape.title, this.#namespaced, columns, this.#hasColumns ? shape : null);
    const isNews = next.columns.length !== shape.columns.length || !this.#hasColumns;
    this.#hasColumns = true;
    if (isNews) this.table.shape = next;
    feed.setColumns(columns);
    if (isNews) this.#deps.onShape(this);
  }
}
