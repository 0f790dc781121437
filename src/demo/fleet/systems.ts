// What runs in a cluster beside the apps: networking, storage, certificates, policy, GitOps, observability.
import { type Json, rfc3339 } from '../api/objects.ts';
import { templateHash } from '../controllers/deployments.ts';
import type { Node } from '../controllers/types.ts';
import type { Builder } from './builders.ts';
import type { ClusterData } from './data.ts';
import { day, hour } from './data.ts';
import { daemonSet, statefulSet } from './sets.ts';
import { plainTemplate } from './templates.ts';

type Component = readonly [namespace: string, name: string, image: string, replicas: number];

const everywhere: readonly Component[] = [
  ['kube-system', 'coredns', 'registry.example/coredns/coredns:1.12.4', 2],
  ['kube-system', 'metrics-server', 'registry.example/metrics-server:0.9.0', 1],
  ['cert-manager', 'cert-manager', 'registry.example/jetstack/cert-manager-controller:1.19.1', 1],
  ['cert-manager', 'cert-manager-cainjector', 'registry.example/jetstack/cert-manager-cainjector:1.19.1', 1],
  ['cert-manager', 'cert-manager-webhook', 'registry.example/jetstack/cert-manager-webhook:1.19.1', 1],
  ['flux-system', 'source-controller', 'registry.example/fluxcd/source-controller:1.7.2', 1],
  ['flux-system', 'kustomize-controller', 'registry.example/fluxcd/kustomize-controller:1.7.1', 1],
];
const policy: readonly Component[] = [
  ['kyverno', 'kyverno-admission-controller', 'registry.example/kyverno/kyverno:1.15.2', 3],
  ['kyverno', 'kyverno-background-controller', 'registry.example/kyverno/background-controller:1.15.2', 1],
];
const knative: readonly Component[] = [
  ['knative-serving', 'activator', 'registry.example/knative/activator:1.20.0', 2],
  ['knative-serving', 'autoscaler', 'registry.example/knative/autoscaler:1.20.0', 1],
  ['knative-serving', 'controller', 'registry.example/knative/controller:1.20.0', 1],
  ['knative-serving', 'webhook', 'registry.example/knative/webhook:1.20.0', 1],
];
const byRole: Readonly<Record<ClusterData['role'], readonly Component[]>> = {
  iterate: [
    ...policy,
    ...knative,
    ['cartographer-system', 'cartographer-controller', 'registry.example/cartographer:0.9.0', 1],
  ],
  build: [
    ...policy,
    ['kpack', 'kpack-controller', 'registry.example/kpack/controller:0.17.0', 1],
    ['kpack', 'kpack-webhook', 'registry.example/kpack/webhook:0.17.0', 1],
    ['cartographer-system', 'cartographer-controller', 'registry.example/cartographer:0.9.0', 1],
  ],
  view: [
    ['observability', 'grafana', 'registry.example/grafana/grafana:11.4.0', 2],
    ['observability', 'tempo-distributor', 'registry.example/grafana/tempo:2.9.0', 3],
    ['velero', 'velero', 'registry.example/velero/velero:1.17.0', 1],
  ],
  run: [...policy, ...knative, ['velero', 'velero', 'registry.example/velero/velero:1.17.0', 1]],
};

/** `namespace, name, image` of what runs on every node. */
const daemons = (data: ClusterData): readonly (readonly [string, string, string])[] => [
  data.cni === 'cilium'
    ? ['kube-system', 'cilium', 'registry.example/cilium/cilium:1.18.3']
    : ['kube-system', 'antrea-agent', 'registry.example/antrea/antrea-agent:2.4.1'],
  ['kube-system', 'kube-proxy', `registry.example/kube-proxy:v${data.version}`],
  ['kube-system', 'csi-node', 'registry.example/csi/node-driver:1.48.0'],
  ['observability', 'node-exporter', 'registry.example/prometheus/node-exporter:1.10.2'],
  ['observability', 'promtail', 'registry.example/grafana/promtail:3.5.7'],
  ...(data.role === 'run' && data.name !== 'run-ap' && data.name !== 'edge-7'
    ? [['falco', 'falco', 'registry.example/falcosecurity/falco:0.42.0'] as const]
    : []),
];

export function systemNamespaces(data: ClusterData): string[] {
  const all = [...everywhere, ...byRole[data.role], ...daemons(data)].map(([namespace]) => namespace);
  return [...new Set([...all, 'observability'])].filter((n) => n !== 'kube-system');
}

export function plainDeployment(
  b: Builder,
  [namespace, name, image, replicas]: Component,
  requests: { readonly cpu: string; readonly memory: string },
  age: number,
  manager = 'helm',
): void {
  b.deployment({
    name,
    namespace,
    labels: { app: name, 'app.kubernetes.io/managed-by': 'Helm' },
    replicas,
    revision: 2,
    releases: [{ template: plainTemplate(name, image, requests), age }],
    hash: templateHash,
    manager,
  });
}

/** All of it. */
export function seedSystems(b: Builder, data: ClusterData): void {
  const small = { cpu: '50m', memory: '96Mi' };
  const components = data.name === 'edge-7' ? everywhere.slice(0, 4) : [...everywhere, ...byRole[data.role]];
  components.forEach((component, i) => plainDeployment(b, component, small, (30 + i * 3) * day));
  for (const [namespace, name, image] of daemons(data))
    daemonSet(b, namespace, name, plainTemplate(name, image, { cpu: '100m', memory: '128Mi' }), 60 * day);
  if (data.name === 'edge-7') return;
  const prometheus = plainTemplate('prometheus', 'registry.example/prometheus/prometheus:3.6.0', {
    cpu: '500m',
    memory: '2Gi',
  });
  statefulSet(b, 'observability', 'prometheus', prometheus, data.role === 'run' ? 2 : 1, 45 * day, '100Gi');
  if (data.role === 'run') {
    const redis = plainTemplate('redis', 'registry.example/redis:8.2.1', { cpu: '200m', memory: '1Gi' });
    statefulSet(b, 'shop', 'redis', redis, 3, 70 * day, '20Gi');
    b.service('shop', 'redis', 6379, 70 * day, { clusterIP: 'None' });
  }
  const certificateService = { namespace: 'cert-manager', name: 'cert-manager-webhook', path: '/mutate', port: 443 };
  webhook(b, 'MutatingWebhookConfiguration', 'cert-manager-webhook', 'webhook.cert-manager.io', certificateService);
  webhook(b, 'ValidatingWebhookConfiguration', 'cert-manager-webhook', 'webhook.cert-manager.io', {
    ...certificateService,
    path: '/validate',
  });
  b.service('cert-manager', 'cert-manager-webhook', 443, 60 * day);
  if (data.role !== 'view') {
    const service = { namespace: 'kyverno', name: 'kyverno-admission-controller', path: '/validate/fail', port: 443 };
    webhook(
      b,
      'ValidatingWebhookConfiguration',
      'kyverno-resource-validating-webhook-cfg',
      'validate.kyverno.svc-fail',
      service,
    );
    b.service('kyverno', 'kyverno-admission-controller', 443, 60 * day);
  }
}

function webhook(b: Builder, kind: string, name: string, hook: string, service: Json): void {
  const resource = `${kind.toLowerCase()}s.admissionregistration.k8s.io`;
  const rules = [
    { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['*/*'], scope: '*' },
  ];
  b.put(
    resource,
    {
      kind,
      apiVersion: 'admissionregistration.k8s.io/v1',
      metadata: { name },
      webhooks: [
        {
          name: hook,
          clientConfig: { service },
          rules,
          failurePolicy: 'Ignore',
          sideEffects: 'None',
          timeoutSeconds: 10,
          admissionReviewVersions: ['v1'],
        },
      ],
    },
    60 * day,
    'helm',
  );
}

/** Storage classes, priority classes, API services, leases. */
export function seedCluster(b: Builder, data: { readonly name: string }): void {
  const age = 300 * day;
  for (const [name, isDefault] of [
    ['standard', true],
    ['fast', false],
  ] as const)
    b.put(
      'storageclasses.storage.k8s.io',
      {
        kind: 'StorageClass',
        apiVersion: 'storage.k8s.io/v1',
        metadata: {
          name,
          ...(isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
        },
        provisioner: 'csi.demo.example',
        reclaimPolicy: 'Delete',
        volumeBindingMode: 'WaitForFirstConsumer',
        allowVolumeExpansion: true,
      },
      age,
    );
  for (const [name, value] of [
    ['system-cluster-critical', 2_000_000_000],
    ['system-node-critical', 2_000_001_000],
  ] as const)
    b.put(
      'priorityclasses.scheduling.k8s.io',
      { kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: { name }, value, globalDefault: false },
      age,
    );
  const available = (reason: string): Json => ({
    conditions: [
      {
        type: 'Available',
        status: 'True',
        lastTransitionTime: rfc3339(b.start - 20 * hour),
        reason,
        message: reason === 'Local' ? 'Local APIServices are always available' : 'all checks passed',
      },
    ],
  });
  const groups = new Set(
    b.world.cluster.resources.filter((r) => r.backing !== 'metrics').map((r) => `${r.version}.${r.group}`),
  );
  for (const name of groups) {
    const [version, ...group] = name.split('.');
    b.put(
      'apiservices.apiregistration.k8s.io',
      {
        kind: 'APIService',
        apiVersion: 'apiregistration.k8s.io/v1',
        metadata: { name },
        spec: { group: group.join('.'), version, groupPriorityMinimum: 17_800, versionPriority: 15 },
        status: available('Local'),
      },
      age,
      'kube-apiserver',
    );
  }
  b.put(
    'apiservices.apiregistration.k8s.io',
    {
      kind: 'APIService',
      apiVersion: 'apiregistration.k8s.io/v1',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        service: { namespace: 'kube-system', name: 'metrics-server', port: 443 },
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
      },
      status: available('Passed'),
    },
    age,
    'helm',
  );
  for (const node of b.world.list<Node>('nodes'))
    b.put(
      'leases.coordination.k8s.io',
      {
        kind: 'Lease',
        apiVersion: 'coordination.k8s.io/v1',
        metadata: { name: node.metadata.name, namespace: 'kube-node-lease' },
        spec: {
          holderIdentity: node.metadata.name,
          leaseDurationSeconds: 40,
          renewTime: new Date(b.start).toISOString().replace('Z', '000Z'),
        },
      },
      age,
      'kubelet',
    );
  if (data.name === '') throw new Error('a demo cluster needs a name');
}
