// Rows of any resource in one cluster, as the server's Table tells them. The same life as a plugin's feed, without code
// of a plugin.
import { type KubeObject, list, record, text, time } from '../../core/object.ts';
import type { Cell } from '../../core/row.ts';
import type { RowKeeper } from '../fleet/scoped-watch.ts';
import type { ServerColumn } from '../kube-port.ts';
import { FeedPools, KinPool } from '../tables/intern.ts';
import type { TableShape } from '../tables/stored-row.ts';
import { nameAsUid, notRaised, type Source, StoredRow } from '../tables/stored-row.ts';
import type { RowHolder } from '../tables/table.ts';
import { cellOf, healthFrom, placesOf } from './server-columns.ts';

export type ServerFeedDeps = {
  readonly source: Source;
  shape(): TableShape;
  onRow(old: StoredRow | null, next: StoredRow | null): void;
};

export class ServerFeed implements RowHolder, RowKeeper {
  readonly rows = new Map<string, StoredRow>();
  readonly source: Source;
  readonly #deps: ServerFeedDeps;
  readonly #pools = new FeedPools();
  readonly #kin = new KinPool();
  #columns: readonly ServerColumn[] = [];
  #places: readonly number[] = [];
  #generation = 1;
  readonly #begun = new Map<string, number>();

  constructor(deps: ServerFeedDeps) {
    this.source = deps.source;
    this.#deps = deps;
  }

  setColumns(columns: readonly ServerColumn[]): void {
    this.#columns = columns;
    this.#places = placesOf(columns, this.#deps.shape());
  }

  begin(namespace: string): void {
    this.#begun.set(namespace, ++this.#generation);
  }

  finish(namespace: string): void {
    const begun = this.#begun.get(namespace) ?? 0;
    for (const row of this.rows.values())
      if (row.generation < begun && (namespace === '' || row.namespace === namespace)) this.#remove(row);
  }

  /** Forgets what lies in a namespace that is not read any more; `''`: everything. */
  drop(namespace: string): void {
    this.begin(namespace);
    this.finish(namespace);
  }

  upsert(cells: readonly unknown[], object: KubeObject): void {
    const uid = keyOf(object);
    if (uid === '') return;
    const old = this.rows.get(uid);
    const next = this.#store(uid, cells, object);
    if (old !== undefined && isSame(old, next)) {
      old.generation = this.#generation;
      return;
    }
    this.rows.set(uid, next);
    this.#deps.onRow(old ?? null, next);
  }

  delete(object: KubeObject): void {
    const row = this.rows.get(keyOf(object));
    if (row !== undefined) this.#remove(row);
  }

  clear(): void {
    for (const row of this.rows.values()) this.#remove(row);
  }

  #remove(row: StoredRow): void {
    this.rows.delete(row.uid);
    this.#deps.onRow(row, null);
  }

  #store(uid: string, cells: readonly unknown[], object: KubeObject): StoredRow {
    const name = this.#pools.names.text(text(object, 'metadata', 'name'));
    const labels = record(object, 'metadata', 'labels') as Readonly<Record<string, string>>;
    const owner = list(object, 'metadata', 'ownerReferences').find((ref) => record(ref)['controller'] === true);
    const { health, status } = healthFrom(this.#columns, cells);
    const kin = this.#kin.get(
      {
        namespace: text(object, 'metadata', 'namespace'),
        app: labels['app.kubernetes.io/name'] ?? labels['app'] ?? name,
        owner: text(owner, 'uid'),
        image: '',
        labels,
      },
      this.#pools,
    );
    const parts = {
      uid,
      name,
      node: '',
      status: this.#pools.names.text(status),
      created: time(object, 'metadata', 'creationTimestamp') ?? 0,
      restarts: 0,
      health,
      raised: notRaised,
      facts: undefined,
      isListed: true,
    };
    const row = new StoredRow(this.source, kin, parts, this.#generation);
    const kept: Cell[] = Array.from({ length: this.#deps.shape().kept }, () => null);
    this.#places.forEach((place, i) => {
      if (place >= 0) kept[place] = this.#pools.column(i).cell(cellOf(cells[i]));
    });
    row.cells = kept;
    return row;
  }
}

/** The uid; what has none (measurements, component statuses) goes by its name. */
const keyOf = (object: KubeObject): string => {
  const name = text(object, 'metadata', 'name');
  return text(object, 'metadata', 'uid') || (name === '' ? '' : nameAsUid(text(object, 'metadata', 'namespace'), name));
};

const isSame = (a: StoredRow, b: StoredRow): boolean =>
  a.kin === b.kin &&
  a.rank === b.rank &&
  a.status === b.status &&
  a.createdSeconds === b.createdSeconds &&
  a.cells.length === b.cells.length &&
  a.cells.every((cell, i) => cell === b.cells[i]);
