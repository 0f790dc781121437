// What is kept of a table's cells. Most columns repeat what a row knows anyway (name, namespace, node, age, restarts,
// clusters): these are derived when a row is shown and cost nothing per object.
import type { Cell } from '../../core/row.ts';
import type { TableDefinition } from '../../plugin-api/plugin.ts';
import type { Derive, StoredRow, TableShape } from './stored-row.ts';

const derivations: Readonly<Record<string, { readonly types: readonly string[]; readonly read: Derive }>> = {
  name: { types: ['name'], read: (row) => row.name },
  namespace: { types: ['text'], read: (row) => row.namespace },
  node: { types: ['text'], read: (row) => row.node || null },
  age: { types: ['age'], read: (row) => row.created },
  restarts: { types: ['number'], read: (row) => row.restarts },
};

const clusters: Derive = () => null;

export function shapeOf(definition: TableDefinition): TableShape {
  const tallied = new Set((definition.tallies ?? []).map((t) => t.column));
  let kept = 0;
  const places = definition.columns.map((column): Derive | number => {
    if (column.type === 'clusters') return clusters;
    const derivation = tallied.has(column.id) ? undefined : derivations[column.id];
    return derivation?.types.includes(column.type) === true ? derivation.read : kept++;
  });
  return {
    id: definition.id,
    title: definition.title,
    columns: definition.columns,
    summary: definition.summary,
    tallies: definition.tallies ?? [],
    places,
    kept,
    blank: blankCells(kept),
  };
}

export const blankCells = (kept: number): readonly Cell[] => Array.from({ length: kept }, () => null);

const same = (a: Cell, b: Cell | undefined): boolean => a === b || (b === '' && a === null) || (a === '' && b === null);

/**
 * The cells to keep of what a plugin returned, cleaned. A row whose cells say something else than would be derived
 * keeps them all: its length tells.
 */
export function keepCells(
  shape: TableShape,
  cells: readonly Cell[],
  row: StoredRow,
  clean: (cell: Cell, column: number) => Cell,
): readonly Cell[] {
  // A copy has its full length at once: an array that grows by `push` keeps room for 17, 100 bytes a row for nothing.
  const out = shape.blank.slice();
  for (let i = 0; i < shape.places.length; i++) {
    const place = shape.places[i];
    if (typeof place === 'number') out[place] = clean(cells[i] ?? null, i);
    else if (place !== undefined && place !== clusters && !same(place(row), cells[i]))
      return shape.columns.map((_, column) => clean(cells[column] ?? null, column));
  }
  return out;
}

/** The cell of one column, as the screen gets it. */
export function cellAt(shape: TableShape, row: StoredRow, column: number): Cell {
  const place = shape.places[column];
  if (row.cells.length === shape.columns.length && shape.kept !== shape.columns.length)
    return row.cells[column] ?? null;
  if (typeof place === 'number') return row.cells[place] ?? null;
  return place === undefined ? null : place(row);
}

/** All cells, in the order of the columns. */
export const cellsOf = (shape: TableShape, row: StoredRow): readonly Cell[] =>
  shape.columns.map((_, i) => cellAt(shape, row, i));

/** Kept cells with one column's cell replaced; the same array when nothing changes. */
export function withCell(shape: TableShape, cells: readonly Cell[], column: number, cell: Cell): readonly Cell[] {
  const place = cells.length === shape.columns.length ? column : shape.places[column];
  if (typeof place !== 'number' || cells[place] === cell) return cells;
  const next = [...cells];
  next[place] = cell;
  return next;
}
