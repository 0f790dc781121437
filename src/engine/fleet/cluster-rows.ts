// The rows of one cluster: makes the feeds of its watches, passes changes on to tables, tallies, rules and problems.
import type { ClusterId, ResourceType } from '../../core/ids.ts';
import { resourceName } from '../../core/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { Joins, type OwnedRule } from '../problems/joins.ts';
import type { ProblemBook } from '../problems/book.ts';
import { ClusterData } from '../tables/cluster-data.ts';
import { Feed, type RunPlugin } from '../tables/feed.ts';
import type { FeedPools } from '../tables/intern.ts';
import type { TableShape } from '../tables/stored-row.ts';
import { type ClusterFace, notRaised, serverTime, type Source, type StoredRow } from '../tables/stored-row.ts';
import type { Table } from '../tables/table.ts';
import { Tallies } from '../tables/tallies.ts';
import type { OwnedDefinition } from './watch-plan.ts';

export type RowDeps = {
  readonly clock: Clock;
  readonly book: ProblemBook;
  readonly rules: readonly OwnedRule[];
  readonly tables: ReadonlyMap<string, Table>;
  runnerOf(owned: OwnedDefinition): RunPlugin;
  /** Shared by all clusters. */
  poolsOf(owned: OwnedDefinition): FeedPools;
  /** A row that others may hang below came or went. */
  onOwner(cluster: ClusterId, owner: string): void;
};

/** How a resource is called. */
type Named = { readonly kind: string; readonly shortNames: readonly string[] };

const countEveryMs = 1_000;
const gatherMs = 100;
/** Warnings and failures raise what owns them; hints do not. */
const worstRaised = 1;

export class ClusterRows implements Disposable {
  readonly data = new ClusterData();
  readonly tallies: Tallies;
  readonly joins: Joins;
  readonly #deps: RowDeps;
  readonly #face: ClusterFace;
  /** Ranks of the worst problems, by uid of the object and of everything that owns it. */
  #raised = new Map<string, number>();
  #raiseIsDue = false;
  #counting: Disposable | null = null;
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(face: ClusterFace, deps: RowDeps) {
    this.#face = face;
    this.#deps = deps;
    const shapes = [...deps.tables.values()].map((table): TableShape => table.shape);
    this.tallies = new Tallies(this.data, shapes, (id) => deps.tables.get(id));
    this.joins = new Joins(face, deps.rules, this.data, deps.book, deps.clock);
  }

  makeFeed(owned: OwnedDefinition, type: ResourceType & Named): Feed {
    const { definition, finder } = owned;
    const table = definition.into === undefined ? undefined : this.#deps.tables.get(definition.into);
    const source: Source = {
      face: this.#face,
      type: { group: type.group, version: type.version, resource: type.resource },
      kind: type.kind,
      ...(type.shortNames[0] === undefined ? {} : { shortName: type.shortNames[0] }),
      shape: table?.shape ?? null,
      isInterrupted: false,
    };
    const resource = resourceName(type);
    const hasTallies = (table?.shape.tallies.length ?? 0) > 0;
    return new Feed({
      source,
      definition,
      pools: this.#deps.poolsOf(owned),
      run: this.#deps.runnerOf(owned),
      now: () => serverTime(this.#face, this.#deps.clock.now()),
      ...(hasTallies ? { tallied: (row: StoredRow) => this.tallies.fill(row) } : {}),
      raised: (uid) => this.#raised.get(uid) ?? notRaised,
      onRow: (old, next) => this.#changed(resource, table, old, next),
      onFindings: (target, findings) => this.#deps.book.set(finder, target, findings),
    });
  }

  /** A problem of this cluster came, went or changed. */
  noteProblems(): void {
    this.#raiseIsDue = true;
    this.#countSoon();
  }

  setFeed(feed: Feed, isOpen: boolean): void {
    const table = feed.definition.into === undefined ? undefined : this.#deps.tables.get(feed.definition.into);
    if (isOpen) table?.add(this.#face.id, feed);
    else table?.remove(this.#face.id, feed);
  }

  [Symbol.dispose](): void {
    this.#counting?.[Symbol.dispose]();
    this.joins[Symbol.dispose]();
  }

  #changed(resource: string, table: Table | undefined, old: StoredRow | null, next: StoredRow | null): void {
    table?.changed(old, next);
    this.joins.note(resource);
    const isTallied = table !== undefined && this.tallies.note(table.id, old, next);
    const owner = next?.owner ?? old?.owner ?? '';
    if ((old === null || next === null) && owner !== '') {
      // Pods are what hangs below and not what others hang below; nothing is counted anew for their sake.
      if (resource !== 'pods') {
        this.tallies.noteOwner();
        this.#raiseIsDue = true;
      }
      this.#deps.onOwner(this.#face.id, owner);
    }
    if (isTallied || this.tallies.isDirty) this.#countSoon();
  }

  #countSoon(): void {
    if (this.#counting !== null) return;
    const { clock } = this.#deps;
    const wait = Math.max(gatherMs, this.#countedAt + countEveryMs - clock.now());
    this.#counting = clock.after(wait, () => {
      this.#counting = null;
      this.#countedAt = clock.now();
      this.tallies.count(this.#face.id, this.#feeds());
      if (this.#raiseIsDue) this.#raise();
    });
  }

  /** An object is as unwell as its worst problem, and as what it owns. */
  #raise(): void {
    this.#raiseIsDue = false;
    const before = this.#raised;
    const next = new Map<string, number>();
    for (const { rank, target } of this.#deps.book.of(this.#face.id)) {
      if (rank > worstRaised) continue;
      const row = this.data.find(target.uid);
      for (const uid of [target.uid, ...(row === undefined ? [] : this.data.owners(row))])
        next.set(uid, Math.min(rank, next.get(uid) ?? notRaised));
    }
    this.#raised = next;
    const changed = new Set([...before.keys(), ...next.keys()].filter((uid) => before.get(uid) !== next.get(uid)));
    if (changed.size === 0) return;
    for (const feed of this.#feeds())
      for (const uid of changed) {
        const row = feed.rows.get(uid);
        if (row?.isListed === true) feed.replace(row);
      }
  }

  *#feeds(): Generator<Feed> {
    for (const resource of this.data.resources()) yield* this.data.feeds(resource);
  }
}
