// A kube layer for tests: a test says what each cluster serves, and drives its watches by hand.
import type { KubeObject } from '../../src/core/object.ts';
import { clusterId } from '../../src/core/ids.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import type { KubeContext } from '../../src/kube/kubeconfig/context.ts';
import type { ApiResource, Discovery } from '../../src/kube/discovery/contract.ts';
import type { Session, SessionEvent, SessionRequest } from '../../src/kube/session/contract.ts';
import type { WatchEvent } from '../../src/kube/reflect/watch-event.ts';
import type {
  Connection,
  FollowRequest,
  KubePort,
  TableRequest,
  Watcher,
  WatchRequest,
} from '../../src/engine/kube-port.ts';

/** A resource with the verbs of a normal one. */
export const served = (
  group: string,
  resource: string,
  kind: string,
  more: Partial<ApiResource> = {},
): ApiResource => ({
  group,
  version: 'v1',
  resource,
  kind,
  singular: kind.toLowerCase(),
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ['get', 'list', 'watch'],
  subresources: [],
  preferred: true,
  ...more,
});

export const pods = served('', 'pods', 'Pod', { shortNames: ['po'] });
export const replicaSets = served('apps', 'replicasets', 'ReplicaSet');
export const deployments = served('apps', 'deployments', 'Deployment', { shortNames: ['deploy'] });
export const nodes = served('', 'nodes', 'Node', { namespaced: false });
export const events = served('', 'events', 'Event');

export const contextOf = (name: string, more: Partial<KubeContext> = {}): KubeContext => ({
  name,
  rawName: name,
  cluster: clusterId(`id-${name}`),
  server: `https://${name}.example:6443`,
  namespace: 'default',
  tls: { ca: null, serverName: null, insecure: false },
  proxy: null,
  auth: { type: 'token', token: 'x' },
  user: `user-${name}`,
  impersonate: null,
  file: '/config',
  disableCompression: false,
  ...more,
});

/** What a test knows of one cluster: its answers, and the watches that are open. */
export class FakeCluster {
  readonly name: string;
  discovery: Discovery = { resources: [pods, replicaSets, deployments, nodes, events], failed: [] };
  uid = '';
  /** Answers by path; a function may throw. `/version` answers by itself. */
  readonly answers = new Map<string, () => unknown>();
  readonly watches: WatchRequest[] = [];
  readonly tables: TableRequest[] = [];
  readonly follows: FollowRequest[] = [];
  readonly polls: FollowRequest[] = [];
  readonly ends = new Map<FollowRequest, () => void>();
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  failure: ApiError | null = null;
  retries = 0;
  /** Resources whose watch was told to try at once. */
  readonly listedAgain: string[] = [];
  logins: (string | undefined)[] = [];
  connects = 0;

  constructor(name: string) {
    this.name = name;
    this.uid = `uid-${name}`;
  }

  /** Tells what the connection does. */
  say(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** The log of a pod has ended: nothing more comes. */
  endLog(pod: string): void {
    for (const [request, end] of this.ends) if (request.pod === pod) end();
  }

  /** The open watch of a resource, in a namespace or over all. */
  watch(resource: string, namespace = ''): WatchRequest {
    const found = this.watches.find(
      (w) => w.type.resource === resource && w.namespace === namespace && !w.signal.aborted,
    );
    if (found === undefined) throw new Error(`${this.name} does not watch ${resource} in "${namespace}"`);
    return found;
  }

  has(resource: string, namespace = ''): boolean {
    return this.watches.some((w) => w.type.resource === resource && w.namespace === namespace && !w.signal.aborted);
  }

  /** A full set of a resource. */
  sync(resource: string, objects: readonly KubeObject[] = [], namespace = ''): void {
    this.watch(resource, namespace).onEvents([
      { type: 'sync-started' },
      ...objects.map((object): WatchEvent => ({ type: 'upsert', object })),
      { type: 'synced', resourceVersion: '1' },
    ]);
  }

  /** Everything that is watched and was not synced yet is empty. */
  syncRest(): void {
    for (const watch of this.watches)
      if (!watch.signal.aborted) watch.onEvents([{ type: 'sync-started' }, { type: 'synced', resourceVersion: '1' }]);
  }

  upsert(resource: string, ...objects: readonly KubeObject[]): void {
    this.watch(resource).onEvents(objects.map((object) => ({ type: 'upsert', object })));
  }

  session(context: KubeContext): Session {
    return {
      context,
      request: () => Promise.reject(new ApiError('status', 'watches of CRDs are not served here', forbidden)),
      json: (request) => this.#answer(request),
      text: () => Promise.reject(new Error('no texts here')),
      on: (listener) => {
        this.#listeners.add(listener);
        return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
      },
      retryNow: () => void this.retries++,
      close: () => undefined,
    };
  }

  async #answer({ path }: SessionRequest): Promise<unknown> {
    if (this.failure !== null) throw this.failure;
    const answer = this.answers.get(path);
    if (answer !== undefined) return answer();
    if (path === '/version') return { gitVersion: 'v1.36.1' };
    if (path === '/api/v1/namespaces/kube-system') return { metadata: { uid: this.uid } };
    throw new ApiError('status', `nothing at ${path}`, forbidden);
  }
}

const forbidden = {
  status: { code: 403, reason: 'Forbidden', message: 'denied', causes: [], name: null, kind: null },
};

/** A 403 of RBAC. */
export const denial = (resource: string, namespace = ''): ApiError => {
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${resource} is forbidden: User "u" cannot list resource "${resource}" in API group "" ${where}`;
  return new ApiError('status', message, { status: { ...forbidden.status, message } });
};

/** The port over fake clusters, by context name. */
export const fakeKube = (clusters: readonly FakeCluster[]): KubePort => {
  const of = (context: KubeContext): FakeCluster => {
    const found = clusters.find((c) => context.name === c.name || context.name.endsWith(`@${c.name}`));
    if (found === undefined) throw new Error(`no cluster ${context.name}`);
    return found;
  };
  const watcher = (request: WatchRequest | TableRequest): Watcher => ({
    retryNow: () => void of(request.session.context).listedAgain.push(request.type.resource),
  });
  return {
    connect: (context): Connection => {
      const cluster = of(context);
      cluster.connects++;
      return {
        session: cluster.session(context),
        renewLogin: (printed) => void cluster.logins.push(printed),
        loginCommand: () => ({ command: ['login'], env: {}, title: 'login' }),
        close: () => undefined,
      };
    },
    knownDiscovery: () => Promise.resolve(null),
    discover: (session) => {
      const cluster = of(session.context);
      return cluster.failure === null
        ? Promise.resolve({ discovery: cluster.discovery, isChanged: true })
        : Promise.reject(cluster.failure);
    },
    watch: (request) => {
      of(request.session.context).watches.push(request);
      return watcher(request);
    },
    watchTable: (request) => {
      of(request.session.context).tables.push(request);
      return watcher(request);
    },
    follow: (request) => {
      const { follows, polls, ends } = of(request.session.context);
      void request.place().then((place) => {
        (place.stays ? follows : polls).push(request);
        if (place.stays) request.signal.addEventListener('abort', () => place[Symbol.dispose](), { once: true });
        else place[Symbol.dispose]();
      });
      const done = new Promise<void>((resolve) => {
        request.signal.addEventListener('abort', () => resolve(), { once: true });
        ends.set(request, resolve);
      });
      return { done, nudge: () => undefined, pause: () => undefined, resume: () => undefined };
    },
  };
};

export const podOf = (
  name: string,
  more: { uid?: string; namespace?: string; owner?: string; reason?: string } = {},
): KubeObject => ({
  metadata: {
    name,
    namespace: more.namespace ?? 'shop',
    uid: more.uid ?? `uid-${name}`,
    creationTimestamp: '2026-11-21T00:00:00Z',
    labels: { app: name.split('-')[0] ?? name },
    ...(more.owner === undefined
      ? {}
      : { ownerReferences: [{ uid: more.owner, controller: true, kind: 'ReplicaSet' }] }),
  },
  status: { phase: 'Running', reason: more.reason ?? '' },
});
