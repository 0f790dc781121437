// All problems of the fleet. Findings wait here for their time (`activeAt`) and leave when it is over (`until`).
import type { Clock } from '../../platform/clock.ts';
import type { ClusterId } from '../../core/ids.ts';
import type { Finding } from '../../core/problem.ts';
import type { FindingTarget } from '../tables/feed.ts';
import { ownTime, serverTime } from '../tables/stored-row.ts';
import { Table } from '../tables/table.ts';
import { PausedProblems } from './paused-problems.ts';
import { cleanFinding, foldKey, ProblemRow, problemShape } from './problem-row.ts';

type Entry = { readonly target: FindingTarget; findings: readonly Finding[]; rows: ProblemRow[] };

export class ProblemBook {
  readonly table = new Table(problemShape);
  readonly #clusters = new Map<ClusterId, ClusterProblems>();
  readonly #clock: Clock;
  readonly #onChange: (cluster: ClusterId) => void;

  constructor(clock: Clock, onChange: (cluster: ClusterId) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /**
   * What is wrong with an object, by one finder (a resource's own rules, or one join rule). Replaces what that finder
   * said of it before; nothing found removes it.
   */
  set(finder: string, target: FindingTarget, findings: readonly Finding[]): void {
    this.#of(target.source.face.id).set(`${finder}|${target.uid}`, target, findings);
  }

  /** Replaces everything that one finder said in a cluster. */
  replace(cluster: ClusterId, finder: string, found: readonly { target: FindingTarget; finding: Finding }[]): void {
    const of = this.#of(cluster);
    const next = Map.groupBy(found, ({ target }) => `${finder}|${target.uid}`);
    for (const key of of.keysOf(finder)) if (!next.has(key)) of.drop(key);
    for (const [key, list] of next) {
      const [first] = list;
      if (first !== undefined)
        of.set(
          key,
          first.target,
          list.map((f) => f.finding),
        );
    }
  }

  /** Our clock and the cluster's server differ by something else: whose time it is is decided anew. */
  retime(cluster: ClusterId): void {
    this.#clusters.get(cluster)?.retime();
  }

  /** Forgets a cluster: it is parked, or its identity changed. */
  forget(cluster: ClusterId): void {
    const of = this.#clusters.get(cluster);
    if (of === undefined) return;
    of[Symbol.dispose]();
    this.table.remove(cluster, of);
    this.#clusters.delete(cluster);
  }

  /** The active problems of a cluster. */
  of(cluster: ClusterId): Iterable<ProblemRow> {
    return this.#clusters.get(cluster)?.rows.values() ?? [];
  }

  /** Distinct problems of a cluster, as the strip counts them. */
  count(cluster: ClusterId): { readonly fail: number; readonly warn: number } {
    const seen = new Map<string, number>();
    for (const row of this.of(cluster)) {
      const key = foldKey(row);
      seen.set(key, Math.min(seen.get(key) ?? row.rank, row.rank));
    }
    const ranks = [...seen.values()];
    return { fail: ranks.filter((r) => r === 0).length, warn: ranks.filter((r) => r === 1).length };
  }

  /** All problems behind a folded row. */
  *folded(key: string): Generator<ProblemRow> {
    for (const of of this.#clusters.values()) for (const row of of.rows.values()) if (foldKey(row) === key) yield row;
  }

  #of(cluster: ClusterId): ClusterProblems {
    let of = this.#clusters.get(cluster);
    if (of === undefined) {
      of = new ClusterProblems(this.#clock, (old, next) => {
        this.table.changed(old, next);
        this.#onChange(cluster);
      });
      this.#clusters.set(cluster, of);
      this.table.add(cluster, of);
    }
    return of;
  }
}

/** Problems of one cluster, and the timer of the next one that begins or ends. */
class ClusterProblems implements Disposable {
  readonly rows = new Map<string, ProblemRow>();
  readonly #entries = new Map<string, Entry>();
  readonly #paused = new PausedProblems();
  /** Keys of entries of which something begins or ends by itself. */
  readonly #timed = new Set<string>();
  readonly #clock: Clock;
  readonly #changed: (old: ProblemRow | null, next: ProblemRow | null) => void;
  #timer: Disposable | null = null;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, changed: (old: ProblemRow | null, next: ProblemRow | null) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  keysOf(finder: string): readonly string[] {
    return [...this.#entries.keys()].filter((key) => key.startsWith(`${finder}|`));
  }

  set(key: string, target: FindingTarget, findings: readonly Finding[]): void {
    if (findings.length === 0) return this.drop(key);
    const clean = findings.map(cleanFinding);
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.target.app === target.app && isSame(entry.findings, clean)) return;
    const next: Entry = { target, findings: clean, rows: entry?.rows ?? [] };
    this.#entries.set(key, next);
    this.#show(key, next);
  }

  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#timed.delete(key);
    for (const row of entry.rows) this.#put(key, row, null);
  }

  retime(): void {
    for (const [key, entry] of this.#entries) this.#show(key, entry);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    for (const key of this.#entries.keys()) this.drop(key);
  }

  /** Brings rows in line with findings whose time it is. */
  #show(key: string, entry: Entry): void {
    // Findings come from objects and have the times of the server's clock.
    const now = serverTime(entry.target.source.face, this.#clock.now());
    const active = entry.findings.filter(
      (f) => (f.activeAt ?? 0) <= now && now < (f.until ?? Number.POSITIVE_INFINITY),
    );
    const before = new Map(entry.rows.map((row) => [row.uid, row]));
    // Several of one cause in one object (two containers that crash alike) are one problem: the worst and first.
    const rows = new Map<string, ProblemRow>();
    for (const finding of active) {
      const row = this.#lasting(before, new ProblemRow(entry.target, finding));
      const other = rows.get(row.uid);
      if (other === undefined || row.rank < other.rank) rows.set(row.uid, row);
    }
    entry.rows = Array.from(rows.values(), (row) => {
      const old = before.get(row.uid);
      before.delete(row.uid);
      if (old !== undefined && old.app === row.app && isSame([old.finding], [row.finding])) return old;
      this.#put(key, old ?? null, row);
      return row;
    });
    for (const old of before.values()) this.#put(key, old, null);
    this.#schedule(key, entry);
  }

  /**
   * What has been wrong without a break began when it was first found: a container that crashes again and again gives
   * each crash its own time.
   */
  #lasting(before: ReadonlyMap<string, ProblemRow>, row: ProblemRow): ProblemRow {
    const since = before.get(row.uid)?.finding.since ?? this.#paused.since(row.uid, this.#clock.now());
    if (since === undefined || since >= row.finding.since) return row;
    return new ProblemRow(row.target, { ...row.finding, since });
  }

  #put(key: string, old: ProblemRow | null, next: ProblemRow | null): void {
    if (old !== null) this.rows.delete(`${key}|${old.uid}`);
    if (next !== null) this.rows.set(`${key}|${next.uid}`, next);
    else if (old !== null) this.#paused.remember(old.uid, old.finding.since, this.#clock.now());
    this.#changed(old, next);
  }

  #schedule(key: string, entry: Entry): void {
    const now = this.#clock.now();
    const at = nextTime(entry, now);
    if (at === Number.POSITIVE_INFINITY) {
      this.#timed.delete(key);
      return;
    }
    this.#timed.add(key);
    if (at >= this.#dueAt) return;
    this.#arm(at, now);
  }

  #arm(at: number, now: number): void {
    this.#timer?.[Symbol.dispose]();
    this.#dueAt = at;
    this.#timer = this.#clock.after(Math.min(at - now, longestTimer), () => this.#due());
  }

  #due(): void {
    this.#timer = null;
    this.#dueAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const key of this.#timed) {
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      this.#show(key, entry);
      next = Math.min(next, nextTime(entry, now));
    }
    if (next < this.#dueAt) this.#arm(next, now);
  }
}

/** setTimeout takes no more than 2^31 ms; a day is often enough to look again. */
const longestTimer = 86_400_000;

/** When something of an entry begins or ends next, by our clock. */
function nextTime({ findings, target }: Entry, ownNow: number): number {
  const { face } = target.source;
  const now = serverTime(face, ownNow);
  let next = Number.POSITIVE_INFINITY;
  for (const { activeAt, until } of findings) {
    if (activeAt !== undefined && activeAt > now) next = Math.min(next, activeAt);
    else if (until !== undefined && until > now) next = Math.min(next, until);
  }
  return ownTime(face, next);
}

const isSame = (a: readonly Finding[], b: readonly Finding[]): boolean =>
  a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
