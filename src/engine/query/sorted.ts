// A sorted list that is kept sorted at the cost of what changed, not of its length.

/** Below this many changes each is looked up; above it one pass over the list is cheaper. */
const few = 32;

export class Sorted<T> {
  items: T[] = [];
  #order: (a: T, b: T) => number;

  constructor(order: (a: T, b: T) => number) {
    this.#order = order;
  }

  /** Sorts anew. */
  reset(items: T[], order = this.#order): void {
    this.#order = order;
    this.items = items.sort(order);
  }

  /**
   * Takes out and puts in; what was not in the list is not missed. Returns what was really taken out. The order must
   * rank removed items where it ranked them when they came in.
   */
  apply(removed: ReadonlySet<T>, added: readonly T[]): readonly T[] {
    const gone = removed.size === 0 ? [] : removed.size <= few ? this.#takeFew(removed) : this.#takeMany(removed);
    if (added.length === 0) return gone;
    if (added.length <= few) for (const item of added) this.items.splice(this.#place(item), 0, item);
    else this.#merge([...added].sort(this.#order));
    return gone;
  }

  #takeFew(removed: ReadonlySet<T>): readonly T[] {
    const gone: T[] = [];
    for (const item of removed) {
      const at = this.indexOf(item);
      if (at < 0) continue;
      this.items.splice(at, 1);
      gone.push(item);
    }
    return gone;
  }

  #takeMany(removed: ReadonlySet<T>): readonly T[] {
    const gone: T[] = [];
    this.items = this.items.filter((item) => {
      const stays = !removed.has(item);
      if (!stays) gone.push(item);
      return stays;
    });
    return gone;
  }

  #merge(added: readonly T[]): void {
    const { items } = this;
    const out: T[] = [];
    let i = 0;
    let j = 0;
    const total = items.length + added.length;
    for (let k = 0; k < total; k++) {
      const a = items[i];
      const b = added[j];
      if (b === undefined || (a !== undefined && this.#order(a, b) <= 0)) {
        out.push(a as T);
        i++;
      } else {
        out.push(b);
        j++;
      }
    }
    this.items = out;
  }

  /** Position of an item, -1 when it is not in the list. */
  indexOf(item: T): number {
    const at = this.#place(item);
    if (this.items[at] === item) return at;
    // Order by a name that was changed in place (a cluster's) can have moved it.
    return this.items[at - 1] === item ? at - 1 : this.items.indexOf(item);
  }

  #place(item: T): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.items[middle];
      if (there !== undefined && this.#order(there, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
