// Whole objects of one resource from many clusters, for commands: each cluster answers for itself, and a dead one is an
// answer too. Nothing is watched.
import type { ClusterId } from '../core/ids.ts';
import { type KubeObject, record, text } from '../core/object.ts';
import { ApiError } from '../kube/api-error.ts';
import type { ApiResource } from '../kube/discovery-contract.ts';
import { getObject, listObjects } from '../kube/objects.ts';
import { newGate } from '../kube/politeness.ts';
import type { EngineCore } from './core.ts';
import { decodedSize } from './documents/secret-size.ts';
import type { ClusterUnit } from './fleet/cluster-unit.ts';
import { denialOf } from './fleet/rights.ts';
import { findResource } from './resources/find-resource.ts';

export type CollectRequest = {
  /** `po`, `Deployment`, `certificates.cert-manager.io`, as people type it. */
  readonly resource: string;
  /** Absent: all of them. */
  readonly name?: string;
  /** Null: all; ignored for what lives in no namespace. Empty: the context's own. */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Milliseconds for each cluster, from the moment it is its turn. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

export type CollectedFrom = { readonly id: ClusterId; readonly name: string };

/** What one cluster answered. */
export type Collected =
  | {
      readonly cluster: CollectedFrom;
      readonly ok: true;
      readonly resource: ApiResource;
      /** As the server gives them; of Secrets the names and sizes of the data only. */
      readonly objects: readonly KubeObject[];
    }
  /** `absent`: no such resource there; `missing`: no such object; `denied`: `message` is the rule that is missing. */
  | {
      readonly cluster: CollectedFrom;
      readonly ok: false;
      readonly why: 'absent' | 'missing' | 'denied' | 'login' | 'offline' | 'timeout' | 'error';
      readonly message: string;
    };

/** Clusters asked at a time. */
const atOnce = 50;

/**
 * Connects every cluster of the core (do not call its `start`), asks it, and lets it go. Answers come as they arrive;
 * contexts that prove to be one cluster answer once. Never throws for what a cluster does.
 */
export async function* collectObjects(core: EngineCore, request: CollectRequest): AsyncGenerator<Collected> {
  const gate = newGate(atOnce, core.options.clock);
  const tasks = core.fleetOf.units
    .filter((unit) => core.isNamed(unit))
    .map((unit) => collectFrom(core, unit, request, gate));
  for await (const collected of asTheyCome(tasks)) if (collected !== null) yield collected;
}

/** Results in the order in which they come. */
async function* asTheyCome<Value>(tasks: readonly Promise<Value>[]): AsyncGenerator<Value> {
  const slots = tasks.map(() => Promise.withResolvers<Value>());
  let next = 0;
  for (const task of tasks)
    task.then(
      (value) => slots[next++]?.resolve(value),
      (error: unknown) => slots[next++]?.reject(error),
    );
  for (const slot of slots) yield await slot.promise;
}

async function collectFrom(
  core: EngineCore,
  unit: ClusterUnit,
  request: CollectRequest,
  gate: ReturnType<typeof newGate>,
): Promise<Collected | null> {
  const cluster: CollectedFrom = { id: unit.face.id, name: unit.face.name };
  let place: Disposable;
  try {
    place = await gate.enter(request.signal);
  } catch {
    return { cluster, ok: false, why: 'timeout', message: 'stopped before it was asked' };
  }
  using _place = place;
  using limit = deadline(request);
  core.fleetOf.connect([unit.face.id]);
  try {
    const failure = await ready(unit, limit.signal);
    // It turned out to be another cluster of the list, which answers for both.
    if (core.fleetOf.unit(unit.face.id) !== unit) return null;
    return failure === null ? await ask(unit, cluster, request, limit.signal) : { cluster, ok: false, ...failure };
  } catch (error) {
    return { cluster, ok: false, ...failureOf(error, unit, request, limit.signal) };
  } finally {
    unit.disconnect();
  }
}

type Failure = Omit<Extract<Collected, { ok: false }>, 'cluster' | 'ok'>;

const lookMs = 20;

/** Until the cluster is there and known, or it is clear that it will not be. */
async function ready(unit: ClusterUnit, signal: AbortSignal): Promise<Failure | null> {
  while (!signal.aborted) {
    const { phase } = unit;
    if (phase.phase === 'login') return { why: 'login', message: phase.message };
    if (phase.phase === 'offline') return { why: 'offline', message: phase.reason };
    if (!unit.isConnected) return null;
    if (unit.discovery !== null && unit.isIdentified) return null;
    await new Promise((resolve) => {
      setTimeout(resolve, lookMs);
    });
  }
  return { why: 'timeout', message: 'no answer in time' };
}

async function ask(
  unit: ClusterUnit,
  cluster: CollectedFrom,
  request: CollectRequest,
  signal: AbortSignal,
): Promise<Collected> {
  const session = unit.connection?.session;
  const resource = unit.discovery === null ? undefined : findResource(unit.discovery, request.resource);
  if (session === undefined || resource === undefined)
    return { cluster, ok: false, why: 'absent', message: `the server has no resource ${request.resource}` };
  const own = unit.context.namespace || 'default';
  const namespace = resource.namespaced ? (request.namespace === '' ? own : request.namespace) : null;
  const address = { group: resource.group, version: resource.version, resource: resource.resource, namespace };
  if (request.name !== undefined && (namespace !== null || !resource.namespaced)) {
    const object = await getObject(session, { ...address, name: request.name }, signal);
    return { cluster, ok: true, resource, objects: [withoutSecrets(object)] };
  }
  const named = request.name === undefined ? '' : `metadata.name=${request.name}`;
  const fieldSelector = [request.fieldSelector ?? '', named].filter((part) => part !== '').join(',');
  const objects: KubeObject[] = [];
  const pages = listObjects(
    session,
    {
      ...address,
      ...(request.labelSelector === undefined ? {} : { labelSelector: request.labelSelector }),
      ...(fieldSelector === '' ? {} : { fieldSelector }),
    },
    signal,
  );
  for await (const page of pages) for (const object of page) objects.push(withoutSecrets(object));
  if (request.name !== undefined && objects.length === 0)
    return { cluster, ok: false, why: 'missing', message: `${resource.resource} ${request.name} not found` };
  return { cluster, ok: true, resource, objects };
}

function failureOf(error: unknown, unit: ClusterUnit, request: CollectRequest, signal: AbortSignal): Failure {
  if (signal.aborted) return { why: 'timeout', message: 'no answer in time' };
  if (!(error instanceof ApiError))
    return { why: 'error', message: error instanceof Error ? error.message : String(error) };
  if (error.kind === 'login' || error.code === 401) return { why: 'login', message: error.message };
  if (error.kind === 'unreachable' || error.kind === 'tls') return { why: 'offline', message: error.message };
  if (error.code === 404) return { why: 'missing', message: error.status?.message ?? error.message };
  if (error.code !== 403) return { why: 'error', message: error.message };
  const resource = unit.discovery === null ? undefined : findResource(unit.discovery, request.resource);
  const namespace = resource?.namespaced === true ? (request.namespace ?? '') : '';
  const type = resource ?? { group: '', resource: request.resource };
  return { why: 'denied', message: denialOf(type, namespace, error).rule };
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Of a Secret: every key, and how many bytes it holds. kubectl's copy of the whole object holds the values too. */
function withoutSecrets(object: KubeObject): KubeObject {
  if (text(object, 'kind') !== 'Secret' || !text(object, 'apiVersion').startsWith('v1')) return object;
  const sizes = (field: 'data' | 'stringData'): KubeObject =>
    Object.fromEntries(
      Object.entries(record(object, field)).map(([key, value]) => [
        key,
        { bytes: field === 'data' ? decodedSize(String(value)) : Buffer.byteLength(String(value)) },
      ]),
    );
  const metadata = { ...record(object, 'metadata') };
  const annotations = { ...record(metadata, 'annotations') };
  if (lastApplied in annotations) {
    delete annotations[lastApplied];
    metadata['annotations'] = annotations;
  }
  const { data, stringData, ...rest } = object;
  return {
    ...rest,
    metadata,
    ...(data === undefined ? {} : { data: sizes('data') }),
    ...(stringData === undefined ? {} : { stringData: sizes('stringData') }),
  };
}

/** The cluster's own time within the caller's. */
function deadline({ timeoutMs, signal }: CollectRequest): Disposable & { readonly signal: AbortSignal } {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(), timeoutMs);
  return { signal: AbortSignal.any([own.signal, signal]), [Symbol.dispose]: () => clearTimeout(timer) };
}
