// One watch of one cluster and all feeds that live on it. Where the whole cluster may not be listed it goes on in the
// namespaces that the user is known to have, and comes back when the right does.
import type { Denial } from '../../core/cluster.ts';
import { resourceName } from '../../core/ids.ts';
import type { ApiError } from '../../kube/api-error.ts';
import type { Session } from '../../kube/session-contract.ts';
import type { WatchEvent } from '../../kube/watch-event.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { KubePort, Watcher } from '../kube-port.ts';
import type { Knowledge } from '../tables/cluster-data.ts';
import type { Feed } from '../tables/feed.ts';
import { denialOf } from './rights.ts';
import type { WantedWatch } from './watch-plan.ts';

export type SlotDeps = {
  readonly kube: KubePort;
  readonly session: Session;
  readonly tracing: Tracing;
  /** For traces. */
  readonly clusterName: string;
  now(): number;
  /** Namespaces to read where the cluster may not be listed. */
  fallbackNamespaces(): Promise<readonly string[]>;
  onEvent(): void;
  /** Its status or denials changed. */
  onStatus(): void;
  /** Rows of it look fresh or stale now. */
  onFreshness(): void;
  /** A failure of the connection and not of this watch alone. */
  onConnectionError(error: ApiError, retryInMs: number): void;
  /** An answer came: the connection works. */
  onAnswer(): void;
  /** The server does not know the resource (any more). */
  onAbsent(): void;
};

type PartStatus = 'syncing' | 'synced' | 'denied' | 'absent';

/** The watch of one namespace, or of the whole cluster (`''`). */
type Part = {
  readonly namespace: string;
  readonly abort: AbortController;
  status: PartStatus;
  isInterrupted: boolean;
  watcher: Watcher | null;
  denial: Denial | null;
  lastError: string;
};

export class WatchSlot implements Disposable {
  readonly wanted: WantedWatch;
  readonly feeds: readonly Feed[];
  readonly #deps: SlotDeps;
  readonly #parts = new Map<string, Part>();
  #isClosed = false;
  /** Resolves when the first set is there, or will not come. */
  readonly #settled = Promise.withResolvers<void>();
  /** It is being found out which namespaces may be read instead of all. */
  #isLooking = false;

  constructor(wanted: WantedWatch, feeds: readonly Feed[], deps: SlotDeps) {
    this.wanted = wanted;
    this.feeds = feeds;
    this.#deps = deps;
  }

  open(): void {
    if (this.#parts.size > 0) return;
    this.#start('');
    if (this.#deps.tracing.isOn) void this.#deps.tracing.span('sync', this.#attributes(), () => this.#settled.promise);
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
    const parts = this.#inNamespaces().flatMap((p) => p.denial ?? []);
    if (whole?.denial == null) return [];
    // Where no namespace may be read either, one rule says it all: those were only guesses.
    return this.#inNamespaces().some((p) => p.status !== 'denied') ? parts : [whole.denial];
  }

  get isInterrupted(): boolean {
    return [...this.#parts.values()].some((p) => p.isInterrupted);
  }

  get lastError(): string {
    return [...this.#parts.values()].find((p) => p.lastError !== '')?.lastError ?? '';
  }

  retryNow(): void {
    for (const part of this.#parts.values()) part.watcher?.retryNow();
  }

  /** More namespaces may be readable (a scope names them): they are read where the cluster as a whole is denied. */
  addNamespaces(namespaces: readonly string[]): void {
    if (this.#parts.get('')?.status !== 'denied' || !this.wanted.resource.namespaced) return;
    for (const namespace of namespaces) if (!this.#parts.has(namespace)) this.#start(namespace);
  }

  /** Closes the watch and forgets its rows. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#settled.resolve();
    for (const part of this.#parts.values()) this.#end(part);
    this.#parts.clear();
    for (const feed of this.feeds) feed.clear();
  }

  #attributes(): Readonly<Record<string, string>> {
    return { 'k8s.cluster.name': this.#deps.clusterName, 'k8s.resource': resourceName(this.wanted.resource) };
  }

  #inNamespaces(): readonly Part[] {
    return [...this.#parts.values()].filter((p) => p.namespace !== '');
  }

  #start(namespace: string): void {
    const part: Part = {
      namespace,
      abort: new AbortController(),
      status: 'syncing',
      isInterrupted: false,
      watcher: null,
      denial: null,
      lastError: '',
    };
    this.#parts.set(namespace, part);
    const { signal } = part.abort;
    part.watcher = this.#deps.kube.watch({
      session: this.#deps.session,
      type: this.wanted.resource,
      namespaced: this.wanted.resource.namespaced,
      namespace,
      fieldSelector: this.wanted.fieldSelector,
      pick: this.wanted.pick,
      ...(this.wanted.more === null ? {} : { more: this.wanted.more }),
      canWatch: this.wanted.resource.verbs.includes('watch'),
      signal,
      onEvents: (events) => {
        if (signal.aborted) return;
        const now = this.#deps.now();
        for (const feed of this.feeds) feed.startBatch(now);
        for (const event of events) this.#take(part, event);
      },
    });
    this.#deps.onStatus();
  }

  #end(part: Part): void {
    part.abort.abort();
  }

  #take(part: Part, event: WatchEvent): void {
    if (event.type === 'synced' || event.type === 'denied' || event.type === 'absent') this.#settled.resolve();
    switch (event.type) {
      case 'upsert':
        for (const feed of this.feeds) feed.upsert(event.object);
        return this.#deps.onEvent();
      case 'delete':
        for (const feed of this.feeds) feed.delete(event.object);
        return this.#deps.onEvent();
      case 'sync-started':
        for (const feed of this.feeds) feed.begin(part.namespace);
        this.#deps.onAnswer();
        // A set that is read again: until it is complete nobody knows which of the old rows still hold.
        if (part.status === 'synced') this.#interrupt(part);
        return;
      case 'synced':
        return this.#synced(part);
      case 'resumed':
        this.#deps.onAnswer();
        return this.#resume(part);
      case 'interrupted':
        part.lastError = event.error.message;
        if (event.error.kind === 'status') this.#deps.onAnswer();
        else this.#deps.onConnectionError(event.error, event.retryInMs);
        return this.#interrupt(part);
      case 'denied':
        this.#deps.onAnswer();
        return this.#denied(part, event.error);
      case 'absent':
        part.status = 'absent';
        for (const feed of this.feeds) feed.drop(part.namespace);
        this.#deps.onAbsent();
        return this.#deps.onStatus();
    }
  }

  #synced(part: Part): void {
    for (const feed of this.feeds) feed.finish(part.namespace);
    part.status = 'synced';
    part.denial = null;
    this.#resume(part);
    // The whole cluster may be listed again: what was read by namespace is part of it.
    if (part.namespace === '')
      for (const other of this.#inNamespaces()) {
        this.#end(other);
        this.#parts.delete(other.namespace);
      }
    this.#deps.onAnswer();
    this.#deps.onStatus();
  }

  #denied(part: Part, error: ApiError): void {
    const wasSynced = part.status === 'synced';
    part.status = 'denied';
    part.denial = denialOf(this.wanted.resource, part.namespace, error);
    part.isInterrupted = false;
    // A right that was taken away takes its rows along: they cannot be kept true.
    if (wasSynced || part.namespace !== '') for (const feed of this.feeds) feed.drop(part.namespace);
    if (part.namespace === '' && this.wanted.resource.namespaced) void this.#fallBack();
    this.#freshness();
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
    part.isInterrupted = true;
    this.#freshness();
    this.#deps.onStatus();
  }

  #resume(part: Part): void {
    part.lastError = '';
    if (!part.isInterrupted) return;
    part.isInterrupted = false;
    this.#freshness();
    this.#deps.onStatus();
  }

  #freshness(): void {
    const { isInterrupted } = this;
    let isNews = false;
    for (const { source } of this.feeds) {
      isNews ||= source.isInterrupted !== isInterrupted;
      source.isInterrupted = isInterrupted;
    }
    if (isNews) this.#deps.onFreshness();
  }
}
