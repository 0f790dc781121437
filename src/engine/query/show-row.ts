// Stored rows as they cross to the screen. The same stored row in the same state gives the same object, so that a view
// sees at once that nothing changed.
import type { ObjectRef } from '../../core/ids.ts';
import type { Row } from '../../core/row.ts';
import { cellsOf } from '../tables/shape.ts';
import { isNameAsUid, type StoredRow } from '../tables/stored-row.ts';

export const refOf = (row: StoredRow): ObjectRef => ({
  cluster: row.cluster,
  type: row.source.type,
  kind: row.source.kind,
  namespace: row.namespace,
  name: row.name,
  uid: isNameAsUid(row.uid) ? '' : row.uid,
});

export function showRow(row: StoredRow, depth: 0 | 1): Row {
  const { shape } = row.source;
  return {
    key: row.key,
    ref: refOf(row),
    clusters: [row.cluster],
    namespace: row.namespace,
    name: row.name,
    app: row.app,
    health: row.shownHealth,
    stale: row.isStale,
    staleMembers: 0,
    depth,
    open: null,
    cells: shape === null ? [] : cellsOf(shape, row),
  };
}

/** Shown rows of what is in sight, kept while it stays in sight and does not change. */
export class ShownRows {
  #shown = new Map<StoredRow, Row>();
  #next = new Map<StoredRow, Row>();

  /** A new window begins: what is not asked for until `end` is forgotten. */
  begin(): void {
    this.#next = new Map();
  }

  show(row: StoredRow, depth: 0 | 1): Row {
    const known = this.#shown.get(row);
    const shown =
      known !== undefined && known.stale === row.isStale && known.depth === depth ? known : showRow(row, depth);
    this.#next.set(row, shown);
    return shown;
  }

  end(): void {
    this.#shown = this.#next;
  }
}
