// Whole objects, fetched when somebody looks and never kept longer.
import type { ObjectRef } from '../../core/ids.ts';
import { type KubeObject, record } from '../../core/object.ts';
import { apiPath } from '../../kube/api-path.ts';
import type { Session } from '../../kube/session/contract.ts';

const timeoutMs = 15_000;

/** The object as the server has it now. Throws ApiError. */
export async function fetchObject(session: Session, ref: ObjectRef, signal: AbortSignal): Promise<KubeObject> {
  const { namespace, name, type } = ref;
  const path = apiPath({ ...type, namespace: namespace === '' ? null : namespace, name });
  return record(await session.json({ path, signal, timeoutMs }));
}
