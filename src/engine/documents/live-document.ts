// Describe or YAML of one object, kept current while somebody looks: the object is watched by its name, its events by its
// uid; a Secret passes the masking of the documents before anything leaves.
import type { ObjectRef } from '../../core/ids.ts';
import { type KubeObject, text } from '../../core/object.ts';
import { cell as sanitise } from '../../core/sanitise.ts';
import type { WatchEvent } from '../../kube/reflect/watch-event.ts';
import type { Clock } from '../../platform/clock.ts';
import type { DocumentForm, DocumentView } from '../../protocol/messages.ts';
import type { LiveSource } from '../../protocol/server.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import { serverTime } from '../tables/stored-row.ts';
import { denialOf } from '../fleet/rights.ts';
import type { KubePort } from '../kube-port.ts';
import { describeDocument } from './describe-document.ts';
import { fetchObject } from './fetch-object.ts';
import { yamlDocument } from './yaml-document.ts';

export type DocumentDeps = {
  readonly kube: KubePort;
  readonly clock: Clock;
  readonly unit: ClusterUnit | undefined;
  /** Whether the resource lives in namespaces and can be watched. */
  readonly canWatch: boolean;
  changed(): void;
};

/** Ages in a description are words: they are told anew this often. */
const retellMs = 15_000;

export class LiveDocument implements LiveSource<never, DocumentView> {
  readonly #ref: ObjectRef;
  readonly #form: DocumentForm;
  readonly #deps: DocumentDeps;
  readonly #abort = new AbortController();
  readonly #events = new Map<string, KubeObject>();
  #object: KubeObject | null = null;
  #state: DocumentView['state'] = 'loading';
  #message = '';
  #asOf: number;
  #isInterrupted = false;
  /** A GET is out: it says more of the object than a watch that is refused. */
  #isFetching = false;
  #timer: Disposable | null = null;

  constructor(ref: ObjectRef, form: DocumentForm, deps: DocumentDeps) {
    this.#ref = ref;
    this.#form = form;
    this.#deps = deps;
    this.#asOf = deps.clock.now();
    // What is read once is as of then: nothing keeps it current.
    this.#isInterrupted = !deps.canWatch;
    this.#start();
  }

  change(): void {
    // Documents are opened anew for another object.
  }

  read(): DocumentView {
    const { unit, clock } = this.#deps;
    const object = this.#object;
    const name = unit?.face.name ?? this.#ref.cluster;
    const lines =
      object === null
        ? []
        : this.#form === 'yaml'
          ? yamlDocument(object)
          : describeDocument(
              object,
              [...this.#events.values()],
              name,
              unit === undefined ? clock.now() : serverTime(unit.face, clock.now()),
            );
    const stale = unit === undefined || unit.face.isStale || this.#isInterrupted;
    if (object !== null && this.#form === 'describe') this.#retell();
    return { lines, state: this.#state, message: sanitise(this.#message), asOf: this.#asOf, stale };
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
    this.#timer?.[Symbol.dispose]();
  }

  #retell(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#deps.clock.after(retellMs, () => this.#deps.changed());
  }

  #start(): void {
    const { unit, kube, canWatch } = this.#deps;
    const connection = unit?.connection;
    if (unit === undefined || connection == null) return this.#fail('this cluster is not connected');
    const { session } = connection;
    const { signal } = this.#abort;
    unit.signal.addEventListener('abort', () => this.#fail('this cluster is not connected any more'), {
      once: true,
      signal,
    });
    void this.#fetch(unit);
    if (!canWatch) return;
    const { namespace, name, type, uid } = this.#ref;
    const common = { session, namespaced: namespace !== '', namespace, canWatch: true, pick: 1 as const, signal };
    kube.watch({
      ...common,
      type,
      fieldSelector: `metadata.name=${name}`,
      onEvents: (events) => {
        for (const event of events) this.#take(event);
      },
    });
    if (this.#form === 'yaml') return;
    kube.watch({
      ...common,
      namespaced: true,
      namespace: namespace === '' ? 'default' : namespace,
      type: { group: '', version: 'v1', resource: 'events' },
      fieldSelector: `involvedObject.uid=${uid}`,
      onEvents: (events) => {
        for (const event of events) this.#takeEvent(event);
      },
    });
  }

  /** A GET is there before a watch has synced, and works for those who may get and not list. */
  async #fetch(unit: ClusterUnit): Promise<void> {
    const { connection } = unit;
    if (connection === null) return;
    this.#isFetching = true;
    try {
      const object = await fetchObject(connection.session, this.#ref, this.#abort.signal);
      if (this.#object === null) this.#show(object);
    } catch (error) {
      if (this.#abort.signal.aborted || this.#object !== null) return;
      const isGone = error instanceof Error && 'code' in error && error.code === 404;
      if (isGone) this.#gone();
      else this.#fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isFetching = false;
    }
  }

  #take(event: WatchEvent): void {
    if (this.#abort.signal.aborted) return;
    switch (event.type) {
      case 'upsert':
        return this.#show(event.object);
      case 'delete':
        if (text(event.object, 'metadata', 'uid') === this.#ref.uid) this.#gone();
        return;
      case 'interrupted':
      case 'polled':
        this.#isInterrupted = true;
        return this.#deps.changed();
      case 'synced':
      case 'resumed':
        this.#isInterrupted = false;
        return this.#deps.changed();
      case 'denied':
        if (this.#object === null) {
          if (this.#isFetching || this.#state === 'failed') return;
          return this.#fail(`you may not ${denialOf(this.#ref.type, this.#ref.namespace, event.error).rule}`);
        }
        // Some may get and not watch: what is shown is as of when it was read.
        this.#isInterrupted = true;
        return this.#deps.changed();
      case 'sync-started':
      case 'absent':
    }
  }

  #takeEvent(event: WatchEvent): void {
    if (this.#abort.signal.aborted) return;
    if (event.type === 'upsert') this.#events.set(text(event.object, 'metadata', 'uid'), event.object);
    else if (event.type === 'delete') this.#events.delete(text(event.object, 'metadata', 'uid'));
    else return;
    this.#deps.changed();
  }

  #show(object: KubeObject): void {
    // The same name with another uid is another object: the one that was asked for is gone.
    if (this.#ref.uid !== '' && text(object, 'metadata', 'uid') !== this.#ref.uid) return this.#gone();
    this.#object = this.#named(object);
    this.#state = 'shown';
    this.#message = '';
    this.#asOf = this.#deps.clock.now();
    this.#deps.changed();
  }

  /** Objects of a list do not say what they are: the list did. */
  #named(object: KubeObject): KubeObject {
    const { kind, type } = this.#ref;
    const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
    const { apiVersion: itsVersion, kind: itsKind, ...rest } = object;
    return { apiVersion: itsVersion ?? apiVersion, kind: itsKind ?? kind, ...rest };
  }

  #gone(): void {
    this.#state = 'gone';
    this.#message = `${this.#ref.kind} ${this.#ref.name} is gone`;
    this.#deps.changed();
  }

  #fail(message: string): void {
    if (this.#object === null) this.#state = 'failed';
    this.#message = message;
    this.#deps.changed();
  }
}
