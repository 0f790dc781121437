// A whole LIST, page by page and element by element as the bytes come in.
import { type KubeObject, number, record, text } from '../../core/object.ts';
import { ApiError } from '../api-error.ts';
import { query } from '../api-path.ts';
import { errorOf } from '../api-status.ts';
import { collect } from '../transport/body.ts';
import { splitItems } from '../decode/list-items.ts';
import type { Session } from '../session/contract.ts';
import type { Turn } from './first-sets.ts';
import type { WatchShape } from './watch-shape.ts';

export type ListOptions = {
  readonly session: Session;
  /** Without a query. */
  readonly path: string;
  readonly selectors: { readonly fieldSelector?: string; readonly labelSelector?: string };
  readonly shape: WatchShape;
  /** `cached`: what the server's cache holds is good enough. A version: at least as new as that. `latest`: asks etcd. */
  readonly freshness: 'cached' | 'latest' | { readonly notOlderThan: string };
  /** Elements a page; 0 asks for all at once. */
  readonly limit: number;
  readonly packed: boolean;
  readonly signal: AbortSignal;
  /** Elements that came with one chunk. */
  onObjects(objects: readonly KubeObject[]): void;
  /** Waits for its turn before a page is asked for; given back at its end. */
  ask(): Promise<Turn>;
  /** A chunk came. */
  onBytes?(bytes: number): void;
};

export type ListEnd = { readonly resourceVersion: string; readonly count: number };

/** A page may take this long from its first byte to its last; large ones over a slow link do. */
const pageTimeoutMs = 300_000;

/** Throws ApiError: `status` for a refusal (410: the version or a page token is too old), else as the session does. */
export async function listPages(options: ListOptions): Promise<ListEnd> {
  const { freshness } = options;
  const version =
    freshness === 'cached'
      ? { resourceVersion: '0' }
      : freshness === 'latest'
        ? {}
        : { resourceVersion: freshness.notOlderThan, resourceVersionMatch: 'NotOlderThan' };
  let resourceVersion = '';
  let token = '';
  let count = 0;
  do {
    // A token carries its own version; selectors must stay as they were.
    const parameters = {
      ...options.selectors,
      ...(options.limit > 0 && { limit: options.limit }),
      ...(token === '' ? version : { continue: token }),
    };
    const page = await readPage(options, `${options.path}${query(parameters)}`);
    count += page.count;
    // The set is as old as its first page: a watch goes on from there.
    resourceVersion ||= text(page.envelope, 'metadata', 'resourceVersion');
    token = text(page.envelope, 'metadata', 'continue');
  } while (token !== '');
  return { resourceVersion, count };
}

async function readPage(options: ListOptions, path: string): Promise<{ envelope: unknown; count: number }> {
  const { shape, session } = options;
  const asked = `GET ${options.path}`;
  using turn = await options.ask();
  const response = await session.request({
    path: shape.query === '' ? path : `${path}${path.includes('?') ? '' : '?'}${shape.query}`,
    headers: { accept: shape.acceptList, ...(options.packed && { 'accept-encoding': 'gzip' }) },
    timeoutMs: pageTimeoutMs,
    signal: options.signal,
  });
  if (response.status >= 300) {
    const body = (await collect(response.body, 1 << 20, asked)).toString('utf8');
    throw errorOf({ ...response, body, asked });
  }
  await turn.read();
  let batch: KubeObject[] = [];
  // Columns are told before the first of their rows: servers write them in this order.
  let hasHead = false;
  const { onEnvelope } = shape;
  const onHead = (head: unknown): void => {
    hasHead = true;
    onEnvelope?.(head);
  };
  const splitter = splitItems(
    shape.listKey,
    shape.element,
    (element) => batch.push(shape.objectOf(element)),
    onEnvelope === undefined ? {} : { onHead },
  );
  try {
    for await (const chunk of response.body) {
      splitter.push(chunk);
      options.onBytes?.(chunk.length);
      if (batch.length === 0) continue;
      const full = batch;
      batch = [];
      options.onObjects(full);
    }
    const envelope = splitter.finish();
    // An error may come with 200 when it arose after the answer had begun.
    if (text(envelope, 'kind') === 'Status')
      throw errorOf({ ...response, status: statusCode(envelope), body: JSON.stringify(envelope), asked });
    if (!hasHead) onEnvelope?.(envelope);
    return { envelope: { metadata: record(envelope, 'metadata') }, count: splitter.count };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ApiError('protocol', `${asked}: the answer is no list (${error.message})`, { cause: error });
  }
}

const statusCode = (envelope: unknown): number => Math.max(400, number(envelope, 'code') ?? 500);
