// What has to be given before a plan is sent, and whether what was given is that. One rule for the screen and the command
// line (product.md, "Confirming a write").
import type { CheckView, Confirmation, ConfirmationNeeded, PlanView, Tier } from '../core/action.ts';
import type { ObjectRef } from '../core/ids.ts';

type Judged = {
  readonly plan: PlanView;
  readonly check: CheckView;
  readonly target: ObjectRef;
  readonly cluster: { readonly name: string; readonly isProtected: boolean };
};

/** A plan that could not be tried out first asks for one tier more. */
export function tierOf({ plan, check }: Pick<Judged, 'plan' | 'check'>): Tier {
  if (check.state !== 'impossible') return plan.tier;
  return plan.tier === 1 ? 2 : 3;
}

/**
 * Tiers 1 and 2: a key; tier 3: the name typed. In a protected cluster one tier more: the name for 1 and 2, cluster/name
 * and a reason for 3.
 */
export function confirmationFor(judged: Judged): ConfirmationNeeded {
  const { cluster, target } = judged;
  const isDestructive = tierOf(judged) === 3;
  if (!cluster.isProtected)
    return isDestructive ? { type: 'typed', text: target.name, reason: false } : { type: 'key' };
  return isDestructive
    ? { type: 'typed', text: `${cluster.name}/${target.name}`, reason: true }
    : { type: 'typed', text: target.name, reason: false };
}

/** Null: it is confirmed; else what is wrong with it. */
export function confirmationTrouble(needed: ConfirmationNeeded, given: Confirmation): string | null {
  if (needed.type === 'key') return null;
  if (given.type !== 'typed') return `type ${needed.text} to confirm`;
  if (given.text !== needed.text) return `that is not ${needed.text}`;
  return needed.reason && given.reason.trim() === '' ? 'a reason is needed' : null;
}

/** Tier 2 and up wait for the answer of the dry run; nothing is sent over a refusal. */
export function checkTrouble({ plan, check }: Pick<Judged, 'plan' | 'check'>): string | null {
  const stop = plan.warnings.find((warning) => warning.severity === 'stop');
  if (stop !== undefined) return stop.text;
  if (check.state === 'refused') return check.reason;
  return check.state === 'pending' && plan.tier > 1 ? 'the dry run has not come back yet' : null;
}
