// The rows that a view has at hand, wherever they come from: a window of the engine, the fleet, an answered question.
import { compileFilter } from '../core/filter/match.ts';
import type { Window, WindowState } from '../core/query.ts';
import type { Column, Row } from '../core/row.ts';
import { clusterColumns, clusterRows } from './cluster-rows.ts';
import type { DataState } from './data.ts';
import type { UiState } from './ui.ts';
import type { ViewState } from './view.ts';

/** A list as panes draw it and keys move in it. */
export type RowList = {
  readonly columns: readonly Column[];
  readonly total: number;
  /** The rows at hand: those in sight and some around them. */
  readonly rows: readonly Row[];
  /** Objects that match, and all of them; for the title. */
  readonly matched: number;
  readonly all: number;
  readonly rowAt: (index: number) => Row | undefined;
  readonly find: (key: string) => number | undefined;
  readonly state: WindowState;
  readonly badFilter: Window['badFilter'];
  readonly staleSince: number | null;
  readonly counts: Window['counts'] | null;
  /** Rows changed while the list is held or frozen. */
  readonly changes: number;
};

const empty: RowList = {
  columns: [],
  total: 0,
  rows: [],
  matched: 0,
  all: 0,
  rowAt: () => undefined,
  find: () => undefined,
  state: { state: 'loading', asking: [] },
  badFilter: null,
  staleSince: null,
  counts: null,
  changes: 0,
};

/** The list of a view; one without rows for a view that is no list. */
export function listOf(ui: UiState, data: DataState, view: ViewState): RowList {
  switch (view.content.type) {
    case 'table':
      return tableList(data, view);
    case 'clusters':
      return clusterList(ui, view);
    case 'containers':
      return askedList(data, view, containerColumns, 'the pod lists no container');
    case 'related':
      return askedList(data, view, relatedColumns, 'nothing belongs to it');
    default:
      return empty;
  }
}

function tableList(data: DataState, view: ViewState): RowList {
  const shown = data.windows[view.id];
  if (shown === undefined) return empty;
  const { window } = shown;
  return {
    columns: window.columns,
    total: window.total,
    rows: window.rows,
    matched: window.matched,
    all: window.all,
    rowAt: (index) => window.rows[index - window.offset],
    find: (key) => {
      const at = window.rows.findIndex((row) => row.key === key);
      return at < 0 ? undefined : at + window.offset;
    },
    state: window.state,
    badFilter: window.badFilter,
    staleSince: window.staleSince,
    counts: window.counts,
    changes: shown.changes,
  };
}

const fleetCache = new WeakMap<object, Map<string, RowList>>();

/** Rows of the fleet; remembered per word of the engine, as moving the cursor must not format the fleet again. */
function clusterList(ui: UiState, view: ViewState): RowList {
  if (ui.fleet === null) return empty;
  const { filter, onlyWrong, sort } = view.list;
  const key = JSON.stringify([filter, onlyWrong, sort, ui.minute, ui.staleBeat]);
  const known = fleetCache.get(ui.fleet) ?? new Map<string, RowList>();
  fleetCache.set(ui.fleet, known);
  const found = known.get(key);
  if (found !== undefined) return found;
  const now = Math.max(ui.minute, ui.staleBeat, ui.fleet.at);
  const { rows, all, filter: compiled } = clusterRows(ui.fleet.clusters, { filter, onlyWrong, sort, now });
  const made = staticList(
    clusterColumns,
    rows,
    all,
    filter !== '' || onlyWrong,
    'no context in the kubeconfig',
    compiled.bad,
  );
  known.set(key, made);
  return made;
}

const containerColumns: readonly Column[] = [
  { id: 'name', title: 'CONTAINER', type: 'name', min: 10, ideal: 16, max: 40, priority: 0 },
  { id: 'kind', title: 'KIND', type: 'text', min: 4, ideal: 6, max: 9, priority: 4 },
  { id: 'state', title: 'STATE', type: 'text', min: 10, ideal: 18, max: 34, priority: 1 },
  { id: 'ready', title: 'READY', type: 'text', min: 5, ideal: 5, max: 5, priority: 3 },
  { id: 'restarts', title: 'RST', type: 'number', min: 3, ideal: 3, max: 5, priority: 2 },
  { id: 'since', title: 'SINCE', type: 'age', min: 5, ideal: 5, max: 5, priority: 5 },
  { id: 'last', title: 'LAST', type: 'text', min: 8, ideal: 16, max: 40, priority: 6 },
  { id: 'image', title: 'IMAGE', type: 'text', min: 12, ideal: 40, max: 90, priority: 7, cut: 'head' },
];

const relatedColumns: readonly Column[] = [
  { id: 'name', title: 'OBJECT', type: 'name', min: 14, ideal: 28, max: 60, priority: 0 },
  { id: 'kind', title: 'KIND', type: 'text', min: 6, ideal: 12, max: 32, priority: 1 },
  { id: 'relation', title: 'IS', type: 'text', min: 6, ideal: 6, max: 8, priority: 2 },
  { id: 'status', title: 'STATE', type: 'text', min: 8, ideal: 16, max: 32, priority: 3 },
  { id: 'age', title: 'AGE', type: 'age', min: 3, ideal: 4, max: 5, priority: 4 },
];

/** A list whose rows were asked for, filtered here. */
function askedList(data: DataState, view: ViewState, columns: readonly Column[], nothing: string): RowList {
  const refusal = data.refusals[view.id];
  if (refusal !== undefined) return { ...empty, state: { state: 'empty', lookedAt: refusal } };
  const rows = data.rows[view.id];
  if (rows === undefined) return empty;
  const filter = compileFilter(view.list.filter);
  const shown = rows.filter((row) =>
    filter.matches({
      text: () => [row.name, ...row.cells].join(' '),
      values: () => [],
      label: () => undefined,
      measure: () => undefined,
    }),
  );
  return staticList(columns, shown, rows.length, view.list.filter !== '', nothing, filter.bad);
}

function staticList(
  columns: readonly Column[],
  rows: readonly Row[],
  all: number,
  isFiltered: boolean,
  lookedAt: string,
  badFilter: Window['badFilter'],
): RowList {
  return {
    ...empty,
    columns,
    total: rows.length,
    rows,
    matched: rows.length,
    all,
    rowAt: (index) => rows[index],
    find: (key) => {
      const at = rows.findIndex((row) => row.key === key);
      return at < 0 ? undefined : at;
    },
    state:
      rows.length > 0
        ? { state: 'rows' }
        : isFiltered
          ? { state: 'no-match', near: null }
          : { state: 'empty', lookedAt },
    badFilter,
  };
}

/** Lines that a list would fill, its head included. */
export const contentLines = (ui: UiState, data: DataState, view: ViewState): number => listOf(ui, data, view).total + 1;

/** The row under the cursor; undefined when the list is empty or on its way. */
export const selectedRow = (ui: UiState, data: DataState, view: ViewState): Row | undefined =>
  listOf(ui, data, view).rowAt(view.list.cursor);
