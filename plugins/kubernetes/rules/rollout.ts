// A rollout past its progress deadline, and sets that have fewer ready pods than they should.
import type { ClusterFacts, Fact } from '../../../src/plugin-api/plugin.ts';
import type { Finding } from '../../../src/plugin-api/read.ts';
import { factCount, factFlag, factNumber, factText } from '../facts.ts';
import { line } from '../words.ts';
import type { Unready } from './unready.ts';

const minute = 60_000;

/** Pods that are not made yet: a controller or a new node gets this long. */
const missingGrace = 2 * minute;

/** A Deployment past its progress deadline that no problem of its pods or of the API server explains. */
export function rolloutStuck(about: Fact, unready: readonly Unready[]): Finding {
  const why = unready[0]?.words ?? 'no progress';
  return {
    rule: 'rollout-stuck',
    severity: 'fail',
    title: 'Rollout stuck',
    message: line(`${readyWords(about)}, past its deadline: ${why}`, 90),
    cause: 'ProgressDeadlineExceeded',
    since: factNumber(about, 'stuckAt') ?? about.created,
    evidence: [`ProgressDeadlineExceeded: ${factText(about, 'stuckWhy')}`, ...podEvidence(unready)],
  };
}

const readyWords = (about: Fact): string => `${factCount(about, 'ready')} of ${factCount(about, 'want')} ready`;

const podEvidence = (unready: readonly Unready[]): readonly string[] =>
  unready.slice(0, 5).flatMap((one) => one.evidence.map((text) => `${one.pod.name} ${text}`));

/**
 * A StatefulSet or DaemonSet with fewer ready pods than wanted. Its status has no times: they are taken from the pods
 * that are not ready, else from the youngest thing that could have changed what is wanted. Undefined when nothing can
 * be said.
 */
export function setBehind(about: Fact, unready: readonly Unready[], cluster: ClusterFacts): Finding | undefined {
  const kind = factText(about, 'kind');
  const rule = kind === 'DaemonSet' ? 'daemonset-behind' : 'statefulset-behind';
  const missing = factCount(about, 'want') - factCount(about, 'have');
  const base = {
    rule,
    severity: factCount(about, 'ready') === 0 ? 'fail' : 'warn',
    title: 'Behind',
    cause: 'behind',
  } as const;
  const numbers = `${readyWords(about)}, ${factCount(about, 'have')} of ${factCount(about, 'want')} made`;
  const worst = unready[0];
  if (worst !== undefined) {
    const since = Math.min(...unready.map((one) => one.since));
    const blocked = kind === 'StatefulSet' ? blocking(about, unready) : undefined;
    return {
      ...base,
      message: line(`${readyWords(about)}, ${worst.pod.name}: ${worst.words}`, 90),
      since,
      activeAt: Math.min(...unready.map((one) => one.activeAt)),
      evidence: [numbers, ...(blocked === undefined ? [] : [blocked]), ...podEvidence(unready)],
    };
  }
  if (missing <= 0) return undefined;
  const since = lastChange(about, cluster);
  return {
    ...base,
    message: `${readyWords(about)}, ${missing} not made`,
    since,
    activeAt: since + missingGrace,
    evidence: [numbers],
  };
}

/**
 * A StatefulSet that updates in order waits for each pod to become ready, also for one of a broken old revision: then
 * even a rollback does not move until that pod is deleted by hand.
 */
function blocking(about: Fact, unready: readonly Unready[]): string | undefined {
  const revision = factText(about, 'revision');
  if (revision === '' || !factFlag(about, 'updating')) return undefined;
  const old = unready.find((one) => (one.pod.labels['controller-revision-hash'] ?? revision) !== revision);
  return old === undefined
    ? undefined
    : `the update waits for ${old.pod.name}, which is of another revision; deleting that pod lets it go on`;
}

/** When a set's wishes can last have changed: its youngest pod, and for a DaemonSet the youngest node. */
function lastChange(about: Fact, cluster: ClusterFacts): number {
  let last = about.created;
  for (const pod of cluster.all('pods')) if (pod.owner === about.uid) last = Math.max(last, pod.created);
  if (factText(about, 'kind') !== 'DaemonSet') return last;
  for (const node of cluster.all('nodes')) last = Math.max(last, node.created);
  return last;
}
