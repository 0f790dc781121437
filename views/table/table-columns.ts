// The columns of a table's pane at its width: what the scope makes needless goes, names get the room that they need.
import { widthOf } from '../../src/core/width.ts';
import type { Cell, Column, Row } from '../../src/core/row.ts';
import type { UiState } from '../../src/state/ui.ts';
import type { ViewState } from '../../src/state/view.ts';
import { cellText } from '../parts/cells.ts';
import { tonedWidth } from '../parts/toned.ts';
import { isRightAligned, layoutColumns } from '../parts/columns.ts';
import type { Faces } from '../parts/faces.ts';
import type { TableLayout } from '../parts/rows.ts';
import { isOneCluster } from './table-model.ts';

const layouts = new WeakMap<
  ViewState['content'],
  { readonly signature: string; readonly faces: Faces; readonly layout: TableLayout }
>();

export type TableLayoutInput = {
  readonly ui: UiState;
  readonly view: ViewState;
  readonly columns: readonly Column[];
  /** The rows at hand. */
  readonly rows: readonly Row[];
  readonly faces: Faces;
  readonly width: number;
  readonly wallNow: () => number;
};

/** The columns of a pane at its width; the same object while nothing of it changed, so that formatted rows stay good. */
export function tableLayout(input: TableLayoutInput): TableLayout {
  const { ui, view, faces, width } = input;
  const { list } = view;
  const columns = asWideAsNeeded(shownColumns(input), input);
  const signature = [
    width,
    ui.isEngineAlive,
    ui.minute,
    // Something is stale and its age reads differently: young ages beside it must not lag behind.
    ui.staleBeat,
    list.scrollX,
    list.shownColumns.join(),
    list.hiddenColumns.join(),
    ...columns.map(
      ({ column: c, index }) => `${index}${c.id}${c.type}${c.min}/${c.ideal}/${c.max}/${c.priority}${c.wide ?? ''}`,
    ),
  ].join(' ');
  const known = layouts.get(view.content);
  if (known !== undefined && known.signature === signature && known.faces === faces) return known.layout;
  const first = columns[0]?.column;
  const isNameFirst = first?.type === 'name' && first.id !== 'cluster-name';
  // Triage and Clusters keep the glyph apart, as a column of its own; a list of moments has no room to give away.
  const x = isNameFirst || first?.type === 'time' || first?.type === 'age' ? 4 : 5;
  const placed = layoutColumns(
    columns.map((c) => c.column),
    Math.max(0, width - x - 1),
    { shown: list.shownColumns, hidden: list.hiddenColumns },
  ).map((p) => ({ ...p, index: columns[p.index]?.index ?? p.index }));
  const layout: TableLayout = {
    columns: placed,
    x,
    headX: isNameFirst ? 2 : x,
    context: { now: ui.minute, wallNow: input.wallNow, faces },
    isStale: !ui.isEngineAlive,
  };
  layouts.set(view.content, { signature, faces, layout });
  return layout;
}

type Needed = {
  readonly widths: Map<string, number>;
  /** Rows whose needs are in `widths`, as of `seen`. */
  measured: WeakSet<Row>;
  seen: string;
  faces: Faces | null;
};
const needed = new WeakMap<ViewState['content'], Needed>();

const neverMeasured = (): Needed => ({ widths: new Map(), measured: new WeakSet(), seen: '', faces: null });

/**
 * A column grows beyond its good width only as far as what it shows needs. What it once needed it keeps, so that columns
 * do not breathe while a list scrolls; and a row is measured once, since a step through the list brings hundreds anew.
 */
function asWideAsNeeded(columns: readonly Indexed[], input: TableLayoutInput): readonly Indexed[] {
  const { ui, view, rows, faces } = input;
  const known = needed.get(view.content) ?? neverMeasured();
  needed.set(view.content, known);
  // Ages grow with the minute.
  const seen = [ui.minute, ...columns.map(({ column, index }) => `${index}${column.id}`)].join(' ');
  if (known.seen !== seen || known.faces !== faces) known.measured = new WeakSet();
  known.seen = seen;
  known.faces = faces;
  const fresh = rows.filter((row) => !known.measured.has(row));
  for (const row of fresh) known.measured.add(row);
  return columns.map(({ column, index }) => {
    if (column.max <= column.ideal) return { column, index };
    // Several names seldom fill their good width; what they leave is worth more to the words beside them.
    let width =
      known.widths.get(column.id) ??
      Math.max(column.title.length, column.id === 'clusters' ? column.min : column.ideal);
    for (const row of fresh) {
      if (width >= column.max) break;
      width = Math.max(width, needOf(row, column, index, input));
    }
    known.widths.set(column.id, width);
    const max = Math.min(column.max, width);
    // Numbers and ages are never cut: what they need is the least.
    return {
      index,
      column: isUncut(column)
        ? { ...column, min: max, ideal: max, max }
        : { ...column, ideal: isReason(column) ? max : Math.min(column.ideal, max), max },
    };
  });
}

/** `119s`: the longest that an age below two minutes becomes before its minute is over and it is measured again. */
const youngAge = { ms: 120_000, width: 4 } as const;

function cellWidth(column: Column, cell: Exclude<Cell, null>, now: number): number {
  if (typeof cell === 'object' && 'tone' in cell) return tonedWidth(cell, now);
  if (column.type === 'age' && typeof cell === 'number' && now - cell < youngAge.ms) return youngAge.width;
  return widthOf(cellText(column, cell, now));
}

function needOf(row: Row, column: Column, index: number, { ui, faces }: TableLayoutInput): number {
  if (column.type === 'clusters') return row.open === null ? namesWidth(row, faces) : 0;
  const cell = row.cells[index] ?? null;
  return cell === null ? 0 : cellWidth(column, cell, ui.minute) + (row.depth === 1 && index === 0 ? 2 : 0);
}

/** The words that a list is read by, as PROBLEM is: they are few and short, and come before all prose. */
const isReason = (column: Column): boolean => column.type === 'text' && column.priority === 0;

const isUncut = (column: Column): boolean =>
  isRightAligned(column) || (column.cut === 'never' && column.type === 'text');

/** `■run-eu ■run-us`: what all names of a row would take. */
const namesWidth = (row: Row, faces: Faces): number =>
  row.clusters.reduce((sum, id) => sum + widthOf(faces.get(id)?.name ?? '') + 2, -1);

/** Cells below which a tile has no room for the words of a list of moments and a cluster's name of another row. */
const smallTile = 70;

type Indexed = { readonly column: Column; readonly index: number };

/** In a small tile only the clusters that its rows are of count: a long name elsewhere must not take the text's room. */
function namesAtHand({ rows, faces, width }: Pick<TableLayoutInput, 'rows' | 'faces' | 'width'>): readonly string[] {
  if (width >= smallTile || rows.length === 0) return [...faces.values()].map((face) => face.name);
  const ids = new Set(rows.flatMap((row) => row.clusters));
  return [...ids].flatMap((id) => faces.get(id)?.name ?? []);
}

/** Columns without the cluster when there is only one, without those scrolled away, wide enough for cluster names. */
function shownColumns({ ui, view, columns, rows, faces, width }: TableLayoutInput): readonly Indexed[] {
  const longest = Math.min(32, Math.max(6, ...namesAtHand({ rows, faces, width }).map((name) => widthOf(name) + 1)));
  const isGrouped = view.content.type === 'table' && view.content.group === 'app';
  const indexed = columns
    .map((column, index): Indexed => ({ column, index }))
    .filter(({ column }) => column.type !== 'clusters' || column.id === 'clusters' || !isOneCluster(ui))
    .map(({ column, index }) =>
      column.type === 'clusters' || column.id === 'cluster-name'
        ? { index, column: widened(column, column.id === 'cluster-name' ? longest + 2 : longest, isGrouped) }
        : { index, column },
    );
  const [first, ...rest] = indexed;
  return first === undefined ? [] : [first, ...rest.slice(Math.min(view.list.scrollX, Math.max(0, rest.length - 1)))];
}

/** A cluster's name is never cut: its column is as wide as the longest name. */
const widened = (column: Column, longest: number, isGrouped: boolean): Column => {
  // `12 clusters ◌3` of a group must find a place as well; a row of one cluster needs its name alone.
  const good = column.id !== 'cluster' ? column.ideal : isGrouped ? 13 : column.title.length;
  const ideal = Math.max(good, longest);
  return {
    ...column,
    min: Math.max(column.min, longest),
    ideal,
    max: column.id === 'clusters' ? Math.max(column.max, ideal) : ideal,
  };
};
