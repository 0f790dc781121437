// What belongs to the apps: configuration, secrets, autoscalers, budgets, quotas, ingresses.
import { type Json, rfc3339 } from '../api/objects.ts';
import type { Builder } from './builders.ts';
import { type AppData, autoscaled, type ClusterData, day, hour, minute } from './data.ts';
import { cron } from './job-seeds.ts';
import { fluxLabels as flux } from './templates.ts';

/** ConfigMap, Secret, Service, autoscaler and budget of one app. */
export function seedAppExtras(b: Builder, data: ClusterData, app: AppData): void {
  const { namespace } = app;
  const age = 90 * day;
  const metadata = (name: string): Json & { name: string } => ({ name, namespace, labels: { app: app.app, ...flux } });
  b.put(
    'configmaps',
    {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: metadata(`${app.app}-env`),
      data: { LOG_FORMAT: 'json', REGION: data.region, TIMEOUT_MS: '2000' },
    },
    age,
    'kustomize-controller',
  );
  b.put(
    'secrets',
    {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: metadata(`${app.app}-credentials`),
      type: 'Opaque',
      data: { username: 'ZGVtbw==', password: 'bm90LWEtc2VjcmV0' },
    },
    age,
    'kustomize-controller',
  );
  b.service(namespace, app.app, 80, age);
  const bounds = autoscaled[app.app];
  if (data.role !== 'run' || bounds === undefined || data.name === 'edge-7') return;
  const [min, max] = bounds;
  const limits = (status: string, reason: string): Json => ({
    status,
    lastTransitionTime: rfc3339(b.start - 3 * day),
    reason,
  });
  b.put(
    'horizontalpodautoscalers.autoscaling',
    {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v2',
      metadata: metadata(app.app),
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: app.app, apiVersion: 'apps/v1' },
        minReplicas: min,
        maxReplicas: max,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      },
      status: {
        currentReplicas: app.replicas,
        desiredReplicas: app.replicas,
        currentMetrics: [
          { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 63, averageValue: '190m' } } },
        ],
        conditions: [
          {
            type: 'AbleToScale',
            ...limits('True', 'ReadyForNewScale'),
            message: 'recommended size matches current size',
          },
          {
            type: 'ScalingActive',
            ...limits('True', 'ValidMetricFound'),
            message:
              'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
          },
          {
            type: 'ScalingLimited',
            ...limits('False', 'DesiredWithinRange'),
            message: 'the desired count is within the acceptable range',
          },
        ],
      },
    },
    60 * day,
    'kustomize-controller',
  );
  b.put(
    'poddisruptionbudgets.policy',
    {
      kind: 'PodDisruptionBudget',
      apiVersion: 'policy/v1',
      metadata: metadata(app.app),
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: app.app } } },
    },
    60 * day,
    'kustomize-controller',
  );
}

/** Quotas, ingresses and scheduled jobs of the shop namespaces. */
export function seedShop(b: Builder, data: ClusterData, namespaces: readonly string[]): void {
  for (const namespace of namespaces) {
    const hard = { pods: '120', 'requests.cpu': '60', 'requests.memory': '160Gi', 'limits.memory': '240Gi' };
    b.put(
      'resourcequotas',
      { kind: 'ResourceQuota', apiVersion: 'v1', metadata: { name: 'shop', namespace }, spec: { hard } },
      80 * day,
    );
    b.put(
      'ingresses.networking.k8s.io',
      {
        kind: 'Ingress',
        apiVersion: 'networking.k8s.io/v1',
        metadata: { name: 'web', namespace, labels: flux },
        spec: {
          ingressClassName: 'envoy',
          tls: [{ hosts: [`shop.${data.region}.example`], secretName: 'gateway-tls' }],
          rules: [
            {
              host: `shop.${data.region}.example`,
              http: {
                paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
              },
            },
          ],
        },
        status: { loadBalancer: { ingress: [{ ip: '203.0.113.17' }] } },
      },
      80 * day,
      'kustomize-controller',
    );
  }
  if (data.role !== 'run' || data.name === 'edge-7') return;
  cron(b, 'shop', 'price-import', '*/5 * * * *', 5 * minute);
  cron(b, 'shop', 'order-report', '15 2 * * *', 24 * hour);
}
