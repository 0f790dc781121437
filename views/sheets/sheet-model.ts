// A sheet as data: a title, lines of which some can be chosen, and what choosing does.
import type { ActionRecord, Tier } from '../../src/core/action.ts';
import type { Binding } from '../keys/binding.ts';
import type { Line } from '../parts/pen.ts';

/** What choosing an entry does; data, so that sheets stay pure. */
export type Choice =
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'binding'; readonly binding: Binding }
  | { readonly type: 'column'; readonly column: string }
  | { readonly type: 'identity'; readonly context: string }
  | { readonly type: 'scope'; readonly text: string }
  | { readonly type: 'revision'; readonly revision: number }
  | { readonly type: 'undo'; readonly record: ActionRecord }
  /** Nothing: a line to be read. */
  | { readonly type: 'none' };

export type SheetEntry = {
  readonly section: string;
  readonly label: Line;
  readonly note: Line;
  /** At the right: the key, or what to type. */
  readonly key: Line;
  /** Why it cannot be chosen; undefined when it can. */
  readonly disabled: string | undefined;
  readonly choice: Choice;
  /** What Tab completes the typed text to. */
  readonly completion: string;
};

export type SheetModel = {
  readonly title: Line;
  readonly right: Line;
  readonly entries: readonly SheetEntry[];
  readonly chosen: number;
  /** Lines to be read, none to be chosen: `chosen` is how far they are scrolled. */
  readonly isText?: boolean;
  /** How dear a mistake is: the rule looks different for each. Absent: nothing is written. */
  readonly tier?: Tier;
  /** The last line, always in sight: what confirms. */
  readonly confirm?: Line;
  /** Fills the width in columns where there is room: help and the palette. */
  readonly columns: 1 | 2 | 3;
  /** Below the entries: grammar, remarks. */
  readonly foot: readonly Line[];
  readonly hints: readonly { readonly key: string; readonly label: string }[];
  /** Words when there is no entry. */
  readonly empty: string;
};
