// Rows and columns: the only shape in which the engine shows objects to the rest of the program.
import type { ClusterId, ObjectRef } from './ids.ts';

/** State of a thing: a glyph first, a colour second. `none` draws no glyph (a row that has no state). */
export type Health = 'ok' | 'busy' | 'warn' | 'fail' | 'info' | 'unknown' | 'none';

/** How bad, for sorting: worst first. */
export const healthRank: Readonly<Record<Health, number>> = {
  fail: 0,
  warn: 1,
  busy: 2,
  unknown: 3,
  info: 4,
  ok: 5,
  none: 6,
};

/** What a cell's value means; the view formats it, the engine sorts by it. */
export type ColumnType =
  | 'text'
  /** The name of the object: bold, cut in the middle. */
  | 'name'
  | 'number'
  /** Milliseconds since the epoch, shown as an age. */
  | 'age'
  /** Milliseconds since the epoch, shown as a clock time. */
  | 'time'
  /** {n, of}: `1/3`. */
  | 'ratio'
  /** {tag, digest}. */
  | 'version'
  /** Bytes. */
  | 'bytes'
  /** Cores. */
  | 'cpu'
  /** Cluster ids: swatch and name each. */
  | 'clusters';

export type Tone = 'text' | 'muted' | 'ok' | 'warn' | 'fail' | 'busy' | 'stale' | 'accent';

/**
 * Words with a tone and, beside them, at most one time that the view keeps current: times are values, so that a row
 * does not change because time goes by. Sorted by `text`.
 * @example { text: 'stuck', tone: 'fail', since } reads `stuck 3m`; { text: 'CrashLoop', tone: 'fail', until } reads
 *   `CrashLoop in 2m`; { text: 'done', tone: 'muted', at } reads `done 12:33`; { text: '', tone: 'busy', progress:
 *   { n: 2, of: 3 }, since } reads `━━━─ 2/3 3m`.
 */
export type TonedText = {
  readonly text: string;
  readonly tone: Tone;
  /** Milliseconds since the epoch; shown as the age behind the words. */
  readonly since?: number;
  /** Milliseconds since the epoch; shown as a count-down behind the words, and left out once it is past. */
  readonly until?: number;
  /** Milliseconds since the epoch; shown as a clock time behind the words. */
  readonly at?: number;
  /** Drawn as a short bar before the words; the words are `n/of` when `text` is empty. */
  readonly progress?: { readonly n: number; readonly of: number };
};

export type Cell =
  | null
  | string
  | number
  | { readonly n: number; readonly of: number }
  | { readonly tag: string; readonly digest: string }
  | TonedText
  | readonly string[];

/** Which end of a text is cut when it does not fit; `never` hides the column instead. */
export type Cut = 'middle' | 'head' | 'end' | 'never';

/** A column of a table. Order in a table's list is the order on the screen; `priority` 0 is the last to be hidden. */
export type Column = {
  readonly id: string;
  /** In capitals, as it stands over the column. */
  readonly title: string;
  readonly type: ColumnType;
  /** Cells of width: least, good, most. `Infinity` as most takes what is left. */
  readonly min: number;
  readonly ideal: number;
  readonly max: number;
  readonly priority: number;
  readonly cut?: Cut;
  /** Not shown unless asked for (kubectl's `-o wide`). */
  readonly wide?: boolean;
};

/** One line of a table as it crosses to the screen. Immutable; a changed row is a new object. */
export type Row = {
  /** Unique in its table, stable while the object lives. */
  readonly key: string;
  /** What the row stands for; null for a row that groups several (an app, a folded problem). */
  readonly ref: ObjectRef | null;
  /** The clusters that the row is about: one for an object, several for a group. */
  readonly clusters: readonly ClusterId[];
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly health: Health;
  /** The sign that stands for more than its health says: not connected, denied. */
  readonly sign?: 'parked' | 'denied';
  /** Its cluster is not live: shown in the stale colour, never as well. For a group: all members are. */
  readonly stale: boolean;
  /** Members of a group whose cluster is not live. */
  readonly staleMembers: number;
  /** 0 for a plain or a group row, 1 for a member below its group. */
  readonly depth: 0 | 1;
  /** A group row: whether its members are shown below it. */
  readonly open: boolean | null;
  /** In the order of the table's columns. */
  readonly cells: readonly Cell[];
};
