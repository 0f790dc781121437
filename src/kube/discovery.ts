// Asks a server what it serves: aggregated in two requests, or group by group from servers before 1.26.

import { text } from '../core/object.ts';
import { cell } from '../core/sanitise.ts';
import { ApiError } from './api-error.ts';
import { errorOf } from './api-status.ts';
import { collect } from './body.ts';
import type { DiscoveryCache } from './discovery-cache.ts';
import type { ApiResource, Discovery } from './discovery-contract.ts';
import { type Found, readAggregated, readGroupList, readResourceList } from './discovery-parse.ts';
import type { Session } from './session-contract.ts';
import type { FallbackCounter } from './watch-event.ts';

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
  return {
    resources: [...core.resources, ...groups.resources].sort(byName),
    failed: [...core.failed, ...groups.failed],
  };
}

/** What was found the last time, without asking; null when that is not known. */
export async function discoverFromCache(session: Session, cache: DiscoveryCache): Promise<Discovery | null> {
  const server = session.context.server;
  const answers = await Promise.all([cache.read(server, '/api'), cache.read(server, '/apis')]);
  const found = answers.map((answer) => (answer === null ? null : readAggregated(answer.body)));
  if (found.some((part) => part === null)) return null;
  const parts = found.filter((part) => part !== null);
  return {
    resources: parts.flatMap((part) => part.resources).sort(byName),
    failed: parts.flatMap((part) => part.failed),
  };
}

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
  if (response.status === 304 && cached !== null) return readAggregated(cached.body);
  if (response.status >= 300) throw errorOf({ ...response, body, asked: `GET ${path}` });
  const answer = parse(body, path);
  if (text(answer, 'kind') === 'APIGroupDiscoveryList') {
    const etag = response.headers['etag'];
    if (etag !== undefined && etag !== cached?.etag) await cache?.write(server, path, { etag, body: answer });
    return readAggregated(answer);
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
