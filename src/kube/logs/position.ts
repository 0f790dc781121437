// Where a log was left, exactly: the lines of the last second or two as hashes in their order. The server can go back by
// whole seconds only, so a resumed stream repeats some lines, and out of those we tell which are new.

export type Verdict =
  /** Was shown before. */
  | 'seen'
  /** Comes after all that was shown. */
  | 'new'
  /** Not known, although known lines should come first: hold it until more has come. */
  | 'unsure';

export interface LogPosition {
  /** Whole seconds since the epoch to ask from; null when nothing was seen. */
  readonly since: number | null;
  readonly lastHash: number | null;
  /** A complete line was shown. `second` is null for a line without a time. */
  shown(second: number | null, hash: number): void;
  /** A stream begins that repeats everything from `since` on. */
  resume(): void;
  judge(hash: number): Verdict;
  /** Whether a line that was shown has come again; without it nothing proves that none is missing. */
  readonly hasOverlap: boolean;
  /** From here on every line is new. */
  catchUp(): void;
  reset(): void;
}

/** Lines of a node may be written slightly out of order; one second more makes up for it. */
const marginSeconds = 1;
/** 4 MB of hashes: a million lines in two seconds is beyond any kubelet. */
const most = 1 << 20;

export function newLogPosition(): LogPosition {
  let seconds: number[] = [];
  let hashes: number[] = [];
  // Forgotten entries at the front, cut off in bulk.
  let from = 0;
  let latest = Number.NEGATIVE_INFINITY;
  let expected: readonly number[] = [];
  let at = 0;
  let matched = 0;

  const since = (): number => latest - marginSeconds;
  const forget = (): void => {
    while (from < hashes.length && ((seconds[from] ?? 0) < since() || hashes.length - from > most)) from++;
    if (from < 4096 || from * 2 < hashes.length) return;
    seconds = seconds.slice(from);
    hashes = hashes.slice(from);
    from = 0;
  };

  return {
    get since() {
      return latest === Number.NEGATIVE_INFINITY ? null : since();
    },
    get lastHash() {
      return hashes.length > from ? (hashes.at(-1) ?? null) : null;
    },
    shown(second, hash) {
      if (second === null) return;
      seconds.push(second);
      hashes.push(hash);
      if (second <= latest) return;
      latest = second;
      forget();
    },
    resume() {
      const wanted = since();
      expected = hashes.slice(from).filter((_hash, i) => (seconds[from + i] ?? 0) >= wanted);
      at = 0;
      matched = 0;
    },
    judge(hash) {
      if (at >= expected.length) return 'new';
      // Lines may be missing at the front (the file was rotated), so the search goes on to the end.
      const found = expected.indexOf(hash, at);
      if (found === -1) return 'unsure';
      at = found + 1;
      matched++;
      return 'seen';
    },
    get hasOverlap() {
      return matched > 0 || expected.length === 0;
    },
    catchUp() {
      at = expected.length;
    },
    reset() {
      seconds = [];
      hashes = [];
      from = 0;
      latest = Number.NEGATIVE_INFINITY;
      expected = [];
      at = 0;
    },
  };
}
