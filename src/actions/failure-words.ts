// What a refused write means, in words for people. A failed precondition is a bare 422 that names nothing: the object is
// read again and what changed is said.
import { type KubeObject, record, text } from '../core/object.ts';
import { cell } from '../core/sanitise.ts';
import { resourceName } from '../core/ids.ts';
import { ApiError } from '../kube/api-error.ts';
import type { Wanted } from '../kube/discovery/access.ts';
import type { ActionCluster } from './action-cluster.ts';
import { changedPart } from './changed-part.ts';
import { managersOf } from './owners/managed-fields.ts';
import type { Plan } from './plan.ts';
import { getJson, pathOf } from './read-target.ts';
import { canonical } from './rollback/template.ts';

/** `deployments.apps/scale`. */
const resourceWords = ({ group, resource, subresource }: Wanted): string =>
  `${resourceName({ group, resource })}${subresource === undefined ? '' : `/${subresource}`}`;

/** The right that is missing, as a rule that can be asked for. */
export const missingRight = (wanted: Wanted, cluster: ActionCluster): string =>
  `you may not ${wanted.verb} ${resourceWords(wanted)}${wanted.namespace === null ? '' : ` in ${wanted.namespace}`} of ${cluster.name}`;

/** A failed `test` of a JSON Patch: 422 without a cause (real API servers say nothing more). */
const isFailedTest = (error: ApiError): boolean =>
  error.code === 422 &&
  error.status?.causes.length === 0 &&
  error.status.message === 'the server rejected our request due to an error in our request';

/** The words for an error of a write, sanitised; never throws. */
export const failureWords = async (error: unknown, cluster: ActionCluster, plan: Plan): Promise<string> =>
  cell(await wordsOf(error, cluster, plan));

async function wordsOf(error: unknown, cluster: ActionCluster, plan: Plan): Promise<string> {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  if (isFailedTest(error)) return await whatChanged(cluster, plan);
  if (error.code === 404) return `${plan.wish.target.name} is not in ${cluster.name} any more`;
  const strict = /strict decoding error: (.*)$/s.exec(error.message)?.[1];
  return strict === undefined ? error.message : `the server does not know: ${cell(strict)}`;
}

/**
 * Whether an answer to something that was sent says that it was not done. Only what the server itself refused is: behind
 * a 5xx, an answer that cannot be read, or none, it may have been done all the same.
 */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.kind === 'login' || error.kind === 'locked' || (error.code >= 400 && error.code < 500));

/** What the object wants now, for who does not know whether a change has come through; never throws. */
export async function stateNow(cluster: ActionCluster, plan: Plan): Promise<string> {
  const { wish, changes } = plan;
  const name = changes.path.at(-1) ?? 'it';
  try {
    const object = await readAgain(cluster, plan);
    if (text(object, 'metadata', 'uid') !== wish.target.uid) return `${wish.target.name} was made anew since`;
    const now = changedPart(plan, object);
    if (canonical(now) === canonical(changes.before)) return `${name} is as it was`;
    return isPlain(now) ? `${name} is ${cell(String(now))} now` : `${name} is changed now`;
  } catch {
    return 'it cannot be read now';
  }
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' && value !== undefined;

/** The object, or for a custom resource its scale: where the changed part is. */
const readAgain = async (cluster: ActionCluster, { wish, goal }: Plan): Promise<KubeObject> =>
  record(await getJson(cluster, pathOf(wish.target, goal.type === 'replicas' && goal.isCustom ? 'scale' : undefined)));

async function whatChanged(cluster: ActionCluster, plan: Plan): Promise<string> {
  const { wish, changes } = plan;
  const { target } = wish;
  const name = changes.path.at(-1) ?? 'it';
  try {
    const object = await readAgain(cluster, plan);
    if (text(object, 'metadata', 'uid') !== target.uid)
      return `${target.name} was deleted and made anew in ${cluster.name} since you looked`;
    const now = changedPart(plan, object);
    const by = managersOf(object, changes.path)[0]?.name;
    const who = by === undefined ? '' : ` (${by})`;
    if (canonical(now) === canonical(changes.before)) return 'the server refused the patch and does not say why';
    return typeof now === 'object' || typeof changes.before === 'object'
      ? `${name} of ${target.name} was changed since you looked${who}`
      : `${name} changed from ${String(changes.before)} to ${cell(String(now))} since you looked${who}`;
  } catch {
    return `${target.name} was changed since you looked, and cannot be read again`;
  }
}
