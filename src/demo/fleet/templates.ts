// Pod templates of the demo's workloads.
import { templateHash } from '../controllers/deployments.ts';
import type { Template } from '../controllers/types.ts';
import { hexOf } from '../random.ts';
import { digestOf, resourcesOf } from './data.ts';

/** Labels that Flux puts on what a Kustomization applies. */
export const fluxLabels: Readonly<Record<string, string>> = {
  'kustomize.toolkit.fluxcd.io/name': 'shop',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
};

const registry = 'registry.example';

/** `registry.example/shop/cart:2.4.0@sha256:9f3c1a…` */
export function imageOf(app: string, version: string): string {
  const start = digestOf(app, version) ?? '';
  const digest = start + hexOf(`${app} ${version}`, 64 - start.length);
  return `${registry}/shop/${app}:${version}@sha256:${digest}`;
}

/** The template of an app at a version. */
export function appTemplate(app: string, version: string): Template {
  const { cpu, memory, limit } = resourcesOf(app);
  const env = [
    { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    { name: 'LOG_LEVEL', value: 'info' },
  ];
  if (app === 'cart' && version === '2.4.0') env.push({ name: 'PRICE_CACHE', value: 'on' });
  return {
    metadata: {
      labels: {
        app,
        'app.kubernetes.io/name': app,
        'app.kubernetes.io/part-of': 'shop',
        'app.kubernetes.io/version': version,
      },
      annotations: { 'prometheus.io/port': '9090', 'prometheus.io/scrape': 'true' },
    },
    spec: {
      containers: [
        {
          name: app,
          image: imageOf(app, version),
          ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          envFrom: [{ configMapRef: { name: `${app}-env` } }],
          env,
          resources: { limits: { memory: limit }, requests: { cpu, memory } },
          livenessProbe: { httpGet: { path: '/livez', port: 8080, scheme: 'HTTP' } },
          readinessProbe: { httpGet: { path: '/readyz', port: 8080, scheme: 'HTTP' }, periodSeconds: 5 },
        },
      ],
    },
  };
}

/** The template of a system component or filler. */
export function plainTemplate(
  name: string,
  image: string,
  requests: { readonly cpu: string; readonly memory: string },
  more: { readonly labels?: Record<string, string>; readonly spec?: Partial<Template['spec']> } = {},
): Template {
  return {
    metadata: { labels: { app: name, ...more.labels } },
    spec: {
      containers: [{ name, image, resources: { requests: { ...requests }, limits: { memory: requests.memory } } }],
      ...more.spec,
    },
  };
}

/** Hashes that are easy to tell apart for cart's two last releases; all others are computed. */
export function hashFor(app: string, version: string): (template: Template) => string {
  return (template) => {
    const made = templateHash(template);
    if (app === 'cart' && version === '2.4.0') return `7d9f${made.slice(4)}`;
    return app === 'cart' && version === '2.3.1' ? `5b61${made.slice(4)}` : made;
  };
}
