// Everything that crosses between what a person sees and what the fleet says. Plain data only: it is cloned between
// threads. Each message carries `traceparent` in its envelope when tracing is on.
import type { ActionView, ActionWish, Confirmation } from '../core/action.ts';
import type { ClusterSummary, Coverage } from '../core/cluster.ts';
import type { ClusterId, ObjectRef } from '../core/ids.ts';
import type { LogOptions, LogSelector, LogWindow } from '../core/log-line.ts';
import type { ProgramConsent } from '../core/login.ts';
import type { Problem } from '../core/problem.ts';
import type { LiveQuery, Scope, Window } from '../core/query.ts';
import type { Health } from '../core/row.ts';
import type { WindowChange } from './window-change.ts';

/** From the screen to the engine. `id`s of subscriptions are chosen by the asker. */
export type Request =
  | { readonly type: 'query.open'; readonly id: number; readonly query: LiveQuery }
  | { readonly type: 'query.change'; readonly id: number; readonly query: LiveQuery }
  | {
      readonly type: 'logs.open';
      readonly id: number;
      readonly selector: LogSelector;
      readonly options: LogOptions;
      readonly view: LogView;
    }
  | { readonly type: 'logs.change'; readonly id: number; readonly view: LogView }
  | { readonly type: 'document.open'; readonly id: number; readonly ref: ObjectRef; readonly form: DocumentForm }
  /** Any subscription. */
  | { readonly type: 'close'; readonly id: number }
  /** The last window of a subscription was taken; the next may come. */
  | { readonly type: 'ack'; readonly id: number }
  /** The scope all panes share changed: clusters it names are connected. */
  | { readonly type: 'scope'; readonly scope: Scope }
  /** Writes were locked by a person before this engine began, and stay locked. */
  | { readonly type: 'locked' }
  /** The first frame is out: an engine that waits for it may use the network now. */
  | { readonly type: 'connect' }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }
  /** Plan it and ask the server; nothing is sent that could change anything. */
  | { readonly type: 'action.open'; readonly id: number; readonly wish: ActionWish }
  /** Tell (again) of one that was sent; `action` is its id. */
  | { readonly type: 'action.find'; readonly id: number; readonly wish: ActionWish; readonly action: string }
  | { readonly type: 'action.confirm'; readonly id: number; readonly confirmation: Confirmation }
  | { readonly type: 'action.cancel'; readonly id: number };

/** Where in the log a view looks: from the newest back, or from a position. */
export type LogView = {
  readonly filter: string;
  readonly minLevel: 'all' | 'warn';
  readonly anchor: 'newest' | number;
  readonly limit: number;
};

export type DocumentForm = 'describe' | 'yaml';

/** Asked once, answered once. */
export type Question =
  | { readonly ask: 'retry'; readonly cluster: ClusterId | null }
  /** List again what a table shows of kinds that cannot be watched. */
  | { readonly ask: 'list-again'; readonly table: string }
  | { readonly ask: 'connect'; readonly clusters: readonly ClusterId[] }
  /** Use another context for a cluster. */
  | { readonly ask: 'identity'; readonly cluster: ClusterId; readonly context: string }
  /** The command that lends the terminal to a login. */
  | { readonly ask: 'login-command'; readonly cluster: ClusterId }
  /** The program that has to be allowed before this cluster's login can run: a `ProgramConsent`, or null. */
  | { readonly ask: 'consent'; readonly cluster: ClusterId }
  /**
   * A person has allowed exactly this program. It is remembered and every cluster that uses it tries again; the answer
   * is why it will not be remembered beyond this run, or null. Refused when the program is another one by now.
   */
  | { readonly ask: 'allow'; readonly cluster: ClusterId; readonly program: ProgramConsent }
  /**
   * Try again with credentials that a login has renewed: every cluster of that identity. `printed` is what a login
   * command with `captures` wrote to stdout.
   */
  | { readonly ask: 'logged-in'; readonly cluster: ClusterId; readonly printed?: string }
  /** Who we are in a cluster and what we may do there: `ClusterRights`. Asks the server; refused while not connected. */
  | { readonly ask: 'rights'; readonly cluster: ClusterId }
  /** Everything `:` can open: tables and resources of connected clusters. */
  | { readonly ask: 'resources' }
  /** Full problem behind a folded row. */
  | { readonly ask: 'problem'; readonly key: string }
  /** Write what an open log view keeps and its filter lets through to a new file; the answer is a `SavedLog`. */
  | { readonly ask: 'save-logs'; readonly selector: LogSelector; readonly options: LogOptions }
  /** The uid of the object of this name, whatever uid the ref has; null: there is none. */
  | { readonly ask: 'uid'; readonly ref: ObjectRef }
  | { readonly ask: 'containers'; readonly ref: ObjectRef }
  /** Owners, what it owns and what it uses: `RelatedView`s. */
  | { readonly ask: 'related'; readonly ref: ObjectRef }
  /** What is wrong with something, with what it owns and what owns it: `Problem`s. */
  | { readonly ask: 'why'; readonly about: WhyAbout }
  /** What was done: `ActionRecord`s, the newest first. */
  | { readonly ask: 'actions' }
  /** What a rollback could go back to: `RevisionView`s, the newest first. */
  | { readonly ask: 'revisions'; readonly ref: ObjectRef }
  /** Writes of one cluster, or (null) of all: the answer is a `LockView`. `toggle` arms a protected one, or locks it again. */
  | { readonly ask: 'lock'; readonly cluster: ClusterId | null; readonly toggle: boolean }
  | { readonly ask: 'metrics' };

export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** What `:` can open. */
export type ResourceEntry = {
  /** Table id or `resource.group`. */
  readonly table: string;
  readonly kind: string;
  readonly names: readonly string[];
  readonly group: string;
  readonly namespaced: boolean;
  readonly clusters: number;
};

/** A folded problem row, unfolded. */
export type ProblemDetail = { readonly key: string; readonly problems: readonly Problem[] };

/** The answer to `rights`. */
export type { ClusterRights } from '../core/cluster.ts';

/** Whether anything may be written. Times are milliseconds since the epoch. */
export type LockView = {
  readonly isReadOnly: boolean;
  readonly isLocked: boolean;
  /** When a protected cluster locks itself again; null: it is not armed, or not protected. */
  readonly armedUntil: number | null;
};

/** Where a log was saved. */
export type SavedLog = { readonly path: string; readonly lines: number };

/** The answers to `login-command` and `consent`. */
export type { LoginCommand, ProgramConsent } from '../core/login.ts';

/** One container of a pod; the answer to `containers` is a list of these, init containers first. Texts are sanitised. */
export type ContainerView = {
  readonly name: string;
  readonly role: 'init' | 'container' | 'ephemeral';
  readonly image: string;
  readonly health: Health;
  /** `Running`, `CrashLoopBackOff`, `Completed` … */
  readonly state: string;
  readonly isReady: boolean;
  readonly restarts: number;
  /** Milliseconds since the epoch; null when it never started. */
  readonly since: number | null;
  /** How the instance before ended: `OOMKilled (137)`; empty when there was none. */
  readonly last: string;
  readonly lastAt: number | null;
};

/** A folded problem row, one object, or an app wherever it runs. */
export type WhyAbout =
  | { readonly by: 'problem'; readonly key: string }
  | { readonly by: 'object'; readonly ref: ObjectRef }
  | { readonly by: 'app'; readonly app: string; readonly namespace: string | null };

/** An object that hangs together with another one. Texts are sanitised. */
export type RelatedView = {
  readonly relation: 'owner' | 'this' | 'owned' | 'uses';
  /** Of what is owned: 1 for what it owns itself, 2 for what that owns. */
  readonly depth: number;
  readonly ref: ObjectRef;
  readonly health: Health;
  readonly isStale: boolean;
  readonly status: string;
  readonly created: number | null;
};

/** Describe or YAML as lines; `indent` folds. Values of secrets are replaced before they get here. */
export type DocumentView = {
  readonly lines: readonly DocumentLine[];
  readonly state: 'loading' | 'shown' | 'gone' | 'failed';
  readonly message: string;
  readonly asOf: number;
  readonly stale: boolean;
};

export type DocumentLine = {
  readonly indent: number;
  readonly key: string;
  readonly text: string;
  readonly tone: 'text' | 'muted' | 'title' | 'ok' | 'warn' | 'fail';
};

/** From the engine to the screen. */
export type Notice =
  | { readonly type: 'ready' }
  | {
      readonly type: 'fleet';
      readonly clusters: readonly ClusterSummary[];
      readonly coverage: Coverage;
      readonly at: number;
    }
  | { readonly type: 'window'; readonly id: number; readonly window: Window }
  /** A window told by what changed since the last one; the two ends of the protocol speak this, nobody else sees it. */
  | { readonly type: 'window.change'; readonly id: number; readonly change: WindowChange }
  | { readonly type: 'logs'; readonly id: number; readonly window: LogWindow }
  | { readonly type: 'document'; readonly id: number; readonly document: DocumentView }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly type: 'action'; readonly id: number; readonly view: ActionView }
  /** One quiet line: what happened, where, what to press. */
  | {
      readonly type: 'message';
      readonly severity: 'info' | 'warn' | 'fail';
      readonly text: string;
      readonly cluster: ClusterId | null;
    }
  /** Sent once a second: the main thread marks everything stale when it stops. */
  | { readonly type: 'alive'; readonly at: number };
