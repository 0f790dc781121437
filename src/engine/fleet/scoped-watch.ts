// One resource of one cluster: read as a whole or, where the whole cluster may not be listed, in the namespaces that the
// user is known to have, and as a whole again when that right comes back. Plugins' rows and the server's own tables live
// the same life here; what differs is only what an object is.
import type { Denial } from '../../core/cluster.ts';
import type { ApiError } from '../../kube/api-error.ts';
import type { ApiResource } from '../../kube/discovery/contract.ts';
import type { WatchEvent } from '../../kube/reflect/watch-event.ts';
import type { Watcher } from '../kube-port.ts';
import type { Knowledge } from '../tables/cluster-data.ts';
import type { Source } from '../tables/stored-row.ts';
import { denialOf } from './rights.ts';

/** Whoever keeps rows of the resource. A namespace of `''` stands for all. */
export interface RowKeeper {
  readonly source: Source;
  /** A full set begins. */
  begin(namespace: string): void;
  /** The set is complete: what was not in it is gone. */
  finish(namespace: string): void;
  /** Forgets what lies there. */
  drop(namespace: string): void;
  /** Forgets everything. */
  clear(): void;
}

/** What a reflector says about the flow, whatever the objects in it are. */
type FlowEvent = Exclude<WatchEvent, { type: 'upsert' | 'delete' }>;

export type ScopedWatchDeps<Data> = {
  readonly resource: ApiResource;
  readonly keepers: readonly RowKeeper[];
  now(): number;
  /** Begins to read one namespace, or all; ends with the signal. */
  read(namespace: string, signal: AbortSignal, onEvents: (events: readonly (FlowEvent | Data)[]) => void): Watcher;
  /** Objects that came together follow. */
  startBatch?(now: number): void;
  /** An object came, changed or went. */
  take(event: Data): void;
  /** Namespaces to read where the cluster may not be listed. */
  fallbackNamespaces(): Promise<readonly string[]>;
  /** Its knowledge, denials or namespaces changed. */
  onStatus(): void;
  /** Its rows look fresh or stale now. */
  onFreshness(): void;
  /** A failure of the connection and not of this watch alone. */
  onConnectionError(error: ApiError, retryInMs: number): void;
  /** An answer came: the connection works. */
  onAnswer(): void;
  /** The server does not know the resource (any more). */
  onAbsent(): void;
  /** The first set is there, or will not come. */
  onSettled(): void;
};

type PartStatus = 'syncing' | 'synced' | 'denied' | 'absent';

/** The watch of one namespace, or of the whole cluster (`''`). */
type Part = {
  readonly namespace: string;
  readonly abort: AbortController;
  status: PartStatus;
  /** Since when nothing flows: interrupted, or read once because it cannot be watched. Null: what is shown is live. */
  staleSince: number | null;
  watcher: Watcher | null;
  denial: Denial | null;
};

export class ScopedWatch<Data extends { readonly type: string }> implements Disposable {
  readonly #deps: ScopedWatchDeps<Data>;
  readonly #parts = new Map<string, Part>();
  #isClosed = false;
  /** It is being found out which namespaces may be read instead of all. */
  #isLooking = false;

  constructor(deps: ScopedWatchDeps<Data>) {
    this.#deps = deps;
  }

  open(): void {
    if (this.#parts.size === 0) this.#start('');
  }

  get knowledge(): Knowledge {
    const whole = this.#parts.get('');
    if (whole === undefined) return 'closed';
    if (whole.status !== 'denied')
      return whole.status === 'synced' ? 'complete' : whole.status === 'absent' ? 'absent' : 'syncing';
    const parts = this.#inNamespaces();
    if (this.#isLooking || parts.some((p) => p.status === 'syncing')) return 'syncing';
    return parts.some((p) => p.status === 'synced') ? 'partial' : 'denied';
  }

  /** Namespaces that are read instead of all; empty when all are, or none. */
  get namespaces(): readonly string[] {
    return this.#parts.get('')?.status === 'denied'
      ? this.#inNamespaces().flatMap((p) => (p.status === 'denied' ? [] : [p.namespace]))
      : [];
  }

  /** What is missing, rule by rule. The right to list the whole cluster is not missed where namespaces are read instead. */
  get denials(): readonly Denial[] {
    const whole = this.#parts.get('');
    const parts = this.#inNamespaces();
    // Where no namespace may be read either, one rule says it all: those were only guesses.
    const missed = parts.some((p) => p.status !== 'denied') ? parts : whole === undefined ? [] : [whole];
    return missed.flatMap((part) => part.denial ?? []);
  }

  /** Since when some of what is shown does not flow; null when all of it does, or nothing was read yet. */
  get staleSince(): number | null {
    const times = [...this.#parts.values()].flatMap((p) => (p.status === 'synced' ? (p.staleSince ?? []) : []));
    return times.length === 0 ? null : Math.min(...times);
  }

  retryNow(): void {
    for (const part of this.#parts.values()) part.watcher?.retryNow();
  }

  /** More namespaces may be readable (a scope names them): they are read where the cluster as a whole is denied. */
  addNamespaces(namespaces: readonly string[]): void {
    if (this.#parts.get('')?.status !== 'denied' || !this.#deps.resource.namespaced) return;
    for (const namespace of namespaces) if (!this.#parts.has(namespace)) this.#start(namespace);
  }

  /** Ends all reading and forgets the rows. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const part of this.#parts.values()) part.abort.abort();
    this.#parts.clear();
    for (const keeper of this.#deps.keepers) keeper.clear();
  }

  #inNamespaces(): readonly Part[] {
    return [...this.#parts.values()].filter((p) => p.namespace !== '');
  }

  #start(namespace: string): void {
    const part: Part = {
      namespace,
      abort: new AbortController(),
      status: 'syncing',
      staleSince: null,
      watcher: null,
      denial: null,
    };
    this.#parts.set(namespace, part);
    const { signal } = part.abort;
    part.watcher = this.#deps.read(namespace, signal, (events) => {
      if (signal.aborted) return;
      this.#deps.startBatch?.(this.#deps.now());
      for (const event of events)
        if (isFlow(event)) this.#flow(part, event);
        else this.#deps.take(event);
    });
    this.#deps.onStatus();
  }

  #flow(part: Part, event: FlowEvent): void {
    switch (event.type) {
      case 'sync-started':
        // Said before the server was asked: no answer yet, and no sign of life.
        for (const keeper of this.#deps.keepers) keeper.begin(part.namespace);
        // A set that is read again: until it is complete nobody knows which of the old rows still hold.
        if (part.status === 'synced') this.#interrupt(part);
        return;
      case 'synced':
        return this.#synced(part);
      case 'polled':
        return this.#polled(part, event.error);
      case 'resumed':
        this.#deps.onAnswer();
        return this.#resume(part);
      case 'interrupted':
        if (event.error.kind === 'status') this.#deps.onAnswer();
        else this.#deps.onConnectionError(event.error, event.retryInMs);
        return this.#interrupt(part);
      case 'denied':
        this.#deps.onAnswer();
        return this.#denied(part, event.error);
      case 'absent':
        return this.#absent(part);
    }
  }

  #synced(part: Part): void {
    for (const keeper of this.#deps.keepers) keeper.finish(part.namespace);
    part.status = 'synced';
    part.denial = null;
    this.#resume(part);
    // The whole cluster may be listed again: what was read by namespace is part of it.
    if (part.namespace === '')
      for (const other of this.#inNamespaces()) {
        other.abort.abort();
        this.#parts.delete(other.namespace);
      }
    this.#deps.onAnswer();
    this.#deps.onSettled();
    this.#deps.onStatus();
  }

  /** It was read and will not be kept current: what is shown is as of now, and the right that is missing is named. */
  #polled(part: Part, error: ApiError | null): void {
    part.denial = error === null ? null : denialOf(this.#deps.resource, part.namespace, error, 'watch');
    part.staleSince = null;
    this.#interrupt(part);
  }

  #denied(part: Part, error: ApiError): void {
    const wasSynced = part.status === 'synced';
    part.status = 'denied';
    part.denial = denialOf(this.#deps.resource, part.namespace, error, 'list');
    part.staleSince = null;
    // A right that was taken away takes its rows along: they cannot be kept true.
    if (wasSynced || part.namespace !== '') for (const keeper of this.#deps.keepers) keeper.drop(part.namespace);
    if (part.namespace === '' && this.#deps.resource.namespaced) void this.#fallBack();
    this.#freshness();
    this.#deps.onSettled();
    this.#deps.onStatus();
  }

  #absent(part: Part): void {
    part.status = 'absent';
    part.staleSince = null;
    for (const keeper of this.#deps.keepers) keeper.drop(part.namespace);
    this.#freshness();
    this.#deps.onAbsent();
    this.#deps.onSettled();
    this.#deps.onStatus();
  }

  async #fallBack(): Promise<void> {
    this.#isLooking = true;
    const namespaces = await this.#deps.fallbackNamespaces();
    this.#isLooking = false;
    if (this.#isClosed) return;
    this.addNamespaces(namespaces);
    this.#deps.onStatus();
  }

  #interrupt(part: Part): void {
    part.staleSince ??= this.#deps.now();
    this.#freshness();
    this.#deps.onStatus();
  }

  #resume(part: Part): void {
    if (part.staleSince === null) return;
    part.staleSince = null;
    this.#freshness();
    this.#deps.onStatus();
  }

  #freshness(): void {
    const isInterrupted = [...this.#parts.values()].some((p) => p.staleSince !== null);
    let isNews = false;
    for (const { source } of this.#deps.keepers) {
      isNews ||= source.isInterrupted !== isInterrupted;
      source.isInterrupted = isInterrupted;
    }
    if (isNews) this.#deps.onFreshness();
  }
}

const flowTypes: ReadonlySet<string> = new Set([
  'sync-started',
  'synced',
  'polled',
  'resumed',
  'interrupted',
  'denied',
  'absent',
] satisfies FlowEvent['type'][]);

const isFlow = <Data extends { readonly type: string }>(event: FlowEvent | Data): event is FlowEvent =>
  flowTypes.has(event.type);
