// What goes wrong with a cluster itself: nodes, namespaces, aggregated APIs, webhooks, storms of events.
import type { TestCluster } from '../cluster.ts';
import * as make from './objects.ts';
import { inNamespace, poke, release, remove, type Trouble } from './trouble.ts';

/** Nodes that only pods with their name on them come to, so that what happens to a node happens to nobody else. */
export const ownNodes = ['cordon', 'cordon-quiet', 'broken', 'pressed'] as const;

export const nodeOf = (cluster: TestCluster, use: (typeof ownNodes)[number]): string =>
  `${cluster.name}-node-${2 + ownNodes.indexOf(use)}`;

/** Keeps the scheduler and DaemonSets away from all nodes but the first. */
export async function keepNodesApart(cluster: TestCluster): Promise<void> {
  for (const use of ownNodes) await cluster.kubectl('taint', 'node', nodeOf(cluster, use), `use=${use}:NoSchedule`);
}

const patchNode = async (cluster: TestCluster, node: string, unschedulable: boolean): Promise<void> => {
  await cluster.kubectl(unschedulable ? 'cordon' : 'uncordon', node);
};

export const clusterTroubles: readonly Trouble[] = [
  {
    id: 'a cordoned node with pods left',
    clusters: ['c1'],
    rule: 'node-cordoned',
    severity: 'info',
    namespace: '',
    kind: 'Node',
    app: 'c1-node-2',
    name: /^c1-node-2$/,
    title: 'Cordoned',
    words: /^takes no new pods, 1 pod left to drain$/,
    evidence: /^cordon\/stays$/,
    withinMs: 30_000,
    provoke: async (cluster) => {
      const nodeName = nodeOf(cluster, 'cordon');
      await inNamespace('cordon', [make.pod('cordon', 'stays', { image: 'stays:1', spec: { nodeName } })])(cluster);
      await patchNode(cluster, nodeName, true);
    },
    fix: (cluster) => patchNode(cluster, nodeOf(cluster, 'cordon'), false),
  },
  {
    // A node younger than two minutes may still wait for its network.
    id: 'a node that is not ready',
    clusters: ['c1'],
    rule: 'node-not-ready',
    severity: 'fail',
    namespace: '',
    kind: 'Node',
    app: 'c1-node-4',
    name: /^c1-node-4$/,
    title: 'Node down',
    words: /^container runtime network not ready/,
    evidence: /^Ready=False KubeletNotReady/,
    withinMs: 150_000,
    provoke: (cluster) => cluster.nodeFault(nodeOf(cluster, 'broken'), 'NotReady'),
    fix: (cluster) => cluster.nodeFault(nodeOf(cluster, 'broken'), null),
  },
  {
    id: 'a node under pressure',
    clusters: ['c1'],
    rule: 'node-pressure',
    severity: 'warn',
    namespace: '',
    kind: 'Node',
    app: 'c1-node-5',
    name: /^c1-node-5$/,
    title: 'Pressure',
    words: /^memory pressure/,
    evidence: /^MemoryPressure=True/,
    withinMs: 30_000,
    provoke: (cluster) => cluster.nodeFault(nodeOf(cluster, 'pressed'), 'MemoryPressure'),
    fix: (cluster) => cluster.nodeFault(nodeOf(cluster, 'pressed'), null),
  },
  {
    id: 'a namespace that does not empty',
    clusters: ['c1'],
    rule: 'stuck-deleting',
    severity: 'warn',
    namespace: '',
    kind: 'Namespace',
    app: 'leaving',
    name: /^leaving$/,
    title: 'Deleting',
    words: /^held by test\.example\/hold$/,
    evidence: /^NamespaceFinalizersRemaining: /,
    withinMs: 180_000,
    provoke: async (cluster) => {
      await inNamespace('leaving', [make.held(make.configMap('leaving', 'anchor'))])(cluster);
      await remove('namespace/leaving')(cluster);
    },
    fix: release('-n', 'leaving', 'configmap/anchor'),
  },
  {
    id: 'an aggregated API whose Service is not there',
    clusters: ['c2'],
    rule: 'api-service-failing',
    severity: 'fail',
    namespace: '',
    kind: 'APIService',
    app: 'v1.broken.test',
    name: /^v1\.broken\.test$/,
    title: 'API fails',
    words: /^service not found: default\/nothing$/,
    evidence: /^Available=False ServiceNotFound/,
    withinMs: 90_000,
    provoke: (cluster) =>
      cluster.apply([make.apiService('v1', 'broken.test', { namespace: 'default', name: 'nothing', port: 443 })]),
    fix: remove('apiservice/v1.broken.test'),
  },
  {
    id: 'a webhook behind which nobody answers',
    clusters: ['c2'],
    rule: 'webhook-failing',
    severity: 'fail',
    namespace: '',
    kind: 'ValidatingWebhookConfiguration',
    app: 'guard',
    name: /^guard$/,
    title: 'Webhook fails',
    words: /^guarded\/door has no ready endpoint, writes are refused$/,
    evidence: /^1 webhook with failurePolicy Fail: guard\.test\.example$/,
    withinMs: 90_000,
    provoke: inNamespace('guarded', [
      make.service('guarded', 'door', 'door'),
      make.webhook('guard', 'Fail', { namespace: 'guarded', name: 'door', path: '/' }, 'guarded'),
    ]),
    fix: async (cluster) => {
      await remove('validatingwebhookconfiguration/guard')(cluster);
      await remove('-n', 'guarded', 'service/door')(cluster);
    },
  },
  {
    id: 'a Deployment whose pods a silent webhook refuses',
    clusters: ['c1'],
    rule: 'webhook-failing',
    severity: 'fail',
    namespace: 'guarded-pods',
    kind: 'Deployment',
    app: 'web',
    name: /^web$/,
    title: 'Webhook fails',
    words: /^webhook sentry\.test\.example: /,
    evidence: /failed calling webhook "sentry\.test\.example"/,
    withinMs: 90_000,
    provoke: async (cluster) => {
      const objects = [
        make.service('guarded-pods', 'door', 'door'),
        make.webhook('sentry', 'Fail', { namespace: 'guarded-pods', name: 'door', path: '/' }, 'pods'),
      ];
      await inNamespace('guarded-pods', objects, { guard: 'pods' })(cluster);
      await cluster.apply([make.deployment('guarded-pods', 'web', { image: 'web:1' })]);
    },
    fix: async (cluster) => {
      await remove('validatingwebhookconfiguration/sentry')(cluster);
      await remove('-n', 'guarded-pods', 'service/door')(cluster);
      await poke('guarded-pods', 'deployment/web')(cluster);
    },
  },
  {
    id: 'a storm of warnings',
    clusters: ['c2'],
    rule: 'event-storm',
    severity: 'warn',
    namespace: 'storm',
    kind: 'Event',
    app: 'weather',
    name: /^thunder-\d+$/,
    title: 'Warnings',
    // Shown from the twentieth on, while the last five may still be on their way.
    words: /^FailedToSail ×2[0-5] in 10 min: weather said no$/,
    evidence: /^2[0-5] warnings about 2[0-5] objects in 10 minutes$/,
    withinMs: 30_000,
    provoke: (cluster) => {
      const thunder = (i: number) => make.event('storm', `thunder-${i}`, 'weather', 'Warning', 'FailedToSail');
      return inNamespace(
        'storm',
        Array.from({ length: 25 }, (_, i) => thunder(i)),
      )(cluster);
    },
    fix: remove('-n', 'storm', 'events', '--all'),
  },
];
