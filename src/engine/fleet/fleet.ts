// The fleet: contexts become clusters, clusters are connected or parked, and contexts that prove to reach the same
// cluster are folded into one.
import type { ClusterSummary } from '../../core/cluster.ts';
import { type ClusterRule, clusterSettings, defaultConfig } from '../../config/config.ts';
import { matchesAny } from '../../core/glob.ts';
import type { ClusterId } from '../../core/ids.ts';
import { everything, type Scope } from '../../core/query.ts';
import { cell as sanitise } from '../../core/sanitise.ts';
import { includesCluster } from '../../core/scope.ts';
import type { KubeContext } from '../../kube/context.ts';
import { loginIdentity } from '../../kube/login.ts';
import type { DebugLog } from '../../telemetry/debug-log.ts';
import type { FleetView } from '../../protocol/engine.ts';
import type { ProblemBook } from '../problems/book.ts';
import type { EngineSettings } from '../settings.ts';
import type { ClusterFace } from '../tables/stored-row.ts';
import { clusterFindings, clusterTarget } from './cluster-problems.ts';
import { ClusterUnit, type UnitDeps } from './cluster-unit.ts';
import { hueOf, isRole, roleOfName } from './naming.ts';
import { toConnect } from './parking.ts';
import { coverageOf, summaryOf } from './summary.ts';

export type FleetDeps = Omit<UnitDeps, 'namespaces' | 'onPhase' | 'onFreshness' | 'onSummary' | 'onUid'> & {
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

export class Fleet implements Disposable {
  readonly #deps: FleetDeps;
  readonly #members = new Map<ClusterId, Member>();
  /** Ids of clusters that turned out to be another one. */
  readonly #folded = new Map<ClusterId, ClusterId>();
  readonly #currentContext: string | null;
  #scope: Scope = everything;

  constructor(contexts: readonly KubeContext[], currentContext: string | null, deps: FleetDeps) {
    this.#deps = deps;
    this.#currentContext = currentContext;
    for (const [id, list] of Map.groupBy(contexts, (context) => context.cluster)) this.#add(id, list);
  }

  /** Connects what is to be connected by itself. */
  start(): void {
    const { settings } = this.#deps;
    const candidates = Array.from(this.#members, ([id, { unit, contexts }]) => ({
      id,
      isNamed: settings.clusters.length > 0 && unit.face.names.some((name) => matchesAny(settings.clusters, name)),
      isScoped: this.#isNamedBy(this.#scope, unit),
      wasInScope: settings.lastScope !== null && this.#isNamedBy(settings.lastScope, unit),
      isCurrent: contexts.some((context) => context.rawName === this.#currentContext),
    }));
    this.connect(toConnect(candidates, settings.connectLimit));
    this.#deps.onChange();
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
    ids.forEach((id, i) => {
      const unit = this.unit(id);
      if (unit === undefined || unit.isConnected) return;
      const wait = i < atOnce ? 0 : (i - atOnce + this.#deps.random()) * spreadMs;
      unit.connect(wait);
      this.#deps.onConnected(unit);
    });
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

  #add(id: ClusterId, contexts: KubeContext[]): void {
    const active = this.#preferred(contexts);
    if (active === undefined) return;
    const face: ClusterFace = { id, name: active.name, names: [], role: 'unknown', isStale: true, lastHeard: null };
    const unit = new ClusterUnit(face, active, {
      ...this.#deps,
      namespaces: (asking) => this.#namespacesOf(asking),
      onPhase: (changed) => this.#phase(changed),
      onFreshness: (changed) => this.#deps.onLook(changed),
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
  }

  #roleOf({ unit, rule }: Member): ClusterSummary['role'] {
    if (rule.role !== undefined) return rule.role;
    if (unit.roleHint !== null && isRole(unit.roleHint)) return unit.roleHint;
    return roleOfName(unit.face.name);
  }

  /** The hue that the configuration or an earlier run gave; null: none did. */
  #fixedHue({ unit, rule }: Member): number | null {
    if (rule.hue !== undefined) return rule.hue - 1;
    return this.#deps.settings.hues[unit.face.name] ?? null;
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
    const { book, clock, log } = this.#deps;
    if (log.isOn) log.write('cluster', { cluster: unit.face.name, phase: JSON.stringify(unit.phase) });
    if (unit.phase.phase === 'parked') book.forget(unit.face.id);
    book.set('cluster', clusterTarget(unit.face), clusterFindings(unit.phase, clock.now()));
    this.#deps.onLook(unit);
    this.#deps.onChange();
  }

  /** Two contexts with one kube-system are one cluster: the preferred identity stays, the other becomes a choice. */
  #learnUid(unit: ClusterUnit, uid: string): void {
    const member = this.#members.get(unit.face.id);
    if (member === undefined) return;
    unit.face.role = this.#roleOf(member);
    if (this.#fixedHue(member) === null) member.hue = hueOf(uid, this.#hues(member));
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
    this.#members.delete(gone);
    goes.unit[Symbol.dispose]();
    this.#deps.book.forget(gone);
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
