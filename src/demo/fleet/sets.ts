// DaemonSets and StatefulSets in their settled state, with their revisions, pods and bound claims.
import { podHash, type Revision, revisionDraft } from '../controllers/revisions.ts';
import type { DaemonSet, Node, StatefulSet, Template } from '../controllers/types.ts';
import type { Builder } from './builders.ts';
import { day } from './data.ts';

export function daemonSet(b: Builder, namespace: string, name: string, template: Template, age: number): void {
  const nodes = b.world.list<Node>('nodes');
  const n = nodes.length;
  const set = b.put<DaemonSet>(
    'daemonsets.apps',
    {
      kind: 'DaemonSet',
      apiVersion: 'apps/v1',
      metadata: {
        name,
        namespace,
        labels: { app: name },
        annotations: { 'deprecated.daemonset.template.generation': '1' },
      },
      spec: { selector: { matchLabels: { app: name } }, template },
      status: {
        currentNumberScheduled: n,
        numberMisscheduled: 0,
        desiredNumberScheduled: n,
        numberReady: n,
        observedGeneration: 1,
        updatedNumberScheduled: n,
        numberAvailable: n,
      },
    },
    age,
    'helm',
  );
  const revision = b.put<Revision>(
    'controllerrevisions.apps',
    revisionDraft(set, set.spec.template, 1) as never,
    age,
    'kube-controller-manager',
  );
  const labels = { 'controller-revision-hash': podHash(set, revision), 'pod-template-generation': '1' };
  nodes.forEach((node, i) => {
    b.pod(set, set.spec.template, Math.min(age, 40 * day) - i * 60_000, { node: node.metadata.name, labels });
  });
}

export function statefulSet(
  b: Builder,
  namespace: string,
  name: string,
  template: Template,
  replicas: number,
  age: number,
  storage?: string,
): void {
  const claimTemplates =
    storage === undefined
      ? []
      : [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, storageClassName: 'fast' },
          },
        ];
  const set = b.put<StatefulSet>(
    'statefulsets.apps',
    {
      kind: 'StatefulSet',
      apiVersion: 'apps/v1',
      metadata: { name, namespace, labels: { app: name } },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template,
        serviceName: name,
        ...(claimTemplates.length === 0 ? {} : { volumeClaimTemplates: claimTemplates }),
      },
    },
    age,
    'helm',
  );
  const draft = revisionDraft(set, set.spec.template, 1);
  const revision = b.put<Revision>('controllerrevisions.apps', draft as never, age, 'kube-controller-manager');
  const current = revision.metadata.name;
  const status = {
    observedGeneration: 1,
    replicas,
    readyReplicas: replicas,
    currentReplicas: replicas,
    updatedReplicas: replicas,
    currentRevision: current,
    updateRevision: current,
    collisionCount: 0,
    availableReplicas: replicas,
  };
  b.put('statefulsets.apps', { ...set, status }, age, 'helm');
  for (let i = 0; i < replicas; i++) {
    const pod = `${name}-${i}`;
    const claim = `data-${pod}`;
    if (storage !== undefined) boundClaim(b, namespace, claim, storage, age);
    const volumes = storage === undefined ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: claim } }];
    const spec = { ...set.spec.template.spec, hostname: pod, subdomain: name, volumes };
    b.pod(set, { ...set.spec.template, spec }, age - i * 30_000, {
      name: pod,
      labels: {
        'apps.kubernetes.io/pod-index': String(i),
        'controller-revision-hash': podHash(set, revision),
        'statefulset.kubernetes.io/pod-name': pod,
      },
    });
  }
}

function boundClaim(b: Builder, namespace: string, name: string, storage: string, age: number): void {
  const capacity = { storage };
  const accessModes = ['ReadWriteOnce'];
  const claim = b.put(
    'persistentvolumeclaims',
    {
      kind: 'PersistentVolumeClaim',
      apiVersion: 'v1',
      metadata: { name, namespace, finalizers: ['kubernetes.io/pvc-protection'] },
      spec: {
        accessModes,
        resources: { requests: capacity },
        storageClassName: 'fast',
        volumeName: `pvc-${namespace}-${name}`,
      },
      status: { phase: 'Bound', accessModes, capacity },
    },
    age,
    'kube-controller-manager',
  );
  b.put(
    'persistentvolumes',
    {
      kind: 'PersistentVolume',
      apiVersion: 'v1',
      metadata: { name: `pvc-${namespace}-${name}` },
      spec: {
        capacity,
        accessModes,
        claimRef: { kind: 'PersistentVolumeClaim', namespace, name, uid: claim.metadata.uid, apiVersion: 'v1' },
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'fast',
        volumeMode: 'Filesystem',
      },
      status: { phase: 'Bound' },
    },
    age,
    'csi-provisioner',
  );
}
