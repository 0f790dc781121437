// The peer that every program on client-node has: its informers over the same clusters and kinds. They stop for good on the
// first error, so only what they can is asked of them.
import type { Informer, KubernetesObject } from '@kubernetes/client-node';

/** A kind as an informer is told of it. */
export type PeerKind = { readonly apiVersion: string; readonly kind: string; readonly resource: string };

export const pods: PeerKind = { apiVersion: 'v1', kind: 'Pod', resource: 'pods' };

/** What Triage reads, as far as informers have a client for it. */
export const triageKinds: readonly PeerKind[] = [
  pods,
  { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments' },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', resource: 'replicasets' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', resource: 'statefulsets' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', resource: 'daemonsets' },
  { apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs' },
  { apiVersion: 'batch/v1', kind: 'CronJob', resource: 'cronjobs' },
  { apiVersion: 'v1', kind: 'Node', resource: 'nodes' },
  { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces' },
  { apiVersion: 'v1', kind: 'Event', resource: 'events' },
  { apiVersion: 'v1', kind: 'Service', resource: 'services' },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', resource: 'endpointslices' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', resource: 'persistentvolumeclaims' },
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', resource: 'storageclasses' },
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', resource: 'horizontalpodautoscalers' },
  { apiVersion: 'v1', kind: 'ResourceQuota', resource: 'resourcequotas' },
];

export type Informers = AsyncDisposable & {
  /** Events that their handlers have heard since they were synced. */
  readonly events: () => number;
};

/** Starts informers of all kinds over the first clusters of a kubeconfig; resolves when each has its first set. */
export async function startInformers(
  kubeconfig: string,
  clusters: number,
  kinds: readonly PeerKind[],
): Promise<Informers> {
  const { KubeConfig, KubernetesObjectApi, makeInformer } = await import('@kubernetes/client-node');
  const all = new KubeConfig();
  all.loadFromFile(kubeconfig);
  const informers: Informer<KubernetesObject>[] = [];
  let events = 0;
  for (const { name } of all.getContexts().slice(0, clusters)) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    config.setCurrentContext(name);
    const api = KubernetesObjectApi.makeApiClient(config);
    for (const { apiVersion, kind, resource } of kinds) {
      const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      const informer = makeInformer<KubernetesObject>(config, `${root}/${resource}`, () => api.list(apiVersion, kind));
      informer.on('error', () => undefined);
      await informer.start();
      informer.on('change', () => void events++);
      informers.push(informer);
    }
  }
  return {
    events: () => events,
    async [Symbol.asyncDispose]() {
      for (const informer of informers) await informer.stop();
    },
  };
}
