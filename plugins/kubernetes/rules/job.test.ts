import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/plugin-api/read.ts';
import { ago, cluster, condition, ended, facts, found, meta, now, owned, pod, running } from '../fixtures.ts';
import { jobWatch } from '../jobs.ts';
import { podWatch } from '../pods.ts';
import { cronJobMissed, jobFailed } from './job.ts';

const job = (
  name: string,
  end: 'Failed' | 'Complete' | undefined,
  more: { meta?: object; reason?: string; seconds?: number } = {},
): KubeObject => ({
  metadata: meta(name, { creationTimestamp: ago(more.seconds ?? 600), ...more.meta }),
  spec: { completions: 1 },
  status: {
    failed: 7,
    conditions:
      end === undefined
        ? []
        : [
            condition(end, 'True', 60, {
              reason: more.reason ?? 'BackoffLimitExceeded',
              message: 'Job has reached the specified backoff limit',
            }),
          ],
  },
});

const run = (jobs: KubeObject[], pods: KubeObject[] = []) =>
  found(jobFailed, cluster({ 'jobs.batch': facts(jobWatch, jobs), pods: facts(podWatch, pods) }));

describe('a failed Job', () => {
  test('says how its last pod ended and why it gave up, since it failed', () => {
    const last = pod({
      name: 'migrate-x',
      meta: owned('Job', 'migrate'),
      status: { phase: 'Failed' },
      containers: [running({ ready: false, state: ended(3, 'Error', 61) })],
    });

    expect(run([job('migrate', 'Failed')], [last])).toMatchObject([
      {
        about: { name: 'migrate' },
        finding: {
          severity: 'fail',
          message: 'exit 3, gave up after 7 failed pods',
          since: now - 60_000,
          cause: 'BackoffLimitExceeded exit 3',
        },
      },
    ]);
  });

  test('past its deadline says so', () => {
    expect(run([job('migrate', 'Failed', { reason: 'DeadlineExceeded' })])[0]?.finding.message).toBe(
      'ran longer than its deadline',
    );
  });

  test('of a CronJob counts until a later one has ended well', () => {
    const cron = { meta: owned('CronJob', 'backup') };
    const failed = job('backup-1', 'Failed', { ...cron, seconds: 600 });

    expect(run([failed])).toHaveLength(1);
    expect(run([failed, job('backup-2', undefined, { ...cron, seconds: 30 })])).toHaveLength(1);
    expect(run([failed, job('backup-2', 'Complete', { ...cron, seconds: 300 })])).toEqual([]);
    expect(run([job('backup-0', 'Complete', { ...cron, seconds: 900 }), failed])).toHaveLength(1);
  });

  test('is only the youngest of a CronJob that fails every time', () => {
    const cron = { meta: owned('CronJob', 'backup') };
    const all = [
      job('backup-1', 'Failed', { ...cron, seconds: 900 }),
      job('backup-2', 'Failed', { ...cron, seconds: 300 }),
    ];

    expect(run(all).map(({ about }) => about.name)).toEqual(['backup-2']);
  });

  test('that succeeded, runs, or is being deleted is none', () => {
    const going = job('d', 'Failed', { meta: { deletionTimestamp: ago(5) } });

    expect(run([job('a', 'Complete'), job('b', undefined), going])).toEqual([]);
  });
});

describe('a CronJob', () => {
  const cronJob = (spec: object, status: object = {}, created = ago(86_400)): KubeObject => ({
    metadata: meta('backup', { creationTimestamp: created }),
    spec: { schedule: '0 * * * *', ...spec },
    status,
  });
  const missedBy = (object: KubeObject, at: number) => cronJobMissed(object).filter((f) => (f.activeAt ?? 0) <= at);

  test('that did not run is a problem two minutes after it was due', () => {
    const object = cronJob({}, { lastScheduleTime: '2026-11-21T11:00:00Z' });

    expect(missedBy(object, Date.parse('2026-11-21T12:01:00Z'))).toEqual([]);
    expect(missedBy(object, now)).toMatchObject([
      {
        rule: 'cronjob-missed',
        message: 'was due 2026-11-21 12:00Z, no Job since',
        since: Date.parse('2026-11-21T12:00:00Z'),
      },
    ]);
  });

  test('that ran on time announces only the next run', () => {
    expect(missedBy(cronJob({}, { lastScheduleTime: '2026-11-21T12:00:00Z' }), now)).toEqual([]);
  });

  test('that never ran counts from its creation', () => {
    expect(missedBy(cronJob({}, {}, ago(60)), now)).toEqual([]);
    expect(missedBy(cronJob({}), now)[0]?.evidence).toContain('it has never run');
  });

  test('that is suspended, skips on purpose, or has a schedule nobody can read is silent', () => {
    const late = { lastScheduleTime: '2026-11-20T12:00:00Z' };

    expect(cronJobMissed(cronJob({ suspend: true }, late))).toEqual([]);
    expect(cronJobMissed(cronJob({ concurrencyPolicy: 'Forbid' }, { ...late, active: [{ name: 'x' }] }))).toEqual([]);
    expect(cronJobMissed(cronJob({ schedule: 'whenever' }, late))).toEqual([]);
  });
});
