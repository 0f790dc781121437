// A plan: everything that will be done to one object, as data, before anything is. The steps are what will be sent, to the
// byte; the rest is what people are told about them.
import type { ActionWish, PlanView, SwitchTo } from '../core/action.ts';
import type { Wanted } from '../kube/discovery/access.ts';

/** One request of a plan. */
export type Step = {
  readonly method: 'PATCH' | 'POST' | 'DELETE';
  /** Without a query: dry run, field manager and validation are added when it is sent. */
  readonly path: string;
  readonly contentType: PatchType | 'application/json';
  readonly body: string;
  /** The right that it needs. */
  readonly wanted: Wanted;
};

export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json';

/** What the changed field has to be, and when the object is there. */
export type Goal =
  /** Of the object or, for a custom resource, of its scale subresource. */
  | { readonly type: 'replicas'; readonly replicas: number; readonly isCustom: boolean }
  | { readonly type: 'template' }
  | { readonly type: 'field' };

export type Plan = {
  readonly wish: ActionWish;
  readonly steps: readonly Step[];
  readonly view: PlanView;
  /** The part of the object that changes: its path, and what it is now. */
  readonly changes: { readonly path: readonly string[]; readonly before: unknown };
  readonly goal: Goal;
  /** When its rollout had become stuck before anything was done; undefined: it had not. */
  readonly stuckSince: number | undefined;
  /** What takes it back, as a wish of its own: planned and checked anew when it is asked for. */
  readonly inverse: Inverse | null;
};

/** Names no secret: an old template is found again by its revision's name. */
export type Inverse =
  /** `from`: what it has to be still, or somebody wanted something else meanwhile. */
  | { readonly verb: 'scale'; readonly replicas: number; readonly from: number }
  | { readonly verb: 'rollback'; readonly revisionName: string; readonly from: string }
  | { readonly verb: 'switch'; readonly to: SwitchTo };

export type Planned = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly reason: string };

export const impossible = (reason: string): Planned => ({ ok: false, reason });

/** A JSON Patch (RFC 6902). A `test` that fails voids the whole of it: that is how a precondition is sent. */
export type JsonPatch = readonly {
  readonly op: 'test' | 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}[];

/** A key as a part of a JSON Pointer (RFC 6901). */
export const pointerPart = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
