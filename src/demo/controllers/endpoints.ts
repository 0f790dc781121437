// EndpointSlices: the pods that a Service selects, ready or not, one slice per Service.
import { type ApiObject, equal, type Json, rfc3339 } from '../api/objects.ts';
import type { Change } from '../api/store.ts';
import { wordOf } from '../random.ts';
import { isActive, isReady, type Pod } from './types.ts';
import { type Controller, controllerRef, type Draft, type World } from './world.ts';

type Service = ApiObject & {
  spec: {
    selector?: Record<string, string>;
    ports?: (Json & { name?: string; targetPort?: unknown; port: number; protocol?: string })[];
  };
};

const selectedBy = (service: Service, pod: ApiObject): boolean => {
  const wanted = Object.entries(service.spec.selector ?? {});
  return wanted.length > 0 && wanted.every(([k, v]) => pod.metadata.labels?.[k] === v);
};

const triggerAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

/** When the newest change happened that the slice answers to: a pod became ready or stopped being so. */
function triggerTime(service: Service, pods: readonly Pod[]): string {
  const times = pods.flatMap((p) =>
    (p.status.conditions ?? []).flatMap((c) => (c.type === 'Ready' ? (c.lastTransitionTime ?? []) : [])),
  );
  return [service.metadata.creationTimestamp ?? '', ...times].reduce((newest, time) => (time > newest ? time : newest));
}

/** The slice of a service as it should be now. */
export function sliceOf(world: World, service: Service): Draft {
  const pods = world
    .list<Pod>('pods', service.metadata.namespace)
    .filter((p) => selectedBy(service, p) && p.status.podIP !== undefined);
  const endpoints = pods
    .filter((p) => isActive(p) || p.metadata.deletionTimestamp !== undefined)
    .map((p) => {
      const terminating = p.metadata.deletionTimestamp !== undefined;
      const ready = isReady(p);
      return {
        addresses: [p.status.podIP],
        conditions: { ready: ready && !terminating, serving: ready, terminating },
        targetRef: { kind: 'Pod', namespace: p.metadata.namespace, name: p.metadata.name, uid: p.metadata.uid },
        nodeName: p.spec.nodeName,
      };
    });
  const { namespace, name } = service.metadata;
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: {
      name: `${name}-${wordOf(service.metadata.uid, 5)}`,
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      annotations: { [triggerAnnotation]: triggerTime(service, pods) },
      labels: {
        ...service.metadata.labels,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      ownerReferences: [controllerRef(service)],
    },
    addressType: 'IPv4',
    endpoints,
    ports: (service.spec.ports ?? []).map((p) => ({
      name: p.name ?? '',
      protocol: p.protocol ?? 'TCP',
      port: typeof p.targetPort === 'number' ? p.targetPort : p.port,
    })),
  };
}

export const endpoints: Controller = {
  name: 'endpoints',
  watches: ['services', 'pods'],

  keysFor(world: World, storage: string, change: Change): readonly string[] {
    if (storage === 'services') return [change.entry.key];
    const pod = change.entry.object;
    return world
      .list<Service>('services', pod.metadata.namespace)
      .filter((s) => selectedBy(s, pod))
      .map((s) => world.keyOf(s));
  },

  reconcile(world: World, key: string): void {
    const service = world.get<Service>('services', key);
    if (service === undefined || service.spec.selector === undefined) return;
    const wanted = sliceOf(world, service);
    const before = world.get(
      'endpointslices.discovery.k8s.io',
      `${service.metadata.namespace}/${wanted.metadata.name}`,
    );
    if (before === undefined) {
      world.create('endpointslices.discovery.k8s.io', wanted);
      return;
    }
    if (equal(before.endpoints, wanted.endpoints) && equal(before.ports, wanted.ports)) return;
    // Pods that went take their times along: then it changed now.
    const told = before.metadata.annotations?.[triggerAnnotation] ?? '';
    const known = wanted.metadata.annotations?.[triggerAnnotation] ?? '';
    const annotations = {
      ...before.metadata.annotations,
      [triggerAnnotation]: known > told ? known : rfc3339(world.now()),
    };
    world.update('endpointslices.discovery.k8s.io', before, {
      ...before,
      metadata: { ...before.metadata, annotations },
      endpoints: wanted.endpoints,
      ports: wanted.ports,
    });
  },
};
