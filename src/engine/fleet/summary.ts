// A cluster and the whole fleet as the screen shows them.
import type { ClusterSummary, Coverage } from '../../core/cluster.ts';
import { cell as sanitise } from '../../core/sanitise.ts';
import type { KubeContext } from '../../kube/kubeconfig/context.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import type { ClusterUnit } from './cluster-unit.ts';

export type SummaryParts = {
  readonly unit: ClusterUnit;
  readonly contexts: readonly KubeContext[];
  readonly role: ClusterSummary['role'];
  readonly hue: number;
  readonly isProtected: boolean;
  readonly problems: { readonly fail: number; readonly warn: number };
};

export function summaryOf({ unit, contexts, role, hue, isProtected, problems }: SummaryParts): ClusterSummary {
  const { context, watches } = unit;
  return {
    id: unit.face.id,
    name: unit.face.name,
    role,
    state: unit.phase,
    hue,
    protected: isProtected,
    server: sanitise(context.server),
    identity: context.name,
    otherIdentities: contexts.filter((other) => other !== context).map((other) => other.name),
    defaultNamespace: sanitise(context.namespace),
    namespaces: watches?.namespaces ?? [],
    version: unit.version,
    uid: unit.uid,
    roundTripMs: unit.roundTripMs,
    skewMs: unit.skewMs,
    insecure: context.tls.insecure,
    nodes: nodesOf(unit),
    pods: countOf(unit, 'pods'),
    problems,
    watches: watches?.counts ?? { synced: 0, wanted: 0 },
    denied: watches?.denials ?? [],
    lastHeard: unit.lastHeard,
  };
}

const isKnown = (unit: ClusterUnit, resource: string): boolean => {
  const known = unit.rows.data.knowledge.get(resource);
  return known === 'complete' || known === 'partial';
};

const rowsOf = (unit: ClusterUnit, resource: string): ReadonlyMap<string, StoredRow> | undefined =>
  isKnown(unit, resource) ? unit.rows.data.feeds(resource)[0]?.rows : undefined;

const countOf = (unit: ClusterUnit, resource: string): number | null => rowsOf(unit, resource)?.size ?? null;

function nodesOf(unit: ClusterUnit): ClusterSummary['nodes'] {
  const rows = rowsOf(unit, 'nodes');
  if (rows === undefined) return null;
  let ready = 0;
  for (const row of rows.values()) if (row.health !== 'fail' && row.health !== 'unknown') ready++;
  return { ready, total: rows.size };
}

/** What statements about the whole fleet rest on. */
export function coverageOf(units: readonly ClusterUnit[]): Coverage {
  const wanted = units.filter((unit) => unit.phase.phase !== 'parked');
  const live = wanted.filter((unit) => unit.phase.phase === 'live');
  const denied = live.flatMap((unit) => unit.watches?.denials.map((d) => d.resource) ?? []);
  const syncing = live.flatMap((unit) =>
    // Before discovery is known nothing is being synced yet, which is no better.
    unit.discovery === null ? ['discovery'] : (unit.watches?.syncing ?? []),
  );
  return {
    live: live.length,
    wanted: wanted.length,
    parked: units.length - wanted.length,
    deniedKinds: [...new Set(denied)].sort(),
    namespaces: [...new Set(live.flatMap((unit) => unit.watches?.namespaces ?? []))].sort(),
    syncing: new Set(syncing).size,
  };
}
