// What a pane can show, and what a person has done to it: cursor, marks, filter, sort, scroll. Pure data.
import type { ObjectRef } from '../core/ids.ts';
import type { LogOptions, LogSelector } from '../core/log-line.ts';
import type { PaneName } from '../core/pane-names.ts';
import type { Sort, Within } from '../core/query.ts';
import type { Row } from '../core/row.ts';
import type { DocumentForm } from '../protocol/messages.ts';

/** A place for a pane; a deck arranges some of them. `browse` shows what the palette opened. */
export type SlotId = PaneName | 'browse';

export type Content =
  | {
      readonly type: 'table';
      readonly table: string;
      readonly title: string;
      /** What the rows belong to, in words, behind the title; empty for all. */
      readonly about: string;
      readonly within: Within | null;
      readonly group: 'none' | 'app';
      /** Follows the selection of the main pane instead of `within`. */
      readonly isLinked: boolean;
    }
  | { readonly type: 'clusters' }
  | { readonly type: 'containers'; readonly ref: ObjectRef }
  /** Owners of an object, what it owns and what it uses. */
  | { readonly type: 'related'; readonly ref: ObjectRef }
  /** What is wrong with a row of a table; it stays when the selection moves. */
  | { readonly type: 'why'; readonly table: string; readonly row: Row }
  | {
      readonly type: 'logs';
      readonly selector: LogSelector | null;
      readonly about: string;
      readonly options: LogOptions;
      readonly isLinked: boolean;
    }
  | { readonly type: 'document'; readonly ref: ObjectRef; readonly form: DocumentForm }
  /** Everything about the selection of the main pane. */
  | { readonly type: 'detail' };

/** Whether a content is a list of rows that a cursor moves over. */
export const isListContent = ({ type }: Content): boolean =>
  type === 'table' || type === 'clusters' || type === 'containers' || type === 'related';

export type ListState = {
  /** Position of the cursor in the whole list, and the key of the row that it stands on: the key wins. */
  readonly cursor: number;
  readonly key: string | null;
  /** A key has moved the cursor: from then on it stays on its row. Before that it stays at the top. */
  readonly isTouched: boolean;
  readonly top: number;
  /** Marked rows as they were when they were marked; survive filters. */
  readonly marks: ReadonlyMap<string, Row>;
  /** Where a range of marks began; null: no range. */
  readonly rangeFrom: number | null;
  readonly filter: string;
  readonly sort: Sort | null;
  readonly onlyWrong: boolean;
  readonly toggled: readonly string[];
  readonly shownColumns: readonly string[];
  readonly hiddenColumns: readonly string[];
  /** First column shown when scrolled sideways; the name always stays. */
  readonly scrollX: number;
  readonly isFrozen: boolean;
};

export type TextState = {
  readonly wraps: boolean;
  readonly clock: 'utc' | 'local' | 'none';
  readonly minLevel: 'all' | 'warn';
  /** Logs: the newest line is at the bottom and new ones come in. */
  readonly follows: boolean;
  /** Indexes of lines whose block is folded away. */
  readonly folded: ReadonlySet<number>;
  readonly search: string;
  /** Cells of each line that are scrolled out at the left; nothing is while lines are wrapped. */
  readonly scrollX: number;
  /** Documents: how often they were asked to be read again. */
  readonly reads: number;
};

export type ViewState = {
  /** Unique while the program runs. */
  readonly id: string;
  readonly content: Content;
  readonly list: ListState;
  readonly text: TextState;
  /** Opening it zoomed the pane; going back takes that away. */
  readonly hasZoomed: boolean;
};

export const newList: ListState = {
  cursor: 0,
  key: null,
  isTouched: false,
  top: 0,
  marks: new Map(),
  rangeFrom: null,
  filter: '',
  sort: null,
  onlyWrong: false,
  toggled: [],
  shownColumns: [],
  hiddenColumns: [],
  scrollX: 0,
  isFrozen: false,
};

export const newText: TextState = {
  wraps: false,
  clock: 'utc',
  minLevel: 'all',
  follows: true,
  folded: new Set(),
  search: '',
  scrollX: 0,
  reads: 0,
};

export const newView = (id: string, content: Content, hasZoomed = false): ViewState => ({
  id,
  content,
  list: newList,
  text: content.type === 'document' ? { ...newText, wraps: content.form === 'describe' } : newText,
  hasZoomed,
});

/** What the pane at the start of each slot shows. */
export const rootContent: Readonly<Record<SlotId, Content>> = {
  triage: table('problems', 'Triage'),
  workloads: { ...table('workloads', 'Workloads'), group: 'app' },
  pods: { ...table('pods', 'Pods'), isLinked: true },
  events: { ...table('events', 'Events'), isLinked: true },
  nodes: table('nodes', 'Nodes'),
  clusters: { type: 'clusters' },
  logs: {
    type: 'logs',
    selector: null,
    about: '',
    options: { previous: false, tail: 200, sinceSeconds: null },
    isLinked: true,
  },
  detail: { type: 'detail' },
  browse: table('pods', 'Pods'),
};

function table(id: string, title: string): Extract<Content, { type: 'table' }> {
  return { type: 'table', table: id, title, about: '', within: null, group: 'none', isLinked: false };
}

/** A table of rows that belong to something. */
export const tableWithin = (id: string, title: string, about: string, within: Within | null): Content => ({
  ...table(id, title),
  about,
  within,
});

/** The selection that linked panes follow. */
export type LinkTarget = {
  /** Changes when the target is another; the same row with other values keeps it. */
  readonly key: string;
  readonly table: string;
  readonly row: Row;
};
