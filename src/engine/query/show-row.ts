// Stored rows as they cross to the screen. The same stored row in the same state gives the same object, so that a view
// sees at once that nothing changed.
import type { ObjectRef } from '../../core/ids.ts';
import type { Cell, Row } from '../../core/row.ts';
import { cellsOf } from '../tables/shape.ts';
import { isNameAsUid, ownTime, type StoredRow } from '../tables/stored-row.ts';

export const refOf = (row: StoredRow): ObjectRef => ({
  cluster: row.cluster,
  type: row.source.type,
  kind: row.source.kind,
  namespace: row.namespace,
  name: row.name,
  uid: isNameAsUid(row.uid) ? '' : row.uid,
});

export function showRow(row: StoredRow, depth: 0 | 1): Row {
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
    cells: shownCells(row),
  };
}

/** Cells as the screen gets them: times of the server's clock become ours, so that ages are right on a clock that is not. */
function shownCells(row: StoredRow): readonly Cell[] {
  const { shape, face } = row.source;
  if (shape === null) return [];
  const cells = cellsOf(shape, row);
  if (face.skewMs === 0) return cells;
  return cells.map((cell, i) =>
    typeof cell === 'number' && shape.columns[i]?.type === 'age' ? ownTime(face, cell) : cell,
  );
}

type Shown = { readonly row: Row; readonly skewMs: number };

/** Shown rows of what is in sight, kept while it stays in sight and does not change. */
export class ShownRows {
  #shown = new Map<StoredRow, Shown>();
  #next = new Map<StoredRow, Shown>();

  /** A new window begins: what is not asked for until `end` is forgotten. */
  begin(): void {
    this.#next = new Map();
  }

  show(row: StoredRow, depth: 0 | 1): Row {
    const known = this.#shown.get(row);
    const { skewMs } = row.source.face;
    const isSame =
      known !== undefined && known.row.stale === row.isStale && known.row.depth === depth && known.skewMs === skewMs;
    const shown = isSame ? known : { row: showRow(row, depth), skewMs };
    this.#next.set(row, shown);
    return shown.row;
  }

  end(): void {
    this.#shown = this.#next;
  }
}
