// The one cluster that all generated clusters look like, rendered once: the bytes of every object with the places where
// a cluster's own number, uids and versions go. A hundred clusters of a thousand pods share these bytes.
import { ApiCluster } from '../api/cluster.ts';
import { templateHash } from '../controllers/deployments.ts';
import { sliceOf } from '../controllers/endpoints.ts';
import type { Pod, Template } from '../controllers/types.ts';
import { World } from '../controllers/world.ts';
import { Builder } from '../fleet/builders.ts';
import { day, hour } from '../fleet/data.ts';
import { seedNode } from '../fleet/node-seed.ts';
import { seedRights } from '../fleet/rights.ts';
import { daemonSet, statefulSet } from '../fleet/sets.ts';
import { seedCluster } from '../fleet/systems.ts';
import { plainTemplate } from '../fleet/templates.ts';
import { hashOf, hexOf, randomOf } from '../random.ts';

/** Versions have ten digits, so that one can be written over another. */
export const firstVersion = 1_000_000_000;
/** Stands for the cluster's number in names of nodes. */
export const clusterMark = 'c000-n';

export type ShapeEntry = {
  readonly key: string;
  readonly bytes: Buffer;
  readonly versionAt: number;
  /** Where a uid begins: its first four digits are the cluster's. */
  readonly uidsAt: readonly number[];
  /** Where the three digits of the cluster's number are. */
  readonly numbersAt: readonly number[];
  /** The digit of restartCount; -1 for what is no pod. */
  readonly restartsAt: number;
};

export type Shape = {
  readonly viewerNamespace: string;
  /** By storage name; sorted by key. */
  readonly entries: ReadonlyMap<string, readonly ShapeEntry[]>;
};

const teams = 10;
const team = (i: number): string => `team-${String(i).padStart(2, '0')}`;
const apps = ['api', 'worker', 'gateway', 'ledger', 'search', 'profile', 'billing', 'mailer', 'feed', 'export'];

function entryOf(key: string, body: Buffer, rv: number): ShapeEntry {
  const plain = body.toString('latin1');
  const found = plain.indexOf('"resourceVersion":"') + '"resourceVersion":"'.length;
  const end = plain.indexOf('"', found);
  const text = `${plain.slice(0, found)}${rv}${plain.slice(end)}`;
  const all = (pattern: RegExp, offset: number): number[] => [...text.matchAll(pattern)].map((m) => m.index + offset);
  return {
    key,
    bytes: Buffer.from(text, 'latin1'),
    versionAt: found,
    uidsAt: all(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/g, 0),
    numbersAt: all(/c000-n/g, 1),
    restartsAt: text.includes('"restartCount":0,') ? text.indexOf('"restartCount":0,') + 15 : -1,
  };
}

/** Builds the shape with so many pods. */
export function makeShape(pods: number, seed: number): Shape {
  const now = Date.now();
  const cluster = new ApiCluster({
    name: 'generated',
    version: '1.36.1',
    random: randomOf(`shape ${seed}`),
    now: () => now,
  });
  const world = new World(cluster, 'run', []);
  const b = new Builder(world, `${seed}`, now);
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'observability'])
    b.namespace(name, 200 * day);
  for (let t = 1; t <= teams; t++) b.namespace(team(t), 150 * day);
  const nodes = Math.min(99, Math.max(3, Math.ceil(pods / 50)));
  for (let n = 1; n <= nodes; n++)
    seedNode(b, `${clusterMark}${String(n).padStart(2, '0')}`, {
      age: 60 * day,
      cpu: 32,
      memoryGi: 128,
      region: 'region-1',
      runtime: 'containerd://2.1.4',
    });
  seedRights(b, null, team(1));
  seedCluster(b, { name: 'generated' });
  let left = pods;
  for (const name of ['cni', 'node-exporter', 'log-shipper'])
    if (left > nodes * 2) {
      daemonSet(b, 'kube-system', name, template(name, '1.4.2'), 50 * day);
      left -= nodes;
    }
  if (left > 30) {
    statefulSet(b, 'observability', 'prometheus', template('prometheus', '3.6.0'), 2, 40 * day, '100Gi');
    left -= 2;
  }
  for (let i = 0; left > 0; i++) {
    const replicas = Math.min(left, 4 + (hashOf(`${seed} ${i}`) % 12));
    left -= replicas;
    workload(b, i, replicas);
  }
  for (const service of world.list('services'))
    b.put(
      'endpointslices.discovery.k8s.io',
      sliceOf(world, service as Parameters<typeof sliceOf>[1]),
      40 * day,
      'kube-controller-manager',
    );
  world.list<Pod>('pods').forEach((pod, i) => {
    if (i % 50 === 7)
      b.event(
        pod,
        {
          type: i % 100 === 7 ? 'Warning' : 'Normal',
          reason: i % 100 === 7 ? 'Unhealthy' : 'Started',
          message:
            i % 100 === 7 ? 'Readiness probe failed: HTTP probe failed with statuscode: 503' : 'Container started',
          component: 'kubelet',
          host: pod.spec.nodeName ?? '',
        },
        1,
        hour / 2,
        hour / 3,
      );
  });
  const entries = new Map<string, ShapeEntry[]>();
  let rv = firstVersion;
  for (const resource of cluster.resources) {
    if (resource.backing !== 'stored') continue;
    const storage = cluster.storageOf(resource);
    const collection = cluster.store.collection(storage);
    const made = collection.keys().map((key) => {
      rv += 1;
      return entryOf(key, collection.get(key)?.body ?? Buffer.alloc(0), rv);
    });
    if (made.length > 0) entries.set(storage, made);
  }
  return { viewerNamespace: team(1), entries };
}

const template = (name: string, version: string): Template =>
  plainTemplate(
    name,
    `registry.example/platform/${name}:${version}@sha256:${hexOf(`${name} ${version}`, 64)}`,
    { cpu: '100m', memory: '256Mi' },
    {
      labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/version': version },
    },
  );

/** A Deployment with three ReplicaSets, a Service, a ConfigMap, and an autoscaler for every fourth. */
function workload(b: Builder, i: number, replicas: number): void {
  const name = `${apps[i % apps.length]}-${String(Math.floor(i / apps.length)).padStart(2, '0')}`;
  const namespace = team(1 + (i % teams));
  const labels = { app: name, team: namespace };
  b.deployment({
    name,
    namespace,
    labels,
    replicas,
    revision: 7 + (i % 9),
    releases: [2, 9, 31].map((age, n) => ({
      template: template(name, `1.${42 - n}.${i % 9}`),
      age: (age + (i % 5)) * day,
    })),
    hash: templateHash,
    manager: 'kustomize-controller',
  });
  b.service(namespace, name, 80, 40 * day);
  b.put(
    'configmaps',
    {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: `${name}-env`, namespace, labels },
      data: { LOG_FORMAT: 'json' },
    },
    40 * day,
  );
  if (i % 4 !== 0) return;
  b.put(
    'horizontalpodautoscalers.autoscaling',
    {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v2',
      metadata: { name, namespace, labels },
      spec: {
        scaleTargetRef: { kind: 'Deployment', name, apiVersion: 'apps/v1' },
        minReplicas: 2,
        maxReplicas: replicas + 8,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      },
      status: { currentReplicas: replicas, desiredReplicas: replicas, currentMetrics: null },
    },
    30 * day,
  );
}
