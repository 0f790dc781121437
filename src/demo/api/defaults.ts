// What a real server fills in when an object is created: the defaults of the workload kinds, in Go's field order.
import { type ApiObject, isJson, type Json } from './objects.ts';

const put = (into: Json, values: Json): void => {
  for (const [key, value] of Object.entries(values)) into[key] ??= value;
};

/** Keys in this order first, the rest behind. */
const inOrder = (value: Json, order: readonly string[]): Json => {
  const out: Json = {};
  for (const key of order) if (value[key] !== undefined) out[key] = value[key];
  for (const key of Object.keys(value)) if (value[key] !== undefined) out[key] = value[key];
  return out;
};

const containerOrder = [
  'name',
  'image',
  'command',
  'args',
  'workingDir',
  'ports',
  'envFrom',
  'env',
  'resources',
  'volumeMounts',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'imagePullPolicy',
  'securityContext',
];
const podOrder = [
  'volumes',
  'initContainers',
  'containers',
  'restartPolicy',
  'terminationGracePeriodSeconds',
  'activeDeadlineSeconds',
  'dnsPolicy',
  'nodeSelector',
  'serviceAccountName',
  'serviceAccount',
  'nodeName',
  'hostNetwork',
  'securityContext',
  'imagePullSecrets',
  'affinity',
  'schedulerName',
  'tolerations',
  'priorityClassName',
  'priority',
  'enableServiceLinks',
  'preemptionPolicy',
];
const workloadOrder = [
  'minReadySeconds',
  'replicas',
  'parallelism',
  'completions',
  'backoffLimit',
  'selector',
  'template',
  'volumeClaimTemplates',
  'serviceName',
  'podManagementPolicy',
  'strategy',
  'updateStrategy',
  'revisionHistoryLimit',
  'progressDeadlineSeconds',
  'paused',
];

function container(c: unknown): unknown {
  if (!isJson(c)) return c;
  const out: Json = { ...c };
  const tag = /:([^/:@]+)(@|$)/.exec(String(out.image ?? ''))?.[1];
  put(out, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent',
  });
  for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (!isJson(out[key])) continue;
    const probe: Json = { ...out[key] };
    if (isJson(probe.httpGet)) probe.httpGet = { ...probe.httpGet, scheme: probe.httpGet.scheme ?? 'HTTP' };
    put(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    out[key] = probe;
  }
  if (Array.isArray(out.ports))
    out.ports = out.ports.map((p) => (isJson(p) ? { ...p, protocol: p.protocol ?? 'TCP' } : p));
  return inOrder(out, containerOrder);
}

/** A pod spec with what the server adds. */
export function podSpec(spec: unknown, restartPolicy = 'Always'): Json {
  const out: Json = isJson(spec) ? { ...spec } : {};
  if (Array.isArray(out.containers)) out.containers = out.containers.map(container);
  if (Array.isArray(out.initContainers)) out.initContainers = out.initContainers.map(container);
  put(out, {
    restartPolicy,
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  return inOrder(out, podOrder);
}

function template(spec: Json, restartPolicy = 'Always'): void {
  if (!isJson(spec.template)) return;
  const { metadata, ...rest } = spec.template;
  spec.template = { metadata: metadata ?? {}, ...rest, spec: podSpec(spec.template.spec, restartPolicy) };
}

const tolerations = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
];

/** The object as a server would store it; unknown kinds come back as they are. */
export function withDefaults(object: ApiObject): ApiObject {
  const spec: Json = isJson(object.spec) ? { ...object.spec } : {};
  switch (object.kind) {
    case 'Deployment':
      template(spec);
      put(spec, {
        replicas: 1,
        strategy: { type: 'RollingUpdate' },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      });
      if (isJson(spec.strategy) && spec.strategy.type !== 'Recreate')
        spec.strategy = {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxUnavailable: '25%',
            maxSurge: '25%',
            ...(spec.strategy.rollingUpdate as Json | undefined),
          },
        };
      break;
    case 'ReplicaSet':
      template(spec);
      put(spec, { replicas: 1 });
      break;
    case 'StatefulSet':
      template(spec);
      put(spec, {
        replicas: 1,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        revisionHistoryLimit: 10,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      });
      break;
    case 'DaemonSet':
      template(spec);
      put(spec, {
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
        revisionHistoryLimit: 10,
      });
      break;
    case 'Job':
      template(spec, 'Never');
      put(spec, { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false });
      break;
    case 'CronJob':
      put(spec, {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      });
      break;
    case 'Pod':
      Object.assign(spec, podSpec(spec));
      put(spec, { tolerations, priority: 0, enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority' });
      put(spec, { serviceAccountName: 'default', serviceAccount: spec.serviceAccountName ?? 'default' });
      return {
        ...object,
        spec: inOrder(spec, podOrder),
        status: isJson(object.status) ? object.status : { phase: 'Pending', qosClass: qosOf(spec) },
      };
    case 'Service':
      put(spec, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' });
      if (Array.isArray(spec.ports))
        spec.ports = spec.ports.map((p) =>
          isJson(p) ? { ...p, protocol: p.protocol ?? 'TCP', targetPort: p.targetPort ?? p.port } : p,
        );
      return { ...object, spec, status: object.status ?? { loadBalancer: {} } };
    case 'Namespace':
      return {
        ...object,
        metadata: {
          ...object.metadata,
          labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
        },
        spec: { finalizers: ['kubernetes'] },
        status: object.status ?? { phase: 'Active' },
      };
    case 'Secret':
      return { ...object, type: object.type ?? 'Opaque' };
    case 'PersistentVolumeClaim':
      put(spec, { volumeMode: 'Filesystem' });
      return { ...object, spec, status: object.status ?? { phase: 'Pending' } };
    case 'HorizontalPodAutoscaler':
      put(spec, { minReplicas: 1 });
      return { ...object, spec, status: object.status ?? { desiredReplicas: 0, currentMetrics: null } };
    default:
      return object;
  }
  return { ...object, spec: inOrder(spec, workloadOrder), status: object.status ?? {} };
}

/** Quality of service class of a pod. */
export function qosOf(spec: Json): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = (Array.isArray(spec.containers) ? spec.containers : []).filter(isJson);
  const of = (c: Json, key: string): Json => {
    const resources = isJson(c.resources) ? c.resources : {};
    return isJson(resources[key]) ? resources[key] : {};
  };
  if (all.every((c) => Object.keys(of(c, 'requests')).length + Object.keys(of(c, 'limits')).length === 0))
    return 'BestEffort';
  const guaranteed = all.every((c) =>
    ['cpu', 'memory'].every((r) => {
      const limit = of(c, 'limits')[r];
      return limit !== undefined && (of(c, 'requests')[r] ?? limit) === limit;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
