// Rules over several objects of one cluster: run again when what they read changed, at most once a second, and only when
// all of it was read or is known to be missing.
import type { Clock } from '../../platform/clock.ts';
import type { Fact, JoinRule } from '../../plugin-api/plugin.ts';
import type { ClusterData } from '../tables/cluster-data.ts';
import type { RunPlugin } from '../tables/feed.ts';
import { type ClusterFace, serverTime, StoredRow } from '../tables/stored-row.ts';
import type { ProblemBook } from './book.ts';

/** A rule with what runs it under its plugin's name. */
export type OwnedRule = { readonly rule: JoinRule; readonly run: RunPlugin };

const settled = new Set(['complete', 'partial', 'denied', 'absent']);
const everyMs = 1_000;

/** The join rules of one cluster. */
export class Joins implements Disposable {
  readonly #rules: readonly OwnedRule[];
  readonly #data: ClusterData;
  readonly #book: ProblemBook;
  readonly #face: ClusterFace;
  readonly #clock: Clock;
  readonly #dirty = new Set<OwnedRule>();
  /** Resources whose rules are marked already. */
  readonly #noted = new Set<string>();
  #timer: Disposable | null = null;
  #ranAt = Number.NEGATIVE_INFINITY;

  constructor(face: ClusterFace, rules: readonly OwnedRule[], data: ClusterData, book: ProblemBook, clock: Clock) {
    this.#face = face;
    this.#rules = rules;
    this.#data = data;
    this.#book = book;
    this.#clock = clock;
  }

  /** An object of a resource changed, or what is known of the resource. */
  note(resource: string): void {
    if (this.#noted.has(resource)) return;
    // Thousands of rows of one resource in a burst are one change to the rules that read it.
    this.#noted.add(resource);
    const over = this.#rules.filter(({ rule }) => rule.over.includes(resource));
    for (const owned of over) this.#dirty.add(owned);
    if (over.length === 0 || this.#timer !== null) return;
    const wait = Math.max(gatherMs, this.#ranAt + everyMs - this.#clock.now());
    this.#timer = this.#clock.after(wait, () => this.#run());
  }

  /** Time is another one: every rule looks again. */
  noteAll(): void {
    for (const { rule } of this.#rules) for (const resource of rule.over) this.note(resource);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    this.#dirty.clear();
    this.#noted.clear();
  }

  #run(): void {
    this.#timer = null;
    this.#ranAt = this.#clock.now();
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    this.#noted.clear();
    for (const { rule, run } of dirty) {
      const finder = `join:${rule.id}`;
      const states = rule.over.map((resource) => this.#data.knowledge.get(resource) ?? 'absent');
      // A watch that is in its first sync or that was closed: what was found before is not known to hold.
      if (states.includes('closed')) this.#book.replace(this.#face.id, finder, []);
      if (!states.every((state) => settled.has(state))) continue;
      const found = run(() => rule.find(this.#data, { now: serverTime(this.#face, this.#clock.now()) }));
      if (found === undefined) continue;
      const targets = found.flatMap(({ about, finding }) => {
        const row = this.#rowOf(rule, about);
        return row === undefined ? [] : [{ target: row, finding }];
      });
      this.#book.replace(this.#face.id, finder, targets);
    }
  }

  /** Rules return the facts that they were given; a copy is found again by its uid. */
  #rowOf(rule: JoinRule, about: Fact): StoredRow | undefined {
    if (about instanceof StoredRow) return about;
    for (const resource of rule.over) {
      const row = this.#data.byUid(resource, about.uid);
      if (row !== undefined) return row;
    }
    return undefined;
  }
}

/** Changes come in bursts: a short wait lets one run see all of one. */
const gatherMs = 50;
