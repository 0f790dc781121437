// The part of an object that a plan changes, in whatever the server answers: the object itself or its scale.
import { at, type KubeObject, text } from '../core/object.ts';
import type { Plan } from './plan.ts';

/** A scale of 0 replicas leaves the number out (`omitempty` of autoscaling/v1): 0 then. */
export function changedPart({ changes }: Pick<Plan, 'changes'>, object: KubeObject): unknown {
  const found = at(object, ...changes.path);
  return found === undefined && text(object, 'kind') === 'Scale' ? 0 : found;
}
