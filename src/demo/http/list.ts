// GET of one object and LIST: paging, resourceVersion rules, selectors and compression.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ApiCluster } from '../api/cluster.ts';
import type { Resource } from '../api/kinds.ts';
import type { Matcher } from '../api/selectors.ts';
import { badRequest, type Cause, expired, forbiddenValue, invalidOptions, tooLarge } from '../api/status-bodies.ts';
import type { Entry, Snapshot } from '../api/store.ts';
import { type Format, joined, type ListMeta, listFrame, listItem, toYaml } from './formats.ts';
import type { Reply } from './reply.ts';
import { queryNumber } from './request.ts';

const squeeze = promisify(gzip);

/** Bodies below this are never compressed: 128 KiB, counted before compression. */
const leastGzip = 128 * 1024;

type Token = { readonly rv: number; readonly start: string };

const tokenOf = (rv: number, start: string): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start: `${start}\u0000` })).toString('base64url');

function parseToken(text: string): Token {
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Record<string, unknown>;
    if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && typeof start === 'string') return { rv, start };
  } catch {
    // falls through to the refusal
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

const refuse = (cause: Cause): never => {
  throw invalidOptions('ListOptions', cause);
};

/** The checks of ListOptions that a LIST must pass. */
function check(query: URLSearchParams): { rv: string; match: string; token: Token | null } {
  const rv = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const next = query.get('continue') ?? '';
  const field = 'resourceVersionMatch';
  if (query.has('sendInitialEvents'))
    refuse(forbiddenValue('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  if (match !== '') {
    if (next !== '') refuse(forbiddenValue(field, 'resourceVersionMatch is forbidden when continue is provided'));
    if (rv === '')
      refuse(forbiddenValue(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan')
      refuse({
        reason: 'FieldValueNotSupported',
        message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
        field,
      });
    if (match === 'Exact' && rv === '0')
      refuse(forbiddenValue(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (!/^\d*$/.test(rv)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(rv)}: invalid syntax`;
    throw badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(rv)}: ${why}`);
  }
  if (next !== '' && rv !== '' && rv !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  return { rv, match, token: next === '' ? null : parseToken(next) };
}

export type ListRequest = {
  readonly cluster: ApiCluster;
  readonly resource: Resource;
  readonly namespace: string;
  readonly matches: Matcher | null;
  readonly format: Format;
  readonly query: URLSearchParams;
  /** The Accept-Encoding header; compressed only for the exact token `gzip`. */
  readonly encoding: string | undefined;
  /** Entries that are not stored (metrics). */
  readonly made?: readonly Entry[];
};

/** The data set and version that this request is about; waits up to 3 s for a version of the future. */
async function snapshotFor(l: ListRequest): Promise<{ snapshot: Snapshot; rv: number; start: string; limit: number }> {
  const { cluster, query } = l;
  const { store } = cluster;
  const { rv, match, token } = check(query);
  const limit = queryNumber(query, 'limit') ?? 0;
  const storage = cluster.storageOf(l.resource);
  const namespace = l.namespace === '' || !l.resource.namespaced ? '' : l.namespace;
  if (l.made !== undefined) {
    const entries = new Map(l.made.map((e) => [e.key, e]));
    return { snapshot: { keys: [...entries.keys()], get: (k) => entries.get(k) }, rv: store.rv, start: '', limit: 0 };
  }
  const current = (): Snapshot => {
    const c = store.collection(storage);
    return { keys: c.keys(), get: (key) => c.get(key) };
  };
  if (token !== null) {
    const start = `${namespace === '' ? token.start.slice(1) : namespace + token.start}`;
    if (token.rv < 0) return { snapshot: current(), rv: store.rv, start, limit };
    const snapshot = store.at(storage, token.rv);
    if (snapshot === null)
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
        tokenOf(-1, token.start.replace(/\u0000$/, '')),
      );
    return { snapshot, rv: token.rv, start, limit };
  }
  const wanted = rv === '' ? 0 : Number(rv);
  if (wanted > store.rv) {
    const seen = store.rv;
    await new Promise((done) => setTimeout(done, 3000));
    if (wanted > store.rv) throw tooLarge(rv, seen);
  }
  const exact = match === 'Exact' || (match === '' && limit > 0 && wanted > 0);
  if (exact) {
    const snapshot = store.at(storage, wanted);
    if (snapshot === null) throw expired('The resourceVersion for the provided list is too old.');
    return { snapshot, rv: wanted, start: '', limit };
  }
  return { snapshot: current(), rv: store.rv, start: '', limit: rv === '0' ? 0 : limit };
}

export async function sendList(l: ListRequest, reply: Reply): Promise<void> {
  const { cluster, resource } = l;
  const { snapshot, rv, start, limit } = await snapshotFor(l);
  const prefix = l.namespace === '' || !resource.namespaced ? '' : `${l.namespace}/`;
  const items: Buffer[] = [];
  let next: string | undefined;
  let last = '';
  let left = 0;
  for (const key of snapshot.keys) {
    if (!key.startsWith(prefix) || (start !== '' && key < start)) continue;
    if (next !== undefined) {
      left++;
      if (l.matches !== null) break;
      continue;
    }
    const entry = snapshot.get(key);
    if (entry === undefined) continue;
    const seen = l.made === undefined ? cluster.view(resource, entry) : entry;
    if (l.matches !== null && !l.matches(seen.object)) continue;
    if (limit > 0 && items.length === limit) {
      next = tokenOf(rv, `/${last.slice(prefix.length)}`);
      left = 1;
      continue;
    }
    items.push(listItem(cluster, resource, seen, l.format));
    last = key;
  }
  const meta: ListMeta = {
    resourceVersion: l.made === undefined ? String(rv) : '',
    ...(next === undefined ? {} : { continue: next }),
    ...(next === undefined || l.matches !== null ? {} : { remainingItemCount: left }),
  };
  const body = joined(listFrame(resource, l.format, meta), items);
  if (l.format.as === 'yaml') {
    reply.send(200, toYaml(body), { 'content-type': 'application/yaml' });
    return;
  }
  const wantsGzip = (l.encoding ?? '').split(',').some((t) => t.trim() === 'gzip');
  if (wantsGzip && body.length >= leastGzip) {
    const packed = await squeeze(body, { level: 1 });
    reply.head(200, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    reply.end(packed);
    return;
  }
  reply.head(200, items.length === 0 || body.length < 2048 ? { 'content-length': String(body.length) } : {});
  reply.end(body);
}
