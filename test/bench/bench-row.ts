// One figure of a benchmark beside its budget and its peer measured in the same run.

export type BenchRow = {
  /** Line of the budgets: `start`, `keys`, `frame cost` … */
  readonly area: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** The most it may be; null: told, not judged. */
  readonly budget: number | null;
  readonly peer?: Peer;
  /** More peers of the same run. */
  readonly others?: readonly Peer[];
};

export type Peer = { readonly name: string; readonly value: number };

/** The middle of several runs. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The value below which `share` of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
