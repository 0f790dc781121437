// `flagbridge clusters`: every cluster with its connection, as a table or as JSON.
import type { ClusterSummary } from '../core/cluster.ts';
import { duration } from '../core/format.ts';
import type { Engine } from '../protocol/engine.ts';
import { exitCodes } from './arguments.ts';
import type { Output } from './output.ts';
import { missing, settle } from './settle.ts';
import { textTable } from './text-table.ts';
import { coverageOf } from './triage.ts';

export type ClustersOptions = { readonly timeoutMs: number; readonly format: 'table' | 'json' | 'name' };

export async function clusters(engine: Engine, output: Output, options: ClustersOptions): Promise<number> {
  const settled = await settle(engine, options.timeoutMs);
  const { clusters: all, coverage } = settled.fleet;
  const now = Date.now();
  if (options.format === 'json') {
    const items = all.map((cluster) => itemOf(cluster));
    output.line(
      JSON.stringify(
        { apiVersion: 'flagbridge/v1', kind: 'ClusterList', items, coverage: coverageOf(coverage) },
        null,
        2,
      ),
    );
  } else if (options.format === 'name') for (const cluster of all) output.line(cluster.name);
  else {
    const columns = ['CLUSTER', 'STATE', 'VERSION', 'ROLE', 'NODES', 'PODS', 'RTT', 'IDENTITY', 'SERVER'].map(
      (title) => ({
        title,
        right: title === 'NODES' || title === 'PODS' || title === 'RTT',
      }),
    );
    for (const line of textTable(
      columns,
      all.map((cluster) => cellsOf(cluster, now)),
    ))
      output.line(line);
  }
  const gaps = missing(settled, options.timeoutMs, now);
  for (const gap of gaps) output.note(gap);
  return gaps.length > 0 ? exitCodes.partial : exitCodes.done;
}

const cellsOf = (cluster: ClusterSummary, now: number): string[] => [
  cluster.name,
  stateWords(cluster, now),
  cluster.version ?? '—',
  cluster.role,
  cluster.nodes ? `${cluster.nodes.ready}/${cluster.nodes.total}` : '—',
  cluster.pods === null ? '—' : String(cluster.pods),
  cluster.roundTripMs === null ? '—' : `${Math.round(cluster.roundTripMs)}ms`,
  cluster.identity,
  cluster.server,
];

/** The connection in a few words: `live`, `stale 42s`, `offline: connection refused`. */
export function stateWords({ state, denied }: ClusterSummary, now: number): string {
  switch (state.phase) {
    case 'live':
      return denied.length > 0 ? `live, ${denied.length} denied` : 'live';
    case 'stale':
      return `stale ${duration(now - state.lastHeard)}`;
    case 'offline':
      return `offline: ${state.reason}`;
    case 'login':
      return 'login needed';
    case 'denied':
      return 'denied';
    case 'connecting':
      return `connecting: ${state.doing}`;
    case 'parked':
      return 'parked';
  }
}

const itemOf = (cluster: ClusterSummary) => ({
  name: cluster.name,
  uid: cluster.uid,
  server: cluster.server,
  role: cluster.role,
  state: cluster.state,
  version: cluster.version,
  nodes: cluster.nodes,
  pods: cluster.pods,
  roundTripMs: cluster.roundTripMs,
  clockSkewMs: cluster.skewMs,
  identity: cluster.identity,
  otherIdentities: cluster.otherIdentities,
  namespaces: cluster.namespaces,
  denied: cluster.denied,
  insecure: cluster.insecure,
  protected: cluster.protected,
  problems: cluster.problems,
});
