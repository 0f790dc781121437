// How much is logged: lines per second now, and lines per ten seconds with the worst level, for the strip over the list.
import type { LogLevel, LogWindow } from '../../core/log-line.ts';
import { logLevels } from './level.ts';

const bucketMs = 10_000;
const mostBuckets = 90;
const rateSeconds = 5;

type Bucket = { count: number; worst: number };

export class LogRates {
  readonly #buckets = new Map<number, Bucket>();
  readonly #seconds = new Map<number, number>();
  #newest = 0;

  /** A line of this time came in now. */
  add(time: number, level: LogLevel, now: number): void {
    const second = Math.floor(now / 1000);
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + 1);
    if (this.#seconds.size > rateSeconds + 2)
      for (const at of this.#seconds.keys()) if (at < second - rateSeconds) this.#seconds.delete(at);
    const key = Math.floor((Number.isNaN(time) ? now : time) / bucketMs);
    const rank = logLevels.indexOf(level);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (key < this.#newest - mostBuckets) return;
      this.#buckets.set(key, { count: 1, worst: rank });
      this.#newest = Math.max(this.#newest, key);
      for (const old of this.#buckets.keys()) if (old < this.#newest - mostBuckets) this.#buckets.delete(old);
    } else {
      bucket.count++;
      if (rank > bucket.worst) bucket.worst = rank;
    }
  }

  /** Lines per second over the last whole seconds. */
  perSecond(now: number): number {
    const second = Math.floor(now / 1000);
    let sum = 0;
    for (const [at, count] of this.#seconds) if (at < second && at >= second - rateSeconds) sum += count;
    return Math.round(sum / rateSeconds);
  }

  /** Oldest first, without holes. */
  histogram(): LogWindow['histogram'] {
    if (this.#buckets.size === 0) return [];
    const first = Math.min(...this.#buckets.keys());
    return Array.from({ length: this.#newest - first + 1 }, (_, i) => {
      const bucket = this.#buckets.get(first + i);
      return { count: bucket?.count ?? 0, level: logLevels[bucket?.worst ?? 0] ?? 'unknown' };
    });
  }
}
