// What the engine asks of the kube layer, in one place: the real one is kube-adapter.ts, tests give their own.
import type { ResourceType } from '../core/ids.ts';
import type { LoginCommand, ProgramConsent } from '../core/login.ts';
import type { KubeObject, PathSpec } from '../core/object.ts';
import type { KubeContext } from '../kube/kubeconfig/context.ts';
import type { Discovery } from '../kube/discovery/contract.ts';
import type { ContainerState, LogMark, LogPlace } from '../kube/logs/log-stream.ts';
import type { Session } from '../kube/session/contract.ts';
import type { WatchEvent } from '../kube/reflect/watch-event.ts';
import type { MorePaths } from '../kube/reflect/watch-shape.ts';

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
  readonly more?: MorePaths;
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
  | { readonly type: 'columns'; readonly columns: readonly ServerColumn[] }
  | { readonly type: 'upsert'; readonly cells: readonly unknown[]; readonly object: KubeObject }
  | Exclude<WatchEvent, { type: 'upsert' }>;

export type TableRequest = Omit<WatchRequest, 'pick' | 'more' | 'onEvents'> & {
  onEvents(events: readonly TableEvent[]): void;
};

export type FollowRequest = {
  readonly session: Session;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  /** False: to the end of what is there now. */
  readonly follow: boolean;
  /** Lines at the start; null: all. */
  readonly tail: number | null;
  readonly sinceSeconds: number | null;
  /** What the pod's watch says now. */
  podState(): ContainerState;
  /** Leave to open a request; asked before each one. */
  place(): Promise<LogPlace>;
  readonly signal: AbortSignal;
  /** `time` in milliseconds, null when the server gave none; `bytes` without time and line feed, valid until it returns. */
  onLine(time: number | null, bytes: Buffer): void;
  onMark(mark: LogMark['mark'], text: string): void;
};

export interface Follow {
  /** Resolves when the log has ended for good or the signal aborted; never rejects. */
  readonly done: Promise<void>;
  /** Stops reading and goes on: the sender waits meanwhile, and nothing is lost. */
  pause(): void;
  resume(): void;
  /** The pod changed: look at once. */
  nudge(): void;
}

/** Programs that a person is asked about before their first run. */
export interface ConsentPort {
  /** What has to be allowed before this context's credential plugin runs; null: nothing, or nobody may allow it. */
  wanted(context: KubeContext): Promise<ProgramConsent | null>;
  /** Allows it from now on. Resolves with why that is not remembered beyond this run; null: it is. */
  allow(program: ProgramConsent): Promise<string | null>;
}

/** The kube layer as the engine uses it. */
export interface KubePort {
  /** Absent: nobody is asked. */
  readonly consents?: ConsentPort;
  connect(context: KubeContext): Connection;
  /** What was known last time, without asking; null when nothing is. */
  knownDiscovery(session: Session): Promise<Discovery | null>;
  /** Asks the server; `isChanged` is false when it says that nothing did. Throws ApiError. */
  discover(
    session: Session,
    signal: AbortSignal,
  ): Promise<{ readonly discovery: Discovery; readonly isChanged: boolean }>;
  watch(request: WatchRequest): Watcher;
  watchTable(request: TableRequest): Watcher;
  /** Follows one container through lost connections and restarts; reads it from time to time while it has no place. */
  follow(request: FollowRequest): Follow;
}
