// What makes a demo cluster move: typed access to the store as the controllers use it, a work queue, timers that end
// with the world, and the event recorder.
import type { ApiCluster } from '../api/cluster.ts';
import { type ApiObject, type Meta, type OwnerReference, rfc3339 } from '../api/objects.ts';
import { ApiFailure } from '../api/status-bodies.ts';
import type { Change } from '../api/store.ts';
import { create, remove, update } from '../api/write.ts';
import { Recorder } from './recorder.ts';

export type ClusterRole = 'iterate' | 'build' | 'view' | 'run';

/** A control loop: which changes concern it, and what to do about one object. */
export interface Controller {
  readonly name: string;
  /** Storage names whose changes it hears. */
  readonly watches: readonly string[];
  /** Keys of what must be looked at after a change. */
  keysFor(world: World, storage: string, change: Change): readonly string[];
  reconcile(world: World, key: string): void;
}

/** A new object as a controller writes it: the server fills in the rest. */
export type Draft = Omit<ApiObject, 'metadata'> & { metadata: Partial<Meta> };

const manager = 'kube-controller-manager';

export class World {
  readonly cluster: ApiCluster;
  readonly role: ClusterRole;
  readonly recorder: Recorder;
  /** Bugs of controllers, the first twenty. */
  readonly failures: string[] = [];
  readonly #controllers: readonly Controller[];
  readonly #dirty = new Map<string, { readonly controller: Controller; readonly key: string }>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #draining: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(cluster: ApiCluster, role: ClusterRole, controllers: readonly Controller[]) {
    this.cluster = cluster;
    this.role = role;
    this.#controllers = controllers;
    this.recorder = new Recorder(cluster);
  }

  /** Begins to listen; what exists already is taken as settled. */
  start(): void {
    for (const controller of this.#controllers)
      for (const storage of controller.watches)
        this.cluster.store.on(storage, (change) => {
          for (const key of controller.keysFor(this, storage, change)) this.enqueue(controller.name, key);
        });
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    clearTimeout(this.#draining);
  }

  now(): number {
    return this.cluster.now();
  }

  time(): string {
    return rfc3339(this.now());
  }

  random(): number {
    return this.cluster.random();
  }

  /** Runs once, later, unless the world has stopped. */
  after(ms: number, run: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        run();
      },
      Math.max(0, ms),
    );
    this.#timers.add(timer);
  }

  /** Asks a controller to look at an object soon. */
  enqueue(name: string, key: string): void {
    const controller = this.#controllers.find((c) => c.name === name);
    if (controller === undefined || this.#stopped) return;
    this.#dirty.set(`${name} ${key}`, { controller, key });
    this.#draining ??= setTimeout(() => this.#drain(), 15);
  }

  #drain(): void {
    this.#draining = undefined;
    const work = [...this.#dirty.values()];
    this.#dirty.clear();
    for (const { controller, key } of work)
      this.#guarded(`${controller.name} ${key}`, () => controller.reconcile(this, key));
  }

  /**
   * One controller that fails must not end the fleet. A refusal (a namespace that ends, a quota) is part of the game;
   * anything else is a bug and kept for whoever asks.
   */
  #guarded(what: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof ApiFailure) return;
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (this.failures.length < 20) this.failures.push(`${this.cluster.name}: ${what}: ${message}`);
    }
  }

  get<T extends ApiObject>(storage: string, key: string): T | undefined {
    return this.cluster.store.collection(storage).get(key)?.object as T | undefined;
  }

  /** Objects of a namespace, or all of them. */
  list<T extends ApiObject>(storage: string, namespace?: string): T[] {
    const collection = this.cluster.store.collection(storage);
    const prefix = namespace === undefined ? '' : `${namespace}/`;
    const out: T[] = [];
    for (const key of collection.keys()) {
      if (!key.startsWith(prefix)) continue;
      const object = collection.get(key)?.object;
      if (object !== undefined) out.push(object as T);
    }
    return out;
  }

  /** Objects of a namespace whose controller is this uid. */
  owned<T extends ApiObject>(storage: string, namespace: string | undefined, uid: string): T[] {
    return this.list<T>(storage, namespace).filter((o) =>
      o.metadata.ownerReferences?.some((r) => r.controller === true && r.uid === uid),
    );
  }

  create<T extends ApiObject>(storage: string, object: Draft, by = manager): T {
    const entry = create(this.cluster, this.cluster.type(storage), object as ApiObject, {
      manager: by,
      subresource: 'keep-status',
    });
    return entry.object as T;
  }

  /** Writes spec and metadata; nothing happens when nothing changes. */
  update<T extends ApiObject>(storage: string, before: T, next: T, by = manager): T {
    return update(this.cluster, this.cluster.type(storage), before, next, { manager: by }).object as T;
  }

  /** Writes status only. */
  updateStatus<T extends ApiObject>(storage: string, before: T, status: unknown, by = manager): T {
    const next = { ...before, status } as T;
    return update(this.cluster, this.cluster.type(storage), before, next, { manager: by, subresource: 'status' })
      .object as T;
  }

  /** Deletes as a client would; pods get `graceSeconds` when they have a node. */
  delete(storage: string, object: ApiObject, graceSeconds?: number): void {
    const current = this.get(storage, this.keyOf(object));
    if (current === undefined || current.metadata.uid !== object.metadata.uid) return;
    remove(this.cluster, this.cluster.type(storage), current, {
      dryRun: false,
      ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
    });
  }

  keyOf(object: ApiObject): string {
    const { namespace, name } = object.metadata;
    return namespace === undefined ? name : `${namespace}/${name}`;
  }
}

/** The reference by which a controller owns what it makes. */
export const controllerRef = (owner: ApiObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Keys of the controllers of a kind that own a changed object, before or after the change. */
export function ownerKeys(kind: string, change: Change): string[] {
  const out = new Set<string>();
  for (const object of [change.entry.object, change.before?.object]) {
    const owner = object?.metadata.ownerReferences?.find((r) => r.controller === true && r.kind === kind);
    if (owner === undefined) continue;
    const { namespace } = change.entry.object.metadata;
    out.add(namespace === undefined ? owner.name : `${namespace}/${owner.name}`);
  }
  return [...out];
}
