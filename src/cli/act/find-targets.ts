// The objects that a command names, in the clusters that it may mean, each frozen by its uid.
import { inTurns } from '../../engine/fleet/turns.ts';
import type { ClusterUnit } from '../../engine/fleet/cluster-unit.ts';
import { ready } from '../../engine/collect.ts';
import type { EngineCore } from '../../engine/core.ts';
import { findResource } from '../../engine/resources/find-resource.ts';
import { defaultSettings } from '../../engine/settings.ts';
import type { ObjectRef } from '../../core/ids.ts';
import { text } from '../../core/object.ts';
import { ApiError } from '../../kube/api-error.ts';
import { getObject } from '../../kube/objects.ts';
import { deadline } from '../../platform/clock.ts';
import type { GlobalFlags } from '../arguments.ts';

export type Found = { readonly cluster: string; readonly ref: ObjectRef };
export type Targets = {
  readonly found: readonly Found[];
  /** Clusters that could not answer, with why. */
  readonly errors: readonly string[];
  /** Clusters that answered and do not have it. */
  readonly without: readonly string[];
};

/** Asks every named cluster. Never throws. */
export async function findTargets(
  core: EngineCore,
  { kind, name }: { readonly kind: string; readonly name: string },
  { namespace, timeoutMs }: Pick<GlobalFlags, 'namespace' | 'timeoutMs'>,
): Promise<Targets> {
  const { clock } = core.options;
  using limit = deadline(clock, timeoutMs);
  const turns = { places: defaultSettings.connectLimit, withinMs: timeoutMs };
  const answers = await inTurns(core.fleetOf.units, turns, { clock, signal: limit.signal }, async (unit) => {
    core.fleetOf.connect([unit.face.id]);
    return { unit, answer: await inCluster(core, unit, kind, name, namespace, limit.signal) };
  });
  // A second name of a cluster that answers already has left the fleet meanwhile: one object is found once.
  const left = new Set(core.fleetOf.units);
  const own = answers.filter(({ unit }) => left.has(unit));
  return {
    found: own.flatMap(({ unit, answer }) =>
      typeof answer === 'object' && answer !== null ? [{ cluster: unit.face.name, ref: answer }] : [],
    ),
    errors: own.flatMap(({ unit, answer }) => (typeof answer === 'string' ? [`${unit.face.name}: ${answer}`] : [])),
    without: own.flatMap(({ unit, answer }) => (answer === null ? [unit.face.name] : [])),
  };
}

/** The object; null: it is not there; else why that cannot be said. */
async function inCluster(
  core: EngineCore,
  unit: ClusterUnit,
  kind: string,
  name: string,
  wantedNamespace: string | null,
  limit: AbortSignal,
): Promise<ObjectRef | string | null> {
  const signal = AbortSignal.any([limit, unit.signal]);
  const trouble = await ready(core, unit, signal);
  if (trouble !== null) return trouble;
  const { connection, discovery } = unit;
  if (connection === null || discovery === null) return 'is not connected';
  const resource = findResource(discovery, kind);
  if (resource === undefined) return null;
  const { group, version, resource: plural } = resource;
  const namespace = resource.namespaced ? (wantedNamespace ?? (unit.context.namespace || 'default')) : null;
  try {
    const object = await getObject(connection.session, { group, version, resource: plural, namespace, name }, signal);
    return {
      cluster: unit.face.id,
      type: { group, version, resource: plural },
      kind: resource.kind,
      namespace: namespace ?? '',
      name,
      uid: text(object, 'metadata', 'uid'),
    };
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return null;
    return error instanceof Error ? error.message : String(error);
  }
}
