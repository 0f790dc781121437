// The kube layer as the engine's port: one set of shared parts (credentials, gates, caches) for all clusters.
import { hash } from 'node:crypto';
import type { PathSpec } from '../core/object.ts';
import { openSession } from '../kube/session/session.ts';
import type { SessionDeps, SessionTimings } from '../kube/session/deps.ts';
import { newConnectGate, sessionTimings } from '../kube/session/deps.ts';
import type { WriteGate } from '../kube/session/write-gate.ts';
import type { KubeContext } from '../kube/kubeconfig/context.ts';
import { createCredentials, type CredentialDeps } from '../kube/credentials/credentials.ts';
import { discover, discoverFromCache } from '../kube/discovery/discovery.ts';
import type { CachedAnswer, DiscoveryCache } from '../kube/discovery/cache.ts';
import type { Discovery } from '../kube/discovery/contract.ts';
import { followLog } from '../kube/logs/log-stream.ts';
import { loginCommand } from '../kube/credentials/login.ts';
import { openTunnel } from '../kube/transport/proxy.ts';
import { newFirstSets } from '../kube/reflect/first-sets.ts';
import { reflectShape } from '../kube/reflect/reflector.ts';
import type { Session } from '../kube/session/contract.ts';
import { reflectTable } from '../kube/reflect/table.ts';
import type { TlsOptions } from '../kube/transport/tls.ts';
import type { FallbackCounter } from '../kube/reflect/watch-event.ts';
import { type MorePaths, objectShape, type WatchShape } from '../kube/reflect/watch-shape.ts';
import type { Clock } from '../platform/clock.ts';
import type {
  Connection,
  Follow,
  FollowRequest,
  KubePort,
  TableEvent,
  TableRequest,
  Watcher,
  WatchRequest,
} from './kube-port.ts';
import { newTimeReader } from './logs/line-time.ts';

export type KubeDeps = {
  readonly credentials: CredentialDeps;
  readonly tls: TlsOptions;
  readonly userAgent: string;
  readonly discoveryCache: DiscoveryCache | null;
  readonly gate: WriteGate;
  readonly fallbacks: FallbackCounter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timings?: Partial<SessionTimings>;
};

/** The real kube layer. */
export function createKube(deps: KubeDeps): KubePort {
  const { clock, random, fallbacks } = deps;
  const connects = newConnectGate(clock);
  const lastDiscovery = new WeakMap<Session, string>();
  const shared = newSharedDiscoveries();
  const shapes = newSharedShapes(() => fallbacks('decoder', ''));
  const cache = sharingCache(deps.discoveryCache);
  const common = { clock, random, fallbacks, firstSets: newFirstSets(clock) };
  const verbsOf = (canWatch: boolean): readonly string[] => (canWatch ? ['list', 'watch'] : ['list']);
  const resourceOf = ({ type, namespaced, canWatch }: Omit<WatchRequest, 'pick' | 'onEvents'>) => ({
    ...type,
    namespaced,
    verbs: verbsOf(canWatch),
  });
  const placeOf = (request: Omit<WatchRequest, 'pick' | 'onEvents'>) => ({
    session: request.session,
    resource: resourceOf(request),
    namespace: request.namespace === '' ? null : request.namespace,
    ...(request.fieldSelector === '' ? {} : { fieldSelector: request.fieldSelector }),
    signal: request.signal,
  });
  return {
    connect: (context) => connect(context, deps, connects),
    knownDiscovery: async (session) => {
      const found = deps.discoveryCache === null ? null : await discoverFromCache(session, deps.discoveryCache);
      return found === null ? null : shared.of(found).discovery;
    },
    discover: async (session, signal) => {
      const found = await discover(session, { cache, fallbacks, signal });
      const { digest, discovery } = shared.of(found);
      const isChanged = lastDiscovery.get(session) !== digest;
      lastDiscovery.set(session, digest);
      return { discovery, isChanged };
    },
    watch: (request): Watcher =>
      reflectShape(
        { ...common, ...placeOf(request), onEvents: (batch) => request.onEvents(batch) },
        shapes.of(request.pick, request.more),
      ),
    watchTable: (request): Watcher => watchTable(request, { ...common, ...placeOf(request) }),
    follow: (request) => follow(request, deps),
  };
}

function connect(context: KubeContext, deps: KubeDeps, connects: SessionDeps['connects']): Connection {
  const credentials = createCredentials(context, deps.credentials);
  const session = openSession(context, {
    credentials,
    tls: deps.tls,
    tunnel: openTunnel,
    userAgent: deps.userAgent,
    gate: deps.gate,
    connects,
    fallbacks: deps.fallbacks,
    clock: deps.clock,
    random: deps.random,
    timings: { ...sessionTimings, ...deps.timings },
  });
  return {
    session,
    renewLogin: (printed) => credentials.retry(printed),
    loginCommand: () => {
      const { state } = credentials;
      return loginCommand(context, state.status === 'failed' ? state.error : null);
    },
    close: () => session.close(),
  };
}

/**
 * A decoder learns which strings repeat: namespaces, images, phases. One for all clusters that read the same paths learns
 * once, and a string that they share is kept once.
 */
function newSharedShapes(onFallback: () => void): { of(pick: PathSpec, more?: MorePaths): WatchShape } {
  const known = new Map<string, WatchShape>();
  return {
    of(pick, more) {
      const key = JSON.stringify([pick, more?.id ?? null]);
      let shape = known.get(key);
      if (shape === undefined) known.set(key, (shape = objectShape(pick, onFallback, more)));
      return shape;
    },
  };
}

/**
 * An ETag of discovery is a hash of its content: a server that was never asked is offered the answer of another one, and
 * says 304 when it would say the same. A hundred clusters of one version send their kinds once.
 */
function sharingCache(kept: DiscoveryCache | null): DiscoveryCache {
  const latest = new Map<string, CachedAnswer>();
  /** By ETag, and by server and path: what says the same is one object, and the disk is asked once. */
  const byTag = new Map<string, WeakRef<CachedAnswer>>();
  const own = new Map<string, CachedAnswer>();
  const keep = (server: string, path: string, answer: CachedAnswer): CachedAnswer => {
    const tag = `${path} ${answer.etag}`;
    const shared = byTag.get(tag)?.deref() ?? answer;
    if (shared === answer) byTag.set(tag, new WeakRef(answer));
    own.set(`${server} ${path}`, shared);
    return shared;
  };
  return {
    read: async (server, path) => {
      const known = own.get(`${server} ${path}`);
      if (known !== undefined) return known;
      const read = (await kept?.read(server, path)) ?? null;
      return read === null ? (latest.get(path) ?? null) : keep(server, path, read);
    },
    write: async (server, path, answer) => {
      latest.set(path, keep(server, path, answer));
      await kept?.write(server, path, answer);
    },
  };
}

/** Clusters of one version serve the same: what they say is kept once. */
function newSharedDiscoveries(): { of(found: Discovery): { readonly digest: string; readonly discovery: Discovery } } {
  const known = new Map<string, WeakRef<Discovery>>();
  const seen = new WeakMap<Discovery, { readonly digest: string; readonly discovery: Discovery }>();
  return {
    of(found) {
      const before = seen.get(found);
      if (before !== undefined) return before;
      const digest = hash('sha256', JSON.stringify(found));
      const discovery = known.get(digest)?.deref() ?? found;
      if (discovery === found) known.set(digest, new WeakRef(found));
      const shared = { digest, discovery };
      seen.set(found, shared);
      return shared;
    },
  };
}

function watchTable(
  request: TableRequest,
  options: Omit<Parameters<typeof reflectTable>[0], 'onEvents' | 'onColumns'>,
): Watcher {
  return reflectTable({
    ...options,
    onColumns: (columns) => request.onEvents([{ type: 'columns', columns }]),
    onEvents: (batch) =>
      request.onEvents(
        batch.map((event): TableEvent => {
          if (event.type === 'delete') return { type: 'delete', object: event.object };
          if (event.type !== 'upsert') return event;
          const { cells } = event.object;
          return { type: 'upsert', cells: Array.isArray(cells) ? cells : [], object: event.object };
        }),
      ),
  });
}

function follow(request: FollowRequest, { clock, random }: KubeDeps): Follow {
  const timeOf = newTimeReader();
  return followLog({
    session: request.session,
    namespace: request.namespace,
    pod: request.pod,
    container: request.container === '' ? null : request.container,
    previous: request.previous,
    follow: request.follow && !request.previous,
    tailLines: request.tail,
    sinceSeconds: request.sinceSeconds,
    podState: () => request.podState(),
    place: () => request.place(),
    signal: request.signal,
    clock,
    random,
    onLine: ({ time, bytes }) => request.onLine(time === null ? null : timeOf(time), bytes),
    onMark: ({ mark, text: words }) => request.onMark(mark, words),
  });
}
