// Rights as the servers tell them: asked of each cluster as soon as it is read, so that a dead one holds up nobody.
import type { ClusterRights, ClusterSummary } from '../../core/cluster.ts';
import type { ClusterId } from '../../core/ids.ts';
import { pause, systemClock } from '../../platform/clock.ts';
import type { Engine, FleetView } from '../../protocol/engine.ts';
import { isBusy } from '../settle.ts';
import { type DoctorFinding, ok } from './finding.ts';

export interface RightsAsker extends Disposable {
  /** What was answered, at the latest after `ms`. */
  all(ms: number): Promise<ReadonlyMap<ClusterId, ClusterRights>>;
}

export function askRights(engine: Engine): RightsAsker {
  const answers = new Map<ClusterId, ClusterRights>();
  const asked = new Map<ClusterId, Promise<void>>();
  const look = ({ clusters }: FleetView): void => {
    for (const cluster of clusters) {
      if (cluster.state.phase !== 'live' || isBusy(cluster) || asked.has(cluster.id)) continue;
      const answer = engine.ask({ ask: 'rights', cluster: cluster.id }).then((said) => {
        if (said.ok) answers.set(cluster.id, said.value as ClusterRights);
      });
      asked.set(cluster.id, answer);
    }
  };
  const listening = engine.onFleet(look);
  return {
    async all(ms) {
      if (engine.fleet !== null) look(engine.fleet);
      const limit = new AbortController();
      await Promise.race([Promise.all(asked.values()), pause(systemClock, ms, limit.signal)]);
      limit.abort();
      return answers;
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}

/** Nothing for a cluster that did not say anything: unknown is not no. */
export function rightsFindings({ name, identity }: ClusterSummary, said: ClusterRights | null): DoctorFinding[] {
  if (said === null) return [];
  const { user, groups, rights } = said;
  const as = groups.length === 0 ? '' : ` (${groups.join(', ')})`;
  const found: DoctorFinding[] = user === null ? [] : [ok('credentials', `${name}: known there as ${user}${as}`)];
  for (const { rule, verdict } of rights)
    if (verdict === 'no')
      found.push({
        area: 'permissions',
        severity: 'warn',
        what: `${name}: may not ${rule}`,
        remedy: `ask for it, or bind the ClusterRole of the README to ${user ?? identity}`,
      });
  const unknown = rights.filter((right) => right.verdict === 'unknown').map((right) => right.rule);
  if (unknown.length > 0)
    found.push({
      area: 'permissions',
      severity: 'info',
      what: `${name}: the server does not say whether you may ${unknown.join(', ')}`,
      remedy: 'nothing to do: it is tried when it is opened',
    });
  const may = rights.filter((right) => right.verdict === 'yes').map((right) => right.rule);
  if (may.length > 0) found.push(ok('permissions', `${name}: may ${may.join(', ')}`));
  return found;
}
