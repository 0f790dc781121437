// Kubernetes objects as short calls, for tests that make many of them.

export type Fields = Readonly<Record<string, unknown>>;

/** What a pod template is made of: an image, or whole spec fields beside one. */
export type PodPart = { readonly image: string; readonly container?: Fields; readonly spec?: Fields };

const podSpec = ({ image, container = {}, spec = {} }: PodPart): Fields => ({
  containers: [{ name: 'app', image: `registry.test/${image}`, ...container }],
  // Pods that are taken away shall not keep a test waiting.
  terminationGracePeriodSeconds: 1,
  ...spec,
});

const template = (name: string, pod: PodPart): Fields => ({
  metadata: { labels: { app: name } },
  spec: podSpec(pod),
});

const object = (apiVersion: string, kind: string, namespace: string, name: string, rest: Fields = {}): Fields => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  ...rest,
});

/** With finalizers of nobody: it stays when it is deleted. */
export const held = (held: Fields): Fields => ({
  ...held,
  metadata: { ...(held['metadata'] as Fields), finalizers: ['test.example/hold'] },
});

export const namespace = (name: string, labels: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

export const pod = (namespace: string, name: string, part: PodPart): Fields => ({
  ...object('v1', 'Pod', namespace, name, { spec: podSpec(part) }),
  metadata: { name, namespace, labels: { app: name } },
});

export const deployment = (namespace: string, name: string, part: PodPart, spec: Fields = {}): Fields =>
  object('apps/v1', 'Deployment', namespace, name, {
    spec: { selector: { matchLabels: { app: name } }, template: template(name, part), ...spec },
  });

export const statefulSet = (namespace: string, name: string, part: PodPart, spec: Fields = {}): Fields =>
  object('apps/v1', 'StatefulSet', namespace, name, {
    spec: { serviceName: name, selector: { matchLabels: { app: name } }, template: template(name, part), ...spec },
  });

export const daemonSet = (namespace: string, name: string, part: PodPart): Fields =>
  object('apps/v1', 'DaemonSet', namespace, name, {
    spec: { selector: { matchLabels: { app: name } }, template: template(name, part) },
  });

const jobSpec = (part: PodPart, spec: Fields): Fields => ({
  backoffLimit: 0,
  template: { spec: podSpec({ ...part, spec: { restartPolicy: 'Never', ...part.spec } }) },
  ...spec,
});

export const job = (namespace: string, name: string, part: PodPart, spec: Fields = {}): Fields =>
  object('batch/v1', 'Job', namespace, name, { spec: jobSpec(part, spec) });

export const cronJob = (namespace: string, name: string, part: PodPart, spec: Fields = {}): Fields =>
  object('batch/v1', 'CronJob', namespace, name, {
    spec: { schedule: '* * * * *', jobTemplate: { spec: jobSpec(part, {}) }, ...spec },
  });

export const service = (namespace: string, name: string, app: string): Fields =>
  object('v1', 'Service', namespace, name, { spec: { selector: { app }, ports: [{ port: 443 }] } });

export const claim = (namespace: string, name: string, storageClassName: string): Fields =>
  object('v1', 'PersistentVolumeClaim', namespace, name, {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName },
  });

/** A volume made by hand, which a claim of its class may take. */
export const volume = (name: string, storageClassName: string): Fields =>
  object('v1', 'PersistentVolume', '', name, {
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      hostPath: { path: `/tmp/${name}` },
    },
  });

export const withClaim = (claimName: string): Fields => ({
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
});

export const storageClass = (name: string, volumeBindingMode: string): Fields =>
  object('storage.k8s.io/v1', 'StorageClass', '', name, { provisioner: 'nobody.test', volumeBindingMode });

export const quota = (namespace: string, name: string, hard: Fields): Fields =>
  object('v1', 'ResourceQuota', namespace, name, { spec: { hard } });

export const configMap = (namespace: string, name: string): Fields =>
  object('v1', 'ConfigMap', namespace, name, { data: { some: 'thing' } });

export const apiService = (version: string, group: string, service: Fields): Fields =>
  object('apiregistration.k8s.io/v1', 'APIService', '', `${version}.${group}`, {
    spec: { group, version, groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service },
  });

/** A webhook that is asked about pods of the namespaces that carry the label `guard` with this value. */
export const webhook = (name: string, failurePolicy: string, service: Fields, guard: string): Fields =>
  object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', '', name, {
    webhooks: [
      {
        name: `${name}.test.example`,
        failurePolicy,
        timeoutSeconds: 1,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        clientConfig: { service },
        namespaceSelector: { matchLabels: { guard } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
    ],
  });

export const event = (namespace: string, name: string, about: string, type: string, reason: string): Fields => {
  const now = new Date().toISOString();
  return object('v1', 'Event', namespace, name, {
    type,
    reason,
    message: `${about} said no`,
    involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: about },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    source: { component: 'tester' },
  });
};

export const autoscaler = (namespace: string, target: string, minReplicas: number, maxReplicas: number): Fields =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', namespace, target, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
      minReplicas,
      maxReplicas,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
    },
  });

/** A Deployment whose pods use five times the processor time that they ask for. */
export const hungry = (namespace: string, name: string): Fields => {
  const container = { resources: { requests: { cpu: '100m', memory: '64Mi' } } };
  const { metadata, spec } = template(name, { image: `${name}:1`, container }) as { metadata: Fields; spec: Fields };
  const annotations = { 'kwok.x-k8s.io/usage-cpu': '500m', 'kwok.x-k8s.io/usage-memory': '32Mi' };
  return object('apps/v1', 'Deployment', namespace, name, {
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { ...metadata, annotations }, spec } },
  });
};
