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

type Waiting = { readonly line: Held; readonly sequence: number };

/** How long a line waits for older ones of other streams, in milliseconds. */
export const holdBackMs = 300;
/** About what a waiting line takes beside its text. */
const lineBytes = 200;

/** A heap of lines by time, then stream, then arrival. */
export class HoldBack {
  readonly #holdMs: number;
  readonly #heap: Waiting[] = [];
  /** What waits and a little of what has gone, in order of arrival. */
  #arrivals: Held[] = [];
  #firstArrival = 0;
  #sequence = 0;
  #bytes = 0;
  /** Everything up to this time is on its way out. */
  #dueTo = Number.NEGATIVE_INFINITY;
  #released = Number.NEGATIVE_INFINITY;

  constructor(holdMs = holdBackMs) {
    this.#holdMs = holdMs;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** About how much memory the waiting lines take. */
  get bytes(): number {
    return this.#bytes;
  }

  add(line: Held): void {
    const heap = this.#heap;
    this.#arrivals.push(line);
    this.#bytes += line.text.length + lineBytes;
    heap.push({ line, sequence: this.#sequence++ });
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#less(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /**
   * Takes out what has waited long enough or is not younger than `inOrderTo`, and everything older, oldest first; `isLate` is true for what is
   * older than a line that was released before. A stream whose clock is behind delays nobody: whatever has waited goes.
   * False: `mayGoOn`, asked before each line, said no before everything that is due was out.
   */
  release(
    now: number,
    inOrderTo: number,
    give: (line: Held, isLate: boolean) => void,
    mayGoOn: () => boolean = () => true,
  ): boolean {
    this.#noteDue(now);
    this.#dueTo = Math.max(this.#dueTo, inOrderTo);
    for (;;) {
      const top = this.#heap[0]?.line;
      if (!top || top.time > this.#dueTo) break;
      if (!mayGoOn()) return false;
      this.#pop();
      this.#bytes -= top.text.length + lineBytes;
      give(top, top.time < this.#released);
      this.#released = Math.max(this.#released, top.time);
    }
    this.#dueTo = Number.NEGATIVE_INFINITY;
    return true;
  }

  #noteDue(now: number): void {
    const arrivals = this.#arrivals;
    let first = this.#firstArrival;
    for (; first < arrivals.length; first++) {
      const line = arrivals[first];
      if (!line || line.arrived > now - this.#holdMs) break;
      this.#dueTo = Math.max(this.#dueTo, line.time);
    }
    this.#firstArrival = first;
    if (first * 2 < arrivals.length) return;
    this.#arrivals = arrivals.slice(first);
    this.#firstArrival = 0;
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
    if (a.line.time !== b.line.time) return a.line.time < b.line.time;
    return a.line.stream !== b.line.stream ? a.line.stream < b.line.stream : a.sequence < b.sequence;
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
