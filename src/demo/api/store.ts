// The data of one cluster: a collection per resource type, one resourceVersion for all, and a bounded history from
// which watches resume and lists at an old version are rebuilt.
import type { Resource } from './kinds.ts';
import { storageName } from './kinds.ts';
import { type ApiObject, keyOf, ordered, sortedDeep } from './objects.ts';

/** One object at one version. `body` is its JSON without kind and apiVersion, beginning with `{`. */
export interface Entry {
  readonly key: string;
  readonly rv: number;
  readonly object: ApiObject;
  readonly body: Buffer;
  readonly size: number;
  /** Writes `size` bytes, the body, so that many leave in one buffer. */
  copyTo(target: Buffer, at: number): void;
}

export type Change = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly rv: number;
  /** The new state; for DELETED the last state with the version of the deletion. */
  readonly entry: Entry;
  readonly before: Entry | undefined;
};

/** Where entries of one type are; what is behind it (objects held, or made from templates) is its own business. */
export interface Collection {
  readonly size: number;
  /** Sorted. The array may be replaced, never changed, while somebody iterates. */
  keys(): readonly string[];
  get(key: string): Entry | undefined;
  put(entry: Entry): void;
  remove(key: string): void;
}

class HeldEntry implements Entry {
  readonly key: string;
  readonly rv: number;
  readonly object: ApiObject;
  #body: Buffer | undefined;

  constructor(object: ApiObject, custom: boolean) {
    const plain = ordered(object);
    this.object = custom ? (sortedDeep(plain) as ApiObject) : plain;
    this.key = keyOf(object.metadata);
    this.rv = Number(object.metadata.resourceVersion);
  }

  get body(): Buffer {
    if (this.#body === undefined) {
      const { kind: _k, apiVersion: _v, ...rest } = this.object;
      this.#body = Buffer.from(JSON.stringify(rest));
    }
    return this.#body;
  }

  get size(): number {
    return this.body.length;
  }

  copyTo(target: Buffer, at: number): void {
    this.body.copy(target, at);
  }
}

/** An entry of an object that is held; custom resources are written with sorted keys. */
export const entryOf = (object: ApiObject, custom: boolean): Entry => new HeldEntry(object, custom);

export class HeldCollection implements Collection {
  readonly #entries = new Map<string, Entry>();
  #keys: readonly string[] | undefined;

  get size(): number {
    return this.#entries.size;
  }

  keys(): readonly string[] {
    this.#keys ??= [...this.#entries.keys()].sort();
    return this.#keys;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  put(entry: Entry): void {
    if (!this.#entries.has(entry.key)) this.#keys = undefined;
    this.#entries.set(entry.key, entry);
  }

  remove(key: string): void {
    if (this.#entries.delete(key)) this.#keys = undefined;
  }
}

type Kept = {
  readonly collection: Collection;
  readonly history: Change[];
  /** Changes up to and including this version are forgotten. */
  floor: number;
  readonly listeners: Set<(change: Change) => void>;
};

export type Snapshot = { readonly keys: readonly string[]; get(key: string): Entry | undefined };

export class Store {
  /** Version of the last write. */
  rv: number;
  readonly #kept = new Map<string, Kept>();
  readonly #historyLimit: number;
  readonly #make: (storage: string) => Collection;
  /** A type that is touched for the first time after a compaction has no history either. */
  #compactedAt = 0;

  constructor(
    options: {
      readonly firstVersion?: number;
      readonly historyLimit?: number;
      readonly make?: (storage: string) => Collection;
    } = {},
  ) {
    this.rv = options.firstVersion ?? 1;
    this.#historyLimit = options.historyLimit ?? 2000;
    this.#make = options.make ?? (() => new HeldCollection());
  }

  #of(storage: string): Kept {
    let kept = this.#kept.get(storage);
    if (kept === undefined) {
      kept = { collection: this.#make(storage), history: [], floor: this.#compactedAt, listeners: new Set() };
      this.#kept.set(storage, kept);
    }
    return kept;
  }

  collection(type: { readonly group: string; readonly resource: string } | string): Collection {
    return this.#of(typeof type === 'string' ? type : storageName(type)).collection;
  }

  /** Puts an object in before the cluster starts: no event, its own resourceVersion. */
  seed(resource: Resource, object: ApiObject): void {
    this.#of(storageName(resource)).collection.put(entryOf(object, resource.crd !== null));
  }

  /** Stores a new or changed object under the next version and tells whoever watches. */
  commit(resource: Resource, object: ApiObject): Entry {
    const kept = this.#of(storageName(resource));
    const rv = ++this.rv;
    const metadata = { ...object.metadata, resourceVersion: String(rv) };
    const entry = entryOf({ ...object, metadata }, resource.crd !== null);
    const before = kept.collection.get(entry.key);
    kept.collection.put(entry);
    this.#tell(kept, { type: before === undefined ? 'ADDED' : 'MODIFIED', rv, entry, before });
    return entry;
  }

  /** Stores an entry that was made elsewhere (the load generator) under its own version, which must be the next. */
  commitEntry(storage: string, entry: Entry): void {
    const kept = this.#of(storage);
    this.rv = entry.rv;
    const before = kept.collection.get(entry.key);
    kept.collection.put(entry);
    this.#tell(kept, { type: before === undefined ? 'ADDED' : 'MODIFIED', rv: entry.rv, entry, before });
  }

  /** Removes an object; the event carries its last state with the version of the deletion. */
  remove(resource: Resource, key: string): Entry | undefined {
    const kept = this.#of(storageName(resource));
    const before = kept.collection.get(key);
    if (before === undefined) return undefined;
    const rv = ++this.rv;
    kept.collection.remove(key);
    const metadata = { ...before.object.metadata, resourceVersion: String(rv) };
    const entry = entryOf({ ...before.object, metadata }, resource.crd !== null);
    this.#tell(kept, { type: 'DELETED', rv, entry, before });
    return entry;
  }

  #tell(kept: Kept, change: Change): void {
    kept.history.push(change);
    if (kept.history.length > this.#historyLimit * 1.25) {
      const gone = kept.history.splice(0, kept.history.length - this.#historyLimit);
      kept.floor = gone.at(-1)?.rv ?? kept.floor;
    }
    for (const listener of kept.listeners) listener(change);
  }

  on(storage: string, listener: (change: Change) => void): () => void {
    const { listeners } = this.#of(storage);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Changes after a version, oldest first; null when some of them are forgotten. */
  since(storage: string, rv: number): readonly Change[] | null {
    const kept = this.#of(storage);
    if (rv < kept.floor) return null;
    const first = kept.history.findIndex((c) => c.rv > rv);
    return first < 0 ? [] : kept.history.slice(first);
  }

  /** Oldest version from which a watch of this type can go on. */
  floor(storage: string): number {
    return this.#of(storage).floor;
  }

  /** The collection as it was at a version; null when that is no longer known. */
  at(storage: string, rv: number): Snapshot | null {
    const { collection } = this.#of(storage);
    const later = this.since(storage, rv);
    if (later === null) return null;
    if (later.length === 0) return { keys: collection.keys(), get: (key) => collection.get(key) };
    const old = new Map<string, Entry | undefined>();
    for (const change of later.toReversed()) old.set(change.entry.key, change.before);
    const keys = collection.keys().filter((key) => !old.has(key));
    for (const [key, entry] of old) if (entry !== undefined) keys.push(key);
    keys.sort();
    return { keys, get: (key) => (old.has(key) ? old.get(key) : collection.get(key)) };
  }

  /** Forgets all history, as a restarted or compacted server does: older versions are 410 from now on. */
  compact(): void {
    for (const kept of this.#kept.values()) {
      kept.history.length = 0;
      kept.floor = this.rv;
    }
    this.#compactedAt = this.rv;
  }
}
