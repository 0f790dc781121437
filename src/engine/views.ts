// All live queries that are open: each is a view on a table, and keeps the watches open that feed it.
import type { ClusterId } from '../core/ids.ts';
import type { LiveQuery, Window } from '../core/query.ts';
import { includesCluster } from '../core/scope.ts';
import type { Clock } from '../platform/clock.ts';
import type { LiveSource } from '../protocol/server.ts';
import type { ClusterUnit } from './fleet/cluster-unit.ts';
import { isFresh } from './fleet/contact.ts';
import type { Fleet } from './fleet/fleet.ts';
import { problemFolding } from './problems/fold.ts';
import { contributors } from './query/contributors.ts';
import { LiveView, timedEveryMs } from './query/live-view.ts';
import type { Selection } from './query/selection.ts';
import { emptyState } from './query/words.ts';
import type { ResourceTable } from './resources/resource-table.ts';
import type { ResourceTables } from './resources/resource-tables.ts';
import type { Knowledge } from './tables/cluster-data.ts';
import { shapeOf } from './tables/shape.ts';
import { Table } from './tables/table.ts';
import type { EngineMetrics } from './telemetry-names.ts';

export type ViewsDeps = {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly tables: ReadonlyMap<string, Table>;
  readonly resources: ResourceTables;
  readonly metrics: EngineMetrics;
};

/** What a view looks at: a table of a plugin, or a resource as the server shows it. */
type Target = { readonly table: Table; readonly resource: ResourceTable | null };

type Open = {
  readonly view: LiveView;
  target: Target;
  /** Watches that are kept open for it, per cluster. */
  readonly kept: Map<ClusterId, Disposable>;
  using: Disposable | null;
  readonly changed: () => void;
};

const nothing = (): Table => new Table(shapeOf({ id: '', title: '', columns: [] }));

export class Views implements Disposable {
  readonly #deps: ViewsDeps;
  readonly #open = new Set<Open>();
  #timer: Disposable | null = null;

  constructor(deps: ViewsDeps) {
    this.#deps = deps;
  }

  open(query: LiveQuery, changed: () => void): LiveSource<LiveQuery, Window> {
    const target = this.#targetOf(query);
    const view = new LiveView(query, target.table, {
      now: () => this.#deps.clock.now(),
      owners: (row) => this.#deps.fleet.unit(row.cluster)?.rows.data.owners(row) ?? [],
      stateOf: (asked, all, selection, names) => this.#stateOf(open.target, asked, all, selection, names),
      staleSince: (asked) => this.#staleSince(open.target, asked),
      folding: (table, asked) =>
        table === 'problems'
          ? problemFolding(
              asked,
              (cluster, namespace, app) =>
                this.#deps.fleet.unit(cluster)?.rows.tallies.ofApp(cluster, 'pods', namespace, app) ?? 0,
            )
          : undefined,
      onChange: changed,
    });
    const open: Open = { view, target, kept: new Map(), using: target.resource?.use() ?? null, changed };
    this.#open.add(open);
    this.#keep(open);
    this.#time();
    return {
      change: (next) => this.#change(open, next),
      read: () => {
        this.#deps.metrics.windows.inc();
        return view.window(this.#deps.clock.now());
      },
      [Symbol.dispose]: () => this.#close(open),
    };
  }

  /** A cluster was connected: what is in sight is watched there as well. */
  connected(unit: ClusterUnit): void {
    for (const open of this.#open) {
      open.kept.delete(unit.face.id);
      this.#keepIn(open, unit);
    }
  }

  /** Names or owners changed for all. */
  reset(): void {
    for (const { view } of this.#open) view.reset();
  }

  /** Rows look fresh or stale now. */
  refresh(): void {
    for (const { view } of this.#open) view.refresh();
  }

  /** The columns of a resource are known (anew). */
  reshape(table: Table): void {
    for (const { view, target } of this.#open) if (target.table === table) view.reshape();
  }

  refreshTable(table: Table): void {
    for (const { view, target } of this.#open) if (target.table === table) view.refresh();
  }

  /** Something that hangs below an owner came or went: whose rows are below it may have changed. */
  ownerChanged(cluster: ClusterId, owner: string): void {
    for (const { view } of this.#open) {
      const { within } = view.query;
      if (within?.by === 'owner' && within.cluster === cluster && within.uid === owner) view.reset();
    }
  }

  /** Resources of a cluster are known (anew): a view of something that was absent may find it. */
  discovered(): void {
    for (const open of this.#open) {
      const target = this.#targetOf(open.view.query);
      if (target.table === open.target.table || target.resource === null) continue;
      this.#change(open, open.view.query);
    }
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    for (const open of this.#open) this.#close(open);
  }

  #targetOf(query: LiveQuery): Target {
    const table = this.#deps.tables.get(query.table);
    if (table !== undefined) return { table, resource: null };
    const resource = this.#deps.resources.find(query.table);
    return resource === undefined ? { table: nothing(), resource: null } : { table: resource.table, resource };
  }

  #change(open: Open, query: LiveQuery): void {
    const before = open.view.query;
    const target = this.#targetOf(query);
    const isOther = target.table.id !== open.target.table.id || target.resource !== open.target.resource;
    if (isOther) {
      const { using } = open;
      open.target = target;
      open.using = target.resource?.use() ?? null;
      using?.[Symbol.dispose]();
    }
    open.view.change(query, open.target.table);
    const isElsewhere =
      isOther ||
      before.table !== query.table ||
      JSON.stringify(before.scope.clusters) !== JSON.stringify(query.scope.clusters);
    if (isElsewhere) {
      const old = [...open.kept.values()];
      open.kept.clear();
      this.#keep(open);
      for (const kept of old) kept[Symbol.dispose]();
    }
    this.#time();
  }

  #close(open: Open): void {
    if (!this.#open.delete(open)) return;
    open.view[Symbol.dispose]();
    open.using?.[Symbol.dispose]();
    for (const kept of open.kept.values()) kept[Symbol.dispose]();
  }

  #keep(open: Open): void {
    for (const unit of this.#deps.fleet.inScope(open.view.query.scope)) this.#keepIn(open, unit);
  }

  #keepIn(open: Open, unit: ClusterUnit): void {
    const { scope, table } = open.view.query;
    if (!unit.isConnected || open.kept.has(unit.face.id) || !includesCluster(scope, unit.face.names)) return;
    if (open.target.resource !== null) return this.#deps.resources.openIn(open.target.resource, unit);
    const kept = unit.watches?.show(table);
    if (kept !== undefined) open.kept.set(unit.face.id, kept);
  }

  #time(): void {
    if (this.#timer !== null || ![...this.#open].some(({ view }) => view.isTimed)) return;
    this.#timer = this.#deps.clock.after(timedEveryMs, () => {
      this.#timer = null;
      for (const { view, changed } of this.#open) if (view.isTimed) changed();
      this.#time();
    });
  }

  #stateOf(
    target: Target,
    query: LiveQuery,
    all: number,
    selection: Selection,
    names: () => Iterable<string>,
  ): Window['state'] {
    const isProblems = query.table === 'problems';
    return emptyState({
      title: target.table.shape.title || query.table,
      needsResource: !isProblems,
      all,
      hasFilter: selection.hasFilter,
      word: selection.word,
      names,
      clusters: this.#contributing(query).map((unit) => ({
        name: unit.face.name,
        phase: unit.phase,
        isKnown: unit.discovery !== null,
        knowledge: isProblems
          ? unit.watches?.syncing.length
            ? ['syncing']
            : []
          : this.#knowledgeOf(target, query, unit),
        denials:
          target.resource !== null ? target.resource.denialsOf(unit) : (unit.watches?.denialsOf(query.table) ?? []),
      })),
    });
  }

  /** As of when the oldest part of what is shown is, where not everything is live; null when it is. */
  #staleSince(target: Target, query: LiveQuery): number | null {
    const times = this.#contributing(query)
      .filter((unit) => this.#hasAny(target, query, unit))
      .flatMap((unit) => {
        const { phase, lastHeard } = unit;
        const away = phase.phase !== 'parked' && !isFresh(phase) ? (lastHeard ?? []) : [];
        const held =
          target.resource === null ? unit.watches?.staleSince(query.table) : target.resource.staleSince(unit);
        return [away, held ?? []].flat();
      });
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Clusters whose rows the query asks for. */
  #contributing(query: LiveQuery): readonly ClusterUnit[] {
    const mayShow = contributors(query);
    return this.#deps.fleet.inScope(query.scope).filter((unit) => mayShow(unit.face));
  }

  #knowledgeOf(target: Target, query: LiveQuery, unit: ClusterUnit): readonly Knowledge[] {
    if (target.resource !== null) return target.resource.knowledgeOf(unit);
    return unit.watches?.knowledgeOf(query.table) ?? [];
  }

  /** Whether a cluster can have rows of the table: not when it serves none of it, or lets none of it be read. */
  #hasAny(target: Target, query: LiveQuery, unit: ClusterUnit): boolean {
    if (query.table === 'problems' || unit.discovery === null) return true;
    return this.#knowledgeOf(target, query, unit).some((known) => known !== 'absent' && known !== 'denied');
  }
}
