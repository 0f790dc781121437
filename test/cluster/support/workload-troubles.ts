// What goes wrong with workloads and with what stands around them: sets, Jobs, quotas, Services.
import * as make from './objects.ts';
import { inNamespace, poke, release, remove, setImage, type Trouble } from './trouble.ts';

const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };

export const workloadTroubles: readonly Trouble[] = [
  {
    id: 'a rollout past its deadline',
    clusters: ['c1'],
    rule: 'rollout-stuck',
    severity: 'fail',
    namespace: 'rollout',
    kind: 'Deployment',
    app: 'ledger',
    name: /^ledger$/,
    title: 'Rollout stuck',
    words: /^0 of 2 ready, past its deadline: readiness 503$/,
    evidence: /^ProgressDeadlineExceeded: /,
    withinMs: 60_000,
    provoke: inNamespace('rollout', [
      make.deployment('rollout', 'ledger', { image: 'ledger/slow:7' }, { replicas: 2, progressDeadlineSeconds: 10 }),
    ]),
    fix: setImage('rollout', 'deployment/ledger', 'ledger:8'),
  },
  {
    id: 'a Job that failed',
    clusters: ['c2'],
    rule: 'job-failed',
    severity: 'fail',
    namespace: 'job',
    kind: 'Job',
    app: 'import',
    name: /^import$/,
    title: 'Job failed',
    words: /^exit 3, gave up after 1 failed pod$/,
    evidence: /BackoffLimitExceeded/,
    withinMs: 40_000,
    provoke: inNamespace('job', [make.job('job', 'import', { image: 'import/crash-3:1' })]),
    fix: remove('-n', 'job', 'job/import'),
  },
  {
    id: 'a Job that ran into its deadline',
    clusters: ['c1'],
    rule: 'job-failed',
    severity: 'fail',
    namespace: 'job-deadline',
    kind: 'Job',
    app: 'export',
    name: /^export$/,
    title: 'Job failed',
    words: /ran longer than its deadline$/,
    evidence: /DeadlineExceeded/,
    withinMs: 60_000,
    provoke: inNamespace('job-deadline', [
      make.job('job-deadline', 'export', { image: 'export/long:1' }, { activeDeadlineSeconds: 3 }),
    ]),
    fix: remove('-n', 'job-deadline', 'job/export'),
  },
  {
    // A quota of no Jobs keeps its controller from making any; a limit of zero is no quota that is used up.
    id: 'a CronJob that did not run',
    clusters: ['c2'],
    rule: 'cronjob-missed',
    severity: 'warn',
    namespace: 'cron',
    kind: 'CronJob',
    app: 'nightly',
    name: /^nightly$/,
    title: 'Run missed',
    words: /^was due \d{4}-\d\d-\d\d \d\d:\d\dZ, no Job since$/,
    evidence: /^it has never run$/,
    withinMs: 240_000,
    provoke: async (cluster) => {
      await inNamespace('cron', [make.quota('cron', 'no-jobs', { 'count/jobs.batch': '0' })])(cluster);
      await cluster.apply([make.cronJob('cron', 'nightly', { image: 'nightly/long:1' })]);
    },
    fix: remove('-n', 'cron', 'resourcequota/no-jobs'),
  },
  {
    id: 'a StatefulSet that is behind',
    clusters: ['c1'],
    rule: 'statefulset-behind',
    severity: 'fail',
    namespace: 'sts',
    kind: 'StatefulSet',
    app: 'store',
    name: /^store$/,
    title: 'Behind',
    words: /^0 of 2 ready, store-0: readiness 503$/,
    evidence: /^0 of 2 ready, 1 of 2 made$/,
    withinMs: 100_000,
    provoke: inNamespace('sts', [make.statefulSet('sts', 'store', { image: 'store/slow:5' }, { replicas: 2 })]),
    // The set waits for its broken pod: only without that pod it takes the new image.
    fix: async (cluster) => {
      await setImage('sts', 'statefulset/store', 'store:6')(cluster);
      await remove('-n', 'sts', 'pod/store-0')(cluster);
    },
  },
  {
    id: 'a DaemonSet that is behind',
    clusters: ['c2'],
    rule: 'daemonset-behind',
    severity: 'fail',
    namespace: 'ds',
    kind: 'DaemonSet',
    app: 'agent',
    name: /^agent$/,
    title: 'Behind',
    words: /^0 of \d ready, agent-\w+: readiness 503$/,
    withinMs: 100_000,
    provoke: inNamespace('ds', [make.daemonSet('ds', 'agent', { image: 'agent/slow:5' })]),
    fix: setImage('ds', 'daemonset/agent', 'agent:6'),
  },
  {
    id: 'a Deployment that its quota stops',
    clusters: ['c1'],
    rule: 'quota-exhausted',
    severity: 'fail',
    namespace: 'quota',
    kind: 'Deployment',
    app: 'web',
    name: /^web$/,
    title: 'Quota',
    words: /^quota tight is used up: pods=1 of 1$/,
    evidence: /^FailedCreate: pods ".*" is forbidden: exceeded quota: tight/,
    withinMs: 40_000,
    provoke: async (cluster) => {
      await inNamespace('quota', [make.quota('quota', 'tight', { pods: '1' })])(cluster);
      await cluster.apply([make.deployment('quota', 'web', { image: 'web:1' }, { replicas: 2 })]);
    },
    fix: async (cluster) => {
      await cluster.apply([make.quota('quota', 'tight', { pods: '5' })]);
      await poke('quota', 'deployment/web')(cluster);
    },
  },
  {
    id: 'a quota that is used up',
    clusters: ['c2'],
    rule: 'quota-exhausted',
    severity: 'warn',
    namespace: 'quota-itself',
    kind: 'ResourceQuota',
    app: 'full',
    name: /^full$/,
    title: 'Quota',
    words: /^used up: pods 1 of 1$/,
    withinMs: 40_000,
    provoke: async (cluster) => {
      await inNamespace('quota-itself', [make.quota('quota-itself', 'full', { pods: '1' })])(cluster);
      await cluster.apply([make.pod('quota-itself', 'web', { image: 'web:1' })]);
    },
    fix: (cluster) => cluster.apply([make.quota('quota-itself', 'full', { pods: '2' })]),
  },
  {
    id: 'a Deployment whose pods a policy refuses',
    clusters: ['c2'],
    rule: 'create-failed',
    severity: 'fail',
    namespace: 'policy',
    kind: 'Deployment',
    app: 'root',
    name: /^root$/,
    title: 'Pods refused',
    words: /^restricted:latest denies: /,
    evidence: /violates PodSecurity/,
    withinMs: 40_000,
    provoke: inNamespace('policy', [make.deployment('policy', 'root', { image: 'root:1' })], restricted),
    fix: async (cluster) => {
      await cluster.kubectl('label', 'namespace/policy', 'pod-security.kubernetes.io/enforce-');
      await poke('policy', 'deployment/root')(cluster);
    },
  },
  {
    id: 'a StatefulSet whose pods a policy refuses',
    clusters: ['c1'],
    rule: 'create-failed',
    severity: 'fail',
    namespace: 'policy-sts',
    kind: 'StatefulSet',
    app: 'root',
    name: /^root$/,
    title: 'Pods refused',
    words: /^restricted:latest denies: /,
    evidence: /violates PodSecurity/,
    withinMs: 40_000,
    provoke: inNamespace('policy-sts', [make.statefulSet('policy-sts', 'root', { image: 'root:1' })], restricted),
    fix: async (cluster) => {
      await cluster.kubectl('label', 'namespace/policy-sts', 'pod-security.kubernetes.io/enforce-');
      await poke('policy-sts', 'statefulset/root')(cluster);
    },
  },
  {
    id: 'a Service of which nothing has the labels',
    clusters: ['c1'],
    rule: 'service-without-endpoints',
    severity: 'warn',
    namespace: 'service',
    kind: 'Service',
    // Its own labels name none, so its selector does.
    app: 'nobody',
    name: /^orphan$/,
    title: 'No endpoints',
    words: /^nothing has its labels app=nobody$/,
    withinMs: 60_000,
    provoke: inNamespace('service', [make.service('service', 'orphan', 'nobody')]),
    fix: (cluster) => cluster.apply([make.pod('service', 'nobody', { image: 'nobody:1' })]),
  },
  {
    id: 'a Service that is held by a finalizer',
    clusters: ['c1'],
    rule: 'stuck-deleting',
    severity: 'warn',
    namespace: 'held',
    kind: 'Service',
    app: 'door',
    name: /^door$/,
    title: 'Deleting',
    words: /^held by test\.example\/hold$/,
    withinMs: 180_000,
    provoke: async (cluster) => {
      await inNamespace('held', [make.held(make.service('held', 'door', 'door'))])(cluster);
      await remove('-n', 'held', 'service/door')(cluster);
    },
    fix: release('-n', 'held', 'service/door'),
  },
  {
    id: 'an autoscaler at its maximum',
    clusters: ['c1'],
    rule: 'hpa-at-max',
    severity: 'warn',
    namespace: 'hpa',
    kind: 'HorizontalPodAutoscaler',
    app: 'hungry',
    name: /^hungry$/,
    title: 'HPA at max',
    words: /^2 of 2 replicas, and its metrics ask for more$/,
    evidence: /^scales Deployment hungry$/,
    withinMs: 180_000,
    provoke: inNamespace('hpa', [make.hungry('hpa', 'hungry'), make.autoscaler('hpa', 'hungry', 1, 2)]),
    fix: remove('-n', 'hpa', 'hpa/hungry'),
  },
];
