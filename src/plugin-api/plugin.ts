// The public contract of a plugin: what it watches, how objects become rows, what is wrong with them. A plugin never
// opens a connection and never writes; it maps, purely. Built-ins use exactly this.
import type { Finding } from '../core/problem.ts';
import type { Cell, Column, Health, Row } from '../core/row.ts';
import type { KubeObject, PathSpec } from '../core/object.ts';

/** Version of this contract; a plugin of another major version is refused with its name. */
export const pluginApiVersion = 1;

/** One integration, as data and pure functions. */
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

/**
 * A list that the screen can show. Cells of columns of type `clusters` are null in what a plugin returns: the engine
 * knows the clusters of a row and fills them in.
 * @example { id: 'builds', title: 'Builds', columns: [{ id: 'name', title: 'BUILD', type: 'name', min: 10, ideal: 17, max: 28, priority: 0 }] }
 */
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
  /** Cells that the engine fills in from rows of other tables; plugins leave them null. */
  readonly tallies?: readonly Tally[];
};

/**
 * A number that the engine counts over the rows of another table of the same cluster: a workload's restarts are its
 * pods', a node's pods are those that run on it. Kept current as those rows change.
 * @example { column: 'restarts', over: 'pods', by: 'owner', value: 'restarts' }
 */
export type Tally = {
  /** Column of this table that takes the number. */
  readonly column: string;
  /** Id of the table whose rows are counted. */
  readonly over: string;
  /**
   * `owner`: rows that this object owns, directly or through others (Deployment, ReplicaSet, Pod); `node`: rows whose
   * `node` is this object's name.
   */
  readonly by: 'owner' | 'node';
  /** How many rows, or the sum of their `restarts`. */
  readonly value: 'count' | 'restarts';
};

/**
 * One resource that a plugin wants to know about. The engine opens one watch for all who want the same resource and
 * selector. A resource may be declared several times: once per table it feeds, or with selectors that do not overlap
 * (warnings at once, other events when somebody looks). Rules see the facts of the first definition of a resource
 * and of those with another selector.
 * @example { group: 'kpack.io', resource: 'builds', when: 'always', pick: buildPaths, into: 'builds', toRow: toBuildRow }
 */
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
  /**
   * Paths that are read beside `pick`, and only of objects that need them: most of a fleet is well, and what explains
   * trouble costs more to read than everything else. `isNeeded` is pure and sees what `pick` reads; where it says no,
   * `toRow` and `findings` must come to the same with and without these paths.
   * @example more: { pick: { spec: { volumes: 1 } }, isNeeded: (pod) => text(pod, 'status', 'phase') === 'Pending' }
   */
  readonly more?: { readonly pick: PathSpec; isNeeded(object: KubeObject): boolean };
  /** Table that the rows go to; absent: facts only, for rules. */
  readonly into?: string;
  /**
   * Pure, never throws: objects come from clusters as they are. Undefined keeps nothing of the object (no row, no
   * facts, no link in a chain of owners); its findings count all the same.
   */
  toRow(object: KubeObject, context: MapContext): RowContent | undefined;
  /** What is wrong with this object alone. Pure; called when the object changes. */
  findings?(object: KubeObject, context: MapContext): readonly Finding[];
};

/** What mapping may know beside the object itself. */
export type MapContext = {
  /** Milliseconds since the epoch, by the cluster's clock. */
  readonly now: number;
};

/**
 * What a plugin says of one object; name, namespace, uid, kind and cluster are added by the engine.
 * @example { health: 'ok', created: 1763683200000, status: 'Ready', cells: ['web', null, 'Ready'] }
 */
export type RowContent = {
  /**
   * False keeps the object for rules and for chains of owners without a line in the table: a ReplicaSet between a
   * Deployment and its pods. Absent: listed. `cells` is empty then.
   */
  readonly listed?: false;
  /**
   * What the object says of itself. The engine raises it to the severity of the worst active problem of the object
   * and of what it owns, so that a workload is as unwell as its pods.
   */
  readonly health: Health;
  /** App that it belongs to (`appOf` reads it from labels); absent: the object's own name. */
  readonly app?: string;
  /**
   * uid of the controlling owner; empty or absent when there is none. The engine follows it from object to object, so
   * that pods are found below their Deployment.
   */
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

/**
 * A rule that needs more than one object: a Service and its endpoints, a cordoned node and its pods. The findings of a
 * run replace those of the run before.
 * @example { id: 'node-cordoned', over: ['nodes', 'pods'], find: cordonedNodes }
 */
export type JoinRule = {
  readonly id: string;
  /** Resources (`services`, `endpointslices.discovery.k8s.io`) whose change runs the rule again, at most once a second. */
  readonly over: readonly string[];
  /** Pure. Runs only when all of `over` are synced or absent. */
  find(cluster: ClusterFacts, context: MapContext): readonly JoinFinding[];
};

/** What a join rule found, and the object it is about. */
export type JoinFinding = { readonly about: Fact; readonly finding: Finding };

/** One object as join rules see it: what its `toRow` returned, with its names. */
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

/**
 * The objects of one cluster, for join rules.
 * @example for (const node of cluster.all('nodes')) if (flag(node.facts, 'cordoned')) cordoned.push(node);
 */
export interface ClusterFacts {
  /** All objects of a resource that is named in `over`; empty when it is absent or denied. */
  all(resource: string): Iterable<Fact>;
  byUid(resource: string, uid: string): Fact | undefined;
  /** Whether the resource was read whole; a rule must not conclude from what it may not see. */
  isComplete(resource: string): boolean;
}
