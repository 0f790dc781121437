// Numbers that are counted over the rows of another table of the same cluster: a workload's restarts are its pods'.
// Counted again at most once a second, and only after a row changed that is counted.
import type { Cell } from '../../core/row.ts';
import type { Tally } from '../../plugin-api/plugin.ts';
import type { ClusterData } from './cluster-data.ts';
import type { Feed } from './feed.ts';
import { withCell } from './shape.ts';
import type { TableShape } from './stored-row.ts';
import type { StoredRow } from './stored-row.ts';
import type { Table } from './table.ts';

type Counted = { readonly tally: Tally; readonly table: string; counts: ReadonlyMap<string, number> };

/** The tallies of one cluster. */
export class Tallies {
  readonly #data: ClusterData;
  readonly #table: (id: string) => Table | undefined;
  readonly #counted: Counted[] = [];
  readonly #dirty = new Set<string>();
  /** How many rows of an app a table has: `table|namespace|app`. */
  #apps = new Map<string, Map<string, number>>();

  constructor(data: ClusterData, shapes: Iterable<TableShape>, table: (id: string) => Table | undefined) {
    this.#data = data;
    this.#table = table;
    for (const shape of shapes)
      for (const tally of shape.tallies) this.#counted.push({ tally, table: shape.id, counts: new Map() });
  }

  get isDirty(): boolean {
    return this.#dirty.size > 0;
  }

  /** A row of a table changed; true when something has to be counted again. */
  note(table: string, old: StoredRow | null, next: StoredRow | null): boolean {
    if (old === null || next === null || old.app !== next.app) this.#apps.delete(table);
    if (
      old !== null &&
      next !== null &&
      old.restarts === next.restarts &&
      old.owner === next.owner &&
      old.node === next.node
    )
      return false;
    if (!this.#counted.some((c) => c.tally.over === table)) return false;
    this.#dirty.add(table);
    return true;
  }

  /** An owner between came or went: chains are other ones now. */
  noteOwner(): void {
    for (const { tally } of this.#counted) if (tally.by === 'owner') this.#dirty.add(tally.over);
  }

  /** The row's cells with the numbers that are known of it. */
  fill(row: StoredRow): readonly Cell[] {
    const { shape } = row.source;
    if (shape === null || shape.tallies.length === 0) return row.cells;
    let { cells } = row;
    for (const { tally, table, counts } of this.#counted) {
      if (table !== shape.id) continue;
      const column = shape.columns.findIndex((c) => c.id === tally.column);
      const value = counts.get(tally.by === 'node' ? row.name : row.uid) ?? (this.#isCounted(tally) ? 0 : null);
      if (column >= 0) cells = withCell(shape, cells, column, value);
    }
    return cells;
  }

  /** Counts what is dirty and puts changed numbers into the rows. */
  count(cluster: StoredRow['cluster'], feeds: Iterable<Feed>): void {
    if (this.#dirty.size === 0) return;
    const again = new Set(this.#dirty);
    this.#dirty.clear();
    const showing = [...feeds].filter(
      ({ source, rows }) => rows.size > 0 && source.shape?.tallies.some((t) => again.has(t.over)) === true,
    );
    const shown = new Set(showing.map(({ source }) => source.shape?.id));
    for (const counted of this.#counted)
      if (again.has(counted.tally.over) && shown.has(counted.table))
        counted.counts = this.#countOne(counted.tally, cluster);
    for (const feed of showing) {
      for (const row of feed.rows.values()) {
        if (!row.isListed) continue;
        const cells = this.fill(row);
        if (cells !== row.cells) feed.replace(row, cells);
      }
    }
  }

  /** Rows of an app in a table of this cluster. */
  ofApp(cluster: StoredRow['cluster'], table: string, namespace: string, app: string): number {
    let counts = this.#apps.get(table);
    if (counts === undefined) {
      counts = new Map();
      const fresh = counts;
      this.#table(table)?.each(cluster, (row) => {
        const key = `${row.namespace}|${row.app}`;
        fresh.set(key, (fresh.get(key) ?? 0) + 1);
      });
      this.#apps.set(table, counts);
    }
    return counts.get(`${namespace}|${app}`) ?? 0;
  }

  #isCounted(tally: Tally): boolean {
    return this.#counted.some((c) => c.tally === tally && c.counts.size > 0);
  }

  #countOne(tally: Tally, cluster: StoredRow['cluster']): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    const chains = new Map<string, readonly string[]>();
    this.#table(tally.over)?.each(cluster, (row) => {
      const by = tally.value === 'count' ? 1 : row.restarts;
      if (tally.by === 'node') {
        if (row.node !== '') counts.set(row.node, (counts.get(row.node) ?? 0) + by);
        return;
      }
      let chain = chains.get(row.owner);
      if (chain === undefined) chains.set(row.owner, (chain = this.#data.owners(row)));
      for (const owner of chain) counts.set(owner, (counts.get(owner) ?? 0) + by);
    });
    return counts;
  }
}
