// Pods that are not ready past their time, rollouts past their deadline, and sets that are behind: one root, one
// problem. A pod's own problem explains its workload; a workload's explains its pods.
import type { ClusterFacts, Fact, JoinFinding, JoinRule } from '../../../src/plugin-api/plugin.ts';
import type { Finding } from '../../../src/plugin-api/read.ts';
import { factCount, factFlag, factNumber } from '../facts.ts';
import { rolloutStuck, setBehind } from './rollout.ts';
import { readUnready, type Unready } from './unready.ts';

const sets = ['statefulsets.apps', 'daemonsets.apps'] as const;

export const readiness: JoinRule = {
  id: 'readiness',
  over: ['pods', 'events', 'nodes', 'deployments.apps', 'replicasets.apps', ...sets],
  find(cluster: ClusterFacts): readonly JoinFinding[] {
    const stuck = [...cluster.all('deployments.apps')].filter(isStuck);
    const behind = sets.flatMap((resource) => [...cluster.all(resource)].filter(isBehind));
    const troubled = [...cluster.all('pods')].filter(isTroubled);
    if (stuck.length === 0 && behind.length === 0 && troubled.length === 0) return [];

    const { unready, explained, named } = readUnready(cluster, troubled);
    const found: JoinFinding[] = [...named];
    const covered = new Set<string>();
    for (const about of stuck) {
      if (isExplained(about, explained)) continue;
      covered.add(about.uid);
      found.push({ about, finding: rolloutStuck(about, podsOf(about, unready)) });
    }
    for (const about of behind) {
      if (isExplained(about, explained)) continue;
      const finding = setBehind(about, podsOf(about, unready), cluster);
      if (finding === undefined) continue;
      covered.add(about.uid);
      found.push({ about, finding });
    }
    for (const one of unready) {
      if (!covered.has(one.top)) found.push({ about: one.pod, finding: notReady(one, cluster) });
    }
    return found;
  },
};

const isStuck = (deployment: Fact): boolean =>
  factNumber(deployment, 'stuckAt') !== undefined && !factFlag(deployment, 'over') && !factFlag(deployment, 'refused');

const isBehind = (set: Fact): boolean =>
  factCount(set, 'want') > 0 && factCount(set, 'ready') < factCount(set, 'want') && !factFlag(set, 'over');

const isTroubled = (pod: Fact): boolean =>
  pod.facts['unready'] !== undefined || (pod.facts['problem'] !== undefined && pod.facts['over'] === undefined);

const isExplained = (about: Fact, explained: ReadonlySet<string>): boolean =>
  explained.has(about.uid) || explained.has(`${about.namespace}/${about.app}`);

const podsOf = (about: Fact, unready: readonly Unready[]): readonly Unready[] =>
  unready.filter((one) => one.top === about.uid);

/** An unready pod whose workload has no problem of its own. It fails when nothing of the workload is ready. */
function notReady(one: Unready, cluster: ClusterFacts): Finding {
  const workload = ['deployments.apps', ...sets]
    .map((resource) => cluster.byUid(resource, one.top))
    .find((fact) => fact !== undefined);
  const isDown = workload !== undefined && factCount(workload, 'ready') === 0;
  return {
    rule: 'not-ready',
    severity: isDown ? 'fail' : 'warn',
    title: one.cause === 'readiness' ? 'Not ready' : 'Not started',
    message: one.words,
    cause: one.cause,
    since: one.since,
    activeAt: one.activeAt,
    evidence: one.evidence,
  };
}
