// The public contract of a plugin: what it watches, how objects become rows, what is wrong with them. A plugin never
// opens a connection and never writes; it maps, purely. Built-ins use exactly this.
import type { Finding } from '../core/problem.ts';
import type { Cell, Column, Health, Row } from '../core/row.ts';
import type { KubeObject, PathSpec } from '../core/object.ts';

/** Version of this contract; a plugin of another major version is refused with its name. */
export const pluginApiVersion = 1;

export type Plugin = {
  /** Kebab-case, unique; built-ins cannot be replaced. */
  readonly id: string;
  readonly apiVersion: 1;
  /** What it shows, in a few words. */
  readonly title: string;
  /** Tables that it adds; it may put rows into tables of others as well. */
  readonly tables?: readonly TableDefinition[];
  readonly watch: readonly WatchDefinition[];
  /** Rules over several objects of one cluster. */
  readonly problems?: readonly JoinRule[];
};

/**
 * Declares a plugin; checks nothing at run time, gives types where it is written.
 * @example export default definePlugin({ id: 'kpack', apiVersion: 1, title: 'kpack builds', watch: [builds] });
 */
export const definePlugin = (plugin: Plugin): Plugin => plugin;

/** A list that the screen can show. */
export type TableDefinition = {
  /** Lower case, plural: `pods`. What `:` and panes call it. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  /**
   * Cells of the row that stands for several (all rows of one app), in the order of `columns`. Stale members are
   * counted by the engine and left out of `members`.
   * @example (members) => [members[0].app, null, sumRatio(members, 3)]
   */
  summary?(members: readonly Row[]): { readonly health: Health; readonly cells: readonly Cell[] };
};

/** One resource that a plugin wants to know about. The engine opens one watch for all who want the same. */
export type WatchDefinition = {
  readonly group: string;
  readonly resource: string;
  /** Served versions that `toRow` understands, best first; absent: the server's preferred one. */
  readonly versions?: readonly string[];
  /**
   * `always`: from the first connect on (it feeds Triage); `visible`: while a pane shows its table, and 3 minutes after.
   * A resource that the server does not have lets the watch sleep; when it appears it wakes within 5 s.
   */
  readonly when: 'always' | 'visible';
  readonly fieldSelector?: string;
  /** Paths that `toRow` and `findings` read; nothing else is decoded. */
  readonly pick: PathSpec;
  /** Table that the rows go to; absent: facts only, for rules. */
  readonly into?: string;
  /** Pure. Undefined leaves the object out of the table; its findings count all the same. */
  toRow(object: KubeObject, context: MapContext): RowContent | undefined;
  /** What is wrong with this object alone. Pure; called when the object changes. */
  findings?(object: KubeObject, context: MapContext): readonly Finding[];
};

export type MapContext = {
  /** Milliseconds since the epoch, by the cluster's clock. */
  readonly now: number;
};

/** What a plugin says of one object; name, namespace, uid, kind and cluster are added by the engine. */
export type RowContent = {
  readonly health: Health;
  /** App that it belongs to; absent: see `appOf`. */
  readonly app?: string;
  /** uid of the controlling owner, for drilling in; empty when there is none. */
  readonly owner?: string;
  readonly node?: string;
  /** One word for the filter `status:`. */
  readonly status?: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly restarts?: number;
  /** In the order of the table's columns; empty when `into` is absent. */
  readonly cells: readonly Cell[];
  /** What join rules need to know of it, kept as small as can be. */
  readonly facts?: Readonly<Record<string, unknown>>;
};

/** A rule that needs more than one object: a Service and its endpoints, a cordoned node and its pods. */
export type JoinRule = {
  readonly id: string;
  /** Resources (`services`, `endpointslices.discovery.k8s.io`) whose change runs the rule again, at most once a second. */
  readonly over: readonly string[];
  /** Pure. Runs only when all of `over` are synced or absent. */
  find(cluster: ClusterFacts, context: MapContext): readonly JoinFinding[];
};

export type JoinFinding = { readonly about: Fact; readonly finding: Finding };

/** One object as join rules see it. */
export type Fact = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly app: string;
  readonly owner: string;
  readonly node: string;
  readonly health: Health;
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, unknown>>;
};

export interface ClusterFacts {
  /** All objects of a resource that is named in `over`; empty when it is absent or denied. */
  all(resource: string): Iterable<Fact>;
  byUid(resource: string, uid: string): Fact | undefined;
  /** Whether the resource was read whole; a rule must not conclude from what it may not see. */
  isComplete(resource: string): boolean;
}
