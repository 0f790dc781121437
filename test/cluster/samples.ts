// Something to look at in a control plane that is kept up for a person: healthy apps in every cluster, and one of each
// thing that goes wrong.
import type { TestCluster } from './cluster.ts';
import type { PodLogWriter } from './pod-log.ts';

type Labels = Readonly<Record<string, string>>;

function deployment(namespace: string, name: string, image: string, replicas: number, container: object = {}): object {
  const labels: Labels = { 'app.kubernetes.io/name': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      progressDeadlineSeconds: 60,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { 'kwok.x-k8s.io/usage-cpu': '120m', 'kwok.x-k8s.io/usage-memory': '90Mi' } },
        spec: {
          containers: [
            {
              name,
              image,
              resources: { requests: { cpu: '100m', memory: '128Mi' } },
              ports: [{ containerPort: 8080 }],
              ...container,
            },
          ],
        },
      },
    },
  };
}

function service(namespace: string, name: string, app = name): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { 'app.kubernetes.io/name': app }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

const registry = 'registry.test/shop';

/** The objects of one cluster; clusters other than the first lack some of the faults, as in a half-finished rollout. */
export function sampleObjects(index: number): readonly object[] {
  const pvc = (name: string): object => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } }, storageClassName: 'fast' },
  });
  const job = (name: string, image: string): object => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'shop' },
    spec: { backoffLimit: 1, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'run', image }] } } },
  });
  const everywhere = [
    deployment('shop', 'web', `${registry}/web:3.4.1`, 4),
    service('shop', 'web'),
    deployment('shop', 'catalog', `${registry}/catalog:2.0.0`, 3),
    service('shop', 'catalog'),
    deployment('shop', 'cart', `${registry}/cart/oom:1.9.0`, 2),
    service('shop', 'cart'),
    deployment('payments', 'ledger', `${registry}/ledger:7.1`, 2),
    deployment('payments', 'idle', `${registry}/idle:1`, 0),
    job('migrate', `${registry}/migrate:3.4.1`),
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'report', namespace: 'payments' },
      spec: {
        schedule: '*/5 * * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'report', image: `${registry}/report:1` }] },
            },
          },
        },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: {
          metadata: { labels: { app: 'agent' } },
          spec: { containers: [{ name: 'agent', image: `${registry}/agent:1` }] },
        },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'store', namespace: 'data' },
      spec: {
        serviceName: 'store',
        replicas: 2,
        selector: { matchLabels: { app: 'store' } },
        template: {
          metadata: { labels: { app: 'store' } },
          spec: { containers: [{ name: 'store', image: `${registry}/store:5` }] },
        },
      },
    },
  ];
  const faults = [
    deployment('shop', 'checkout', `${registry}/checkout/crash-3:4.2.0`, 2),
    deployment('shop', 'search', `${registry}/search/missing:1.8.2`, 2),
    deployment('payments', 'fraud', `${registry}/fraud/slow:0.9`, 1),
    deployment('payments', 'gateway', `${registry}/gateway/badconfig:2`, 1, {
      envFrom: [{ secretRef: { name: 'gateway-keys' } }],
    }),
    deployment('payments', 'batch', `${registry}/batch:1`, 1, { resources: { requests: { cpu: '64' } } }),
    service('shop', 'orphan', 'nobody'),
    job('import', `${registry}/import/crash:1`),
    pvc('archive'),
  ];
  return index === 0 ? [...everywhere, ...faults] : [...everywhere, faults[0] ?? {}, faults[1] ?? {}];
}

/** Namespaces and objects into one cluster; resolves when they are accepted, not when they run. */
export async function applySamples(cluster: TestCluster, index: number): Promise<void> {
  for (const namespace of ['shop', 'payments', 'data']) await cluster.namespace(namespace);
  await cluster.apply(sampleObjects(index));
}

/** Gives every pod of `shop` a log of its own that grows: web answers requests, what crashes says why. */
export function feedLogs(cluster: TestCluster, signal: AbortSignal): Promise<void> {
  const writers = new Map<string, PodLogWriter>();
  let count = 0;
  const tick = async (): Promise<void> => {
    const list = (await cluster.api.get('/api/v1/namespaces/shop/pods?limit=60')) as {
      items: { metadata: { name: string }; spec: { containers: { image: string }[] } }[];
    };
    for (const { metadata, spec } of list.items) {
      const writer = writers.get(metadata.name) ?? (await cluster.podLog('shop', metadata.name));
      writers.set(metadata.name, writer);
      count++;
      const failing = /\/(crash|oom)/.test(spec.containers[0]?.image ?? '');
      writer.write(
        failing
          ? [
              `level=info msg="starting" build=${count}`,
              `level=error msg="cannot reach ledger" attempt=${count % 5} err="dial tcp 10.96.0.7:80: i/o timeout"`,
            ]
          : `{"level":"info","method":"GET","path":"/item/${count % 97}","status":${count % 41 === 0 ? 503 : 200},"ms":${(count * 7) % 180}}`,
      );
    }
  };
  return new Promise((resolve) => {
    const loop = (): void => {
      if (signal.aborted) return resolve();
      tick()
        // A cluster that is being killed or frozen by hand has no pods to feed for a while.
        .catch(() => undefined)
        .finally(() => setTimeout(loop, 1_000).unref());
    };
    loop();
  });
}
