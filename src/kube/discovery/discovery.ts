// Asks a server what it serves: aggregated in two requests, or group by group from servers before 1.26.

import { text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import { ApiError } from '../api-error.ts';
import { errorOf } from '../api-status.ts';
import { collect } from '../transport/body.ts';
import type { CachedAnswer, DiscoveryCache } from './cache.ts';
import type { ApiResource, Discovery } from './contract.ts';
import { type Found, readAggregated, readGroupList, readResourceList } from './parse.ts';
import type { Session } from '../session/contract.ts';
import type { FallbackCounter } from '../reflect/watch-event.ts';

const form = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
const accept = `${form('v2')},${form('v2beta1')},application/json`;
/** Group versions asked at a time when there is no aggregation. */
const atOnce = 8;
const maxBytes = 32 << 20;

export type DiscoverOptions = {
  readonly cache?: DiscoveryCache;
  readonly fallbacks?: FallbackCounter;
  readonly signal?: AbortSignal;
};

/** Throws ApiError when nothing could be read; a group that fails is in `failed`, the others are there. */
export async function discover(session: Session, options: DiscoverOptions = {}): Promise<Discovery> {
  const [core, groups] = await Promise.all([
    discoverRoot(session, '/api', options),
    discoverRoot(session, '/apis', options),
  ]);
  return merged(core, groups);
}

/** What was found the last time, without asking; null when that is not known. */
export async function discoverFromCache(session: Session, cache: DiscoveryCache): Promise<Discovery | null> {
  const server = session.context.server;
  const [core, groups] = await Promise.all([cache.read(server, '/api'), cache.read(server, '/apis')]);
  return core === null || groups === null ? null : merged(foundIn(core), foundIn(groups));
}

/** What an answer says. A cache gives the same answer for all clusters of one version, and at every look: read once. */
function foundIn(answer: CachedAnswer): Found {
  let found = founds.get(answer);
  if (found === undefined) founds.set(answer, (found = readAggregated(answer.body)));
  return found;
}
const founds = new WeakMap<CachedAnswer, Found>();

/** Both halves in one, the same object for the same halves. */
function merged(core: Found, groups: Found): Discovery {
  const known = wholes.get(core);
  if (known?.groups === groups) return known.discovery;
  const discovery = {
    resources: [...core.resources, ...groups.resources].sort(byName),
    failed: [...core.failed, ...groups.failed],
  };
  wholes.set(core, { groups, discovery });
  return discovery;
}
const wholes = new WeakMap<Found, { readonly groups: Found; readonly discovery: Discovery }>();

const byName = (a: ApiResource, b: ApiResource): number =>
  compare(a.resource, b.resource) || compare(a.group, b.group) || Number(b.preferred) - Number(a.preferred);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function discoverRoot(session: Session, path: '/api' | '/apis', options: DiscoverOptions): Promise<Found> {
  const { cache, signal } = options;
  const server = session.context.server;
  const cached = (await cache?.read(server, path)) ?? null;
  const response = await session.request({
    path,
    headers: { accept, ...(cached !== null && { 'if-none-match': cached.etag }) },
    ...(signal && { signal }),
  });
  const body = (await collect(response.body, maxBytes, `GET ${path}`)).toString('utf8');
  if (response.status === 304 && cached !== null) return foundIn(cached);
  if (response.status >= 300) throw errorOf({ ...response, body, asked: `GET ${path}` });
  const answer = parse(body, path);
  if (text(answer, 'kind') === 'APIGroupDiscoveryList') {
    const etag = response.headers['etag'];
    if (etag === undefined) return readAggregated(answer);
    const fresh = { etag, body: answer };
    if (etag !== cached?.etag) await cache?.write(server, path, fresh);
    return foundIn(fresh);
  }
  options.fallbacks?.('discovery', session.context.cluster);
  return path === '/api'
    ? oneByOne(session, coreVersions(answer), signal)
    : oneByOne(session, readGroupList(answer), signal);
}

/** APIVersions of `/api`: always v1 in practice. */
function coreVersions(answer: unknown): { group: string; version: string; preferred: boolean }[] {
  const versions = (answer as { versions?: unknown } | null)?.versions;
  const names = Array.isArray(versions) ? versions.filter((v) => typeof v === 'string') : [];
  return names.map((version, index) => ({ group: '', version, preferred: index === 0 }));
}

async function oneByOne(
  session: Session,
  wanted: readonly { group: string; version: string; preferred: boolean }[],
  signal: AbortSignal | undefined,
): Promise<Found> {
  const found: Found = { resources: [], failed: [] };
  const queue = [...wanted];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { group, version, preferred } = next;
      const path =
        group === '' ? `/api/${version}` : `/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`;
      try {
        const body = await session.json({ path, ...(signal && { signal }) });
        found.resources.push(...readResourceList(body, group, version, preferred));
      } catch (error) {
        // One API service that is down must not hide the other groups; a connection that is gone hides them all.
        if (!(error instanceof ApiError) || error.kind === 'login' || error.kind === 'aborted') throw error;
        found.failed.push({ groupVersion: cell(path.replace(/^\/apis?\//, '')), reason: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const isNothing = found.resources.length === 0 && found.failed.length > 0;
  if (isNothing) throw new ApiError('unreachable', `discovery failed: ${found.failed[0]?.reason ?? ''}`);
  return found;
}

function parse(body: string, path: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ApiError('protocol', `GET ${path}: the answer is no JSON; is this an API server?`, { cause: error });
  }
}
