// The order in which merged lines are shown: by time, then stream, then arrival. New lines go to the end, a late one
// where it belongs among the newest; one that is later than that stands where it came in.
import type { LineHandle, LogRing } from './ring.ts';

/** How far back from the end a late line is put in its place. */
const lateReach = 2000;

/** A list of handles in shown order, whose positions count what has been dropped from its head. */
export class LineOrder {
  readonly #ring: LogRing;
  #handles: LineHandle[] = [];
  #head = 0;
  #gone = 0;

  /** `start` is the position of the first line that is inserted: as many lines can be put before it. */
  constructor(ring: LogRing, start = 0) {
    this.#ring = ring;
    this.#gone = start;
  }

  /** Position of the oldest line that is kept. */
  get first(): number {
    return this.#gone;
  }

  /** Position after the newest line. */
  get end(): number {
    return this.#gone + this.#handles.length - this.#head;
  }

  /** Puts a line where it belongs; returns its position. */
  insert(handle: LineHandle): number {
    const handles = this.#handles;
    const time = this.#ring.time(handle);
    let at = handles.length;
    const floor = Math.max(this.#head, at - lateReach);
    // A line without a time stays behind the line it came after.
    if (!Number.isNaN(time)) while (at > floor && this.#isAfter(handles[at - 1] ?? 0, time)) at--;
    // Its place is out of reach: anywhere between would be as wrong, and nobody would see it there.
    if (at === floor && floor > this.#head && this.#isAfter(handles[at - 1] ?? 0, time)) at = handles.length;
    if (at === handles.length) handles.push(handle);
    else handles.splice(at, 0, handle);
    return this.#gone + at - this.#head;
  }

  /** Puts a line at the end, whatever its time. */
  append(handle: LineHandle): number {
    this.#handles.push(handle);
    return this.end - 1;
  }

  /** Puts lines before the first; positions of the others stay. */
  prepend(older: readonly LineHandle[]): void {
    const count = older.length;
    if (this.#head < count) {
      const kept = this.#handles.slice(this.#head);
      this.#head = Math.max(count, kept.length);
      this.#handles = [...Array.from({ length: this.#head }, () => 0), ...kept];
    }
    this.#head -= count;
    this.#gone -= count;
    for (let i = 0; i < count; i++) this.#handles[this.#head + i] = older[i] ?? 0;
  }

  /** Handles of positions `from` to `to` (exclusive), cut to what is kept. */
  slice(from: number, to: number): readonly LineHandle[] {
    const start = Math.max(from, this.first) - this.#gone + this.#head;
    return this.#handles.slice(start, Math.max(start, to - this.#gone + this.#head));
  }

  /** Forgets lines whose slab is gone. */
  trim(): void {
    const oldest = this.#ring.oldest;
    const handles = this.#handles;
    while (this.#head < handles.length && (handles[this.#head] ?? 0) < oldest) this.#drop();
    // Late lines may stand behind younger ones whose slab is kept: those near the head are looked at too.
    const reach = Math.min(handles.length, this.#head + lateReach);
    for (let i = this.#head; i < reach; i++) {
      if ((handles[i] ?? 0) < oldest) {
        handles.copyWithin(this.#head + 1, this.#head, i);
        this.#drop();
      }
    }
    if (this.#head > 4096 && this.#head * 4 > handles.length) {
      this.#handles = handles.slice(this.#head);
      this.#head = 0;
    }
  }

  #drop(): void {
    this.#head++;
    this.#gone++;
  }

  #isAfter(handle: LineHandle, time: number): boolean {
    return this.#ring.time(handle) > time;
  }
}
