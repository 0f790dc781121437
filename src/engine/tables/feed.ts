// One watch definition of one plugin in one cluster: objects come in, rows and findings go out. Rows stay until they are
// deleted or until a full set came without them, whatever happens to the connection.
import { field, type KubeObject, time } from '../../core/object.ts';
import type { Finding } from '../../core/problem.ts';
import type { Cell } from '../../core/row.ts';
import type { MapContext, RowContent, WatchDefinition } from '../../plugin-api/plugin.ts';
import { type FeedPools, KinPool, sameLabels } from './intern.ts';
import { keepCells } from './shape.ts';
import { type Source, StoredRow } from './stored-row.ts';

/** Runs plugin code: tells who runs to the watchdog, and catches what is thrown. */
export type RunPlugin = <T>(run: () => T) => T | undefined;

export type FeedDeps = {
  readonly source: Source;
  readonly definition: WatchDefinition;
  /** Values that are kept once, shared with the same definition's feeds in other clusters. */
  readonly pools: FeedPools;
  readonly run: RunPlugin;
  readonly now: () => number;
  /** A row appeared (`old` null), changed, or is gone (`next` null). */
  onRow(old: StoredRow | null, next: StoredRow | null): void;
  /** Cells with what is counted over other tables filled in; absent: nothing is. */
  tallied?(row: StoredRow): readonly Cell[];
  /** Rank of the worst problem of an object and of what it owns. */
  raised(uid: string): number;
  /** What is wrong with an object now; empty when nothing is, or when it is gone. */
  onFindings(about: FindingTarget, findings: readonly Finding[]): void;
};

/** Enough of an object to say what a finding is about. */
export type FindingTarget = {
  readonly source: Source;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
};

const noLabels: Readonly<Record<string, string>> = {};
const unknown: RowContent = { health: 'unknown', created: 0, cells: [] };

export class Feed {
  readonly rows = new Map<string, StoredRow>();
  readonly source: Source;
  readonly definition: WatchDefinition;
  readonly #deps: FeedDeps;
  readonly #kin = new KinPool();
  readonly #pools: FeedPools;
  readonly #clean: (cell: Cell, column: number) => Cell;
  /** Objects with findings that keep no row: uid → generation. */
  readonly #rowless = new Map<string, { generation: number; target: FindingTarget }>();
  /** Objects that have findings now. */
  readonly #found = new Set<string>();
  /** Rises with every full set that begins; per namespace: the one that is being read. */
  #generation = 1;
  #context: MapContext;
  readonly #begun = new Map<string, number>();

  constructor(deps: FeedDeps) {
    this.#deps = deps;
    this.source = deps.source;
    this.definition = deps.definition;
    this.#context = { now: deps.now() };
    this.#pools = deps.pools;
    this.#clean = (cell, column) => deps.pools.column(column).cell(cell);
  }

  /** A first or renewed full set begins: of one namespace, or of everything (`''`). Sets may overlap in time. */
  begin(namespace: string): void {
    this.#begun.set(namespace, ++this.#generation);
  }

  /** The set is complete: what was not in it is gone. */
  finish(namespace: string): void {
    const begun = this.#begun.get(namespace) ?? 0;
    const isOf = (about: { readonly namespace: string }): boolean => namespace === '' || about.namespace === namespace;
    for (const row of this.rows.values()) if (row.generation < begun && isOf(row)) this.#remove(row);
    for (const [uid, { generation, target }] of this.#rowless)
      if (generation < begun && isOf(target)) this.#forget(uid, target);
  }

  /** Forgets what lies in a namespace that is not watched any more. */
  drop(namespace: string): void {
    this.begin(namespace);
    this.finish(namespace);
  }

  /** Objects that came together are mapped as of one moment. */
  startBatch(now: number): void {
    if (this.#context.now !== now) this.#context = { now };
  }

  upsert(object: KubeObject): void {
    const uid = named(object, 'uid');
    if (uid === '') return;
    const { definition, run } = this.#deps;
    const context = this.#context;
    const content = run(() => definition.toRow(object, context) ?? null);
    const old = this.rows.get(uid);
    // A plugin that fails on an object must not make it vanish: it stays, as something that is not known.
    const next = content === null ? null : this.#store(uid, object, content ?? unknown, old);
    if (next === null) {
      if (old !== undefined) this.#remove(old);
    } else if (next !== old) {
      this.rows.set(uid, next);
      this.#deps.onRow(old ?? null, next);
    } else next.generation = this.#generation;
    if (definition.findings !== undefined) this.#find(uid, object, next, context);
  }

  delete(object: KubeObject): void {
    const uid = named(object, 'uid');
    const row = this.rows.get(uid);
    if (row !== undefined) this.#remove(row);
    const rowless = this.#rowless.get(uid);
    if (rowless !== undefined) this.#forget(uid, rowless.target);
  }

  /** Forgets everything: the watch was closed or the identity changed. */
  clear(): void {
    for (const row of this.rows.values()) this.#remove(row);
    for (const [uid, { target }] of this.#rowless) this.#forget(uid, target);
    this.#kin.clear();
  }

  /** Puts other values into the kept cells (a tally changed), or shows another health (a problem came or went). */
  replace(row: StoredRow, cells: readonly Cell[] = row.cells): void {
    const next = copyOf(row, cells, this.#deps.raised(row.uid));
    this.rows.set(row.uid, next);
    this.#deps.onRow(row, next);
  }

  #remove(row: StoredRow): void {
    this.rows.delete(row.uid);
    this.#clearFindings(row.uid, row);
    this.#deps.onRow(row, null);
  }

  #forget(uid: string, target: FindingTarget): void {
    this.#rowless.delete(uid);
    this.#clearFindings(uid, target);
  }

  #clearFindings(uid: string, target: FindingTarget): void {
    if (this.#found.delete(uid)) this.#deps.onFindings(target, []);
  }

  #find(uid: string, object: KubeObject, row: StoredRow | null, context: MapContext): void {
    const findings = this.#deps.run(() => this.definition.findings?.(object, context) ?? []) ?? [];
    if (findings.length === 0) {
      const rowless = this.#rowless.get(uid);
      if (rowless !== undefined) this.#forget(uid, rowless.target);
      else if (this.#found.has(uid)) this.#clearFindings(uid, row ?? this.#targetOf(uid, object));
      return;
    }
    const target = row ?? this.#targetOf(uid, object);
    if (row === null) this.#rowless.set(uid, { generation: this.#generation, target });
    this.#found.add(uid);
    this.#deps.onFindings(target, findings);
  }

  #targetOf(uid: string, object: KubeObject): FindingTarget {
    const name = this.#pools.names.text(named(object, 'name'));
    const namespace = this.#pools.states.text(named(object, 'namespace'));
    return { source: this.source, uid, name, namespace, app: name, labels: noLabels };
  }

  #store(uid: string, object: KubeObject, content: RowContent, old: StoredRow | undefined): StoredRow {
    const { source } = this.#deps;
    const name = old?.name ?? this.#pools.names.text(named(object, 'name'));
    const kin = {
      namespace: named(object, 'namespace'),
      app: content.app ?? name,
      owner: content.owner ?? '',
      image: content.image ?? '',
      labels: content.labels ?? noLabels,
    };
    const parts = {
      uid,
      name,
      node: this.#pools.states.text(content.node ?? ''),
      status: this.#pools.states.text(content.status ?? ''),
      created: content.created > 0 ? content.created : (time(object, 'metadata', 'creationTimestamp') ?? 0),
      restarts: content.restarts ?? 0,
      health: content.health,
      raised: this.#deps.raised(uid),
      facts: content.facts,
      isListed: content.listed !== false && source.shape !== null,
    };
    const shared = old !== undefined && isKin(old, kin) ? old.kin : this.#kin.get(kin, this.#pools);
    const row = new StoredRow(source, shared, parts, this.#generation);
    if (source.shape !== null && parts.isListed) {
      row.cells = keepCells(source.shape, content.cells, row, this.#clean);
      if (this.#deps.tallied !== undefined) row.cells = this.#deps.tallied(row);
    }
    return old !== undefined && isSame(old, row) ? old : row;
  }
}

/** A word of the object's metadata. */
function named(object: KubeObject, key: 'uid' | 'name' | 'namespace'): string {
  const value = field(object['metadata'], key);
  return typeof value === 'string' ? value : '';
}

const isKin = (old: StoredRow, kin: StoredRow['kin']): boolean =>
  old.kin.owner === kin.owner &&
  old.kin.app === kin.app &&
  old.kin.namespace === kin.namespace &&
  old.kin.image === kin.image &&
  sameLabels(old.kin.labels, kin.labels);

/** Equal in everything that can be seen or asked for. */
function isSame(a: StoredRow, b: StoredRow): boolean {
  return (
    a.kin === b.kin &&
    a.rank === b.rank &&
    a.health === b.health &&
    a.status === b.status &&
    a.node === b.node &&
    a.restarts === b.restarts &&
    a.createdSeconds === b.createdSeconds &&
    a.isListed === b.isListed &&
    a.cells.length === b.cells.length &&
    a.cells.every((cell, i) => isSameValue(cell, b.cells[i])) &&
    isSameValue(a.facts, b.facts)
  );
}

function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}

function copyOf(row: StoredRow, cells: readonly Cell[], raised: number): StoredRow {
  const next = new StoredRow(
    row.source,
    row.kin,
    {
      uid: row.uid,
      name: row.name,
      node: row.node,
      status: row.status,
      created: row.created,
      restarts: row.restarts,
      health: row.health,
      raised,
      facts: row.facts,
      isListed: row.isListed,
    },
    row.generation,
  );
  next.cells = cells;
  return next;
}
