// One cluster: connects, proves the connection, watches, notices when it breaks and comes back by itself. Nothing that
// happens here can hold up another cluster.
import type { ClusterPhase } from '../../core/cluster.ts';
import { text } from '../../core/object.ts';
import { countedSkew } from '../../core/skew.ts';
import { cell as sanitise } from '../../core/sanitise.ts';
import { type Access, newAccess } from '../../kube/discovery/access-cache.ts';
import type { ApiError } from '../../kube/api-error.ts';
import { newBackoff } from '../../kube/backoff.ts';
import type { KubeContext } from '../../kube/kubeconfig/context.ts';
import type { Discovery } from '../../kube/discovery/contract.ts';
import type { SessionEvent } from '../../kube/session/contract.ts';
import { type Clock, pause } from '../../platform/clock.ts';
import type { Connection, KubePort } from '../kube-port.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import { type ClusterFace, serverTime } from '../tables/stored-row.ts';
import { ClusterRows, type RowDeps } from './cluster-rows.ts';
import { ClusterWatches } from './cluster-watches.ts';
import { contact, type Contact, type ContactEvent, isFresh, parked } from './contact.ts';
import { watchCrds } from './crd-watch.ts';
import { asApiError, proveConnection } from './prove-connection.ts';
import { ownProjects } from './rights.ts';
import { roleLabel } from './naming.ts';
import type { OwnedDefinition, WantedWatch } from './watch-plan.ts';

export type UnitDeps = RowDeps & {
  readonly kube: KubePort;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tracing: Tracing;
  /** Resolves when the network may be used. */
  readonly mayConnect: Promise<void>;
  readonly definitions: readonly OwnedDefinition[];
  planOf(discovery: Discovery): readonly WantedWatch[];
  /** Namespaces to look into where the cluster may not be listed, beside the context's own. */
  namespaces(unit: ClusterUnit): readonly string[];
  /** Its phase changed: rows look different, problems come and go. */
  onPhase(unit: ClusterUnit): void;
  /** Rows of one of its watches look fresh or stale now. */
  onFreshness(unit: ClusterUnit): void;
  /** Our clock differs from its server's by something else than before. */
  onSkew(unit: ClusterUnit): void;
  /** Anything else that the summary shows changed. */
  onSummary(unit: ClusterUnit): void;
  /** Its identity in the world is known: the UID of kube-system. */
  onUid(unit: ClusterUnit, uid: string): void;
  /** What its server serves is known (anew). */
  onDiscovery(unit: ClusterUnit): void;
  onWatchEvent(): void;
};

/** CRDs are established, and served, a moment after they appear. */
const lookAgainMs: readonly number[] = [250, 1_500, 4_000];
/** By then is served what appeared just before the watch of CRDs began: one look finds it. */
const lookOnceMs: readonly number[] = [2_000];

export class ClusterUnit implements Disposable {
  readonly face: ClusterFace;
  readonly rows: ClusterRows;
  readonly #deps: UnitDeps;
  #context: KubeContext;
  #contact: Contact = parked;
  #connection: Connection | null = null;
  #access: Access | null = null;
  #watches: ClusterWatches | null = null;
  #abort = new AbortController();
  #wake = new AbortController();
  #isProbing = false;
  #looks: Disposable[] = [];
  discovery: Discovery | null = null;
  version: string | null = null;
  uid: string | null = null;
  roundTripMs: number | null = null;
  /** How far our clock is ahead of its server's; null: not known. What of it counts is in its face. */
  skewMs: number | null = null;
  roleHint: string | null = null;
  /** Its UID was asked for: contexts that are one cluster are one by now. */
  isIdentified = false;

  constructor(face: ClusterFace, context: KubeContext, deps: UnitDeps) {
    this.face = face;
    this.#context = context;
    this.#deps = deps;
    this.rows = new ClusterRows(face, deps);
  }

  get context(): KubeContext {
    return this.#context;
  }
  get phase(): ClusterPhase {
    return this.#contact.phase;
  }
  get lastHeard(): number | null {
    return this.#contact.lastHeard;
  }
  get connection(): Connection | null {
    return this.#connection;
  }
  /** What the server says of rights; null while it is not connected. */
  get access(): Access | null {
    return this.#access;
  }
  get watches(): ClusterWatches | null {
    return this.#watches;
  }
  get isConnected(): boolean {
    return this.#connection !== null;
  }
  /** Aborts when the cluster is disconnected, whatever waits for it. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Connects after a pause (spread, so that a fleet does not come at once) and stays connected. */
  connect(afterMs: number): void {
    if (this.#connection !== null) return;
    this.#abort = new AbortController();
    const connection = this.#deps.kube.connect(this.#context);
    this.#connection = connection;
    this.#access = newAccess(connection.session, this.#deps.clock);
    connection.session.on((event) => {
      if (this.#connection === connection) this.#heard(event);
    });
    this.#watches = this.#makeWatches(connection);
    this.#tell({ type: 'connect', doing: 'connecting' });
    void this.#run(connection, this.#abort.signal, afterMs);
  }

  /** Closes everything and forgets the rows. */
  disconnect(): void {
    if (this.#connection === null) return;
    this.#abort.abort();
    for (const look of this.#looks.splice(0)) look[Symbol.dispose]();
    this.#watches?.[Symbol.dispose]();
    this.#watches = null;
    this.#connection.close();
    this.#connection = null;
    this.#access = null;
    this.discovery = null;
    this.roundTripMs = null;
    this.skewMs = null;
    this.#tell({ type: 'park' });
  }

  /** Another way to the same cluster. What the old identity saw is forgotten: the new one may not be allowed to. */
  use(context: KubeContext): void {
    const wasConnected = this.isConnected;
    this.disconnect();
    this.#context = context;
    if (wasConnected) this.connect(0);
  }

  /** Tries at once, whatever the back-off says. */
  retryNow(): void {
    this.#connection?.session.retryNow();
    this.#access?.forget();
    this.#watches?.retryNow();
    this.#wake.abort();
  }

  /** Credentials were renewed outside. */
  loggedIn(printed?: string): void {
    this.#connection?.renewLogin(printed);
    this.retryNow();
  }

  /** What is served may have changed: asked now and again shortly after. */
  lookAgain(afterMs: readonly number[] = lookAgainMs): void {
    for (const look of this.#looks.splice(0)) look[Symbol.dispose]();
    this.#looks = afterMs.map((ms) => {
      const look = this.#deps.clock.after(ms, () => {
        this.#looks = this.#looks.filter((other) => other !== look);
        void this.#discover(this.#abort.signal);
      });
      return look;
    });
  }

  [Symbol.dispose](): void {
    this.disconnect();
    this.rows[Symbol.dispose]();
  }

  #makeWatches({ session }: Connection): ClusterWatches {
    const { clock } = this.#deps;
    return new ClusterWatches({
      kube: this.#deps.kube,
      tracing: this.#deps.tracing,
      clusterName: this.face.name,
      session,
      now: () => serverTime(this.face, clock.now()),
      clock,
      definitions: this.#deps.definitions,
      planOf: this.#deps.planOf,
      data: this.rows.data,
      fallbackNamespaces: () => this.fallbackNamespaces(),
      makeFeed: (owned, wanted) => this.rows.makeFeed(owned, wanted.resource),
      onFeed: (feed, isOpen) => this.rows.setFeed(feed, isOpen),
      onKnowledge: (resource) => this.rows.joins.note(resource),
      onEvent: () => this.#deps.onWatchEvent(),
      onStatus: () => this.#status(),
      onFreshness: () => this.#deps.onFreshness(this),
      onConnectionError: (error, retryInMs) => this.#failed(error, clock.now() + retryInMs),
      onAnswer: () => this.#answered(),
      onAbsent: () => this.lookAgain(),
    });
  }

  async #run(connection: Connection, signal: AbortSignal, afterMs: number): Promise<void> {
    const { clock } = this.#deps;
    await this.#deps.mayConnect;
    if (signal.aborted) return;
    const known = this.#deps.kube.knownDiscovery(connection.session).catch(() => null);
    if (afterMs > 0) await pause(clock, afterMs, signal);
    await this.#prove(connection, signal);
    if (signal.aborted) return;
    void this.#learnUid(connection, signal);
    const cached = await known;
    if (signal.aborted) return;
    if (cached !== null) this.#setDiscovery(cached);
    await this.#discover(signal);
    if (signal.aborted) return;
    void watchCrds({
      session: connection.session,
      clock,
      random: this.#deps.random,
      signal,
      onChange: () => this.lookAgain(),
      // Looks that are under way for another reason find it as well.
      onOpen: () => void (this.#looks.length === 0 && this.lookAgain(lookOnceMs)),
    });
  }

  /** Asks until there is an answer. */
  async #prove({ session }: Connection, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#deps;
    const version = await proveConnection({
      session,
      clock,
      random,
      signal,
      pause: (ms) => this.#pause(ms, signal),
      onFailed: (error, nextTryAt) => this.#tell({ type: 'failed', error, nextTryAt }),
    });
    if (signal.aborted) return;
    this.version = version ?? this.version;
    this.#answered();
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    await pause(this.#deps.clock, ms, AbortSignal.any([signal, this.#wake.signal]));
  }

  async #learnUid({ session }: Connection, signal: AbortSignal): Promise<void> {
    try {
      const namespace = await session.json({ path: '/api/v1/namespaces/kube-system', signal, timeoutMs: 20_000 });
      const uid = text(namespace, 'metadata', 'uid');
      this.roleHint = text(namespace, 'metadata', 'labels', roleLabel) || null;
      if (uid === '' || signal.aborted) return;
      this.uid = sanitise(uid);
      this.#deps.onUid(this, this.uid);
    } catch {
      // Denied, or not there: then this context stays a cluster of its own.
    } finally {
      this.isIdentified = true;
      this.#deps.onSummary(this);
    }
  }

  async #discover(signal: AbortSignal): Promise<void> {
    const connection = this.#connection;
    if (connection === null || signal.aborted) return;
    const backoff = newBackoff(this.#deps.random);
    while (!signal.aborted) {
      try {
        const { discovery, isChanged } = await this.#deps.kube.discover(connection.session, signal);
        if (!signal.aborted && (isChanged || this.discovery === null)) this.#setDiscovery(discovery);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (asApiError(error).kind !== 'status') this.#failed(asApiError(error), null);
        if (this.discovery !== null) return;
        await this.#pause(backoff.next(this.#deps.clock.now()), signal);
      }
    }
  }

  #setDiscovery(discovery: Discovery): void {
    this.discovery = discovery;
    this.#watches?.setDiscovery(discovery);
    this.#deps.onDiscovery(this);
    this.#deps.onSummary(this);
  }

  /** Where to look when the cluster as a whole may not be listed. */
  async fallbackNamespaces(): Promise<readonly string[]> {
    const own = [this.#context.namespace || 'default', ...this.#deps.namespaces(this)];
    const connection = this.#connection;
    if (connection === null || this.discovery === null) return [...new Set(own)];
    const projects = await ownProjects(connection.session, this.discovery, this.#abort.signal);
    return [...new Set([...own, ...projects])];
  }

  #heard(event: SessionEvent): void {
    switch (event.type) {
      case 'connected':
        return;
      case 'heard':
        if (event.roundTripMs !== undefined) this.#roundTrip(event.roundTripMs);
        return this.#tell({ type: 'heard', at: event.at });
      case 'skew':
        return this.#skew(event.ms);
      case 'silent':
        return this.#tell({ type: 'silent', since: event.since });
      case 'lost':
        return this.#failed(event.error, null);
      case 'credentials':
        if (event.error !== null) this.#failed(event.error, null);
    }
  }

  #roundTrip(ms: number): void {
    const rounded = Math.max(1, Math.round(ms));
    if (rounded === this.roundTripMs) return;
    this.roundTripMs = rounded;
    this.#deps.onSummary(this);
  }

  #skew(ms: number): void {
    this.skewMs = ms;
    const counted = countedSkew(this.face.skewMs, ms);
    const isOther = counted !== this.face.skewMs;
    this.face.skewMs = counted;
    if (isOther) {
      this.rows.joins.noteAll();
      this.#deps.onSkew(this);
    }
    this.#deps.onSummary(this);
  }

  #answered(): void {
    this.#tell({ type: 'proven' });
    this.#checkRights();
  }

  #failed(error: ApiError, nextTryAt: number | null): void {
    this.#tell({ type: 'failed', error, nextTryAt });
    // Watches come back by themselves; but when none is open nobody would notice that the server does.
    if (!isFresh(this.phase)) void this.#probe();
  }

  async #probe(): Promise<void> {
    const connection = this.#connection;
    // Until discovery is known the first proof is still under way.
    if (this.#isProbing || connection === null || this.discovery === null) return;
    this.#isProbing = true;
    const { signal } = this.#abort;
    await this.#pause(500 + this.#deps.random() * 500, signal);
    if (!isFresh(this.phase)) {
      await this.#prove(connection, signal);
      if (!signal.aborted) this.#watches?.retryNow();
    }
    this.#isProbing = false;
  }

  #status(): void {
    this.#checkRights();
    this.#deps.onSummary(this);
  }

  #checkRights(): void {
    const watches = this.#watches;
    if (watches === null) return;
    this.#tell({ type: 'denied', rules: watches.isAllDenied ? watches.denials.map((d) => d.rule) : [] });
  }

  #tell(event: ContactEvent): void {
    const before = this.#contact;
    this.#contact = contact(before, event, this.#deps.clock.now());
    this.face.lastHeard = this.#contact.lastHeard;
    if (this.#contact.phase === before.phase) return;
    this.face.isStale = !isFresh(this.phase);
    if (JSON.stringify(this.#contact.phase) !== JSON.stringify(before.phase)) this.#deps.onPhase(this);
  }
}
