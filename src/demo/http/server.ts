// One API server without its sockets: authentication, authorisation, routing, and the one place where failures become
// answers.
import type { TLSSocket } from 'node:tls';
import { at, list, text } from '../../core/object.ts';
import type { ApiCluster } from '../api/cluster.ts';
import { crdVersion, type Resource, storageName } from '../api/kinds.ts';
import { fieldMatcher, labelMatcher, type Matcher } from '../api/selectors.ts';
import {
  ApiFailure,
  badRequest,
  internal,
  noSuchPath,
  noSuchResource,
  notAllowed,
  notFound,
} from '../api/status-bodies.ts';
import type { Entry } from '../api/store.ts';
import type { RequestMatch } from '../protocol.ts';
import { decode } from './body.ts';
import { sendDiscovery } from './discovery.ts';
import { type Asked, Faults, matches } from './faults.ts';
import { negotiate, single, toYaml } from './formats.ts';
import { anonymous, type Identity, identify, impersonated, type TokenUser } from './identity.ts';
import { sendList } from './list.ts';
import { type LogSource, sendLog } from './log-reader.ts';
import { sendOpenApi } from './openapi.ts';
import { type Attributes, Authorizer } from './rbac.ts';
import { type AnyRequest, bodyOf, type Reply } from './reply.ts';
import { parseRequest, type RequestInfo, type Target } from './request.ts';
import { review } from './reviews.ts';
import { evict, scale } from './scale.ts';
import { WatchStream } from './watch.ts';
import { del, deleteCollection, managerOf, patch, post, put, stored, type WriteRequest } from './write-routes.ts';

/** What is behind the API: kubelets' logs, usage for metrics.k8s.io. */
export type Backends = {
  readonly logs: LogSource;
  /** NodeMetrics or PodMetrics, made now. */
  readonly metrics: (cluster: ApiCluster, resource: 'nodes' | 'pods', namespace: string) => readonly Entry[];
};

export type Counters = { requests: number; watches: number };

export class ApiServer {
  readonly cluster: ApiCluster;
  readonly authorizer: Authorizer;
  readonly faults = new Faults();
  readonly tokens: Map<string, TokenUser>;
  readonly counters: Counters = { requests: 0, watches: 0 };
  readonly #backends: Backends;
  readonly #running = new Map<WatchStream, Asked>();

  constructor(cluster: ApiCluster, tokens: ReadonlyMap<string, TokenUser>, backends: Backends) {
    this.cluster = cluster;
    this.authorizer = new Authorizer(cluster);
    this.tokens = new Map(tokens);
    this.#backends = backends;
  }

  /** Running watches that a fault means. */
  running(match: RequestMatch | undefined): WatchStream[] {
    return [...this.#running].filter(([, asked]) => matches(match, asked)).map(([stream]) => stream);
  }

  /** Answers one request. True when the connection must not be used again (401, anonymous). */
  async handle(request: AnyRequest, reply: Reply): Promise<'keep' | 'go-away'> {
    this.counters.requests++;
    let who: Identity | undefined;
    try {
      who = this.#identify(request);
      const info = parseRequest(request.method ?? 'GET', request.url ?? '/');
      const asked = { url: request.url ?? '/', target: info.target, user: who.username };
      const verdict = this.faults.judge(asked);
      if (verdict.latencyMs > 0) await new Promise((done) => setTimeout(done, verdict.latencyMs));
      if (verdict.bytesPerSecond !== null) reply.throttle(verdict.bytesPerSecond);
      if (verdict.reset) {
        reply.destroy();
        return 'keep';
      }
      if (verdict.failure !== null) throw verdict.failure;
      const other = impersonated(request.headers);
      if (other !== null) {
        const about = {
          verb: 'impersonate',
          group: '',
          resource: 'users',
          subresource: '',
          namespace: '',
          name: other.username,
        };
        this.authorizer.require(who, about);
        who = other;
      }
      await this.#route(request, info, who, asked, reply);
    } catch (error) {
      const failure =
        error instanceof ApiFailure ? error : internal(error instanceof Error ? error.message : String(error));
      if (failure.code === 401) reply.fairness = false;
      const head = request.method === 'HEAD';
      if (reply.started) reply.destroy();
      else if (failure.body === null) reply.send(failure.code, head ? '' : failure.text, failure.headers);
      else reply.json(failure.code, failure.body, failure.headers);
      if (failure.code === 401) return 'go-away';
    }
    return who === anonymous ? 'go-away' : 'keep';
  }

  #identify(request: AnyRequest): Identity {
    const socket = request.socket as TLSSocket | undefined;
    const tls = socket && 'getPeerCertificate' in socket ? socket : null;
    const open = new Map([...this.tokens].filter(([, user]) => !this.faults.isRevoked(user.username)));
    return identify(tls, request.headers, this.faults.revoked.size === 0 ? this.tokens : open);
  }

  async #route(request: AnyRequest, info: RequestInfo, who: Identity, asked: Asked, reply: Reply): Promise<void> {
    const { target, path, query } = info;
    // Long-running requests do not pass priority and fairness.
    if (target?.subresource === 'log') reply.fairness = false;
    if (target === null) {
      this.authorizer.require(who, attributes({ path, verb: (request.method ?? 'get').toLowerCase() }));
      return this.#nonResource(request, path, query, reply);
    }
    this.authorizer.require(who, attributes(target));
    const resource = this.cluster.find(target.group, target.version, target.resource);
    if (resource === undefined) {
      const known = this.cluster.resources.some((r) => r.group === target.group);
      throw known ? noSuchResource() : noSuchPath();
    }
    const aboutOne = ['update', 'patch', 'delete', 'get'].includes(target.verb);
    if (aboutOne && target.name === '') throw notAllowed();
    if (resource.namespaced && target.namespace === '') {
      if (target.verb === 'create') throw notAllowed();
      if (aboutOne) throw noSuchResource();
    }
    const old = crdVersion(resource);
    if (at(old, 'deprecated') === true)
      reply.warnings.push(
        text(old, 'deprecationWarning') || `${resource.group}/${resource.version} ${resource.kind} is deprecated`,
      );
    if (target.subresource !== '' && target.subresource !== 'status')
      return this.#subresource(request, info, target, resource, reply);
    switch (target.verb) {
      case 'get':
        return this.#get(request, target, resource, query, reply);
      case 'list':
        return this.#list(request, target, resource, query, reply);
      case 'watch':
        return this.#watch(request, target, resource, query, asked, reply);
      default:
        return this.#write(request, info, target, resource, who, reply);
    }
  }

  #nonResource(request: AnyRequest, path: string, query: URLSearchParams, reply: Reply): void {
    if (request.method !== 'GET') throw notAllowed();
    const { headers } = request;
    const host = String(headers[':authority'] ?? headers.host ?? '');
    if (path === '/version' || path === '/version/') return reply.json(200, versionOf(this.cluster));
    if (/^\/(livez|readyz|healthz)(\/[\w-]+)?$/.test(path)) {
      const body = query.has('verbose')
        ? `[+]ping ok\n[+]log ok\n[+]etcd ok\n${path.split('/')[1]} check passed\n`
        : 'ok';
      return reply.send(200, body, {
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
      });
    }
    if (path === '/openapi/v3' || path.startsWith('/openapi/v3/'))
      return sendOpenApi(this.cluster, path, query, headers['if-none-match'], reply);
    if (/^\/apis?(\/|$)/.test(path) && !path.startsWith('//'))
      return sendDiscovery(this.cluster, path, headers, host, reply);
    throw noSuchPath();
  }

  #matcher(resource: Resource, query: URLSearchParams): Matcher | null {
    const labels = query.get('labelSelector') ?? '';
    const fields = query.get('fieldSelector') ?? '';
    const parts: Matcher[] = [];
    if (labels !== '') parts.push(labelMatcher(labels));
    const more = list(crdVersion(resource), 'selectableFields').map((f) => text(f, 'jsonPath').replace(/^\./, ''));
    if (fields !== '') parts.push(fieldMatcher(fields, storageName(resource), more));
    const [first, second] = parts;
    if (first === undefined) return null;
    return second === undefined ? first : (o) => first(o) && second(o);
  }

  #made(resource: Resource, namespace: string): readonly Entry[] | undefined {
    if (resource.backing !== 'metrics') return undefined;
    return this.#backends.metrics(this.cluster, resource.resource as 'nodes' | 'pods', namespace);
  }

  #get(request: AnyRequest, target: Target, resource: Resource, query: URLSearchParams, reply: Reply): void {
    if (resource.backing === 'none') throw notAllowed();
    const format = negotiate(request.headers.accept, query);
    let entry: Entry | undefined;
    if (resource.backing === 'metrics') {
      entry = this.#made(resource, target.namespace)?.find((e) => e.object.metadata.name === target.name);
    } else {
      const key = resource.namespaced ? `${target.namespace}/${target.name}` : target.name;
      const found = this.cluster.store.collection(this.cluster.storageOf(resource)).get(key);
      entry = found && this.cluster.view(resource, found);
    }
    if (entry === undefined) throw notFound(resource, target.name);
    const body = single(this.cluster, resource, entry, format);
    if (format.as === 'yaml') return reply.send(200, toYaml(body), { 'content-type': 'application/yaml' });
    reply.send(200, body);
  }

  async #list(
    request: AnyRequest,
    target: Target,
    resource: Resource,
    query: URLSearchParams,
    reply: Reply,
  ): Promise<void> {
    if (!resource.verbs.includes('list')) throw notAllowed();
    const made = this.#made(resource, target.namespace);
    const encoding = request.headers['accept-encoding'];
    await sendList(
      {
        cluster: this.cluster,
        resource,
        namespace: target.namespace,
        matches: this.#matcher(resource, query),
        format: negotiate(request.headers.accept, query),
        query,
        encoding: Array.isArray(encoding) ? encoding.join(',') : encoding,
        ...(made === undefined ? {} : { made }),
      },
      reply,
    );
  }

  async #watch(
    request: AnyRequest,
    target: Target,
    resource: Resource,
    query: URLSearchParams,
    asked: Asked,
    reply: Reply,
  ): Promise<void> {
    const stream = new WatchStream(
      {
        cluster: this.cluster,
        resource,
        namespace: target.namespace,
        matches: this.#matcher(resource, query),
        format: negotiate(request.headers.accept, query),
        query,
      },
      reply,
    );
    this.counters.watches++;
    this.#running.set(stream, asked);
    reply.onClose(() => {
      this.counters.watches--;
      this.#running.delete(stream);
    });
    await stream.run();
  }

  async #writeRequest(
    request: AnyRequest,
    info: RequestInfo,
    target: Target,
    resource: Resource,
  ): Promise<WriteRequest> {
    const body = await bodyOf(request);
    if (body === 'too-large') throw badRequest('the request body is too large');
    return {
      cluster: this.cluster,
      resource,
      target,
      query: info.query,
      format: negotiate(request.headers.accept, info.query),
      body,
      contentType: request.headers['content-type'],
      userAgent: request.headers['user-agent'],
    };
  }

  async #write(
    request: AnyRequest,
    info: RequestInfo,
    target: Target,
    resource: Resource,
    who: Identity,
    reply: Reply,
  ): Promise<void> {
    if (!resource.verbs.includes(target.verb)) throw notAllowed();
    const r = await this.#writeRequest(request, info, target, resource);
    if (resource.backing === 'none') {
      const body = decode(r.body, r.contentType, resource.kind);
      const answer = review(
        resource.kind,
        body,
        who,
        this.authorizer,
        managerOf(r.query, r.userAgent),
        this.cluster.now(),
      );
      if (answer === null) throw notAllowed();
      return reply.json(201, answer);
    }
    switch (target.verb) {
      case 'create':
        return post(r, reply);
      case 'update':
        return put(r, reply);
      case 'patch':
        return patch(r, reply);
      case 'delete':
        return del(r, reply);
      case 'deletecollection':
        return deleteCollection(r, this.#matcher(resource, info.query), reply);
      default:
        throw notAllowed();
    }
  }

  async #subresource(
    request: AnyRequest,
    info: RequestInfo,
    target: Target,
    resource: Resource,
    reply: Reply,
  ): Promise<void> {
    const { subresource } = target;
    if (subresource === 'scale')
      return scale(await this.#writeRequest(request, info, target, resource), request.method ?? 'GET', reply);
    if (resource.kind === 'Pod' && subresource === 'log') {
      if (request.method !== 'GET') throw notAllowed();
      return sendLog(this.cluster, this.#backends.logs, stored(this.cluster, resource, target), info.query, reply);
    }
    if (resource.kind === 'Pod' && subresource === 'eviction' && request.method === 'POST')
      return evict(await this.#writeRequest(request, info, target, resource), reply);
    if (resource.kind === 'Pod' && ['exec', 'attach', 'portforward'].includes(subresource)) {
      stored(this.cluster, resource, target);
      throw badRequest('Upgrade request required');
    }
    throw noSuchResource();
  }
}

function attributes(from: Partial<Target> & { readonly path?: string; readonly verb: string }): Attributes {
  return {
    verb: from.verb,
    group: from.group ?? '',
    resource: from.resource ?? '',
    subresource: from.subresource ?? '',
    namespace: from.resource === 'namespaces' ? '' : (from.namespace ?? ''),
    name: from.name ?? '',
    ...(from.path === undefined ? {} : { path: from.path }),
  };
}

function versionOf(cluster: ApiCluster): object {
  const [major = '1', minor = '36'] = cluster.version.split('.');
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `v${cluster.version}`,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.26.1',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
