// One live query: knows which rows of a table match, keeps them in order as rows change, and cuts windows out of them.
// The cost of a change follows what changed; sending and pacing are the protocol's business.
import type { LiveQuery, Window } from '../../core/query.ts';
import type { Health } from '../../core/row.ts';
import type { Table } from '../tables/table.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import { byApp, type Group, GroupedLines, type Grouping } from './grouped-lines.ts';
import { FlatLines, type Lines } from './lines.ts';
import { compareCells, orderOf, type Order } from './order.ts';
import { type Filters, select, type Selection, type SelectionDeps } from './selection.ts';
import { healthRank } from '../../core/row.ts';

/** How often a filter that asks for an age is answered again. */
export const timedEveryMs = 5_000;

export type LiveViewDeps = SelectionDeps & {
  /** Words for an empty list; null while there are rows. */
  stateOf(query: LiveQuery, all: number, selection: Selection, names: () => Iterable<string>): Window['state'];
  staleSince(query: LiveQuery): number | null;
  /** How rows of a table are folded whatever the query asks (problems); absent: as the query asks. */
  folding?(
    table: string,
    query: LiveQuery,
  ): { readonly grouping: Grouping; readonly order: Order<StoredRow> } | undefined;
  /** Something changed; a window is worth asking for. */
  onChange(): void;
};

export class LiveView implements Disposable {
  #query: LiveQuery;
  #table: Table;
  readonly #deps: LiveViewDeps;
  #selection: Selection;
  #filters: Filters;
  #lines: Lines;
  #removed = new Set<StoredRow>();
  #added = new Set<StoredRow>();
  #all = 0;
  /** Rows below an owner: an owner that is gone cannot be asked any more whose its rows were. */
  #below: Set<StoredRow> | null = null;
  #counts: Record<Health, number> = emptyCounts();
  #countsAreOld = true;
  #listening: Disposable;
  #mustReset = true;
  #resetAt = 0;

  constructor(query: LiveQuery, table: Table, deps: LiveViewDeps) {
    this.#query = query;
    this.#table = table;
    this.#deps = deps;
    const { filters, ...selection } = select(query, deps, null);
    this.#selection = selection;
    this.#filters = filters;
    this.#lines = this.#makeLines();
    this.#listening = table.on((old, next) => this.#note(old, next));
  }

  get query(): LiveQuery {
    return this.#query;
  }

  /** The filter's answers change by themselves. */
  get isTimed(): boolean {
    return this.#selection.isTimed;
  }

  change(query: LiveQuery, table: Table): void {
    const before = this.#query;
    this.#query = query;
    if (table !== this.#table) {
      this.#listening[Symbol.dispose]();
      this.#listening = table.on((old, next) => this.#note(old, next));
      this.#table = table;
      this.#mustReset = true;
    }
    if (isOtherList(before, query)) {
      const { filters, ...selection } = select(query, this.#deps, this.#filters);
      this.#selection = selection;
      this.#filters = filters;
      this.#lines = this.#makeLines();
      this.#mustReset = true;
    } else if (this.#lines instanceof GroupedLines && before.toggled !== query.toggled)
      this.#lines.toggle(query.toggled);
    this.#deps.onChange();
  }

  /** Everything is looked at again: names of clusters changed, owners came, time went by. */
  reset(): void {
    this.#mustReset = true;
    this.#deps.onChange();
  }

  /** The table's columns changed. */
  reshape(): void {
    this.#lines = this.#makeLines();
    this.reset();
  }

  /** A cluster's connection changed: what is shown of it looks different. */
  refresh(): void {
    this.#lines.refresh();
    this.#countsAreOld = true;
    this.#deps.onChange();
  }

  /** The window that is asked for, as of now: the asker knows how much it wants around what is in sight. */
  window(now: number): Window {
    if (this.#selection.isTimed && now - this.#resetAt >= timedEveryMs) this.#mustReset = true;
    this.#settle(now);
    const query = this.#query;
    const total = this.#lines.total;
    const limit = Math.max(1, query.limit);
    const from = Math.max(0, Math.min(query.offset, total - limit));
    const rows = this.#lines.window(from, limit);
    if (this.#countsAreOld) this.#count();
    return {
      columns: this.#table.shape.columns,
      rows,
      offset: from,
      total,
      matched: this.#lines.size,
      all: this.#all,
      counts: this.#counts,
      staleSince: this.#deps.staleSince(query),
      state: total > 0 ? { state: 'rows' } : this.#deps.stateOf(query, this.#all, this.#selection, () => this.#names()),
      badFilter: this.#selection.bad,
    };
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  *#names(): Generator<string> {
    for (const row of this.#table.all()) if (this.#selection.isAbout(row)) yield row.name;
  }

  #note(old: StoredRow | null, next: StoredRow | null): void {
    if (this.#mustReset) {
      this.#deps.onChange();
      return;
    }
    if (old !== null && !this.#added.delete(old)) this.#removed.add(old);
    if (next !== null) this.#added.add(next);
    this.#deps.onChange();
  }

  #settle(now: number): void {
    if (this.#mustReset) {
      this.#mustReset = false;
      this.#resetAt = now;
      this.#removed.clear();
      this.#added.clear();
      this.#all = 0;
      const rows: StoredRow[] = [];
      this.#below = this.#query.within?.by === 'owner' ? new Set() : null;
      for (const row of this.#table.all()) {
        if (!this.#selection.isAbout(row)) continue;
        this.#all++;
        this.#below?.add(row);
        if (this.#selection.matches(row)) rows.push(row);
      }
      this.#lines.reset(rows);
      this.#countsAreOld = true;
      return;
    }
    if (this.#removed.size === 0 && this.#added.size === 0) return;
    const added = [...this.#added].filter((row) => this.#selection.isAbout(row));
    const removed = [...this.#removed].filter((row) => this.#below?.delete(row) ?? this.#selection.isAbout(row));
    for (const row of added) this.#below?.add(row);
    this.#all += added.length - removed.length;
    const matching = added.filter((row) => this.#selection.matches(row));
    const gone = this.#lines.apply(new Set(removed), matching);
    if (!this.#countsAreOld) {
      for (const row of gone) tally(this.#counts, row, -1);
      for (const row of matching) tally(this.#counts, row, 1);
      this.#counts = { ...this.#counts };
    }
    this.#removed = new Set();
    this.#added = new Set();
  }

  #count(): void {
    const counts = emptyCounts();
    for (const row of this.#lines.objects()) tally(counts, row, 1);
    this.#counts = counts;
    this.#countsAreOld = false;
  }

  #makeLines(): Lines {
    const { shape } = this.#table;
    const query = this.#query;
    const folding = this.#deps.folding?.(this.#table.id, query);
    if (folding !== undefined) return new GroupedLines(folding.grouping, folding.order, query.toggled);
    const order = orderOf(shape, query.sort, shape.id);
    if (query.group === 'none' || shape.summary === undefined) return new FlatLines(order);
    return new GroupedLines(byApp(shape.summary, this.#groupOrder()), order, query.toggled);
  }

  #groupOrder(): (a: Group, b: Group) => number {
    const { sort } = this.#query;
    const column = sort === undefined ? -1 : this.#table.shape.columns.findIndex((c) => c.id === sort.column);
    const type = this.#table.shape.columns[column]?.type;
    const name = (group: Group): string => group.line?.name ?? '';
    const names = (a: Group, b: Group): number => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0);
    if (sort === undefined || type === undefined)
      return (a, b) => healthRank[a.line?.health ?? 'none'] - healthRank[b.line?.health ?? 'none'] || names(a, b);
    if (type === 'name') return (a, b) => (sort.descending ? names(b, a) : names(a, b));
    const flip = type === 'age' ? !sort.descending : sort.descending;
    const cell = (group: Group) => group.line?.cells[column] ?? null;
    return (a, b) => compareCells(cell(a), cell(b), flip) || names(a, b);
  }
}

const emptyCounts = (): Record<Health, number> => ({
  fail: 0,
  warn: 0,
  busy: 0,
  unknown: 0,
  info: 0,
  ok: 0,
  none: 0,
});

/** What is stale is not known to be well. */
function tally(counts: Record<Health, number>, row: StoredRow, by: 1 | -1): void {
  counts[row.isStale ? 'unknown' : row.shownHealth] += by;
}

/** Whether more than the window moved. */
const isOtherList = (a: LiveQuery, b: LiveQuery): boolean =>
  a.table !== b.table ||
  a.filter !== b.filter ||
  a.group !== b.group ||
  a.onlyWrong !== b.onlyWrong ||
  JSON.stringify([a.scope, a.within ?? null, a.sort ?? null]) !==
    JSON.stringify([b.scope, b.within ?? null, b.sort ?? null]);
