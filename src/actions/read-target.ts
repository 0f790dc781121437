// Reads what an action is about: the object as it is now, proven to be the one that was meant.
import type { ObjectRef } from '../core/ids.ts';
import { type KubeObject, list, record, text } from '../core/object.ts';
import { ApiError } from '../kube/api-error.ts';
import { apiPath, query } from '../kube/api-path.ts';
import type { ActionCluster } from './action-cluster.ts';

export type ReadTarget =
  | { readonly ok: true; readonly object: KubeObject }
  | { readonly ok: false; readonly reason: string };

const timeoutMs = 10_000;

/** The path of an object, or of one of its subresources. */
export const pathOf = ({ type, namespace, name }: ObjectRef, subresource?: string): string =>
  apiPath({
    ...type,
    namespace: namespace === '' ? null : namespace,
    name,
    ...(subresource !== undefined && { subresource }),
  });

/** The object of this uid; not another one of the same name. */
export async function readTarget(cluster: ActionCluster, ref: ObjectRef): Promise<ReadTarget> {
  try {
    const object = record(await getJson(cluster, pathOf(ref)));
    const uid = text(object, 'metadata', 'uid');
    if (ref.uid !== '' && uid !== ref.uid)
      return { ok: false, reason: `${ref.name} was deleted and made anew in ${cluster.name} since you looked` };
    return { ok: true, object };
  } catch (error) {
    return { ok: false, reason: readFailure(error, ref, cluster) };
  }
}

function readFailure(error: unknown, ref: ObjectRef, cluster: ActionCluster): string {
  if (error instanceof ApiError && error.code === 404) return `${ref.name} is not in ${cluster.name} any more`;
  return error instanceof Error ? error.message : String(error);
}

/** One JSON answer. Throws ApiError. */
export const getJson = (cluster: ActionCluster, path: string): Promise<unknown> =>
  cluster.session.json({ path, signal: cluster.signal, timeoutMs });

/** The items of a list; empty where it may not be read or is not served. What rests on it is a warning, never a refusal. */
export async function listOf(
  cluster: ActionCluster,
  address: { readonly group: string; readonly version: string; readonly resource: string; readonly namespace: string },
  labelSelector?: string,
): Promise<readonly KubeObject[]> {
  try {
    const answer = await getJson(cluster, `${apiPath(address)}${query({ labelSelector, limit: 1_000 })}`);
    return list(answer, 'items').map((item) => record(item));
  } catch {
    return [];
  }
}
