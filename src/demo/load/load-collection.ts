// A collection of a generated cluster: the shared shape seen with this cluster's number, and what has changed since.

import { apiVersionOf, type Resource } from '../api/kinds.ts';
import type { ApiObject } from '../api/objects.ts';
import type { Collection, Entry } from '../api/store.ts';
import { clusterMark, type ShapeEntry } from './shape.ts';

/** What a generated cluster puts into the shape's bytes. */
export type Stamp = {
  /** Three digits. */
  readonly number: string;
  /** Four hex digits. */
  readonly uid: string;
};

/** An object that exists as bytes only while somebody reads it. */
export class LoadEntry implements Entry {
  readonly key: string;
  readonly rv: number;
  readonly shape: ShapeEntry;
  readonly restarts: number;
  readonly #stamp: Stamp;
  readonly #resource: Resource;

  constructor(shape: ShapeEntry, stamp: Stamp, resource: Resource, rv: number, restarts: number) {
    this.shape = shape;
    this.#stamp = stamp;
    this.#resource = resource;
    this.key = shape.numbersAt.length > 0 && shape.key.includes(clusterMark) ? stamped(shape.key, stamp) : shape.key;
    this.rv = rv;
    this.restarts = restarts;
  }

  get size(): number {
    return this.shape.bytes.length;
  }

  get body(): Buffer {
    const out = Buffer.allocUnsafe(this.size);
    this.copyTo(out, 0);
    return out;
  }

  copyTo(target: Buffer, start: number): void {
    const { bytes, versionAt, uidsAt, numbersAt, restartsAt } = this.shape;
    bytes.copy(target, start);
    target.write(String(this.rv), start + versionAt, 'latin1');
    for (const at of uidsAt) target.write(this.#stamp.uid, start + at, 'latin1');
    for (const at of numbersAt) target.write(this.#stamp.number, start + at, 'latin1');
    if (this.restarts > 0 && restartsAt >= 0) target[start + restartsAt] = 48 + (this.restarts % 10);
  }

  get object(): ApiObject {
    const rest = JSON.parse(this.body.toString('utf8')) as object;
    return { kind: this.#resource.kind, apiVersion: apiVersionOf(this.#resource), ...rest } as ApiObject;
  }

  /** The same object at the next version. */
  next(rv: number, restarts: number): LoadEntry {
    return new LoadEntry(this.shape, this.#stamp, this.#resource, rv, restarts);
  }
}

const stamped = (key: string, stamp: Stamp): string => key.replace(clusterMark, `c${stamp.number}-n`);

export class LoadCollection implements Collection {
  readonly #base: readonly ShapeEntry[];
  readonly #stamp: Stamp;
  readonly #resource: Resource;
  readonly #firstVersion: number;
  readonly #index: ReadonlyMap<string, number>;
  readonly #changed = new Map<string, Entry>();
  readonly #gone = new Set<string>();
  #added = 0;
  #keys: readonly string[] | undefined;

  constructor(
    base: readonly ShapeEntry[],
    index: ReadonlyMap<string, number>,
    stamp: Stamp,
    resource: Resource,
    firstVersion: number,
  ) {
    this.#base = base;
    this.#index = index;
    this.#stamp = stamp;
    this.#resource = resource;
    this.#firstVersion = firstVersion;
  }

  get size(): number {
    return this.#base.length - this.#gone.size + this.#added;
  }

  keys(): readonly string[] {
    if (this.#keys === undefined) {
      const base = this.#base.map((e) => this.#keyOf(e)).filter((key) => !this.#gone.has(key));
      const extra = [...this.#changed.keys()].filter((key) => this.#positionOf(key) === undefined);
      this.#keys = extra.length === 0 ? base : [...base, ...extra].sort();
    }
    return this.#keys;
  }

  #keyOf(e: ShapeEntry): string {
    return e.key.includes(clusterMark) ? stamped(e.key, this.#stamp) : e.key;
  }

  #positionOf(key: string): number | undefined {
    return this.#index.get(key) ?? this.#index.get(key.replace(`c${this.#stamp.number}-n`, clusterMark));
  }

  /** The entry at a place of the shape. */
  at(position: number): LoadEntry | undefined {
    const shape = this.#base[position];
    if (shape === undefined) return undefined;
    const changed = this.#changed.get(this.#keyOf(shape));
    if (changed !== undefined) return changed instanceof LoadEntry ? changed : undefined;
    return this.#gone.has(this.#keyOf(shape)) ? undefined : this.#made(position, shape);
  }

  #made(position: number, shape: ShapeEntry): LoadEntry {
    return new LoadEntry(shape, this.#stamp, this.#resource, this.#firstVersion + position + 1, 0);
  }

  get(key: string): Entry | undefined {
    const changed = this.#changed.get(key);
    if (changed !== undefined) return changed;
    const position = this.#positionOf(key);
    const shape = position === undefined ? undefined : this.#base[position];
    if (position === undefined || shape === undefined || this.#gone.has(key)) return undefined;
    return this.#made(position, shape);
  }

  put(entry: Entry): void {
    const { key } = entry;
    const isNew = !this.#changed.has(key) && (this.#positionOf(key) === undefined || this.#gone.has(key));
    if (isNew) {
      this.#keys = undefined;
      if (!this.#gone.delete(key)) this.#added++;
    }
    this.#changed.set(key, entry);
  }

  remove(key: string): void {
    this.#keys = undefined;
    const known = this.#positionOf(key) !== undefined;
    if (this.#changed.delete(key) && !known) this.#added--;
    if (known) this.#gone.add(key);
  }
}
