// The fleet: contexts become clusters, clusters are connected or parked, and contexts that prove to reach the same
// cluster are folded into one.
import type { ClusterSummary } from '../../core/cluster.ts';
import { type ClusterRule, clusterSettings, defaultConfig } from '../../config/config.ts';
import { matchesAny } from '../../core/glob.ts';
import type { ClusterId } from '../../core/ids.ts';
import { everything, type Scope } from '../../core/query.ts';
import { cell as sanitise } from '../../core/sanitise.ts';
import { includesCluster } from '../../core/scope.ts';
import type { KubeContext } from '../../kube/kubeconfig/context.ts';
import { loginIdentity } from '../../kube/credentials/login.ts';
import type { DebugLog } from '../../telemetry/debug-log.ts';
import type { FleetView } from '../../protocol/engine.ts';
import type { ProblemBook } from '../problems/book.ts';
import type { EngineSettings } from '../settings.ts';
import type { ClusterFace } from '../tables/stored-row.ts';
import { clusterFindings, clusterTarget } from './cluster-problems.ts';
import { ClusterUnit, type UnitDeps } from './cluster-unit.ts';
import { hueOf, isRole, roleOfName } from './naming.ts';
import { toConnect } from './parking.ts';
import { regroup } from './regroup.ts';
import { coverageOf, summaryOf } from './summary.ts';

export type FleetDeps = Omit<UnitDeps, 'namespaces' | 'onPhase' | 'onFreshness' | 'onSkew' | 'onSummary' | 'onUid'> & {
  readonly book: ProblemBook;
  readonly settings: EngineSettings;
  readonly log: DebugLog;
  /** Anything of the fleet's view changed. */
  onChange(): void;
  /** Rows of a cluster look different: fresh or stale. */
  onLook(unit: ClusterUnit): void;
  /** Clusters have other names, or are another set. */
  onRenamed(): void;
  onConnected(unit: ClusterUnit): void;
  /** Its times are to be reckoned anew: our clock and its server's differ by something else. */
  onSkew(unit: ClusterUnit): void;
};

/** Connects that start at once; the others are spread. */
const atOnce = 8;
const spreadMs = 25;

type Member = {
  readonly unit: ClusterUnit;
  contexts: KubeContext[];
  hue: number;
  rule: ClusterRule;
};

/** Names of the clusters that a new kubeconfig adds, takes away and connects anew. */
export type FleetChange = {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
};

export class Fleet implements Disposable {
  readonly #deps: FleetDeps;
  /** In file order. */
  readonly #members = new Map<ClusterId, Member>();
  /** Ids of clusters that turned out to be another one. */
  readonly #folded = new Map<ClusterId, ClusterId>();
  #currentContext: string | null;
  #scope: Scope = everything;

  constructor(contexts: readonly KubeContext[], currentContext: string | null, deps: FleetDeps) {
    this.#deps = deps;
    this.#currentContext = currentContext;
    for (const [id, list] of Map.groupBy(contexts, (context) => context.cluster)) this.#add(id, list);
  }

  /** Connects what is to be connected by itself. */
  start(): void {
    this.connect(this.wanted());
    this.#deps.onChange();
  }

  /** Clusters that are to be connected by themselves, in the order in which to do it. */
  wanted(moved: ReadonlySet<ClusterId> = new Set()): readonly ClusterId[] {
    const { settings } = this.#deps;
    const candidates = Array.from(this.#members, ([id, { unit, contexts }]) => ({
      id,
      isNamed: unit.face.names.some((name) => matchesAny(settings.clusters, name)),
      isScoped: this.#isNamedBy(this.#scope, unit),
      wasInScope: settings.lastScope !== null && this.#isNamedBy(settings.lastScope, unit),
      isCurrent: contexts.some((context) => context.rawName === this.#currentContext),
      wasConnected: unit.isConnected || moved.has(id),
    }));
    return toConnect(candidates, { limit: settings.connectLimit, isNarrowed: settings.clusters.length > 0 });
  }

  /**
   * The kubeconfig says something else. New clusters appear and connect by the parking rules, gone ones leave, changed
   * ones connect anew; what says the same is not touched. The identity in use stays, whatever current-context says now:
   * it changes by a key and not behind a person's back.
   */
  update(contexts: readonly KubeContext[], currentContext: string | null): FleetChange {
    this.#currentContext = currentContext;
    const known = new Map(
      Array.from(this.#members, ([id, { unit, contexts: list }]) => {
        return [id, { isConnected: unit.isConnected, contexts: list }] as const;
      }),
    );
    const { groups, gone, moved, isSame } = regroup(contexts, known, this.#folded);
    if (isSame) return { added: [], removed: [], changed: [] };
    const removed = gone.map((id) => this.#remove(id));
    const ids = new Set(contexts.map((context) => context.cluster));
    for (const [from, to] of this.#folded) if (!ids.has(from) || !groups.has(to)) this.#folded.delete(from);
    const added: string[] = [];
    const changed: string[] = [];
    for (const [id, list] of groups) {
      const member = this.#members.get(id);
      if (member === undefined) {
        this.#add(id, [...list]);
        added.push(this.#members.get(id)?.unit.face.name ?? id);
      } else if (this.#renew(member, [...list])) changed.push(member.unit.face.name);
    }
    const inOrder = [...groups.keys()].flatMap((id) => {
      const member = this.#members.get(id);
      return member === undefined ? [] : [[id, member] as const];
    });
    this.#members.clear();
    for (const [id, member] of inOrder) this.#members.set(id, member);
    this.connect(this.wanted(moved));
    this.#deps.onRenamed();
    this.#deps.onChange();
    return { added, removed, changed };
  }

  /** What the configuration says of it. */
  isProtected(id: ClusterId): boolean {
    return this.#members.get(this.#folded.get(id) ?? id)?.rule.protected === true;
  }

  get units(): readonly ClusterUnit[] {
    return Array.from(this.#members.values(), (member) => member.unit);
  }

  unit(id: ClusterId): ClusterUnit | undefined {
    return this.#members.get(this.#folded.get(id) ?? id)?.unit;
  }

  /** Clusters that a scope is about, parked ones too. */
  inScope(scope: Scope): readonly ClusterUnit[] {
    return this.units.filter((unit) => includesCluster(scope, unit.face.names));
  }

  /** Connects these, spread over a moment. */
  connect(ids: readonly ClusterId[]): void {
    let i = 0;
    for (const id of ids) {
      const unit = this.unit(id);
      if (unit === undefined || unit.isConnected) continue;
      unit.connect(i < atOnce ? 0 : (i - atOnce + this.#deps.random()) * spreadMs);
      i++;
      this.#deps.onConnected(unit);
    }
  }

  /** Clusters that the scope names are connected; namespaces that it names are looked into. */
  setScope(scope: Scope): void {
    this.#scope = scope;
    this.connect(this.units.filter((unit) => this.#isNamedBy(scope, unit)).map((unit) => unit.face.id));
    const named = scope.namespaces.filter((name) => !/[*?]/.test(name));
    if (named.length > 0) for (const unit of this.inScope(scope)) unit.watches?.addNamespaces(named);
  }

  /** Uses another context of a cluster; false when the cluster has none of that name. */
  useIdentity(id: ClusterId, context: string): boolean {
    const member = this.#members.get(this.#folded.get(id) ?? id);
    const found = member?.contexts.find((c) => c.rawName === context || c.name === context);
    if (member === undefined || found === undefined) return false;
    if (found === member.unit.context) return true;
    member.unit.use(found);
    this.#name(member);
    this.#deps.onConnected(member.unit);
    this.#deps.onRenamed();
    return true;
  }

  /** Every cluster whose active identity logs in as this one's does. */
  sharingLogin(id: ClusterId): readonly ClusterUnit[] {
    const one = this.unit(id);
    if (one === undefined) return [];
    const identity = loginIdentity(one.context);
    return this.units.filter((unit) => loginIdentity(unit.context) === identity);
  }

  view(now: number): FleetView {
    const { book } = this.#deps;
    return {
      clusters: Array.from(this.#members.values(), (member) => this.#summary(member, book)),
      coverage: coverageOf(this.units),
      at: now,
    };
  }

  [Symbol.dispose](): void {
    for (const unit of this.units) unit[Symbol.dispose]();
    this.#members.clear();
  }

  /** Other contexts for a cluster; true when the one in use changed, which connects anew. */
  #renew(member: Member, contexts: KubeContext[]): boolean {
    const { unit } = member;
    const next = contexts.find(({ rawName }) => rawName === unit.context.rawName) ?? this.#preferred(contexts);
    member.contexts = contexts;
    const isOther = next !== undefined && next !== unit.context;
    if (isOther) {
      unit.use(next);
      if (unit.isConnected) this.#deps.onConnected(unit);
    }
    this.#name(member);
    return isOther;
  }

  /** Its name, for what is told of it. */
  #remove(id: ClusterId): string {
    const member = this.#members.get(id);
    this.#members.delete(id);
    member?.unit[Symbol.dispose]();
    this.#deps.book.forget(id);
    return member?.unit.face.name ?? id;
  }

  #add(id: ClusterId, contexts: KubeContext[]): void {
    const active = this.#preferred(contexts);
    if (active === undefined) return;
    const face: ClusterFace = {
      id,
      name: active.name,
      names: [],
      role: 'unknown',
      stage: '',
      isStale: true,
      lastHeard: null,
      skewMs: 0,
    };
    const unit = new ClusterUnit(face, active, {
      ...this.#deps,
      namespaces: (asking) => this.#namespacesOf(asking),
      onPhase: (changed) => this.#phase(changed),
      onFreshness: (changed) => this.#deps.onLook(changed),
      onSkew: (changed) => this.#deps.onSkew(changed),
      onSummary: () => this.#deps.onChange(),
      onUid: (changed, uid) => this.#learnUid(changed, uid),
    });
    const member: Member = { unit, contexts, hue: 0, rule: { match: '' } };
    this.#members.set(id, member);
    this.#name(member);
    member.hue = this.#fixedHue(member) ?? hueOf(id, this.#hues(member));
  }

  /** The command line's choice, else the current context, else the first in file order; never chosen by its rights. */
  #preferred(contexts: readonly KubeContext[]): KubeContext | undefined {
    const { clusters } = this.#deps.settings;
    return (
      contexts.find((context) => clusters.includes(context.rawName)) ??
      contexts.find((context) => clusters.length > 0 && matchesAny(clusters, context.rawName)) ??
      contexts.find((context) => context.rawName === this.#currentContext) ??
      contexts[0]
    );
  }

  #name(member: Member): void {
    const { unit, contexts } = member;
    const names = [...new Set(contexts.flatMap((context) => [context.name, context.rawName]))];
    const own = unit.context;
    member.rule = clusterSettings({ ...defaultConfig, clusters: this.#deps.settings.rules }, [
      ...new Set([own.name, own.rawName, ...names]),
    ]);
    unit.face.name = sanitise(member.rule.alias ?? own.name);
    unit.face.names = [unit.face.name, ...names.filter((name) => name !== unit.face.name)];
    unit.face.role = this.#roleOf(member);
    unit.face.stage = sanitise(member.rule.stage ?? '');
  }

  #roleOf({ unit, rule }: Member): ClusterSummary['role'] {
    if (rule.role !== undefined) return rule.role;
    if (unit.roleHint !== null && isRole(unit.roleHint)) return unit.roleHint;
    return roleOfName(unit.face.name);
  }

  /** The hue that the configuration or an earlier run gave; null: none did. */
  #fixedHue({ unit, rule }: Member): number | null {
    if (rule.hue !== undefined) return rule.hue - 1;
    const { hues } = this.#deps.settings;
    const key = [unit.uid, unit.face.id].find((name) => name !== null && Object.hasOwn(hues, name));
    return key == null ? null : (hues[key] ?? null);
  }

  #hues(but: Member): ReadonlySet<number> {
    return new Set([...this.#members.values()].filter((member) => member !== but).map((member) => member.hue));
  }

  #namespacesOf(unit: ClusterUnit): readonly string[] {
    const member = this.#members.get(unit.face.id);
    const scoped = this.#scope.namespaces.filter((name) => !/[*?]/.test(name));
    return [...this.#deps.settings.namespaces, ...(member?.rule.namespaces ?? []), ...scoped];
  }

  #phase(unit: ClusterUnit): void {
    const { book, log } = this.#deps;
    if (log.isOn) log.write('cluster', { cluster: unit.face.name, phase: JSON.stringify(unit.phase) });
    if (unit.phase.phase === 'parked') book.forget(unit.face.id);
    book.set('cluster', clusterTarget(unit.face), clusterFindings(unit.phase));
    this.#deps.onLook(unit);
    this.#deps.onChange();
  }

  /** Two contexts with one kube-system are one cluster: the preferred identity stays, the other becomes a choice. */
  #learnUid(unit: ClusterUnit, uid: string): void {
    const member = this.#members.get(unit.face.id);
    if (member === undefined) return;
    unit.face.role = this.#roleOf(member);
    member.hue = this.#fixedHue(member) ?? hueOf(uid, this.#hues(member));
    const twin = [...this.#members.values()].find((other) => other !== member && other.unit.uid === uid);
    if (twin !== undefined) this.#fold(member, twin);
    this.#deps.onChange();
  }

  #fold(a: Member, b: Member): void {
    const [stays, goes] =
      this.#preferred([...this.#inFileOrder(a, b)].map((m) => m.unit.context)) === a.unit.context ? [a, b] : [b, a];
    const gone = goes.unit.face.id;
    stays.contexts = [...stays.contexts, ...goes.contexts];
    this.#folded.set(gone, stays.unit.face.id);
    for (const [from, to] of this.#folded) if (to === gone) this.#folded.set(from, stays.unit.face.id);
    this.#remove(gone);
    this.#name(stays);
    this.#deps.onRenamed();
  }

  #inFileOrder(a: Member, b: Member): readonly Member[] {
    const order = [...this.#members.values()];
    return order.indexOf(a) < order.indexOf(b) ? [a, b] : [b, a];
  }

  #isNamedBy(scope: Scope, unit: ClusterUnit): boolean {
    return scope.clusters.length > 0 && includesCluster(scope, unit.face.names);
  }

  #summary(member: Member, book: ProblemBook): ClusterSummary {
    const { unit, contexts, hue, rule } = member;
    return summaryOf({
      unit,
      contexts,
      role: this.#roleOf(member),
      hue,
      isProtected: rule.protected === true,
      problems: book.count(unit.face.id),
    });
  }
}
