// Rows in groups: one line stands for all of an app, or for all findings of one cause. Only groups whose members changed
// are summed up again.
import { fleetOrder } from '../../core/cluster.ts';
import type { ClusterId } from '../../core/ids.ts';
import { type Cell, type Health, healthRank, type Row } from '../../core/row.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import type { Lines } from './lines.ts';
import type { Order } from './order.ts';
import { showRow, ShownRows } from './show-row.ts';
import { Sorted } from './sorted.ts';

/** How rows are grouped. */
export type Grouping = {
  keyOf(row: StoredRow): string;
  /** The line of a group. `live` leaves out what is stale, unless everything is. */
  summarise(live: readonly StoredRow[], all: readonly StoredRow[]): GroupSummary;
  /** A group of one is shown as its member; false: every group has its line (folded problems). */
  readonly unwrapsSingles: boolean;
  /** Members may be shown below their group. */
  readonly canOpen: boolean;
  compare(a: Group, b: Group): number;
};

export type GroupSummary = {
  readonly name: string;
  readonly app: string;
  readonly namespace: string;
  readonly health: Health;
  readonly cells: readonly Cell[];
  /** The object that the line stands for, when it is one. */
  readonly ref: Row['ref'];
};

export type Group = {
  readonly key: string;
  readonly members: Sorted<StoredRow>;
  /** Its line; `isCurrent` is false until it is summed up again. */
  line: Row | null;
  isCurrent: boolean;
  isOpen: boolean;
};

export class GroupedLines implements Lines {
  readonly #grouping: Grouping;
  readonly #order: Order<StoredRow>;
  readonly #groups = new Map<string, Group>();
  readonly #shown = new ShownRows();
  #sorted: Group[] | null = null;
  #toggled: ReadonlySet<string>;
  #size = 0;
  #total = 0;

  constructor(grouping: Grouping, order: Order<StoredRow>, toggled: readonly string[]) {
    this.#grouping = grouping;
    this.#order = order;
    this.#toggled = new Set(toggled);
  }

  /** Opens and closes groups against their default. */
  toggle(toggled: readonly string[]): void {
    this.#toggled = new Set(toggled);
    this.refresh();
  }

  reset(rows: StoredRow[]): void {
    this.#groups.clear();
    const members = Map.groupBy(rows, (row) => this.#grouping.keyOf(row));
    for (const [key, list] of members) this.#make(key).members.reset(list);
    this.#size = rows.length;
    this.#sorted = null;
  }

  apply(removed: ReadonlySet<StoredRow>, added: readonly StoredRow[]): readonly StoredRow[] {
    const gone: StoredRow[] = [];
    for (const [key, rows] of Map.groupBy(removed, (row) => this.#grouping.keyOf(row))) {
      const group = this.#groups.get(key);
      if (group === undefined) continue;
      const taken = group.members.apply(new Set(rows), []);
      gone.push(...taken);
      if (taken.length > 0) this.#touch(group);
    }
    for (const [key, rows] of Map.groupBy(added, (row) => this.#grouping.keyOf(row))) {
      const group = this.#groups.get(key) ?? this.#make(key);
      group.members.apply(new Set(), rows);
      this.#touch(group);
    }
    for (const row of gone) {
      const key = this.#grouping.keyOf(row);
      if (this.#groups.get(key)?.members.items.length === 0) this.#groups.delete(key);
    }
    this.#size += added.length - gone.length;
    return gone;
  }

  refresh(): void {
    for (const group of this.#groups.values()) this.#touch(group);
  }

  get total(): number {
    this.#settle();
    return this.#total;
  }

  get size(): number {
    return this.#size;
  }

  *objects(): Generator<StoredRow> {
    for (const group of this.#groups.values()) yield* group.members.items;
  }

  window(offset: number, limit: number): readonly Row[] {
    const rows: Row[] = [];
    this.#shown.begin();
    let at = 0;
    for (const group of this.#settle()) {
      const lines = this.#linesOf(group);
      if (at + lines > offset)
        for (let i = Math.max(0, offset - at); i < lines && rows.length < limit; i++) rows.push(this.#line(group, i));
      at += lines;
      if (rows.length >= limit) break;
    }
    this.#shown.end();
    return rows;
  }

  /** The members of a group, for questions about it. */
  members(key: string): readonly StoredRow[] {
    return this.#groups.get(key)?.members.items ?? [];
  }

  #make(key: string): Group {
    const group: Group = { key, members: new Sorted(this.#order), line: null, isCurrent: false, isOpen: false };
    this.#groups.set(key, group);
    this.#sorted = null;
    return group;
  }

  #touch(group: Group): void {
    group.isCurrent = false;
    this.#sorted = null;
  }

  #isSingle(group: Group): boolean {
    return this.#grouping.unwrapsSingles && group.members.items.length === 1;
  }

  #linesOf(group: Group): number {
    return this.#isSingle(group) ? 1 : 1 + (group.isOpen ? group.members.items.length : 0);
  }

  #line(group: Group, index: number): Row {
    const member = group.members.items[this.#isSingle(group) ? 0 : index - 1];
    if (index > 0 || this.#isSingle(group))
      if (member !== undefined) return this.#shown.show(member, this.#isSingle(group) ? 0 : 1);
    return this.#lineOf(group);
  }

  /** Groups in order, each with its line. */
  #settle(): readonly Group[] {
    if (this.#sorted !== null) return this.#sorted;
    this.#total = 0;
    const groups = [...this.#groups.values()].filter((g) => g.members.items.length > 0);
    for (const group of groups) this.#lineOf(group);
    groups.sort((a, b) => this.#grouping.compare(a, b));
    for (const group of groups) this.#total += this.#linesOf(group);
    this.#sorted = groups;
    return groups;
  }

  #lineOf(group: Group): Row {
    if (group.line !== null && group.isCurrent) return group.line;
    const all = group.members.items;
    const fresh = all.filter((row) => !row.isStale);
    const summary = this.#grouping.summarise(fresh.length === 0 ? all : fresh, all);
    const isBroken = fresh.length > 0 && healthRank[summary.health] <= healthRank.warn;
    group.isOpen = this.#grouping.canOpen && isBroken !== this.#toggled.has(group.key);
    const line: Row = {
      key: group.key,
      ref: summary.ref,
      // Members are in order of trouble, which changes; names must stand still.
      clusters: inFleetOrder(all),
      namespace: summary.namespace,
      name: summary.name,
      app: summary.app,
      health: summary.health,
      stale: fresh.length === 0,
      staleMembers: all.length - fresh.length,
      depth: 0,
      open: this.#grouping.canOpen ? group.isOpen : null,
      cells: summary.cells,
    };
    group.isCurrent = true;
    // Summed up to the same: the same object, so that nobody takes it for a change.
    if (group.line === null || JSON.stringify(group.line) !== JSON.stringify(line)) group.line = line;
    return group.line;
  }
}

function inFleetOrder(rows: readonly StoredRow[]): readonly ClusterId[] {
  const faces = new Map(rows.map((row) => [row.cluster, row.source.face]));
  return [...faces.values()].sort(fleetOrder).map((face) => face.id);
}

/** Groups by app, with the summary that the table defines. */
export function byApp(
  summary: (members: readonly Row[]) => { readonly health: Health; readonly cells: readonly Cell[] },
  compare: (a: Group, b: Group) => number,
): Grouping {
  return {
    keyOf: (row) => `app:${row.app}`,
    unwrapsSingles: true,
    canOpen: true,
    compare,
    summarise: (live, all) => {
      const { health, cells } = summary(live.map((row) => showRow(row, 1)));
      const [first] = all;
      const app = first?.app ?? '';
      const namespaces = new Set(all.map((row) => row.namespace));
      return {
        name: app,
        app,
        namespace: namespaces.size === 1 ? (first?.namespace ?? '') : '',
        health,
        cells,
        ref: null,
      };
    },
  };
}
