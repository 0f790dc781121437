// Events: new ones, repeats counted in the same object, a warning storm folded, and their end after an hour.
import type { ApiCluster } from '../api/cluster.ts';
import { type ApiObject, rfc3339, rfc3339Micro } from '../api/objects.ts';
import { ApiFailure } from '../api/status-bodies.ts';
import { create, remove, update } from '../api/write.ts';
import { hexOf } from '../random.ts';

export type EventNote = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `kubelet`, `deployment-controller` … */
  readonly component: string;
  /** Node of a kubelet's event. */
  readonly host?: string;
  readonly fieldPath?: string;
};

/** Events live this long, as with kube-apiserver's --event-ttl. */
const keepMs = 3600_000;
const mostEvents = 2000;

export class Recorder {
  readonly #cluster: ApiCluster;
  readonly #known = new Map<string, string>();
  #lastSweep = 0;

  constructor(cluster: ApiCluster) {
    this.#cluster = cluster;
  }

  /** Records an event about an object, or counts it up when it is a repeat. */
  record(about: ApiObject, note: EventNote): void {
    const cluster = this.#cluster;
    const resource = cluster.type('events');
    const now = cluster.now();
    const fold = `${about.metadata.uid} ${note.reason} ${note.message} ${note.component}`;
    const known = this.#known.get(fold);
    const before = known === undefined ? undefined : cluster.store.collection('events').get(known)?.object;
    if (before !== undefined) {
      const next = { ...before, count: Number(before.count ?? 1) + 1, lastTimestamp: rfc3339(now) };
      update(cluster, resource, before, next, { manager: note.component });
      return;
    }
    const namespace = about.metadata.namespace ?? 'default';
    const name = `${about.metadata.name}.${hexOf(`${fold}${now}`, 16)}`;
    try {
      create(cluster, resource, this.#draft(about, note, name, namespace, now), { manager: note.component });
    } catch (error) {
      // A namespace that ends or is gone takes no events; a real recorder drops them too.
      if (error instanceof ApiFailure) return;
      throw error;
    }
    this.#known.set(fold, `${namespace}/${name}`);
    if (now - this.#lastSweep > 60_000) this.#sweep(now);
  }

  #draft(about: ApiObject, note: EventNote, name: string, namespace: string, now: number): ApiObject {
    const { uid, resourceVersion } = about.metadata;
    const involvedObject = {
      kind: about.kind,
      ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
      name: about.metadata.name,
      uid,
      apiVersion: about.apiVersion,
      resourceVersion,
      ...(note.fieldPath === undefined ? {} : { fieldPath: note.fieldPath }),
    };
    const metadata = { name, namespace } as ApiObject['metadata'];
    const { reason, message, type } = note;
    // The scheduler writes the new kind of event: micro time, no count, no first and last.
    if (note.component === 'default-scheduler')
      return {
        kind: 'Event',
        apiVersion: 'v1',
        metadata,
        involvedObject,
        reason,
        message,
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
        type,
        eventTime: rfc3339Micro(now),
        action: reason === 'Scheduled' ? 'Binding' : 'Scheduling',
        reportingComponent: 'default-scheduler',
        reportingInstance: `default-scheduler-${this.#cluster.name}`,
      };
    return {
      kind: 'Event',
      apiVersion: 'v1',
      metadata,
      involvedObject,
      reason,
      message,
      source: { component: note.component, ...(note.host === undefined ? {} : { host: note.host }) },
      firstTimestamp: rfc3339(now),
      lastTimestamp: rfc3339(now),
      count: 1,
      type,
      eventTime: null,
      reportingComponent: note.component,
      reportingInstance: note.host ?? '',
    };
  }

  /** Takes an event that was seeded into account, so that its repeats are counted in it. */
  adopt(event: ApiObject): void {
    const about = event.involvedObject as { uid?: string };
    const source = event.source as { component?: string };
    const fold = `${about.uid ?? ''} ${String(event.reason)} ${String(event.message)} ${source.component ?? ''}`;
    this.#known.set(fold, `${event.metadata.namespace ?? ''}/${event.metadata.name}`);
  }

  #sweep(now: number): void {
    this.#lastSweep = now;
    const cluster = this.#cluster;
    const collection = cluster.store.collection('events');
    const all = collection.keys().map((key) => collection.get(key)?.object);
    const timeOf = (e: ApiObject): number =>
      Date.parse(String(e.lastTimestamp ?? e.eventTime ?? e.metadata.creationTimestamp));
    const live = all.filter((e) => e !== undefined).sort((a, b) => timeOf(a) - timeOf(b));
    live.forEach((event, i) => {
      if (now - timeOf(event) > keepMs || i < live.length - mostEvents)
        remove(cluster, cluster.type('events'), event, { dryRun: false });
    });
    for (const [fold, key] of this.#known) if (collection.get(key) === undefined) this.#known.delete(fold);
  }
}
