// Scheduled and finished Jobs that a cluster has at the start: CronJobs with their last run, the builds of build-1.
import { type ApiObject, type Json, rfc3339 } from '../api/objects.ts';
import { nextRun } from '../controllers/jobs.ts';
import { containerStatus, podStatus, terminated } from '../controllers/pod-status.ts';
import type { CronJob, Job, PodStatus, Template } from '../controllers/types.ts';
import { controllerRef } from '../controllers/world.ts';
import type { Builder } from './builders.ts';
import { day, hour, minute } from './data.ts';
import { fluxLabels as flux, plainTemplate } from './templates.ts';

const jobTemplate = (name: string, image: string, labels: Record<string, string> = {}): Template =>
  plainTemplate(name, image, { cpu: '100m', memory: '128Mi' }, { labels, spec: { restartPolicy: 'Never' } });

/** When a schedule was due last; a run that was due just now counts, it is told as finished. */
function lastRun(schedule: string, now: number, period: number): number {
  let last = now - period;
  for (let next = nextRun(schedule, now - 2 * period); next !== null && next <= now; next = nextRun(schedule, next))
    last = next;
  return last;
}

/** A CronJob with its last run, which succeeded. */
export function cron(b: Builder, namespace: string, name: string, schedule: string, period: number): void {
  const last = lastRun(schedule, b.start, period);
  const template = jobTemplate(name, `registry.example/shop/${name}:1.2.0`);
  const owner = b.put<CronJob>(
    'cronjobs.batch',
    {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: { name, namespace, labels: flux },
      spec: { schedule, jobTemplate: { metadata: {}, spec: { template, backoffLimit: 2 } } },
      status: { lastScheduleTime: rfc3339(last), lastSuccessfulTime: rfc3339(Math.min(b.start, last + 34_000)) },
    },
    120 * day,
    'kustomize-controller',
  );
  job(b, {
    namespace,
    name: `${name}-${Math.floor(last / 60_000)}`,
    template,
    age: b.start - last,
    owner,
    succeeds: true,
    pods: 1,
  });
}

type JobPlan = {
  readonly namespace: string;
  readonly name: string;
  readonly template: Template;
  readonly age: number;
  readonly owner?: ApiObject;
  readonly succeeds: boolean;
  readonly pods: number;
  readonly backoffLimit?: number;
};

/** A finished Job with its pods. */
function job(b: Builder, plan: JobPlan): void {
  const { namespace, name, age, succeeds } = plan;
  const ended = Math.min(b.start, b.start - age + 34_000);
  const condition = (type: string, reason: string, message: string): Json => ({
    type,
    status: 'True',
    lastProbeTime: rfc3339(ended),
    lastTransitionTime: rfc3339(ended),
    reason,
    message,
  });
  const labels = { ...plan.template.metadata.labels, 'batch.kubernetes.io/job-name': name, 'job-name': name };
  const template = { ...plan.template, metadata: { ...plan.template.metadata, labels } };
  const made = b.put<Job>(
    'jobs.batch',
    {
      kind: 'Job',
      apiVersion: 'batch/v1',
      metadata: {
        name,
        namespace,
        ...(plan.owner === undefined ? {} : { ownerReferences: [controllerRef(plan.owner)] }),
      },
      spec: {
        template,
        selector: { matchLabels: { 'batch.kubernetes.io/job-name': name } },
        backoffLimit: plan.backoffLimit ?? 2,
      },
      status: {
        conditions: succeeds
          ? [
              condition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods'),
              condition('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'),
            ]
          : [
              condition('FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'),
              condition('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'),
            ],
        startTime: rfc3339(b.start - age),
        ...(succeeds ? { completionTime: rfc3339(ended), succeeded: plan.pods } : { failed: plan.pods }),
        terminating: 0,
        uncountedTerminatedPods: {},
        ready: 0,
      },
    },
    age,
    'kube-controller-manager',
  );
  for (let i = 0; i < plan.pods; i++)
    b.pod(made, made.spec.template, age, {
      status: (uid, hostIP, scheduled) =>
        finishedPod(uid, hostIP, { start: scheduled, end: ended }, made.spec.template, succeeds),
    });
  if (!succeeds)
    b.event(
      made,
      {
        type: 'Warning',
        reason: 'BackoffLimitExceeded',
        message: 'Job has reached the specified backoff limit',
        component: 'job-controller',
      },
      1,
      age - 34_000,
      age - 34_000,
    );
}

/** Builds of build-1: one that failed nine minutes ago, others that went well. */
export function seedBuilds(b: Builder): void {
  const build = (name: string, age: number, succeeds: boolean): void => {
    const app = name.split('-build-')[0] ?? name;
    const template = jobTemplate('build', `registry.example/kpack/build:${app}`, { app, 'kpack.io/image': app });
    job(b, { namespace: 'builds', name, template, age, succeeds, pods: 1, backoffLimit: 0 });
  };
  build('cart-build-87', 13 * minute, true);
  build('payments-build-41', 9 * minute + 34_000, false);
  build('recommender-build-19', 4 * hour, true);
  build('web-build-112', 5 * hour, true);
}

/** The status of a pod whose containers have ended. */
function finishedPod(
  uid: string,
  hostIP: string,
  times: { readonly start: number; readonly end: number },
  template: Template,
  ok: boolean,
): PodStatus {
  const exit = ok ? { code: 0, reason: 'Completed' } : { code: 20, reason: 'Error' };
  const statuses = template.spec.containers.map((c) =>
    containerStatus(uid, c, {
      state: { terminated: terminated(uid, c.name, 0, times, exit) },
      ready: false,
      restarts: 0,
    }),
  );
  return podStatus({ uid, spec: template.spec }, hostIP, statuses, { scheduled: times.start, ready: times.end });
}
