// Orders lines of several streams by time within a short window: each line waits until every other stream has had the
// time to send what is older. A stream that is silent holds nobody up longer than the window.
import type { LogLine } from '../../core/log-line.ts';

/** What a mark says. */
export type MarkName = Extract<LogLine, { type: 'mark' }>['mark'];

export type Held = {
  readonly time: number;
  readonly stream: number;
  readonly text: string;
  readonly arrived: number;
  /** Something about the stream and not a line of it. */
  readonly mark?: MarkName;
};

/** How long a line waits for older ones of other streams, in milliseconds. */
export const holdBackMs = 300;

/** A heap of lines by time, then stream, then arrival. */
export class HoldBack {
  #heap: (Held & { readonly sequence: number })[] = [];
  /** Time and arrival of what waits, in order of arrival. */
  #arrivals: { readonly time: number; readonly arrived: number }[] = [];
  #sequence = 0;
  #released = Number.NEGATIVE_INFINITY;

  get size(): number {
    return this.#heap.length;
  }

  add(line: Held): void {
    const heap = this.#heap;
    this.#arrivals.push({ time: line.time, arrived: line.arrived });
    heap.push({ ...line, sequence: this.#sequence++ });
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#less(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /**
   * Takes out what has waited long enough and everything older than that, oldest first; `isLate` is true for what is
   * older than a line that was released before. A stream whose clock is behind delays nobody: whatever has waited goes.
   */
  release(now: number, give: (line: Held, isLate: boolean) => void): void {
    let due = 0;
    let upTo = Number.NEGATIVE_INFINITY;
    for (const { time, arrived } of this.#arrivals) {
      if (arrived > now - holdBackMs) break;
      upTo = Math.max(upTo, time);
      due++;
    }
    if (due === 0) return;
    this.#arrivals = this.#arrivals.slice(due);
    for (;;) {
      const top = this.#heap[0];
      if (!top || top.time > upTo) return;
      this.#pop();
      give(top, top.time < this.#released);
      this.#released = Math.max(this.#released, top.time);
    }
  }

  /** Everything, in order, without waiting: at the end of a stream set. */
  flush(give: (line: Held, isLate: boolean) => void): void {
    this.release(Number.POSITIVE_INFINITY, give);
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < heap.length && this.#less(left, least)) least = left;
      if (right < heap.length && this.#less(right, least)) least = right;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #less(i: number, j: number): boolean {
    const a = this.#heap[i];
    const b = this.#heap[j];
    if (!a || !b) return false;
    if (a.time !== b.time) return a.time < b.time;
    return a.stream !== b.stream ? a.stream < b.stream : a.sequence < b.sequence;
  }

  #swap(i: number, j: number): void {
    const heap = this.#heap;
    const a = heap[i];
    const b = heap[j];
    if (!a || !b) return;
    heap[i] = b;
    heap[j] = a;
  }
}
