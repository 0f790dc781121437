// Makes the objects of a settled cluster: nodes, and Deployments with their ReplicaSets, history and pods, in the state
// that the controllers would have left them in.
import { withDefaults } from '../api/defaults.ts';
import { trackUpdate } from '../api/managed-fields.ts';
import { type ApiObject, type Json, type ManagedFields, type Meta, rfc3339 } from '../api/objects.ts';
import { runningStatus } from '../controllers/pod-status.ts';
import type { EventNote } from '../controllers/recorder.ts';
import type { Deployment, Node, Pod, ReplicaSet, Template } from '../controllers/types.ts';
import { controllerRef, type Draft, type World } from '../controllers/world.ts';
import { hashOf, hexOf, uidOf, wordOf } from '../random.ts';

export class Builder {
  readonly world: World;
  readonly seed: string;
  /** Start of the demo; everything is older. */
  readonly start: number;
  readonly #podFields = new Map<string, string>();
  #rv = 1000;
  #turn = 0;
  #pods = 0;

  constructor(world: World, seed: string, start: number) {
    this.world = world;
    this.seed = seed;
    this.start = start;
  }

  /** Puts an object into the store as if it had been written `age` milliseconds ago. */
  put<T extends ApiObject>(storage: string, draft: Draft, age: number, by = 'kubectl'): T {
    const resource = this.world.cluster.type(storage);
    const { metadata: from } = draft;
    const created = this.start - age;
    const namespace = from.namespace ?? '';
    const metadata: Meta = {
      uid: uidOf(`${this.seed} ${this.world.cluster.name} ${storage} ${namespace}/${from.name ?? ''}`),
      creationTimestamp: rfc3339(created),
      ...from,
      name: from.name ?? '',
      resourceVersion: String(this.#nextVersion(created)),
    };
    if (resource.crd !== null || withGeneration.has(resource.kind)) metadata.generation ??= 1;
    const { kind, apiVersion, metadata: _m, ...rest } = draft;
    const object = withDefaults({ kind, apiVersion, metadata, ...rest } as ApiObject);
    const managedFields = this.#managedFields(object, by, created);
    const whole = { ...object, metadata: { ...metadata, ...object.metadata, managedFields } };
    this.world.cluster.store.seed(resource, whole);
    return whole as unknown as T;
  }

  /** Who wrote what. Pods of one owner differ in their address only, so theirs are worked out once. */
  #managedFields(object: ApiObject, by: string, created: number): ManagedFields[] {
    const { status, ...wish } = object;
    // Flux applies on the server: its fields are asserted again at every interval, and tools can tell.
    const operation = by === 'kustomize-controller' ? 'Apply' : 'Update';
    const track = (): ManagedFields[] =>
      trackUpdate(undefined, wish as ApiObject, { manager: by, subresource: '', now: created }).map((entry) => ({
        ...entry,
        operation,
      }));
    const owner = object.metadata.ownerReferences?.[0]?.uid;
    if (object.kind !== 'Pod' || owner === undefined) return track();
    const { podIP } = status as { podIP?: string };
    const mark = '"k:{\\"ip\\":\\"@\\"}"';
    let known = this.#podFields.get(owner);
    if (known === undefined) {
      const kubelet = { manager: 'kubelet', subresource: 'status', now: created };
      const statusOnly = { kind: 'Pod', apiVersion: 'v1', metadata: {}, status } as unknown as ApiObject;
      known = JSON.stringify([...track(), ...trackUpdate(undefined, statusOnly, kubelet)]);
      if (podIP !== undefined) known = known.replaceAll(mark.replace('@', podIP), mark);
      this.#podFields.set(owner, known);
    }
    return JSON.parse(known.replaceAll(mark, mark.replace('@', podIP ?? ''))) as ManagedFields[];
  }

  /** Versions rise as objects are put; the last one is where the cluster goes on. */
  #nextVersion(_created: number): number {
    this.#rv += 1 + (hashOf(`${this.seed}${this.#rv}`) % 97);
    return this.#rv;
  }

  get lastVersion(): number {
    return this.#rv;
  }

  namespace(name: string, age: number, labels: Record<string, string> = {}): void {
    this.put('namespaces', { kind: 'Namespace', apiVersion: 'v1', metadata: { name, labels } }, age);
    const about = { namespace: name };
    this.put(
      'serviceaccounts',
      { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { ...about, name: 'default' } },
      age,
    );
    const data = { 'ca.crt': '-----BEGIN CERTIFICATE-----\n(demo)\n-----END CERTIFICATE-----\n' };
    this.put(
      'configmaps',
      { kind: 'ConfigMap', apiVersion: 'v1', metadata: { ...about, name: 'kube-root-ca.crt' }, data },
      age,
    );
  }

  /** The node whose turn it is; pods spread evenly. */
  nextNode(): Node {
    const nodes = this.world.list<Node>('nodes');
    const node = nodes[this.#turn++ % nodes.length];
    if (node === undefined) throw new Error(`the demo cluster ${this.world.cluster.name} has no nodes`);
    return node;
  }

  /** One pod of a template. `shape` gives it a state of its own; without, it runs and is ready. */
  pod(
    owner: ApiObject,
    template: Template,
    age: number,
    more: {
      readonly name?: string;
      readonly node?: string;
      readonly restarts?: number;
      readonly labels?: Record<string, string>;
      readonly status?: (uid: string, hostIP: string, scheduled: number) => Pod['status'];
    } = {},
  ): Pod {
    const namespace = owner.metadata.namespace ?? '';
    const prefix = `${owner.metadata.name}-`;
    const name = more.name ?? prefix + wordOf(`${this.seed} ${owner.metadata.uid} ${this.#pods++}`, 5);
    const node = more.node === undefined ? this.nextNode() : this.world.get<Node>('nodes', more.node);
    const uid = uidOf(`${this.seed} ${this.world.cluster.name} pod ${namespace}/${name}`);
    const hostIP = node?.status.addresses?.[0]?.address ?? '10.0.0.1';
    const scheduled = this.start - age;
    const spec = { ...template.spec, nodeName: node?.metadata.name ?? '' };
    const status =
      more.status?.(uid, hostIP, scheduled) ?? runningStatus({ uid, spec }, hostIP, scheduled, more.restarts);
    return this.put<Pod>(
      'pods',
      {
        kind: 'Pod',
        apiVersion: 'v1',
        metadata: {
          name,
          generateName: prefix,
          namespace,
          uid,
          labels: { ...template.metadata.labels, ...more.labels },
          ...(template.metadata.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
          ownerReferences: [controllerRef(owner)],
        },
        spec,
        status,
      },
      age,
      'kube-controller-manager',
    );
  }

  /** A Deployment with one ReplicaSet per release, the newest at full size. */
  deployment(d: DeploymentPlan): { readonly deployment: Deployment; readonly sets: readonly ReplicaSet[] } {
    const labels = d.labels;
    const selector = { matchLabels: { app: d.name } };
    const [newest] = d.releases;
    if (newest === undefined) throw new Error(`the demo's ${d.name} has no release`);
    const since = rfc3339(this.start - newest.age);
    const status = {
      observedGeneration: d.generation ?? d.revision,
      replicas: d.replicas,
      updatedReplicas: d.replicas,
      readyReplicas: d.replicas,
      availableReplicas: d.replicas,
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastUpdateTime: since,
          lastTransitionTime: since,
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        },
        {
          type: 'Progressing',
          status: d.paused === true ? 'Unknown' : 'True',
          lastUpdateTime: since,
          lastTransitionTime: since,
          reason: d.paused === true ? 'DeploymentPaused' : 'NewReplicaSetAvailable',
          message:
            d.paused === true
              ? 'Deployment is paused'
              : `ReplicaSet "${d.name}-${d.hash(newest.template)}" has successfully progressed.`,
        },
      ],
    };
    const deployment = this.put<Deployment>(
      'deployments.apps',
      {
        kind: 'Deployment',
        apiVersion: 'apps/v1',
        metadata: {
          name: d.name,
          namespace: d.namespace,
          generation: d.generation ?? d.revision,
          labels,
          annotations: { 'deployment.kubernetes.io/revision': String(d.revision), ...d.annotations },
        },
        spec: {
          replicas: d.replicas,
          selector,
          template: newest.template,
          ...(d.strategy === undefined ? {} : { strategy: d.strategy }),
          ...(d.paused === true ? { paused: true } : {}),
          ...(d.progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds: d.progressDeadlineSeconds }),
        },
        status: d.status ?? status,
      },
      d.age ?? Math.max(...d.releases.map((r) => r.age)) + 30 * 86_400_000,
      d.manager ?? 'kustomize-controller',
    );
    const sets = d.releases.map((release, i) => this.#replicaSet(deployment, d, release, i));
    const [current] = sets;
    if (current === undefined) throw new Error('unreachable');
    if (d.sizes === undefined)
      for (let i = 0; i < d.replicas; i++)
        this.pod(current, current.spec.template, newest.age - i * 1500, i === 0 ? { restarts: d.restarts ?? 0 } : {});
    return { deployment, sets };
  }

  #replicaSet(
    owner: Deployment,
    d: DeploymentPlan,
    release: DeploymentPlan['releases'][number],
    index: number,
  ): ReplicaSet {
    const hash = d.hash(release.template);
    const size =
      d.sizes?.[index] ??
      (index === 0 && d.sizes === undefined ? { replicas: d.replicas, ready: d.replicas } : undefined);
    const { replicas, ready } = size ?? { replicas: 0, ready: 0 };
    const labels = { ...release.template.metadata.labels, 'pod-template-hash': hash };
    const annotations: Record<string, string> = {
      ...d.annotations,
      'deployment.kubernetes.io/desired-replicas': String(d.replicas),
      'deployment.kubernetes.io/max-replicas': String(d.replicas + Math.ceil(d.replicas / 4)),
      'deployment.kubernetes.io/revision': String(d.revision - index),
      ...release.annotations,
    };
    const template = { ...owner.spec.template, ...release.template };
    const defaulted = withDefaults({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: owner.metadata,
      spec: { template },
    }) as Deployment;
    const metadata = { ...defaulted.spec.template.metadata, labels };
    return this.put<ReplicaSet>(
      'replicasets.apps',
      {
        kind: 'ReplicaSet',
        apiVersion: 'apps/v1',
        metadata: {
          name: `${d.name}-${hash}`,
          namespace: d.namespace,
          labels,
          annotations,
          ownerReferences: [controllerRef(owner)],
          generation: index === 0 ? 1 : 3,
        },
        spec: {
          replicas,
          selector: { matchLabels: { ...owner.spec.selector.matchLabels, 'pod-template-hash': hash } },
          template: { metadata, spec: defaulted.spec.template.spec },
        },
        status: {
          replicas,
          ...(replicas === 0
            ? {}
            : {
                fullyLabeledReplicas: replicas,
                ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
              }),
          observedGeneration: index === 0 ? 1 : 3,
        },
      },
      release.age,
      'kube-controller-manager',
    );
  }

  /** An event as it stands after `count` times between two ages. */
  event(about: ApiObject, note: EventNote, count: number, firstAge: number, lastAge: number): void {
    const namespace = about.metadata.namespace ?? 'default';
    const id = `${this.seed} ${about.metadata.uid} ${note.reason} ${note.message}`;
    const event = this.put(
      'events',
      {
        kind: 'Event',
        apiVersion: 'v1',
        metadata: { name: `${about.metadata.name}.${hexOf(id, 16)}`, namespace },
        involvedObject: {
          kind: about.kind,
          ...(about.metadata.namespace === undefined ? {} : { namespace }),
          name: about.metadata.name,
          uid: about.metadata.uid,
          apiVersion: about.apiVersion,
          resourceVersion: about.metadata.resourceVersion,
          ...(note.fieldPath === undefined ? {} : { fieldPath: note.fieldPath }),
        },
        reason: note.reason,
        message: note.message,
        source: { component: note.component, ...(note.host === undefined ? {} : { host: note.host }) },
        firstTimestamp: rfc3339(this.start - firstAge),
        lastTimestamp: rfc3339(this.start - lastAge),
        count,
        type: note.type,
        eventTime: null,
        reportingComponent: note.component,
        reportingInstance: note.host ?? '',
      },
      firstAge,
      note.component,
    );
    this.world.recorder.adopt(event);
  }

  /** A Service and the EndpointSlice of the ready pods that it selects. */
  service(namespace: string, name: string, port: number, age: number, more: Json = {}): void {
    const h = hashOf(`${this.seed} ${this.world.cluster.name} ${namespace}/${name}`);
    this.put(
      'services',
      {
        kind: 'Service',
        apiVersion: 'v1',
        metadata: { name, namespace, labels: { app: name } },
        spec: {
          clusterIP: `10.96.${(h >>> 8) & 255}.${1 + ((h >>> 16) % 254)}`,
          ports: [{ name: 'http', port, targetPort: 8080, protocol: 'TCP' }],
          selector: { app: name },
          ...more,
        },
        status: { loadBalancer: {} },
      },
      age,
      'kustomize-controller',
    );
  }
}

export type DeploymentPlan = {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly replicas: number;
  readonly revision: number;
  readonly generation?: number;
  /** Newest first. */
  readonly releases: readonly {
    readonly template: Template;
    readonly age: number;
    readonly annotations?: Record<string, string>;
  }[];
  readonly hash: (template: Template) => string;
  readonly annotations?: Record<string, string>;
  readonly strategy?: Json;
  readonly paused?: boolean;
  readonly progressDeadlineSeconds?: number;
  readonly age?: number;
  readonly restarts?: number;
  readonly manager?: string;
  /** Sizes of the ReplicaSets, newest first, when it is not settled: the caller then makes the pods. */
  readonly sizes?: readonly { readonly replicas: number; readonly ready: number }[];
  readonly status?: Json;
};

const withGeneration = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Pod',
  'EndpointSlice',
]);
