// Jobs and CronJobs: pods until enough have succeeded or too many have failed, schedules in UTC.

import { equal } from '../api/objects.ts';
import type { Change } from '../api/store.ts';
import { byText } from '../random.ts';
import { createPod } from './replicasets.ts';
import { type Condition, type CronJob, conditionOf, isActive, isReady, type Job, type Pod } from './types.ts';
import { type Controller, controllerRef, ownerKeys, type World } from './world.ts';

function conditionsOf(world: World, job: Job, succeeded: number, failed: number): Condition[] | undefined {
  const now = world.time();
  const done = (type: string, reason: string, message: string): Condition => ({
    type,
    status: 'True',
    lastProbeTime: now,
    lastTransitionTime: now,
    reason,
    message,
  });
  if (succeeded >= (job.spec.completions ?? 1)) {
    const words = 'Reached expected number of succeeded pods';
    return [done('SuccessCriteriaMet', 'CompletionsReached', words), done('Complete', 'CompletionsReached', words)];
  }
  if (failed > (job.spec.backoffLimit ?? 6)) {
    const words = 'Job has reached the specified backoff limit';
    return [done('FailureTarget', 'BackoffLimitExceeded', words), done('Failed', 'BackoffLimitExceeded', words)];
  }
  return undefined;
}

export const jobs: Controller = {
  name: 'jobs',
  watches: ['jobs.batch', 'pods'],

  keysFor(_world: World, storage: string, change: Change): readonly string[] {
    return storage === 'jobs.batch' ? [change.entry.key] : ownerKeys('Job', change);
  },

  reconcile(world: World, key: string): void {
    let job = world.get<Job>('jobs.batch', key);
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return;
    if (conditionOf(job.status.conditions, 'Complete') ?? conditionOf(job.status.conditions, 'Failed'))
      return expire(world, job);
    if (job.spec.selector === undefined) {
      const { uid, name } = job.metadata;
      const labels = {
        ...job.spec.template.metadata.labels,
        'batch.kubernetes.io/controller-uid': uid,
        'batch.kubernetes.io/job-name': name,
        'controller-uid': uid,
        'job-name': name,
      };
      const template = { ...job.spec.template, metadata: { ...job.spec.template.metadata, labels } };
      const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
      job = world.update('jobs.batch', job, { ...job, spec: { ...job.spec, selector, template } });
    }
    const { uid, namespace } = job.metadata;
    const pods = world.owned<Pod>('pods', namespace, uid);
    const succeeded = pods.filter((p) => p.status.phase === 'Succeeded').length;
    const failed = pods.filter((p) => p.status.phase === 'Failed').length;
    let active = pods.filter(isActive);
    const conditions = conditionsOf(world, job, succeeded, failed);
    if (conditions !== undefined || job.spec.suspend === true) for (const pod of active) world.delete('pods', pod);
    else {
      const wanted = Math.min(job.spec.parallelism ?? 1, (job.spec.completions ?? 1) - succeeded);
      const delay = failed === 0 ? 0 : Math.min(360_000, 10_000 * 2 ** (failed - 1));
      const last = Math.max(0, ...pods.map((p) => Date.parse(p.metadata.creationTimestamp)));
      if (active.length < wanted && world.now() - last >= delay)
        for (let i = active.length; i < wanted; i++)
          if (createPod(world, job, job.spec.template, 'job-controller') !== null) break;
      if (active.length < wanted && world.now() - last < delay)
        world.after(last + delay - world.now() + 100, () => world.enqueue('jobs', key));
    }
    active = world.owned<Pod>('pods', namespace, uid).filter(isActive);
    const now = world.time();
    const ready = active.filter(isReady).length;
    const before = job.status;
    const over = conditions !== undefined;
    const status: Job['status'] = {
      ...(over ? { conditions } : before.conditions === undefined ? {} : { conditions: before.conditions }),
      startTime: before.startTime ?? now,
      ...(over && succeeded >= (job.spec.completions ?? 1) ? { completionTime: now } : {}),
      ...(over || active.length === 0 ? {} : { active: active.length }),
      ...(succeeded === 0 ? {} : { succeeded }),
      ...(failed === 0 ? {} : { failed }),
      terminating: 0,
      uncountedTerminatedPods: {},
      ready: over ? 0 : ready,
    };
    if (over) {
      const failedNow = conditionOf(conditions, 'Failed');
      world.recorder.record(job, {
        type: failedNow === undefined ? 'Normal' : 'Warning',
        reason: failedNow === undefined ? 'Completed' : 'BackoffLimitExceeded',
        message: failedNow === undefined ? 'Job completed' : 'Job has reached the specified backoff limit',
        component: 'job-controller',
      });
    }
    const fresh = world.get<Job>('jobs.batch', key);
    if (fresh !== undefined && !equal(fresh.status, status)) world.updateStatus('jobs.batch', fresh, status);
  },
};

function expire(world: World, job: Job): void {
  const ttl = job.spec.ttlSecondsAfterFinished;
  if (ttl === undefined) return;
  const ended = Date.parse(
    job.status.completionTime ?? conditionOf(job.status.conditions, 'Failed')?.lastTransitionTime ?? '',
  );
  const left = ended + ttl * 1000 - world.now();
  if (left <= 0) world.delete('jobs.batch', job);
  else world.after(left + 100, () => world.enqueue('jobs', world.keyOf(job)));
}

/** Whether a cron field (a star, a number, a range, steps, a list of these) holds a value. */
function fieldHolds(field: string, value: number): boolean {
  return field.split(',').some((part) => {
    const [range = '*', step] = part.split('/');
    const [from, to] = range === '*' ? [0, 59] : (range.split('-').map(Number) as [number, number | undefined]);
    const end = range === '*' || to !== undefined ? (to ?? 59) : step === undefined ? from : 59;
    if (value < from || value > end) return false;
    return step === undefined || (value - from) % Number(step) === 0;
  });
}

/** Next time a five-field schedule is due after a time, both in ms; looks a week ahead. */
export function nextRun(schedule: string, after: number): number | null {
  const [minute = '*', hour = '*', dayOfMonth = '*', month = '*', weekday = '*'] = (
    { '@hourly': '0 * * * *', '@daily': '0 0 * * *', '@weekly': '0 0 * * 0' }[schedule] ?? schedule
  ).split(/\s+/);
  const first = Math.floor(after / 60_000) * 60_000 + 60_000;
  for (let t = first; t < first + 8 * 86_400_000; t += 60_000) {
    const d = new Date(t);
    if (
      fieldHolds(minute, d.getUTCMinutes()) &&
      fieldHolds(hour, d.getUTCHours()) &&
      fieldHolds(dayOfMonth, d.getUTCDate()) &&
      fieldHolds(month, d.getUTCMonth() + 1) &&
      fieldHolds(weekday, d.getUTCDay())
    )
      return t;
  }
  return null;
}

export const cronJobs: Controller = {
  name: 'cronjobs',
  watches: ['cronjobs.batch', 'jobs.batch'],

  keysFor(_world: World, storage: string, change: Change): readonly string[] {
    return storage === 'cronjobs.batch' ? [change.entry.key] : ownerKeys('CronJob', change);
  },

  reconcile(world: World, key: string): void {
    const cron = world.get<CronJob>('cronjobs.batch', key);
    if (cron === undefined || cron.metadata.deletionTimestamp !== undefined) return;
    const owned = world.owned<Job>('jobs.batch', cron.metadata.namespace, cron.metadata.uid);
    const isOver = (j: Job, type: string): boolean => conditionOf(j.status.conditions, type) !== undefined;
    const byAge = (list: Job[]): Job[] =>
      list.sort((a, b) => byText(a.metadata.creationTimestamp, b.metadata.creationTimestamp));
    const good = byAge(owned.filter((j) => isOver(j, 'Complete')));
    const bad = byAge(owned.filter((j) => isOver(j, 'Failed')));
    for (const j of good.slice(0, Math.max(0, good.length - (cron.spec.successfulJobsHistoryLimit ?? 3))))
      world.delete('jobs.batch', j);
    for (const j of bad.slice(0, Math.max(0, bad.length - (cron.spec.failedJobsHistoryLimit ?? 1))))
      world.delete('jobs.batch', j);
    const active = owned.filter((j) => !isOver(j, 'Complete') && !isOver(j, 'Failed'));
    const last = good.at(-1)?.status.completionTime ?? cron.status.lastSuccessfulTime;
    const status: CronJob['status'] = {
      ...(active.length === 0
        ? {}
        : {
            active: active.map((j) => ({
              kind: 'Job',
              namespace: j.metadata.namespace,
              name: j.metadata.name,
              uid: j.metadata.uid,
              apiVersion: 'batch/v1',
              resourceVersion: j.metadata.resourceVersion,
            })),
          }),
      ...(cron.status.lastScheduleTime === undefined ? {} : { lastScheduleTime: cron.status.lastScheduleTime }),
      ...(last === undefined ? {} : { lastSuccessfulTime: last }),
    };
    const names = (s: CronJob['status']): unknown => [
      s.active?.map((a) => a.name),
      s.lastScheduleTime,
      s.lastSuccessfulTime,
    ];
    if (!equal(names(cron.status), names(status))) world.updateStatus('cronjobs.batch', cron, status);
    plan(world, cron);
  },
};

const planned = new WeakMap<World, Map<string, string>>();

/** Sets the timer of the next run, once per schedule and time. */
export function plan(world: World, cron: CronJob): void {
  if (cron.spec.suspend === true) return;
  const at = nextRun(cron.spec.schedule, world.now());
  if (at === null) return;
  const plans = planned.get(world) ?? new Map<string, string>();
  planned.set(world, plans);
  const mark = `${cron.spec.schedule} ${at}`;
  if (plans.get(cron.metadata.uid) === mark) return;
  plans.set(cron.metadata.uid, mark);
  world.after(at - world.now(), () => run(world, cron, at));
}

function run(world: World, planned: CronJob, at: number): void {
  const cron = world.get<CronJob>('cronjobs.batch', world.keyOf(planned));
  if (cron === undefined || cron.metadata.uid !== planned.metadata.uid || cron.metadata.deletionTimestamp !== undefined)
    return;
  if (cron.spec.suspend !== true && cron.spec.schedule === planned.spec.schedule) {
    const name = `${cron.metadata.name}-${Math.floor(at / 60_000)}`;
    if (world.get('jobs.batch', `${cron.metadata.namespace}/${name}`) === undefined)
      world.create<Job>('jobs.batch', {
        kind: 'Job',
        apiVersion: 'batch/v1',
        metadata: {
          name,
          ...(cron.metadata.namespace === undefined ? {} : { namespace: cron.metadata.namespace }),
          annotations: {
            'batch.kubernetes.io/cronjob-scheduled-timestamp': new Date(at).toISOString().replace('.000', ''),
          },
          ownerReferences: [controllerRef(cron)],
        },
        spec: cron.spec.jobTemplate.spec,
      });
    world.recorder.record(cron, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created job ${name}`,
      component: 'cronjob-controller',
    });
    const fresh = world.get<CronJob>('cronjobs.batch', world.keyOf(planned));
    if (fresh !== undefined) {
      const lastScheduleTime = new Date(at).toISOString().replace('.000', '');
      world.updateStatus('cronjobs.batch', fresh, { ...fresh.status, lastScheduleTime });
    }
  }
  plan(world, cron);
}
