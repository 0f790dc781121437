// Where an applied change stands, from the object as it is now: pure, so that every turn of it is a test.
import { at, type KubeObject, number } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import type { Rollout } from '../../core/rollout.ts';
import { managersOf } from '../owners/managed-fields.ts';
import type { Plan } from '../plan.ts';
import { canonical } from '../rollback/template.ts';
import { rolloutOf } from './rollout-of.ts';

export type Judgement =
  /** Somebody put the old value back, or wanted a third one. */
  | { readonly state: 'reverted' | 'superseded'; readonly by: string; readonly now: string }
  | { readonly state: 'rolling'; readonly ready: number; readonly of: number; readonly text: string }
  /** Past its progress deadline. */
  | { readonly state: 'stuck'; readonly ready: number; readonly of: number }
  /** Held by a person or its strategy: no more will happen by itself. */
  | { readonly state: 'held'; readonly ready: number; readonly of: number; readonly text: string }
  | { readonly state: 'there'; readonly ready: number; readonly of: number }
  /** A custom resource that keeps its number under a name of its own: its object does not tell. */
  | { readonly state: 'untold' };

/** What the judgement rests on beside the object. */
export type Applied = {
  /** The changed part as the server answered it. */
  readonly value: unknown;
  /** When a rollout that was stuck already had become so: its controller takes that back only when something moves. */
  readonly stuckSince: number | undefined;
  /** Of the server's answer: an object that is older has not seen the change. */
  readonly resourceVersion: string;
};

export function judge(plan: Plan, applied: Applied, object: KubeObject): Judgement {
  const { path, before } = plan.changes;
  const now = at(object, ...path);
  if (now === undefined && plan.goal.type === 'replicas' && plan.goal.isCustom) return { state: 'untold' };
  if (canonical(now) !== canonical(applied.value)) {
    const isBack = canonical(now) === canonical(before);
    const by = managersOf(object, path)[0]?.name ?? 'somebody';
    return {
      state: isBack ? 'reverted' : 'superseded',
      by,
      now: typeof now === 'object' ? 'another template' : cell(String(now)),
    };
  }
  const rollout = rolloutOf(plan.wish.target.kind, object);
  return rollout === null ? byScale(plan, object, applied.value) : byRollout(rollout, object, applied);
}

/** A ReplicaSet or a custom resource: it tells its replicas and nothing of a rollout. */
function byScale({ wish: { target } }: Plan, object: KubeObject, wanted: unknown): Judgement {
  const of = typeof wanted === 'number' ? wanted : 0;
  // The API's own kinds leave a 0 out; a custom resource may not count what is ready at all.
  const uncounted = ownKinds.has(target.kind) ? 0 : (number(object, 'status', 'replicas') ?? of);
  const ready = number(object, 'status', 'readyReplicas') ?? uncounted;
  return ready === of ? { state: 'there', ready, of } : { state: 'rolling', ready, of, text: `${ready}/${of} ready` };
}

const ownKinds: ReadonlySet<string> = new Set(['ReplicaSet', 'ReplicationController']);

function byRollout(rollout: Rollout, object: KubeObject, { stuckSince }: Applied): Judgement {
  switch (rollout.state) {
    case 'off': {
      const left = number(object, 'status', 'replicas') ?? 0;
      return left === 0
        ? { state: 'there', ready: 0, of: 0 }
        : { state: 'rolling', ready: left, of: 0, text: `${left} still there` };
    }
    case 'done': {
      const of = number(object, 'spec', 'replicas') ?? number(object, 'status', 'desiredNumberScheduled') ?? 0;
      return { state: 'there', ready: of, of };
    }
    case 'rolling':
      return { state: 'rolling', ready: rollout.n, of: rollout.of, text: `${rollout.n}/${rollout.of} ready` };
    case 'stuck':
      if (rollout.since === stuckSince)
        return { state: 'rolling', ready: rollout.n, of: rollout.of, text: `${rollout.n}/${rollout.of} ready` };
      return { state: 'stuck', ready: rollout.n, of: rollout.of };
    case 'held':
      return { state: 'held', ready: rollout.n, of: rollout.of, text: `held: ${rollout.why}` };
  }
}

/** When a rollout became stuck; undefined: it is not. */
export function stuckSince(kind: string, object: KubeObject): number | undefined {
  const rollout = rolloutOf(kind, object);
  return rollout?.state === 'stuck' ? rollout.since : undefined;
}
