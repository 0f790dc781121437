// All rows of one table over all clusters, and who wants to hear of changes.
import type { ClusterId } from '../../core/ids.ts';
import type { TableShape } from './stored-row.ts';
import type { StoredRow } from './stored-row.ts';

/** A row appeared (`old` null), changed, or is gone (`next` null). */
export type RowListener = (old: StoredRow | null, next: StoredRow | null) => void;

/** Something that holds rows of one cluster for a table. */
export type RowHolder = { readonly rows: ReadonlyMap<string, StoredRow> };

export class Table {
  readonly id: string;
  shape: TableShape;
  readonly #holders = new Map<ClusterId, Set<RowHolder>>();
  readonly #listeners = new Set<RowListener>();

  constructor(shape: TableShape) {
    this.id = shape.id;
    this.shape = shape;
  }

  add(cluster: ClusterId, holder: RowHolder): void {
    const holders = this.#holders.get(cluster) ?? new Set();
    holders.add(holder);
    this.#holders.set(cluster, holders);
  }

  remove(cluster: ClusterId, holder: RowHolder): void {
    const holders = this.#holders.get(cluster);
    if (holders?.delete(holder) && holders.size === 0) this.#holders.delete(cluster);
  }

  /** As `of`, without the cost of a generator. */
  each(cluster: ClusterId, take: (row: StoredRow) => void): void {
    for (const holder of this.#holders.get(cluster) ?? [])
      for (const row of holder.rows.values()) if (row.isListed) take(row);
  }

  *of(cluster: ClusterId): Generator<StoredRow> {
    for (const holder of this.#holders.get(cluster) ?? [])
      for (const row of holder.rows.values()) if (row.isListed) yield row;
  }

  *all(): Generator<StoredRow> {
    for (const cluster of this.#holders.keys()) yield* this.of(cluster);
  }

  find(cluster: ClusterId, uid: string): StoredRow | undefined {
    for (const holder of this.#holders.get(cluster) ?? []) {
      const row = holder.rows.get(uid);
      if (row?.isListed === true) return row;
    }
    return undefined;
  }

  on(listener: RowListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Told by the holders; rows that are not listed never get here. */
  changed(old: StoredRow | null, next: StoredRow | null): void {
    const before = old?.isListed === true ? old : null;
    const after = next?.isListed === true ? next : null;
    if (before === null && after === null) return;
    for (const listener of this.#listeners) listener(before, after);
  }
}
