// Single objects and whole lists as the server gives them, for what shows or prints them: describe, YAML, `get -o json`.
import { type KubeObject, list, record, text } from '../core/object.ts';
import { ApiError } from './api-error.ts';
import { apiPath, query } from './api-path.ts';
import type { Session } from './session/contract.ts';

export type ObjectAddress = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string;
};

/** The object, whole. Throws ApiError (404 with the name in its status when it is gone). */
export async function getObject(session: Session, address: ObjectAddress, signal?: AbortSignal): Promise<KubeObject> {
  const answer = await session.json({ path: apiPath(address), ...(signal && { signal }) });
  if (text(answer, 'kind') === '')
    throw new ApiError('protocol', `${address.resource}/${address.name}: the answer is no object`);
  return record(answer);
}

export type ListAddress = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
};

const pageSize = 500;

/**
 * Pages of whole objects, each with kind and apiVersion (built-in lists leave them out). Throws ApiError; 410 when a page
 * token became too old, after which the whole list is to be asked for again.
 */
export async function* listObjects(
  session: Session,
  address: ListAddress,
  signal?: AbortSignal,
): AsyncGenerator<readonly KubeObject[]> {
  const path = apiPath(address);
  const { labelSelector, fieldSelector } = address;
  const selectors = {
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  };
  let token = '';
  do {
    const parameters = { ...selectors, limit: pageSize, ...(token !== '' && { continue: token }) };
    const page = await session.json({
      path: `${path}${query(parameters)}`,
      timeoutMs: 60_000,
      ...(signal && { signal }),
    });
    const kind = text(page, 'kind').replace(/List$/, '');
    const apiVersion = text(page, 'apiVersion');
    yield list(page, 'items').map((item) => ({ apiVersion, kind, ...record(item) }));
    token = text(page, 'metadata', 'continue');
  } while (token !== '');
}
