// Words of writing: what is wished, what a plan will do, how far it is. Plain data, shared by the screen, the command line
// and the engine; nothing here can reach a cluster.
import type { ObjectRef } from './ids.ts';

/** What a person asks for. The object is the one that was in sight when the key was pressed: its uid decides. */
export type ActionWish =
  | { readonly verb: 'scale'; readonly target: ObjectRef; readonly replicas: number }
  /** `revision` null: the one before the current. */
  | { readonly verb: 'rollback'; readonly target: ObjectRef; readonly revision: number | null }
  | { readonly verb: 'restart'; readonly target: ObjectRef }
  /** Turns one field of it on or off. */
  | { readonly verb: 'switch'; readonly target: ObjectRef; readonly to: SwitchTo }
  /** Takes back what the action of this id did; refused when the world has moved on. */
  | { readonly verb: 'undo'; readonly target: ObjectRef; readonly of: string };

/** `pause` and `resume`: a Deployment's rollout or a CronJob; `cordon` and `uncordon`: a Node. */
export type SwitchTo = 'pause' | 'resume' | 'cordon' | 'uncordon';

/** 1 undoable, one object; 2 disruptive; 3 destructive or wide (product.md, "Confirming a write"). */
export type Tier = 1 | 2 | 3;

/** One fact of a dialog: `now`, `back to`, `stays` … */
export type PlanFact = { readonly label: string; readonly text: string };

/** Something to know before confirming. `stop` cannot be confirmed over. */
export type PlanWarning = { readonly severity: 'info' | 'warn' | 'stop'; readonly text: string };

export type DiffLine = { readonly sign: '+' | '-' | ' '; readonly text: string };

/** What has to be given before a plan is sent. */
export type ConfirmationNeeded =
  | { readonly type: 'key' }
  /** Exactly this text, typed; `reason`: with a reason beside it. */
  | { readonly type: 'typed'; readonly text: string; readonly reason: boolean };

/** What was given. */
export type Confirmation =
  | { readonly type: 'key' }
  | { readonly type: 'typed'; readonly text: string; readonly reason: string };

/** A plan as people see it; every text is sanitised. */
export type PlanView = {
  /** `Scale web from 2 to 4`. */
  readonly title: string;
  readonly tier: Tier;
  readonly facts: readonly PlanFact[];
  readonly warnings: readonly PlanWarning[];
  /** The command of kubectl that comes nearest. */
  readonly kubectl: string;
  /** Null: nothing takes it back. */
  readonly undo: string | null;
};

/** How the server answered when it was only asked; `pending` while it has not. */
export type CheckView =
  | { readonly state: 'pending' }
  | { readonly state: 'accepted'; readonly diff: readonly DiffLine[]; readonly warnings: readonly string[] }
  /** It would not be done: a missing right, a policy, a conflict. */
  | { readonly state: 'refused'; readonly reason: string }
  /** It cannot be tried out (a webhook that has no dry run): one tier more is asked instead. */
  | { readonly state: 'impossible'; readonly reason: string };

/** How an action ended. */
export type ActionOutcome =
  | { readonly result: 'done'; readonly text: string }
  /** Applied, and somebody changed it back. */
  | { readonly result: 'reverted'; readonly by: string; readonly text: string }
  /** Applied, and somebody wanted something else meanwhile. */
  | { readonly result: 'superseded'; readonly by: string; readonly text: string }
  /** Nothing was changed. */
  | { readonly result: 'refused'; readonly text: string }
  /** Applied, and it does not get there. */
  | { readonly result: 'failed'; readonly text: string }
  /** Sent, and nobody can say what became of it. */
  | { readonly result: 'unknown'; readonly text: string }
  | { readonly result: 'cancelled'; readonly text: string };

/** Where an action is. Times are milliseconds since the epoch. */
export type ActionPhase =
  | { readonly phase: 'planning' }
  /** Nothing can be planned: the object is gone, there is no such revision. */
  | { readonly phase: 'impossible'; readonly reason: string }
  | {
      readonly phase: 'asking';
      readonly check: CheckView;
      readonly needed: ConfirmationNeeded;
      /** Why the last confirmation did not count; null: there was none, or it did. */
      readonly trouble: string | null;
    }
  | { readonly phase: 'applying' }
  /** Applied; on its way (`ready` of `of`), then watched for as long as somebody may take it back. */
  | { readonly phase: 'tracking'; readonly ready: number; readonly of: number; readonly text: string }
  | { readonly phase: 'holding'; readonly until: number; readonly ready: number; readonly of: number }
  | { readonly phase: 'ended'; readonly outcome: ActionOutcome };

/** One action as it is shown. */
export type ActionView = {
  readonly id: string;
  readonly wish: ActionWish;
  /** Null until it is planned. */
  readonly plan: PlanView | null;
  readonly at: ActionPhase;
  readonly since: number;
};

/** An action that was never there to be led: why it could not even begin. */
export const neverBegun = (wish: ActionWish, reason: string, at: number): ActionView => ({
  id: '',
  wish,
  plan: null,
  at: { phase: 'impossible', reason },
  since: at,
});

/** An action of this or an earlier run, as the journal has it. Texts are sanitised. */
export type ActionRecord = {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly title: string;
  readonly cluster: string;
  readonly target: ObjectRef;
  /** Null: no result is written (yet). */
  readonly result: ActionOutcome['result'] | 'applied' | null;
  readonly text: string;
  readonly reason: string;
  readonly canUndo: boolean;
};

/** A revision that a rollback can go back to. Texts are sanitised. */
export type RevisionView = {
  readonly revision: number;
  readonly images: readonly string[];
  readonly created: number;
  readonly changeCause: string;
  readonly isCurrent: boolean;
};
