// Waiting for a fleet to have said what it can: every cluster is read or has failed, or the time limit is over.
import type { ClusterSummary, Coverage } from '../core/cluster.ts';
import { duration } from '../core/format.ts';
import type { Engine, FleetView } from '../protocol/engine.ts';

/** What a fleet looked like when waiting ended; `late` are the clusters that had not answered in time. */
export type Settled = { readonly fleet: FleetView; readonly late: readonly ClusterSummary[] };

/** Still to be waited for: not asked yet, or not read whole. */
export const isBusy = (cluster: ClusterSummary): boolean =>
  // A command asks all of its clusters: what is parked waits for its turn.
  cluster.state.phase === 'parked' ||
  cluster.state.phase === 'connecting' ||
  (cluster.state.phase === 'live' && cluster.watches.synced < cluster.watches.wanted) ||
  // Wanted watches are known only after discovery.
  (cluster.state.phase === 'live' && cluster.watches.wanted === 0);

/** Resolves when no cluster is busy any more, at the latest after `timeoutMs`. */
export function settle(engine: Engine, timeoutMs: number): Promise<Settled> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const subscription = engine.onFleet(look);
    function end(fleet: FleetView): void {
      clearTimeout(timer);
      subscription[Symbol.dispose]();
      resolve({ fleet, late: fleet.clusters.filter(isBusy) });
    }
    function look(fleet: FleetView): void {
      if (!fleet.clusters.some(isBusy)) end(fleet);
    }
    timer = setTimeout(() => end(engine.fleet ?? nothing), timeoutMs);
    if (engine.fleet) look(engine.fleet);
  });
}

const noCoverage: Coverage = { live: 0, wanted: 0, parked: 0, deniedKinds: [], namespaces: [], syncing: 0 };
const nothing: FleetView = { clusters: [], coverage: noCoverage, at: 0 };

/**
 * One line for each cluster that could not be read whole: what, why, and what heals it. Empty: everything was read.
 * `concerns` tells of a denied rule whether anybody wanted what it is about.
 */
export function missing(
  settled: Settled,
  timeoutMs: number,
  now: number,
  concerns: (rule: string) => boolean = () => true,
): string[] {
  const lines: string[] = [];
  for (const cluster of settled.fleet.clusters) {
    const state = cluster.state;
    if (settled.late.includes(cluster))
      lines.push(`${cluster.name}: no whole answer within ${duration(timeoutMs)} (--timeout)`);
    else if (state.phase === 'offline') lines.push(`${cluster.name}: ${state.reason}`);
    else if (state.phase === 'stale')
      lines.push(`${cluster.name}: stale for ${duration(now - state.lastHeard)}, ${state.reason}`);
    else if (state.phase === 'login') {
      lines.push(`${cluster.name}: login needed: ${state.message}${state.command ? `; run ${state.command}` : ''}`);
    } else if (state.phase === 'denied' && state.what.some(concerns))
      lines.push(`${cluster.name}: denied: ${state.what.filter(concerns).join('; ')}`);
    const denied = state.phase === 'denied' ? [] : cluster.denied.filter(({ rule }) => concerns(rule));
    for (const { rule } of denied) lines.push(`${cluster.name}: ${rule}`);
  }
  return lines;
}
