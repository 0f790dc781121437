// What the engine asks of the kube layer, in one place: the real one is kube-adapter.ts, tests give their own.
import type { ResourceType } from '../core/ids.ts';
import type { LoginCommand } from '../core/login.ts';
import type { KubeObject, PathSpec } from '../core/object.ts';
import type { KubeContext } from '../kube/context.ts';
import type { Discovery } from '../kube/discovery-contract.ts';
import type { Session } from '../kube/session-contract.ts';
import type { WatchEvent } from '../kube/watch-event.ts';

/** A way to one cluster with one identity. Nothing is connected until the first request. */
export interface Connection {
  readonly session: Session;
  /** A person logged in again: forgets failures and cached credentials. `printed` is what a capturing login printed. */
  renewLogin(printed?: string): void;
  /** What a person runs to log in again; null when nobody knows. */
  loginCommand(): LoginCommand | null;
  close(): void;
}

export type WatchRequest = {
  readonly session: Session;
  readonly type: ResourceType;
  readonly namespaced: boolean;
  /** Empty: all namespaces, or a resource without. */
  readonly namespace: string;
  readonly fieldSelector: string;
  readonly pick: PathSpec;
  readonly canWatch: boolean;
  readonly signal: AbortSignal;
  onEvents(events: readonly WatchEvent[]): void;
};

/** A running watch; it ends with its request's signal. */
export interface Watcher {
  /** Tries at once, whatever the back-off says; also looks at a denied resource again. */
  retryNow(): void;
}

/** A column as the server's Table names it. */
export type ServerColumn = {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  /** 0 is always shown, others on `-o wide`. */
  readonly priority: number;
};

export type TableEvent =
  | { readonly type: 'sync-started' }
  | { readonly type: 'columns'; readonly columns: readonly ServerColumn[] }
  | { readonly type: 'upsert'; readonly cells: readonly unknown[]; readonly object: KubeObject }
  | { readonly type: 'delete'; readonly object: KubeObject }
  | Extract<WatchEvent, { type: 'synced' | 'interrupted' | 'resumed' | 'denied' | 'absent' }>;

export type TableRequest = Omit<WatchRequest, 'pick' | 'onEvents'> & {
  onEvents(events: readonly TableEvent[]): void;
};

export type FollowRequest = {
  readonly session: Session;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  /** Lines at the start; null: all. */
  readonly tail: number | null;
  readonly sinceSeconds: number | null;
  /** False: reads what is there and ends. */
  readonly follow: boolean;
  /** Where the stream stands: filled by the kube layer, handed in again to go on without a loss or a repeat. */
  readonly position: LogPosition;
  /** What the pod's watch says now; the follow asks when its stream ends. */
  podState(): PodLogState;
  readonly signal: AbortSignal;
  onEvents(events: readonly FollowEvent[]): void;
};

/** A box that one stream keeps over several reads; what is in it is the kube layer's business. */
export type LogPosition = { state: unknown };

/** What decides whether a stream that ended goes on: the pod and the container's restarts. */
export type PodLogState = {
  readonly exists: boolean;
  readonly restarts: number;
  /** `exit 137 OOMKilled`; empty when it is not known. */
  readonly lastExit: string;
  readonly isRunning: boolean;
};

export type FollowEvent =
  /** `time` in milliseconds; null when the server gave none. `bytes` without the time stamp and the line feed. */
  | { readonly type: 'line'; readonly time: number | null; readonly bytes: Buffer }
  | {
      readonly type: 'mark';
      readonly mark: 'joined' | 'ended' | 'restarted' | 'gap' | 'denied' | 'error';
      readonly time: number | null;
      readonly text: string;
    };

/** The kube layer as the engine uses it. */
export interface KubePort {
  connect(context: KubeContext): Connection;
  /** What was known last time, without asking; null when nothing is. */
  knownDiscovery(context: KubeContext): Promise<Discovery | null>;
  /** Asks the server; `isChanged` is false when it says that nothing did. Throws ApiError. */
  discover(
    session: Session,
    signal: AbortSignal,
  ): Promise<{ readonly discovery: Discovery; readonly isChanged: boolean }>;
  watch(request: WatchRequest): Watcher;
  watchTable(request: TableRequest): Watcher;
  /** Follows one container; resolves when it is over (ended, denied, aborted). Never throws. */
  follow(request: FollowRequest): Promise<void>;
}
