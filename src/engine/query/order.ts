// Orders of rows: worst first by default, else by a column as its type asks; always total, so that rows never jump.
import type { Sort } from '../../core/query.ts';
import type { Cell } from '../../core/row.ts';
import { cellAt } from '../tables/shape.ts';
import type { StoredRow, TableShape } from '../tables/stored-row.ts';
import { cellWords } from './filter-row.ts';

export type Order<T> = (a: T, b: T) => number;

const texts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Number of a cell where it has one: ratios by their share, so that 0/3 comes before 1/3. */
function numberOf(cell: Cell): number | null {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'object' && cell !== null && !Array.isArray(cell) && 'n' in cell)
    return cell.of === 0 ? cell.n : cell.n / cell.of;
  return null;
}

const digits = /\d/;
const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Names and versions: numbers in them count as numbers (`node-10` behind `node-9`). */
const words = (a: string, b: string): number =>
  digits.test(a) && digits.test(b) ? natural.compare(a, b) || texts(a, b) : texts(a, b);

/** Two cells of one column; what is missing comes last whichever way it is sorted. */
export function compareCells(a: Cell, b: Cell, descending: boolean): number {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== null && y !== null) return descending ? y - x : x - y;
  const s = x === null ? cellWords(a) : String(x);
  const t = y === null ? cellWords(b) : String(y);
  if (s === '' || t === '') return s === t ? 0 : s === '' ? 1 : -1;
  return descending ? words(t, s) : words(s, t);
}

/** Decides between rows that are equal otherwise. */
export const byName: Order<StoredRow> = (a, b) =>
  texts(a.name, b.name) ||
  texts(a.source.face.name, b.source.face.name) ||
  texts(a.namespace, b.namespace) ||
  texts(a.uid, b.uid) ||
  texts(a.source.face.id, b.source.face.id);

export const worstFirst: Order<StoredRow> = (a, b) => a.rank - b.rank || byName(a, b);

/** The order that a query asks for; a column that the table does not have sorts as if none was asked for. */
export function orderOf(shape: TableShape, sort: Sort | undefined, table: string): Order<StoredRow> {
  const column = sort === undefined ? -1 : shape.columns.findIndex((c) => c.id === sort.column);
  const type = shape.columns[column];
  if (sort === undefined || type === undefined) return table === 'events' ? newestFirst(shape) : worstFirst;
  const { descending } = sort;
  if (type.type === 'name') return descending ? (a, b) => byName(b, a) : byName;
  if (type.type === 'clusters') {
    const sign = descending ? -1 : 1;
    return (a, b) => sign * texts(a.source.face.name, b.source.face.name) || byName(a, b);
  }
  // Ages are kept as the moment they count from: the youngest has the greatest.
  const flip = type.type === 'age' ? !descending : descending;
  return (a, b) => compareCells(cellAt(shape, a, column), cellAt(shape, b, column), flip) || byName(a, b);
}

/** What was seen last comes first: an event that repeats is news, however old its object is. */
function newestFirst(shape: TableShape): Order<StoredRow> {
  const time = shape.columns.findIndex((c) => c.type === 'time');
  const byCreation: Order<StoredRow> = (a, b) => b.createdSeconds - a.createdSeconds || byName(a, b);
  if (time < 0) return byCreation;
  return (a, b) => compareCells(cellAt(shape, a, time), cellAt(shape, b, time), true) || byCreation(a, b);
}
