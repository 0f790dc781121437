// Whole objects of one kind from many clusters, once: what `get` prints. Each cluster answers for itself; one that
// fails or is late is a result with its reason, beside the others'.
import type { KubeObject } from '../core/object.ts';
import { ApiError } from '../kube/api-error.ts';
import type { ApiResource } from '../kube/discovery/contract.ts';
import { getObject, listObjects } from '../kube/objects.ts';
import { fetchTable, type ServerTable } from '../kube/table-fetch.ts';
import { type Deadline, deadline } from '../platform/clock.ts';
import type { EngineCore } from './core.ts';
import type { ClusterUnit } from './fleet/cluster-unit.ts';
import { inTurns } from './fleet/turns.ts';
import { findResource } from './resources/find-resource.ts';
import { defaultSettings } from './settings.ts';

export type CollectRequest = {
  /** Kind, plural, short name or `resource.group`. */
  readonly kind: string;
  /** Empty: all. */
  readonly names: readonly string[];
  /** Null: all namespaces. Otherwise one, or by cluster. */
  readonly namespaceOf: (unit: ClusterUnit) => string | null;
  readonly labelSelector: string | null;
  readonly as: 'objects' | 'table';
  /** Longest wait for all of them, in milliseconds. */
  readonly timeoutMs: number;
};

export type Collected = {
  readonly cluster: string;
  readonly resource: ApiResource | null;
  readonly objects: readonly KubeObject[];
  /** Set when a table was asked for and the kind exists there. */
  readonly table: ServerTable | null;
  /** Names that were asked for and are not there. */
  readonly missing: readonly string[];
  /** Why there is no answer; null when there is one. */
  readonly error: string | null;
};

/**
 * Connects and asks every cluster when its turn comes; resolves when each has answered or the time is over. Never throws.
 * Its turns are its own: a cluster is done when its objects are here, not when it is connected.
 */
export async function collectObjects(core: EngineCore, request: CollectRequest): Promise<readonly Collected[]> {
  const { clock } = core.options;
  const { timeoutMs } = request;
  using limit = deadline(clock, timeoutMs);
  const turns = { places: defaultSettings.connectLimit, withinMs: timeoutMs };
  const collected = await inTurns(core.fleetOf.units, turns, { clock, signal: limit.signal }, async (unit) => {
    core.fleetOf.connect([unit.face.id]);
    return { unit, result: await ofCluster(core, unit, request, limit) };
  });
  // A cluster that turned out to be another one under a second name has left the fleet meanwhile.
  const left = new Set(core.fleetOf.units);
  return collected.filter(({ unit }) => left.has(unit)).map(({ result }) => result);
}

async function ofCluster(
  core: EngineCore,
  unit: ClusterUnit,
  request: CollectRequest,
  limit: Deadline,
): Promise<Collected> {
  const cluster = unit.face.name;
  const nothing = { cluster, resource: null, objects: [], table: null, missing: [] };
  const signal = AbortSignal.any([limit.signal, unit.signal]);
  const reason = await ready(core, unit, signal);
  if (reason !== null) return { ...nothing, error: reason };
  const { connection, discovery } = unit;
  if (connection === null || discovery === null) return { ...nothing, error: 'is not connected' };
  const resource = findResource(discovery, request.kind);
  if (resource === undefined) return { ...nothing, error: null };
  const { group, version, resource: plural } = resource;
  const namespace = resource.namespaced ? request.namespaceOf(unit) : null;
  const address = {
    group,
    version,
    resource: plural,
    namespace,
    ...(request.labelSelector === null ? {} : { labelSelector: request.labelSelector }),
  };
  try {
    if (request.as === 'table') {
      const table = await fetchTable(connection.session, address, request.names, signal);
      return { ...nothing, resource, table, missing: table.missing, error: null };
    }
    const objects: KubeObject[] = [];
    const missing: string[] = [];
    if (request.names.length > 0 && namespace === null && resource.namespaced) {
      for await (const page of listObjects(connection.session, address, signal))
        objects.push(...page.filter((object) => request.names.includes(nameOf(object))));
      missing.push(...request.names.filter((name) => !objects.some((object) => nameOf(object) === name)));
    } else if (request.names.length > 0) {
      for (const name of request.names) {
        try {
          objects.push(await getObject(connection.session, { ...address, name }, signal));
        } catch (error) {
          if (!(error instanceof ApiError) || error.code !== 404) throw error;
          missing.push(name);
        }
      }
    } else for await (const page of listObjects(connection.session, address, signal)) objects.push(...page);
    return { ...nothing, resource, objects, missing, error: null };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { ...nothing, resource, error: limit.isPassed ? 'no whole answer in time' : words };
  }
}

const nameOf = (object: KubeObject): string => {
  const { metadata } = object;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata && typeof metadata.name === 'string'
    ? metadata.name
    : '';
};

/** Waits until a cluster has told what it serves; null then, else why it will not. */
export function ready(core: EngineCore, unit: ClusterUnit, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const look = (): void => {
      const { phase } = unit;
      // Its UID was asked for as well: a second name of a cluster that answers already has left the fleet by then.
      if (unit.discovery !== null && unit.isIdentified && phase.phase !== 'offline' && phase.phase !== 'login')
        end(null);
      else if (phase.phase === 'offline') end(phase.reason);
      else if (phase.phase === 'login')
        end(`login needed: ${phase.message}${phase.command === null ? '' : `; run ${phase.command}`}`);
      else if (signal.aborted) end('no answer in time');
    };
    const subscription = core.onFleet(look);
    const onAbort = (): void => {
      look();
      end('no answer in time');
    };
    let isOver = false;
    function end(reason: string | null): void {
      if (isOver) return;
      isOver = true;
      subscription[Symbol.dispose]();
      signal.removeEventListener('abort', onAbort);
      resolve(reason);
    }
    signal.addEventListener('abort', onAbort, { once: true });
    look();
  });
}
