// The engine as the screen and the commands see it, whether it runs in a worker or in this thread.
import type { ActionView, ActionWish, Confirmation } from '../core/action.ts';
import type { ClusterSummary, Coverage } from '../core/cluster.ts';
import type { ObjectRef } from '../core/ids.ts';
import type { LogOptions, LogSelector, LogWindow } from '../core/log-line.ts';
import type { LiveQuery, Scope, Window } from '../core/query.ts';
import type { Answer, DocumentForm, DocumentView, LogView, Notice, Question } from './messages.ts';

export type FleetView = {
  readonly clusters: readonly ClusterSummary[];
  readonly coverage: Coverage;
  readonly at: number;
};

/** A subscription that can be changed in place. Disposing ends it on both sides. */
export type Live<Change> = Disposable & { change(next: Change): void };

/** A write on its way, as its asker leads it. */
export type LiveAction = Disposable & { confirm(given: Confirmation): void; cancel(): void };

export interface Engine extends Disposable {
  /** The fleet as last told; null before the first word. */
  readonly fleet: FleetView | null;
  /** False from 2 s without a sign of life until it speaks again: everything shown is stale then. */
  readonly isAlive: boolean;
  onFleet(listener: (fleet: FleetView) => void): Disposable;
  onAlive(listener: (isAlive: boolean) => void): Disposable;
  onMessage(listener: (message: Extract<Notice, { type: 'message' }>) => void): Disposable;
  query(query: LiveQuery, onWindow: (window: Window) => void): Live<LiveQuery>;
  logs(selector: LogSelector, options: LogOptions, view: LogView, onWindow: (window: LogWindow) => void): Live<LogView>;
  document(ref: ObjectRef, form: DocumentForm, onDocument: (document: DocumentView) => void): Disposable;
  ask(question: Question): Promise<Answer>;
  /** Plans a write. Disposing before it is confirmed leaves it; what was confirmed goes on. */
  action(wish: ActionWish, onView: (view: ActionView) => void): LiveAction;
  setScope(scope: Scope): void;
  /** Lets an engine that was told to wait for the first frame use the network. */
  connect(): void;
}
