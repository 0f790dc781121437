// A cluster that is not live is itself a problem: it may hide any other. Parked clusters were not asked for.
import type { ClusterPhase } from '../../core/cluster.ts';
import type { Finding } from '../../core/problem.ts';
import type { FindingTarget } from '../tables/feed.ts';
import type { ClusterFace } from '../tables/stored-row.ts';

/** The cluster as the thing that a problem is about. */
export const clusterTarget = (face: ClusterFace): FindingTarget => ({
  // Never stale: that it is not heard from is what is known of it. Its times are ours.
  source: {
    face: { ...face, isStale: false, lastHeard: null, skewMs: 0 },
    type: { group: '', version: '', resource: 'clusters' },
    kind: 'Cluster',
    shape: null,
    isInterrupted: false,
  },
  uid: face.id,
  name: face.name,
  namespace: '',
  app: face.name,
  labels: {},
});

/** How long a first connect may take before it is worth a line. */
const patienceMs = 10_000;

/** What is wrong with a cluster's connection; nothing while it is live, parked or just being connected. */
export function clusterFindings(phase: ClusterPhase): readonly Finding[] {
  switch (phase.phase) {
    case 'live':
    case 'parked':
      return [];
    case 'connecting':
      return [
        {
          rule: 'cluster-slow',
          severity: 'warn',
          title: 'No answer',
          message: `still ${phase.doing}`,
          cause: 'connecting',
          since: phase.since,
          activeAt: phase.since + patienceMs,
          evidence: [],
        },
      ];
    case 'stale':
      return [
        {
          rule: 'cluster-stale',
          severity: 'warn',
          title: 'Stale',
          message: phase.reason,
          cause: 'stale',
          since: phase.lastHeard,
          evidence: [`last heard ${new Date(phase.lastHeard).toISOString()}`, phase.reason],
        },
      ];
    case 'offline':
      return [
        {
          rule: 'cluster-offline',
          severity: 'fail',
          title: 'Offline',
          message: phase.reason,
          cause: 'offline',
          since: phase.since,
          evidence: [phase.reason],
        },
      ];
    case 'login':
      return [
        {
          rule: 'cluster-login',
          severity: 'warn',
          title: 'Login needed',
          message: phase.message,
          cause: 'login',
          since: phase.since,
          evidence: [phase.message, ...(phase.command === null ? [] : [`run ${phase.command}`])],
        },
      ];
    case 'denied':
      return [
        {
          rule: 'cluster-denied',
          severity: 'warn',
          title: 'Denied',
          message: `you may not ${phase.what[0] ?? 'read it'}${phase.what.length > 1 ? ` and ${phase.what.length - 1} more` : ''}`,
          cause: 'denied',
          since: phase.since,
          evidence: phase.what.map((rule) => `missing: ${rule}`),
        },
      ];
  }
}
