// Jobs that failed and CronJobs that did not run when they should have.
import type { ClusterFacts, Fact, JoinFinding, JoinRule } from '../../../src/plugin-api/plugin.ts';
import { type Finding, field, items, type KubeObject, nextRun, textOf, timeOf } from '../../../src/plugin-api/read.ts';
import { factCount, factNumber, factText } from '../facts.ts';
import { createdOf, deletedAt } from '../meta.ts';
import { counted, line, quoted } from '../words.ts';

/**
 * Failed Jobs. Of a CronJob's Jobs only the youngest that has ended counts: one that failed and was followed by a
 * success is history.
 */
export const jobFailed: JoinRule = {
  id: 'job-failed',
  over: ['jobs.batch', 'pods'],
  find(cluster: ClusterFacts): readonly JoinFinding[] {
    const failed: Fact[] = [];
    const youngest = new Map<string, Fact>();
    for (const job of cluster.all('jobs.batch')) {
      const state = factText(job, 'state');
      if (state !== 'failed' && state !== 'done') continue;
      if (job.owner === '') {
        if (state === 'failed') failed.push(job);
        continue;
      }
      const other = youngest.get(job.owner);
      if (other === undefined || other.created < job.created) youngest.set(job.owner, job);
    }
    for (const job of youngest.values()) if (factText(job, 'state') === 'failed') failed.push(job);
    const alive = failed.filter((job) => job.facts['over'] !== true);
    if (alive.length === 0) return [];
    const exits = lastExits(cluster, new Set(alive.map((job) => job.uid)));
    return alive.map((about) => ({ about, finding: failedFinding(about, exits.get(about.uid)) }));
  },
};

/** How the youngest failed pod of each of these Jobs ended. */
function lastExits(cluster: ClusterFacts, jobs: ReadonlySet<string>): ReadonlyMap<string, Fact> {
  const last = new Map<string, Fact>();
  for (const pod of cluster.all('pods')) {
    if (!jobs.has(pod.owner) || factText(pod, 'exit') === '') continue;
    const other = last.get(pod.owner);
    if (other === undefined || other.created < pod.created) last.set(pod.owner, pod);
  }
  return last;
}

function failedFinding(about: Fact, pod: Fact | undefined): Finding {
  const reason = factText(about, 'reason');
  const tries = factCount(about, 'failed');
  const exit = pod === undefined ? '' : factText(pod, 'exit');
  const why = reasonWords(reason, tries, factText(about, 'message'));
  return {
    rule: 'job-failed',
    severity: 'fail',
    title: 'Job failed',
    message: exit === '' ? why : `${exit}, ${why}`,
    cause: `${reason} ${exit}`.trim(),
    since: factNumber(about, 'at') ?? about.created,
    evidence: [
      line(quoted(reason, factText(about, 'message')), 300),
      ...(pod === undefined ? [] : [`pod ${pod.name} ended: ${exit}`]),
    ],
  };
}

function reasonWords(reason: string, tries: number, message: string): string {
  switch (reason) {
    case 'BackoffLimitExceeded':
      return `gave up after ${counted(Math.max(tries, 1), 'failed pod')}`;
    case 'DeadlineExceeded':
      return 'ran longer than its deadline';
    case 'PodFailurePolicy':
      return 'a failed pod is final by its policy';
    case 'FailedIndexes':
    case 'MaxFailedIndexesExceeded':
      return 'indexes failed';
    default:
      return line(message, 70) || reason || 'failed';
  }
}

/** The controller needs a moment to make a Job; a run that is later than this is missed. */
const lateBy = 2 * 60_000;

/**
 * A run that was due and did not happen. It is announced before it is due and becomes a problem when the CronJob has
 * not changed by then; running on time changes it and moves the announcement on. A CronJob that is suspended, or that
 * skips a run because the one before still goes on, as it was told to, is silent.
 */
export function cronJobMissed(cronJob: KubeObject): readonly Finding[] {
  const spec = cronJob['spec'];
  const status = cronJob['status'];
  const meta = cronJob['metadata'];
  if (field(spec, 'suspend') === true || deletedAt(meta) !== undefined) return none;
  const running = items(field(status, 'active')).length;
  if (running > 0 && field(spec, 'concurrencyPolicy') === 'Forbid') return none;
  const schedule = textOf(field(spec, 'schedule'));
  const zone = textOf(field(spec, 'timeZone'));
  const last = timeOf(field(status, 'lastScheduleTime'));
  const due = nextRun(schedule, zone || undefined, last ?? createdOf(meta));
  if (due === undefined) return none;
  return [
    {
      rule: 'cronjob-missed',
      severity: 'warn',
      title: 'Run missed',
      message: `was due ${new Date(due).toISOString().slice(0, 16).replace('T', ' ')}Z, no Job since`,
      cause: 'missed',
      since: due,
      activeAt: due + lateBy,
      evidence: [
        `schedule ${schedule}${zone === '' ? '' : ` in ${zone}`}`,
        last === undefined ? 'it has never run' : `its last run was due ${new Date(last).toISOString()}`,
      ],
    },
  ];
}

const none: readonly Finding[] = [];
