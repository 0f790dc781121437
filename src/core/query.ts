// Live queries: what a pane wants to see and keeps being told about.
import type { ClusterId } from './ids.ts';
import type { Column, Health, Row } from './row.ts';

/** Clusters x namespaces x filter that all panes share. Empty lists mean all; globs are allowed. */
export type Scope = {
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  readonly filter: string;
};

export const everything: Scope = { clusters: [], namespaces: [], filter: '' };

export type Sort = { readonly column: string; readonly descending: boolean };

/** `table` is a table id (`problems`, `workloads`, `pods` …) or a resource name (`certificates.cert-manager.io`). */
export type LiveQuery = {
  readonly table: string;
  readonly scope: Scope;
  /** The pane's own filter, in the grammar of core/filter. */
  readonly filter: string;
  /** Rows of this owner, node, app … only; what drilling in sets. */
  readonly within?: Within;
  /** Absent: the table's own order (worst first, then name). */
  readonly sort?: Sort;
  /** `app` puts rows of one app below each other under a row of their own. */
  readonly group: 'none' | 'app';
  /** Keys of groups that the user opened or closed against the default (broken ones are open). */
  readonly toggled: readonly string[];
  /** Only what is wrong. */
  readonly onlyWrong: boolean;
  readonly offset: number;
  readonly limit: number;
};

export type Within =
  | { readonly by: 'owner'; readonly cluster: ClusterId; readonly uid: string }
  | { readonly by: 'node'; readonly cluster: ClusterId; readonly node: string }
  | { readonly by: 'object'; readonly cluster: ClusterId; readonly uid: string }
  | { readonly by: 'app'; readonly app: string; readonly namespace: string | null };

/** What the engine answers a live query with. */
export type Window = {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly offset: number;
  /** Lines that match, groups and members counted as shown. */
  readonly total: number;
  /** Objects behind them, before and after the filter. */
  readonly matched: number;
  readonly all: number;
  readonly counts: Readonly<Record<Health, number>>;
  /** Oldest `last heard` of the clusters behind the rows that are not live; null when all are live. */
  readonly staleSince: number | null;
  /** Words for an empty list: what was looked at, what is denied, what is still loading. */
  readonly state: WindowState;
  /** A filter term that could not be understood; the last good filter is still in force. */
  readonly badFilter: { readonly from: number; readonly to: number; readonly reason: string } | null;
};

export type WindowState =
  | { readonly state: 'rows' }
  | { readonly state: 'loading'; readonly asking: readonly string[] }
  | { readonly state: 'empty'; readonly lookedAt: string }
  | { readonly state: 'no-match'; readonly near: string | null }
  | { readonly state: 'denied'; readonly rules: readonly string[] }
  | { readonly state: 'absent'; readonly resource: string };
