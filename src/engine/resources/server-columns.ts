// The server's own columns (kubectl's table) as columns of ours, and its cells as cells. Any resource has them, custom
// ones included.
import type { Cell, Column, ColumnType, Health } from '../../core/row.ts';
import type { ServerColumn } from '../kube-port.ts';
import { blankCells } from '../tables/shape.ts';
import type { TableShape } from '../tables/stored-row.ts';
import type { StoredRow } from '../tables/stored-row.ts';

const nameColumn: Column = {
  id: 'name',
  title: 'NAME',
  type: 'name',
  min: 12,
  ideal: 24,
  max: 48,
  priority: 0,
  cut: 'middle',
};
const clusterColumn: Column = {
  id: 'cluster',
  title: 'CLUSTER',
  type: 'clusters',
  min: 7,
  ideal: 13,
  max: 18,
  priority: 1,
  cut: 'never',
};
const namespaceColumn: Column = {
  id: 'namespace',
  title: 'NAMESPACE',
  type: 'text',
  min: 6,
  ideal: 12,
  max: 24,
  priority: 2,
  cut: 'middle',
};
const ageColumn: Column = { id: 'age', title: 'AGE', type: 'age', min: 3, ideal: 3, max: 4, priority: 3, cut: 'never' };

/** Columns of ours that are known before the server's are. */
export const firstColumns = (namespaced: boolean): readonly Column[] =>
  namespaced ? [nameColumn, clusterColumn, namespaceColumn] : [nameColumn, clusterColumn];

const isName = (column: ServerColumn): boolean => column.format === 'name' || column.name.toLowerCase() === 'name';
const isAge = (column: ServerColumn): boolean => /^(age|created at)$/i.test(column.name);

/** Id of a server's column: its name in lower case, with dashes. */
const idOf = (column: ServerColumn): string => column.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

const typeOf = ({ type }: ServerColumn): ColumnType => (type === 'integer' || type === 'number' ? 'number' : 'text');

function columnOf(column: ServerColumn, place: number): Column {
  if (isAge(column)) return ageColumn;
  const type = typeOf(column);
  const least = Math.min(12, Math.max(3, column.name.length));
  return {
    id: idOf(column),
    title: column.name.toUpperCase(),
    type,
    min: type === 'number' ? least : Math.max(least, 5),
    ideal: type === 'number' ? least : Math.max(least, 12),
    max: type === 'number' ? Math.max(8, least) : 40,
    priority: 4 + place,
    cut: type === 'number' ? 'never' : 'end',
    ...(column.priority > 0 ? { wide: true } : {}),
  };
}

type Place = TableShape['places'][number];
const derived: Readonly<Record<string, (row: StoredRow) => Cell>> = {
  name: (row) => row.name,
  namespace: (row) => row.namespace,
  age: (row) => (row.createdSeconds === 0 ? null : row.created),
};

/** The shape of a table with the server's columns; those of `before` keep their places, so that rows need no change. */
export function serverShape(
  id: string,
  title: string,
  namespaced: boolean,
  columns: readonly ServerColumn[],
  before: TableShape | null,
): TableShape {
  const shown: Column[] = [...(before?.columns ?? firstColumns(namespaced))];
  let kept = before?.kept ?? 0;
  const places: Place[] = before === null ? shown.map((c) => placeOf(c, 0)) : [...before.places];
  columns.forEach((server, i) => {
    if (isName(server)) return;
    const column = columnOf(server, i);
    if (shown.some((other) => other.id === column.id)) return;
    shown.push(column);
    places.push(placeOf(column, kept));
    if (typeof places.at(-1) === 'number') kept++;
  });
  // Columns of a CRD's own need not have an age; every object has one.
  if (columns.length > 0 && !shown.includes(ageColumn)) {
    shown.push(ageColumn);
    places.push(placeOf(ageColumn, kept));
  }
  return { id, title, columns: shown, summary: undefined, tallies: [], places, kept, blank: blankCells(kept) };
}

const placeOf = (column: Column, kept: number): Place => {
  if (column.type === 'clusters') return () => null;
  return (
    (column === nameColumn || column === namespaceColumn || column === ageColumn ? derived[column.id] : undefined) ??
    kept
  );
};

/** Where the cells of one server's rows go in the shape: per cell its kept place, or -1. */
export function placesOf(columns: readonly ServerColumn[], shape: TableShape): readonly number[] {
  return columns.map((server) => {
    if (isName(server) || isAge(server)) return -1;
    const place = shape.places[shape.columns.findIndex((column) => column.id === idOf(server))];
    return typeof place === 'number' ? place : -1;
  });
}

/** A server's cell, unsanitised. */
export function cellOf(value: unknown): Cell {
  if (typeof value === 'string') return value === '<none>' || value === '<unset>' ? null : value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return String(value);
  return value === null || value === undefined ? null : JSON.stringify(value);
}

const stateColumns = new Set([
  'status',
  'ready',
  'phase',
  'state',
  'health',
  'healthy',
  'synced',
  'available',
  'established',
]);
const words: readonly (readonly [RegExp, Health])[] = [
  [
    /^(true|running|active|ready|bound|available|succeeded|complete|completed|healthy|synced|approved(,issued)?|valid|deployed|ok)$/i,
    'ok',
  ],
  [
    /^(pending|progressing|creating|updating|terminating|containercreating|podinitializing|init:\d+\/\d+|waiting|reconciling|suspended)$/i,
    'busy',
  ],
  [/(fail|error|crashloop|backoff|invalid|degraded|lost|denied|oomkilled|evicted|imagepull|notready)/i, 'fail'],
  [/^(false|unhealthy|outofsync|unavailable|released)$/i, 'warn'],
  [/^(unknown|\?)$/i, 'unknown'],
];

/** What the server's own words say of an object's health: a reading of the column that is named for it, and no more. */
export function healthFrom(
  columns: readonly ServerColumn[],
  cells: readonly unknown[],
): { readonly health: Health; readonly status: string } {
  const at = columns.findIndex((column) => stateColumns.has(column.name.toLowerCase()));
  const said = at < 0 ? '' : String(cells[at] ?? '');
  const ratio = /^(\d+)\/(\d+)$/.exec(said);
  if (ratio) return { health: Number(ratio[1]) >= Number(ratio[2]) ? 'ok' : 'warn', status: said };
  // DaemonSets and ReplicaSets say both halves of it in columns of their own; none wanted is neither well nor unwell.
  const desired = cells[columns.findIndex((column) => column.name.toLowerCase() === 'desired')];
  if (/^\d+$/.test(said) && typeof desired === 'number' && desired > 0)
    return { health: Number(said) >= desired ? 'ok' : 'warn', status: `${said}/${desired}` };
  return { health: words.find(([pattern]) => pattern.test(said))?.[1] ?? 'none', status: said };
}
