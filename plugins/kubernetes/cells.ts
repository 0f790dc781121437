// Cells that many rows share. A fleet has a hundred thousand rows and few different values: equal cells are one object.
import type { Cell, Column } from '../../src/plugin-api/read.ts';

const sharedUpTo = 16;
const ratios: { readonly n: number; readonly of: number }[] = [];
for (let of = 0; of <= sharedUpTo; of++) {
  for (let n = 0; n <= sharedUpTo; n++) ratios.push(Object.freeze({ n, of }));
}

/** `n/of`, shared for small numbers. */
export function ratio(n: number, of: number): { readonly n: number; readonly of: number } {
  const small = Number.isInteger(n) && Number.isInteger(of) && n >= 0 && of >= 0 && n <= sharedUpTo && of <= sharedUpTo;
  return (small ? ratios[of * (sharedUpTo + 1) + n] : undefined) ?? { n, of };
}

/** Adds the ratios in one column; null when no row has one. */
export function sumRatio(rows: readonly { readonly cells: readonly Cell[] }[], column: number): Cell {
  let n = 0;
  let of = 0;
  let found = false;
  for (const row of rows) {
    const cell = row.cells[column];
    if (typeof cell !== 'object' || cell === null || !('of' in cell)) continue;
    n += cell.n;
    of += cell.of;
    found = true;
  }
  return found ? ratio(n, of) : null;
}

/** Adds the numbers in one column; null when no row has one. */
export function sumNumber(rows: readonly { readonly cells: readonly Cell[] }[], column: number): Cell {
  let sum = 0;
  let found = false;
  for (const row of rows) {
    const cell = row.cells[column];
    if (typeof cell !== 'number') continue;
    sum += cell;
    found = true;
  }
  return found ? sum : null;
}

type Rank = Pick<Column, 'priority'> & Partial<Pick<Column, 'wide'>>;

/** Columns that most tables have, in the widths that they have everywhere. */
export const clusterColumn = (priority: number): Column => ({
  id: 'cluster',
  title: 'CLUSTER',
  type: 'clusters',
  min: 7,
  ideal: 13,
  max: 18,
  priority,
  cut: 'never',
});

export const namespaceColumn = (priority: number): Column => ({
  id: 'namespace',
  title: 'NAMESPACE',
  type: 'text',
  min: 6,
  ideal: 9,
  max: 16,
  priority,
  cut: 'middle',
});

export const ageColumn = (priority: number): Column => ({
  id: 'age',
  title: 'AGE',
  type: 'age',
  min: 3,
  ideal: 3,
  max: 4,
  priority,
  cut: 'never',
});

export const nameColumn = (title: string, min: number, ideal: number, max: number): Column => ({
  id: 'name',
  title,
  type: 'name',
  min,
  ideal,
  max,
  priority: 0,
  cut: 'middle',
});

export const column = (
  id: string,
  title: string,
  type: Column['type'],
  widths: readonly [min: number, ideal: number, max: number],
  rank: Rank,
  cut?: Column['cut'],
): Column => ({
  id,
  title,
  type,
  min: widths[0],
  ideal: widths[1],
  max: widths[2],
  ...rank,
  ...(cut === undefined ? {} : { cut }),
});
