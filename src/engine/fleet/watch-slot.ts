// One watch of one cluster that plugins asked for, and all feeds that live on it.
import type { Denial } from '../../core/cluster.ts';
import { resourceName } from '../../core/ids.ts';
import type { KubeObject } from '../../core/object.ts';
import type { Session } from '../../kube/session/contract.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { KubePort } from '../kube-port.ts';
import type { Knowledge } from '../tables/cluster-data.ts';
import type { Feed } from '../tables/feed.ts';
import { ScopedWatch, type ScopedWatchDeps } from './scoped-watch.ts';
import type { WantedWatch } from './watch-plan.ts';

/** An object of a plugin's watch came, changed or went. */
type ObjectEvent = { readonly type: 'upsert' | 'delete'; readonly object: KubeObject };

export type SlotDeps = Omit<
  ScopedWatchDeps<ObjectEvent>,
  'resource' | 'keepers' | 'read' | 'startBatch' | 'take' | 'onSettled'
> & {
  readonly kube: KubePort;
  readonly session: Session;
  readonly tracing: Tracing;
  /** For traces. */
  readonly clusterName: string;
  onEvent(): void;
};

export class WatchSlot implements Disposable {
  readonly wanted: WantedWatch;
  readonly feeds: readonly Feed[];
  readonly #deps: SlotDeps;
  readonly #watch: ScopedWatch<ObjectEvent>;
  readonly #settled = Promise.withResolvers<void>();

  constructor(wanted: WantedWatch, feeds: readonly Feed[], deps: SlotDeps) {
    const { kube, session } = deps;
    const { resource, fieldSelector, pick, more } = wanted;
    this.wanted = wanted;
    this.feeds = feeds;
    this.#deps = deps;
    this.#watch = new ScopedWatch<ObjectEvent>({
      ...deps,
      resource,
      keepers: feeds,
      read: (namespace, signal, onEvents) =>
        kube.watch({
          session,
          type: resource,
          namespaced: resource.namespaced,
          namespace,
          fieldSelector,
          pick,
          ...(more === null ? {} : { more }),
          canWatch: resource.verbs.includes('watch'),
          signal,
          onEvents,
        }),
      startBatch(now) {
        for (const feed of feeds) feed.startBatch(now);
      },
      take(event) {
        if (event.type === 'upsert') for (const feed of feeds) feed.upsert(event.object);
        else for (const feed of feeds) feed.delete(event.object);
        deps.onEvent();
      },
      onSettled: () => this.#settled.resolve(),
    });
  }

  open(): void {
    if (this.knowledge !== 'closed') return;
    this.#watch.open();
    if (this.#deps.tracing.isOn) void this.#deps.tracing.span('sync', this.#attributes(), () => this.#settled.promise);
  }

  get knowledge(): Knowledge {
    return this.#watch.knowledge;
  }
  get namespaces(): readonly string[] {
    return this.#watch.namespaces;
  }
  get denials(): readonly Denial[] {
    return this.#watch.denials;
  }
  get staleSince(): number | null {
    return this.#watch.staleSince;
  }

  retryNow(): void {
    this.#watch.retryNow();
  }

  addNamespaces(namespaces: readonly string[]): void {
    this.#watch.addNamespaces(namespaces);
  }

  /** Closes the watch and forgets its rows. */
  [Symbol.dispose](): void {
    this.#settled.resolve();
    this.#watch[Symbol.dispose]();
  }

  #attributes(): Readonly<Record<string, string>> {
    return { 'k8s.cluster.name': this.#deps.clusterName, 'k8s.resource': resourceName(this.wanted.resource) };
  }
}
