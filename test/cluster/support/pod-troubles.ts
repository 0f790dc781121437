// What goes wrong with pods. The five that a person wants to know of at once come first and happen in both clusters.
import type { Fields } from './objects.ts';
import * as make from './objects.ts';
import type { RawEvent } from './raw-watch.ts';
import { inNamespace, release, remove, setImage, type Trouble } from './trouble.ts';

type Container = { state?: { waiting?: { reason: string } }; lastState?: { terminated?: { reason: string } } };
type Status = { containerStatuses?: Container[]; conditions?: { type: string; status: string; reason?: string }[] };
type Named = { metadata: { namespace?: string; name: string }; status?: Status };

const pods = '/api/v1/pods';

const podSays =
  (namespace: string, says: (status: Status) => boolean) =>
  ({ type, object }: RawEvent): boolean => {
    const { metadata, status } = object as Named;
    return type !== 'DELETED' && metadata.namespace === namespace && status !== undefined && says(status);
  };

const waitsFor =
  (reason: string, last?: string) =>
  ({ containerStatuses = [] }: Status): boolean =>
    containerStatuses.some(
      ({ state, lastState }) =>
        state?.waiting?.reason === reason && (last === undefined || lastState?.terminated?.reason === last),
    );

/** A Deployment of one pod whose image decides its fate, healed by another image. */
const byImage = (namespace: string, name: string, image: string, container: Fields = {}) => ({
  namespace,
  app: name,
  kind: 'Pod',
  name: new RegExp(`^${name}-[0-9a-z]+-[0-9a-z]{5}$`),
  provoke: inNamespace(namespace, [
    make.deployment(namespace, name, { image: `${name}/${image}`, container }, { progressDeadlineSeconds: 600 }),
  ]),
  fix: setImage(namespace, `deployment/${name}`, `${name}:healed`),
});

const both = ['c1', 'c2'];

export const urgentTroubles: readonly Trouble[] = [
  {
    ...byImage('image-pull', 'search', 'missing:1.8.2'),
    id: 'a bad image',
    clusters: both,
    rule: 'image-pull',
    severity: 'fail',
    title: 'Image pull',
    words: /^not found: missing:1\.8\.2$/,
    evidence: /image registry\.test\/search\/missing:1\.8\.2/,
    withinMs: 30_000,
    known: { path: pods, fits: podSays('image-pull', waitsFor('ErrImagePull')) },
  },
  {
    ...byImage('crash-loop', 'checkout', 'crash-42:4'),
    id: 'a crash loop',
    clusters: both,
    rule: 'crash-loop',
    severity: 'fail',
    title: 'CrashLoop',
    words: /^exit 42, \d+ restarts?$/,
    evidence: /container app ended: exit 42 at .* after \d+ s/,
    withinMs: 30_000,
    known: { path: pods, fits: podSays('crash-loop', waitsFor('CrashLoopBackOff', 'Error')) },
  },
  {
    ...byImage('out-of-memory', 'cart', 'oom:1.9.0'),
    id: 'a container killed for its memory',
    clusters: both,
    rule: 'crash-loop',
    severity: 'fail',
    title: 'CrashLoop',
    words: /^OOMKilled \(137\), \d+ restarts?$/,
    evidence: /container app ended: OOMKilled \(137\)/,
    withinMs: 30_000,
    known: { path: pods, fits: podSays('out-of-memory', waitsFor('CrashLoopBackOff', 'OOMKilled')) },
  },
  {
    id: 'a pod that no node takes',
    clusters: both,
    rule: 'unschedulable',
    severity: 'fail',
    namespace: 'unschedulable',
    kind: 'Pod',
    app: 'batch',
    name: /^batch-/,
    title: 'Unschedulable',
    words: /other node selector or affinity on \d/,
    evidence: /^Unschedulable: 0\/\d nodes are available/,
    withinMs: 30_000,
    // Tolerations, so that both clusters give the same reason whatever taints their nodes have.
    provoke: inNamespace('unschedulable', [
      make.deployment('unschedulable', 'batch', {
        image: 'batch:1',
        spec: { nodeSelector: { disk: 'nowhere' }, tolerations: [{ operator: 'Exists' }] },
      }),
    ]),
    // Onto the node that is nobody's own.
    fix: async (cluster) => {
      const nodeSelector = { disk: null, 'kubernetes.io/hostname': `${cluster.name}-node-1` };
      const patch = JSON.stringify({ spec: { template: { spec: { nodeSelector } } } });
      await cluster.kubectl('-n', 'unschedulable', 'patch', 'deployment/batch', '--type=merge', '-p', patch);
    },
    known: {
      path: pods,
      fits: podSays('unschedulable', ({ conditions = [] }) =>
        conditions.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'),
      ),
    },
  },
  {
    id: 'a claim of a class that is not there',
    clusters: both,
    rule: 'claim-pending',
    severity: 'fail',
    namespace: 'claim',
    kind: 'PersistentVolumeClaim',
    app: 'archive',
    name: /^archive$/,
    title: 'Volume claim',
    words: /^storage class fast-missing does not exist$/,
    evidence: /^phase Pending, class fast-missing$/,
    withinMs: 30_000,
    provoke: inNamespace('claim', [
      make.claim('claim', 'archive', 'fast-missing'),
      make.pod('claim', 'reader', { image: 'reader:1', spec: make.withClaim('archive') }),
    ]),
    // The volume controller looks for volumes each 15 s.
    fix: (cluster) => cluster.apply([make.volume('archive', 'fast-missing')]),
    known: {
      path: '/api/v1/persistentvolumeclaims',
      fits: ({ object }) => (object as Named).metadata.namespace === 'claim',
    },
  },
];

export const podTroubles: readonly Trouble[] = [
  {
    ...byImage('config-error', 'gateway', 'badconfig:2', { envFrom: [{ secretRef: { name: 'gateway-keys' } }] }),
    id: 'a container whose Secret is missing',
    clusters: ['c1'],
    rule: 'config-error',
    severity: 'fail',
    title: 'Config error',
    words: /^Secret gateway-keys not found$/,
    withinMs: 30_000,
  },
  {
    id: 'a pod that was killed for its memory and is left for good',
    clusters: ['c2'],
    rule: 'oom-killed',
    severity: 'fail',
    namespace: 'oom-final',
    kind: 'Pod',
    app: 'report',
    name: /^report$/,
    title: 'OOM killed',
    words: /^OOMKilled \(137\), limit 64Mi$/,
    withinMs: 30_000,
    provoke: inNamespace('oom-final', [
      make.pod('oom-final', 'report', {
        image: 'report/oom:1',
        container: { resources: { limits: { memory: '64Mi' } } },
        spec: { restartPolicy: 'Never' },
      }),
    ]),
    fix: remove('-n', 'oom-final', 'pod/report'),
  },
  {
    ...byImage('not-ready', 'fraud', 'slow:0.9'),
    id: 'a pod that is not ready past its time',
    clusters: ['c1'],
    rule: 'not-ready',
    severity: 'fail',
    title: 'Not ready',
    words: /^readiness 503$/,
    evidence: /Readiness probe failed: HTTP probe failed with statuscode: 503/,
    withinMs: 100_000,
  },
  {
    id: 'a pod that waits for a claim',
    clusters: ['c2'],
    rule: 'unschedulable',
    severity: 'warn',
    namespace: 'claim-waited-for',
    kind: 'Pod',
    app: 'reader',
    name: /^reader$/,
    title: 'Unschedulable',
    words: /unbound volume claim|unbound immediate/i,
    withinMs: 30_000,
    provoke: inNamespace('claim-waited-for', [
      make.claim('claim-waited-for', 'shelf', 'slow-missing'),
      make.pod('claim-waited-for', 'reader', { image: 'reader:1', spec: make.withClaim('shelf') }),
    ]),
    fix: (cluster) => cluster.apply([make.volume('shelf', 'slow-missing')]),
  },
  {
    id: 'a pod that is held by a finalizer',
    clusters: ['c2'],
    rule: 'stuck-deleting',
    severity: 'warn',
    namespace: 'pod-held',
    kind: 'Pod',
    app: 'stuck',
    name: /^stuck$/,
    title: 'Deleting',
    words: /^held by test\.example\/hold$/,
    evidence: /^finalizer test\.example\/hold$/,
    withinMs: 120_000,
    provoke: async (cluster) => {
      await inNamespace('pod-held', [make.held(make.pod('pod-held', 'stuck', { image: 'stuck:1' }))])(cluster);
      await remove('-n', 'pod-held', 'pod/stuck')(cluster);
    },
    fix: release('-n', 'pod-held', 'pod/stuck'),
  },
];
