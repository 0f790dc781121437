// Whole objects, fetched when somebody looks and never kept longer.
import type { ObjectRef } from '../../core/ids.ts';
import { type KubeObject, record } from '../../core/object.ts';
import { apiPath, query } from '../../kube/api-path.ts';
import type { Session } from '../../kube/session-contract.ts';

const timeoutMs = 15_000;

/** The object as the server has it now. Throws ApiError. */
export async function fetchObject(session: Session, ref: ObjectRef, signal: AbortSignal): Promise<KubeObject> {
  const { namespace, name, type } = ref;
  const path = apiPath({ ...type, namespace: namespace === '' ? null : namespace, name });
  return record(await session.json({ path, signal, timeoutMs }));
}

/** Events about an object, in the order of the server. Throws ApiError. */
export async function fetchEvents(
  session: Session,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const where = ref.namespace === '' ? 'default' : ref.namespace;
  const path = apiPath({ group: '', version: 'v1', resource: 'events', namespace: where });
  const filter = query({ fieldSelector: `involvedObject.uid=${ref.uid}`, limit: 200 });
  const list = record(await session.json({ path: `${path}${filter}`, signal, timeoutMs }));
  const { items } = list;
  return Array.isArray(items) ? items.map((item) => record(item)) : [];
}
