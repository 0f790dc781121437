// All watches of one cluster: opens what is always wanted, what a pane shows, and what appears with a CRD; closes what
// nobody has looked at for three minutes.
import type { Denial } from '../../core/cluster.ts';
import { resourceName } from '../../core/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Discovery } from '../../kube/discovery/contract.ts';
import type { ClusterData, Knowledge } from '../tables/cluster-data.ts';
import type { Feed } from '../tables/feed.ts';
import type { OwnedDefinition, WantedWatch } from './watch-plan.ts';
import { type SlotDeps, WatchSlot } from './watch-slot.ts';

/** A watch that no pane shows any more stays open this long: people come back. */
export const keepMs = 180_000;

export type WatchesDeps = SlotDeps & {
  readonly clock: Clock;
  readonly definitions: readonly OwnedDefinition[];
  readonly data: ClusterData;
  /** What a cluster with this discovery can watch; clusters that serve the same share it. */
  planOf(discovery: Discovery): readonly WantedWatch[];
  makeFeed(owned: OwnedDefinition, wanted: WantedWatch): Feed;
  /** A feed came or goes, for the tables. */
  onFeed(feed: Feed, isOpen: boolean): void;
  /** What is known of a resource changed. */
  onKnowledge(resource: string): void;
};

export class ClusterWatches implements Disposable {
  readonly #deps: WatchesDeps;
  readonly #slots = new Map<string, WatchSlot>();
  #plan: readonly WantedWatch[] = [];
  /** Tables in sight, with how often they are asked for. */
  readonly #shown = new Map<string, number>();
  readonly #closing = new Map<string, Disposable>();

  constructor(deps: WatchesDeps) {
    this.#deps = deps;
  }

  /** What the server serves is known (anew): watches wake up and fall asleep. */
  setDiscovery(discovery: Discovery): void {
    this.#plan = this.#deps.planOf(discovery);
    const planned = new Set(this.#plan.map((wanted) => wanted.key));
    for (const [key, slot] of this.#slots) if (!planned.has(key) || slot.knowledge === 'absent') this.#close(key);
    for (const wanted of this.#plan)
      if (!this.#slots.has(wanted.key) && (wanted.isAlways || this.#isShown(wanted))) this.#open(wanted);
    this.#learn();
  }

  /** A pane shows a table: its lazy watches open. Disposing closes them after a while. */
  show(table: string): Disposable {
    this.#shown.set(table, (this.#shown.get(table) ?? 0) + 1);
    for (const wanted of this.#plan) {
      if (!feeds(wanted, table)) continue;
      this.#closing.get(wanted.key)?.[Symbol.dispose]();
      this.#closing.delete(wanted.key);
      if (!this.#slots.has(wanted.key)) this.#open(wanted);
    }
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        this.#shown.set(table, Math.max(0, (this.#shown.get(table) ?? 0) - 1));
        this.#closeLater(table);
      },
    };
  }

  addNamespaces(namespaces: readonly string[]): void {
    for (const slot of this.#slots.values()) slot.addNamespaces(namespaces);
  }

  retryNow(): void {
    for (const slot of this.#slots.values()) slot.retryNow();
  }

  /** Ends the rest of what feeds a table: what cannot be watched is listed again. */
  listAgain(table: string): void {
    for (const slot of this.#slots.values()) if (feeds(slot.wanted, table)) slot.retryNow();
  }

  /** What could be watched and is not: nobody has looked at it. */
  get dormant(): readonly WantedWatch[] {
    return this.#plan.filter((wanted) => !this.#slots.has(wanted.key));
  }

  /** Distinct rules that are missing. */
  get denials(): readonly Denial[] {
    const rules = new Map<string, Denial>();
    for (const slot of this.#slots.values()) for (const denial of slot.denials) rules.set(denial.rule, denial);
    return [...rules.values()];
  }

  get namespaces(): readonly string[] {
    return [...new Set([...this.#slots.values()].flatMap((slot) => slot.namespaces))].sort();
  }

  /** Watches that may be read, and how many of them are; what is denied is told apart. */
  get counts(): { readonly synced: number; readonly wanted: number } {
    const known = [...this.#slots.values()]
      .map((slot) => slot.knowledge)
      .filter((k) => k !== 'absent' && k !== 'denied');
    return { synced: known.filter((k) => k === 'complete' || k === 'partial').length, wanted: known.length };
  }

  /** Resources in their first sync. */
  get syncing(): readonly string[] {
    return [...this.#slots.values()]
      .filter((slot) => slot.knowledge === 'syncing')
      .map((slot) => resourceName(slot.wanted.resource));
  }

  /** True when everything that is always wanted is denied, and something is. */
  get isAllDenied(): boolean {
    const known = [...this.#slots.values()].filter((s) => s.wanted.isAlways).map((slot) => slot.knowledge);
    const there = known.filter((k) => k !== 'absent');
    return there.length > 0 && there.every((k) => k === 'denied');
  }

  /** How the watches that feed a table stand; empty when the cluster serves none of their resources. */
  knowledgeOf(table: string): readonly Knowledge[] {
    return this.#plan
      .filter((wanted) => feeds(wanted, table))
      .map((w) => this.#slots.get(w.key)?.knowledge ?? 'closed');
  }

  /** Since when some of what feeds a table does not flow; null when all of it does. */
  staleSince(table: string): number | null {
    const times = [...this.#slots.values()].flatMap((slot) =>
      feeds(slot.wanted, table) ? (slot.staleSince ?? []) : [],
    );
    return times.length === 0 ? null : Math.min(...times);
  }

  denialsOf(table: string): readonly Denial[] {
    return [...this.#slots.values()].filter((slot) => feeds(slot.wanted, table)).flatMap((slot) => slot.denials);
  }

  /** Forgets all rows: the identity changed or the cluster is parked. */
  [Symbol.dispose](): void {
    for (const timer of this.#closing.values()) timer[Symbol.dispose]();
    this.#closing.clear();
    for (const key of this.#slots.keys()) this.#close(key);
    this.#plan = [];
    this.#deps.data.knowledge.clear();
  }

  #isShown(wanted: WantedWatch): boolean {
    return [...this.#shown].some(([table, times]) => times > 0 && feeds(wanted, table));
  }

  #open(wanted: WantedWatch): void {
    const made = wanted.definitions.map((owned) => this.#deps.makeFeed(owned, wanted));
    for (const feed of made) {
      this.#deps.data.add(feed);
      this.#deps.onFeed(feed, true);
    }
    const slot = new WatchSlot(wanted, made, {
      ...this.#deps,
      onStatus: () => {
        this.#learn(resourceName(wanted.resource));
        this.#deps.onStatus();
      },
    });
    this.#slots.set(wanted.key, slot);
    slot.open();
  }

  #close(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    slot[Symbol.dispose]();
    for (const feed of slot.feeds) {
      this.#deps.onFeed(feed, false);
      this.#deps.data.remove(feed);
    }
    this.#learn(resourceName(slot.wanted.resource));
  }

  #closeLater(table: string): void {
    for (const wanted of this.#plan) {
      if (wanted.isAlways || !feeds(wanted, table) || this.#isShown(wanted) || this.#closing.has(wanted.key)) continue;
      const timer = this.#deps.clock.after(keepMs, () => {
        this.#closing.delete(wanted.key);
        if (!this.#isShown(wanted)) this.#close(wanted.key);
      });
      this.#closing.set(wanted.key, timer);
    }
  }

  /** Puts together what the slots know of a resource; without one: of all that rules may ask for. */
  #learn(resource?: string): void {
    const { data } = this.#deps;
    const names =
      resource === undefined ? new Set(this.#deps.definitions.map((d) => resourceName(d.definition))) : [resource];
    for (const name of names) {
      const open = [...this.#slots.values()].filter((slot) => resourceName(slot.wanted.resource) === name);
      const isServed = this.#plan.some((wanted) => resourceName(wanted.resource) === name);
      const next = open.length > 0 ? worstOf(open.map((slot) => slot.knowledge)) : isServed ? 'closed' : 'absent';
      if (data.knowledge.get(name) === next) continue;
      data.knowledge.set(name, next);
      this.#deps.onKnowledge(name);
    }
  }
}

const feeds = (wanted: WantedWatch, table: string): boolean =>
  wanted.definitions.some(({ definition }) => definition.into === table);

const order: readonly Knowledge[] = ['syncing', 'denied', 'partial', 'closed', 'complete', 'absent'];
const worstOf = (all: readonly Knowledge[]): Knowledge => order.find((one) => all.includes(one)) ?? 'absent';
