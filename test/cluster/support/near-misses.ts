// What looks like trouble and is none: it must stay silent from beginning to end.
import type { TestCluster } from '../cluster.ts';
import { nodeOf } from './cluster-troubles.ts';
import * as make from './objects.ts';
import { setImage } from './trouble.ts';

export type NearMiss = {
  /** For test names: what must not be taken for a problem. */
  readonly id: string;
  /** The rule that it nearly meets. */
  readonly rule: string;
  readonly namespace: string;
  /** Table, and names of its rows by which one sees that the engine has read it. */
  readonly seen: readonly [table: string, name: RegExp];
  objects(cluster: TestCluster): readonly object[];
  /** What is done when the objects are there and have settled. */
  afterwards?(cluster: TestCluster): Promise<unknown>;
};

const tolerateAll = { tolerations: [{ operator: 'Exists' }] };

/** All happen in the first cluster. */
export const nearMisses: readonly NearMiss[] = [
  {
    id: 'a Job that finished',
    rule: 'job-failed',
    namespace: 'quiet-job',
    seen: ['jobs', /^done$/],
    objects: () => [make.job('quiet-job', 'done', { image: 'done:1' })],
  },
  {
    id: 'a Job that takes its time',
    rule: 'job-failed',
    namespace: 'quiet-job-long',
    seen: ['jobs', /^patient$/],
    objects: () => [make.job('quiet-job-long', 'patient', { image: 'patient/long:1' })],
  },
  {
    id: 'a Deployment scaled to zero, and its Service',
    rule: 'service-without-endpoints',
    namespace: 'quiet-zero',
    seen: ['services', /^idle$/],
    objects: () => [
      make.deployment('quiet-zero', 'idle', { image: 'idle/crash:1' }, { replicas: 0 }),
      make.service('quiet-zero', 'idle', 'idle'),
    ],
  },
  {
    id: 'a StatefulSet scaled to zero',
    rule: 'statefulset-behind',
    namespace: 'quiet-sts',
    seen: ['workloads', /^resting$/],
    objects: () => [make.statefulSet('quiet-sts', 'resting', { image: 'resting/slow:1' }, { replicas: 0 })],
  },
  {
    id: 'a DaemonSet that no node wants',
    rule: 'daemonset-behind',
    namespace: 'quiet-ds',
    seen: ['workloads', /^nowhere$/],
    objects: () => [
      make.daemonSet('quiet-ds', 'nowhere', { image: 'nowhere/slow:1', spec: { nodeSelector: { disk: 'none' } } }),
    ],
  },
  {
    id: 'a paused rollout to an image that is not there',
    rule: 'rollout-stuck',
    namespace: 'quiet-paused',
    seen: ['workloads', /^paused$/],
    objects: () => [make.deployment('quiet-paused', 'paused', { image: 'paused:1' }, { progressDeadlineSeconds: 10 })],
    afterwards: async (cluster) => {
      await cluster.kubectl('-n', 'quiet-paused', 'rollout', 'status', 'deployment/paused', '--timeout=60s');
      await cluster.kubectl('-n', 'quiet-paused', 'rollout', 'pause', 'deployment/paused');
      await setImage('quiet-paused', 'deployment/paused', 'paused/missing:2')(cluster);
    },
  },
  {
    id: 'a pod whose probes allow it to be slow',
    rule: 'not-ready',
    namespace: 'quiet-grace',
    seen: ['pods', /^steady-/],
    objects: () => [
      make.deployment('quiet-grace', 'steady', {
        image: 'steady/slow:1',
        container: { readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 900 } },
      }),
    ],
  },
  {
    id: 'a pod behind a scheduling gate',
    rule: 'unschedulable',
    namespace: 'quiet-gate',
    seen: ['pods', /^gated$/],
    objects: () => [
      make.pod('quiet-gate', 'gated', {
        image: 'gated:1',
        spec: { schedulingGates: [{ name: 'test.example/later' }] },
      }),
    ],
  },
  {
    id: 'a claim that waits for its first pod',
    rule: 'claim-pending',
    namespace: 'quiet-claim',
    seen: ['persistentvolumeclaims', /^unwanted$/],
    objects: () => [
      make.storageClass('first-consumer', 'WaitForFirstConsumer'),
      make.claim('quiet-claim', 'unwanted', 'first-consumer'),
    ],
  },
  {
    id: 'a CronJob that is suspended',
    rule: 'cronjob-missed',
    namespace: 'quiet-cron',
    seen: ['cronjobs', /^suspended$/],
    objects: () => [make.cronJob('quiet-cron', 'suspended', { image: 'cron:1' }, { suspend: true })],
  },
  {
    id: 'a CronJob that waits for its own last run, as it was told to',
    rule: 'cronjob-missed',
    namespace: 'quiet-cron-forbid',
    seen: ['cronjobs', /^busy$/],
    objects: () => [
      make.cronJob('quiet-cron-forbid', 'busy', { image: 'cron/long:1' }, { concurrencyPolicy: 'Forbid' }),
    ],
  },
  {
    id: 'a quota of nothing, and one with room left',
    rule: 'quota-exhausted',
    namespace: 'quiet-quota',
    seen: ['resourcequotas', /^(none|roomy)$/],
    objects: () => [
      make.quota('quiet-quota', 'none', { 'services.loadbalancers': '0' }),
      make.quota('quiet-quota', 'roomy', { pods: '2' }),
      make.pod('quiet-quota', 'one', { image: 'one:1' }),
    ],
  },
  {
    id: 'a policy that only warns',
    rule: 'create-failed',
    namespace: 'quiet-policy',
    seen: ['workloads', /^rooted$/],
    objects: () => [
      make.namespace('quiet-policy', { 'pod-security.kubernetes.io/warn': 'restricted' }),
      make.statefulSet('quiet-policy', 'rooted', { image: 'rooted:1' }),
    ],
  },
  {
    id: 'a silent webhook that is ignored when it fails',
    rule: 'webhook-failing',
    namespace: 'quiet-webhook',
    seen: ['workloads', /^unguarded$/],
    objects: () => [
      make.namespace('quiet-webhook', { guard: 'gentle' }),
      make.webhook('gentle', 'Ignore', { namespace: 'quiet-webhook', name: 'door', path: '/' }, 'gentle'),
      make.deployment('quiet-webhook', 'unguarded', { image: 'unguarded:1' }),
    ],
  },
  {
    id: 'a few warnings, and many words that are no warnings',
    rule: 'event-storm',
    namespace: 'quiet-events',
    seen: ['events', /^drizzle-0$/],
    objects: () => [
      ...Array.from({ length: 5 }, (_, i) =>
        make.event('quiet-events', `drizzle-${i}`, 'weather', 'Warning', 'FailedToSail'),
      ),
      ...Array.from({ length: 30 }, (_, i) => make.event('quiet-events', `sun-${i}`, 'weather', 'Normal', 'Sailed')),
    ],
  },
  {
    id: 'a cordoned node with nothing but a DaemonSet on it',
    rule: 'node-cordoned',
    namespace: 'quiet-cordon',
    seen: ['pods', /^everywhere-/],
    objects: () => [make.daemonSet('quiet-cordon', 'everywhere', { image: 'everywhere:1', spec: tolerateAll })],
    afterwards: (cluster) => cluster.kubectl('cordon', nodeOf(cluster, 'cordon-quiet')),
  },
  {
    id: 'an autoscaler that was never meant to scale',
    rule: 'hpa-at-max',
    namespace: 'quiet-hpa',
    seen: ['horizontalpodautoscalers', /^fixed$/],
    objects: () => [make.hungry('quiet-hpa', 'fixed'), make.autoscaler('quiet-hpa', 'fixed', 2, 2)],
  },
];
