// One object of one cluster as the engine keeps it: about 0.3 KB. Rows are replaced, never changed (but for the number
// of a relist), so that an identity that stayed means that nothing changed.
import type { ClusterId, ResourceType } from '../../core/ids.ts';
import type { Cell, Column, Health } from '../../core/row.ts';
import type { Fact, TableDefinition, Tally } from '../../plugin-api/plugin.ts';

/** What a cluster is to its rows. One object per cluster, changed in place. */
export type ClusterFace = {
  readonly id: ClusterId;
  name: string;
  /** Every context name of it, for filters. */
  names: readonly string[];
  role: string;
  /** Its place on the promotion path; empty: nobody said. */
  stage: string;
  /** Its connection is not live: nothing of it may look fresh. */
  isStale: boolean;
  lastHeard: number | null;
  /** How far our clock is ahead of its server's, as far as that counts. Its rows and findings hold the server's times. */
  skewMs: number;
};

/** A time of the server's clock by ours, for what is shown beside our own times. */
export const ownTime = (face: ClusterFace, time: number): number => time + face.skewMs;
/** What the server's clock says when ours says this. */
export const serverTime = (face: ClusterFace, now: number): number => now - face.skewMs;

/** A cell that is worked out from what a row keeps anyway. */
export type Derive = (row: StoredRow) => Cell;

/** A table with its columns split into those that are kept per row and those that are derived. */
export type TableShape = {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly summary: TableDefinition['summary'];
  readonly tallies: readonly Tally[];
  /** Per column: how to derive it, or its place among the cells that are kept. */
  readonly places: readonly (Derive | number)[];
  /** How many cells are kept per row. */
  readonly kept: number;
  /** So many empty cells. */
  readonly blank: readonly Cell[];
};

/** Where rows come from: one resource of one cluster. Shared by all rows of it. */
export type Source = {
  readonly face: ClusterFace;
  readonly type: ResourceType;
  readonly kind: string;
  /** The server's own short name of the kind, where there is room for no more: `pvc`; absent: it has none. */
  readonly shortName?: string;
  readonly shape: TableShape | null;
  /** Its watch is interrupted, although the cluster may be live. */
  isInterrupted: boolean;
};

/** What pods of one ReplicaSet have in common: shared between them. */
export type Kin = {
  readonly namespace: string;
  readonly app: string;
  readonly owner: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
};

export const healthOf: readonly Health[] = ['fail', 'warn', 'busy', 'unknown', 'info', 'ok', 'none'];
const ranks = new Map(healthOf.map((health, rank) => [health, rank]));
/** A row without problems. */
export const notRaised = 7;
export const rankOf = (health: Health): number => ranks.get(health) ?? 3;

/** Stands for the uid of an object that has none. A real one never begins with a slash. */
export const nameAsUid = (namespace: string, name: string): string => `/${namespace}/${name}`;
export const isNameAsUid = (uid: string): boolean => uid.startsWith('/');

const noFacts: Readonly<Record<string, unknown>> = Object.freeze({});

export type RowParts = {
  readonly uid: string;
  readonly name: string;
  readonly node: string;
  readonly status: string;
  readonly created: number;
  readonly restarts: number;
  readonly health: Health;
  /** Rank of the worst problem of it and of what it owns; `notRaised` when there is none. */
  readonly raised: number;
  readonly facts: Readonly<Record<string, unknown>> | undefined;
  readonly isListed: boolean;
};

export class StoredRow implements Fact {
  readonly uid: string;
  readonly name: string;
  readonly kin: Kin;
  readonly node: string;
  readonly status: string;
  /** Seconds, because these fit a small integer: milliseconds would cost a box on the heap. */
  readonly createdSeconds: number;
  readonly restarts: number;
  cells: readonly Cell[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly source: Source;
  /**
   * Four small things in one number: whether it is listed (bit 0), its health as shown (1–3) and as the object says
   * itself (4–6), and the number of the last full set that it was part of (from 7 on).
   */
  #state: number;

  constructor(source: Source, kin: Kin, parts: RowParts, generation: number) {
    this.uid = parts.uid;
    this.name = parts.name;
    this.kin = kin;
    this.node = parts.node;
    this.status = parts.status;
    this.createdSeconds = Math.floor(parts.created / 1000) | 0;
    this.restarts = parts.restarts | 0;
    this.cells = noCells;
    this.facts = parts.facts ?? noFacts;
    this.source = source;
    const own = rankOf(parts.health);
    const shown = Math.min(own, parts.raised);
    this.#state = (parts.isListed ? 1 : 0) | (shown << 1) | (own << 4) | (generation << 7);
  }

  get isListed(): boolean {
    return (this.#state & 1) === 1;
  }
  /** Number of the last full set that it was part of; the one thing of a row that changes in place. */
  get generation(): number {
    return this.#state >>> 7;
  }
  set generation(generation: number) {
    this.#state = (this.#state & 127) | (generation << 7);
  }
  get namespace(): string {
    return this.kin.namespace;
  }
  get app(): string {
    return this.kin.app;
  }
  get owner(): string {
    return this.kin.owner;
  }
  get image(): string {
    return this.kin.image;
  }
  get labels(): Readonly<Record<string, string>> {
    return this.kin.labels;
  }
  /** Rank of the health that is shown: the object's own, or that of its worst problem. */
  get rank(): number {
    return (this.#state >> 1) & 7;
  }
  /** What is shown. */
  get shownHealth(): Health {
    return healthOf[this.rank] ?? 'unknown';
  }
  /** What the object says of itself; rules read this one, or their own findings would come back to them. */
  get health(): Health {
    return healthOf[(this.#state >> 4) & 7] ?? 'unknown';
  }
  get created(): number {
    return this.createdSeconds * 1000;
  }
  get cluster(): ClusterId {
    return this.source.face.id;
  }
  get isStale(): boolean {
    return this.source.face.isStale || this.source.isInterrupted;
  }
  /** Unique in its table, over all clusters. */
  get key(): string {
    return `${this.source.face.id}|${this.uid}`;
  }
}

const noCells: readonly Cell[] = [];
