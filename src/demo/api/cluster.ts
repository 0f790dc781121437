// One demo cluster as its API server sees it: data, the types it serves, its knobs and its clock. No sockets here.

import { apiVersionOf, builtins, type Resource, resourcesOfCrd, storageName } from './kinds.ts';
import type { ApiObject } from './objects.ts';
import { isJson, type Json } from './objects.ts';
import { type Collection, type Entry, entryOf, Store } from './store.ts';

/** What differs between servers of different age or configuration; faults change these while the cluster runs. */
export type Features = {
  /** The feature gate of that name: off in 1.31 and 1.33, on in 1.32 and from 1.34. */
  watchList: boolean;
  /** Aggregated discovery; false answers with the plain lists of an old server. */
  aggregatedDiscovery: boolean;
  /** Time between two bookmarks of a quiet watch. */
  bookmarkMs: number;
  /** Storage names whose watch verb is missing. */
  readonly withoutWatch: Set<string>;
};

export type ClusterOptions = {
  readonly name: string;
  /** `1.33.4` */
  readonly version: string;
  readonly now?: () => number;
  /** 0 ≤ n < 1; names and uids come from it, so that a seed gives the same cluster again. */
  readonly random?: () => number;
  readonly firstVersion?: number;
  readonly historyLimit?: number;
  readonly makeCollection?: (storage: string) => Collection;
  readonly features?: Partial<Omit<Features, 'withoutWatch'>>;
};

const gateByVersion = (version: string): boolean => {
  const minor = Number(version.split('.')[1] ?? 0);
  return minor === 32 || minor >= 34;
};

export class ApiCluster {
  readonly name: string;
  readonly version: string;
  readonly store: Store;
  readonly features: Features;
  readonly now: () => number;
  readonly random: () => number;
  #resources: readonly Resource[] | undefined;

  constructor(options: ClusterOptions) {
    this.name = options.name;
    this.version = options.version;
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
    this.store = new Store({
      ...(options.firstVersion === undefined ? {} : { firstVersion: options.firstVersion }),
      ...(options.historyLimit === undefined ? {} : { historyLimit: options.historyLimit }),
      ...(options.makeCollection === undefined ? {} : { make: options.makeCollection }),
    });
    this.features = {
      watchList: gateByVersion(options.version),
      aggregatedDiscovery: true,
      bookmarkMs: 60_000,
      ...options.features,
      withoutWatch: new Set(),
    };
    this.store.on('customresourcedefinitions.apiextensions.k8s.io', () => this.refreshTypes());
  }

  /** After definitions were seeded, which tells nobody. */
  refreshTypes(): void {
    this.#resources = undefined;
  }

  /** A version 4 uid out of the cluster's own randomness. */
  newUid(): string {
    const hex = Array.from({ length: 4 }, () =>
      Math.floor(this.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
    const variant = '89ab'[Math.floor(this.random() * 4)] ?? 'a';
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** Five characters as the API server appends to generateName. */
  newSuffix(): string {
    const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
    return Array.from({ length: 5 }, () => alphabet[Math.floor(this.random() * alphabet.length)]).join('');
  }

  /** Everything served, built-ins first. */
  get resources(): readonly Resource[] {
    if (this.#resources === undefined) {
      const crds = this.store.collection('customresourcedefinitions.apiextensions.k8s.io');
      const custom: Resource[] = [];
      for (const key of crds.keys()) {
        const crd = crds.get(key)?.object;
        if (crd !== undefined && crd.metadata.deletionTimestamp === undefined) custom.push(...resourcesOfCrd(crd));
      }
      this.#resources = [...builtins, ...custom];
    }
    return this.#resources;
  }

  find(group: string, version: string, resource: string): Resource | undefined {
    return this.resources.find((r) => r.group === group && r.version === version && r.resource === resource);
  }

  /** The served type under a storage name (`deployments.apps`); throws when there is none: a bug of the demo. */
  type(storage: string): Resource {
    const found = this.resources.find((r) => storageName(r) === storage && r.backing === 'stored');
    if (found === undefined) throw new Error(`the demo serves no ${storage}`);
    return found;
  }

  verbsOf(r: Resource): readonly string[] {
    return this.features.withoutWatch.has(storageName(r)) ? r.verbs.filter((v) => v !== 'watch') : r.verbs;
  }

  /** Where objects of a type are stored; events.k8s.io shows the core events. */
  storageOf(r: Resource): string {
    return r.backing === 'events' ? 'events' : storageName(r);
  }

  /** An entry as this type shows it: the same, or converted to its group and version. */
  view(r: Resource, entry: Entry): Entry {
    if (r.backing === 'events') return entryOf(toNewEvent(entry.object), false);
    // Only custom resources are stored under one version and served under several.
    if (r.crd === null) return entry;
    const apiVersion = apiVersionOf(r);
    return entry.object.apiVersion === apiVersion ? entry : entryOf({ ...entry.object, apiVersion }, true);
  }
}

/** A core event in the words of events.k8s.io/v1. */
export function toNewEvent(event: ApiObject): ApiObject {
  const e = event as Json;
  const out: ApiObject = {
    kind: 'Event',
    apiVersion: 'events.k8s.io/v1',
    metadata: event.metadata,
    eventTime: e.eventTime ?? null,
  };
  const put = (key: string, value: unknown): void => {
    if (value !== undefined && value !== '') out[key] = value;
  };
  put('series', e.series);
  put('reportingController', e.reportingComponent);
  put('reportingInstance', e.reportingInstance);
  put('action', e.action);
  put('reason', e.reason);
  put('regarding', e.involvedObject);
  put('related', e.related);
  put('note', e.message);
  put('type', e.type);
  out.deprecatedSource = isJson(e.source) ? e.source : {};
  out.deprecatedFirstTimestamp = e.firstTimestamp ?? null;
  out.deprecatedLastTimestamp = e.lastTimestamp ?? null;
  put('deprecatedCount', e.count);
  return out;
}

/** The way back, for events that are written through events.k8s.io/v1. */
export function toCoreEvent(event: ApiObject): ApiObject {
  const e = event as Json;
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: event.metadata,
    involvedObject: e.regarding ?? {},
    ...(e.reason === undefined ? {} : { reason: e.reason }),
    ...(e.note === undefined ? {} : { message: e.note }),
    source: e.deprecatedSource ?? {},
    firstTimestamp: e.deprecatedFirstTimestamp ?? null,
    lastTimestamp: e.deprecatedLastTimestamp ?? null,
    ...(e.deprecatedCount === undefined ? {} : { count: e.deprecatedCount }),
    ...(e.type === undefined ? {} : { type: e.type }),
    eventTime: e.eventTime ?? null,
    ...(e.series === undefined ? {} : { series: e.series }),
    ...(e.action === undefined ? {} : { action: e.action }),
    ...(e.related === undefined ? {} : { related: e.related }),
    reportingComponent: e.reportingController ?? '',
    reportingInstance: e.reportingInstance ?? '',
  };
}
