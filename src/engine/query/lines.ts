// What a live query lists: plain rows, or groups with their members. Both are kept sorted at the cost of what changed.
import type { Row } from '../../core/row.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import { ShownRows } from './show-row.ts';
import type { Order } from './order.ts';
import { Sorted } from './sorted.ts';

export interface Lines {
  /** Starts anew with these rows. */
  reset(rows: StoredRow[]): void;
  /** Takes out and puts in; returns what was really taken out. */
  apply(removed: ReadonlySet<StoredRow>, added: readonly StoredRow[]): readonly StoredRow[];
  /** Something that is not in the rows changed: a cluster went stale, a group was opened. */
  refresh(): void;
  /** Lines, groups and shown members counted. */
  readonly total: number;
  /** Objects behind them. */
  readonly size: number;
  objects(): Iterable<StoredRow>;
  window(offset: number, limit: number): readonly Row[];
}

/** A list without groups. */
export class FlatLines implements Lines {
  readonly #sorted: Sorted<StoredRow>;
  readonly #shown = new ShownRows();

  constructor(order: Order<StoredRow>) {
    this.#sorted = new Sorted(order);
  }

  reset(rows: StoredRow[]): void {
    this.#sorted.reset(rows);
  }

  apply(removed: ReadonlySet<StoredRow>, added: readonly StoredRow[]): readonly StoredRow[] {
    return this.#sorted.apply(removed, added);
  }

  refresh(): void {
    // Rows in sight are compared with what they were when they are shown; order does not depend on anything else.
  }

  get total(): number {
    return this.#sorted.items.length;
  }

  get size(): number {
    return this.#sorted.items.length;
  }

  objects(): Iterable<StoredRow> {
    return this.#sorted.items;
  }

  window(offset: number, limit: number): readonly Row[] {
    this.#shown.begin();
    const rows = this.#sorted.items.slice(offset, offset + limit).map((row) => this.#shown.show(row, 0));
    this.#shown.end();
    return rows;
  }
}
