// All feeds of one cluster: finds objects by uid over all resources, follows owners, and is what join rules read.
import type { ClusterFacts, Fact } from '../../plugin-api/plugin.ts';
import { resourceName } from '../../core/ids.ts';
import type { Feed } from './feed.ts';
import type { StoredRow } from './stored-row.ts';

/** How well a resource is known in a cluster. `closed`: nobody asked for it. */
export type Knowledge = 'complete' | 'partial' | 'syncing' | 'denied' | 'absent' | 'closed';

/** Longest chain of owners that is followed: Pod, Job, CronJob, and what made that. */
const longestChain = 5;

export class ClusterData implements ClusterFacts {
  readonly #feeds = new Map<string, Feed[]>();
  /** What is known of a resource; set by the watches. */
  readonly knowledge = new Map<string, Knowledge>();

  add(feed: Feed): void {
    const name = resourceName(feed.source.type);
    const feeds = this.#feeds.get(name) ?? [];
    feeds.push(feed);
    this.#feeds.set(name, feeds);
  }

  remove(feed: Feed): void {
    const name = resourceName(feed.source.type);
    const left = (this.#feeds.get(name) ?? []).filter((other) => other !== feed);
    if (left.length > 0) this.#feeds.set(name, left);
    else this.#feeds.delete(name);
  }

  resources(): Iterable<string> {
    return this.#feeds.keys();
  }

  /** Feeds of a resource; several when plugins read the same one for different tables. */
  feeds(resource: string): readonly Feed[] {
    return this.#feeds.get(resource) ?? [];
  }

  /** Facts of the first definition of a resource, and of those with other selectors. */
  *all(resource: string): Generator<Fact> {
    for (const feed of this.#factFeeds(resource)) yield* feed.rows.values();
  }

  byUid(resource: string, uid: string): StoredRow | undefined {
    for (const feed of this.feeds(resource)) {
      const row = feed.rows.get(uid);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  isComplete(resource: string): boolean {
    const known = this.knowledge.get(resource);
    return known === 'complete' || known === 'absent';
  }

  /** The object of this uid, whatever it is. */
  find(uid: string): StoredRow | undefined {
    if (uid === '') return undefined;
    for (const feeds of this.#feeds.values())
      for (const feed of feeds) {
        const row = feed.rows.get(uid);
        if (row !== undefined) return row;
      }
    return undefined;
  }

  /** uids of all owners of a row, the direct one first. */
  owners(row: StoredRow): readonly string[] {
    const chain: string[] = [];
    let owner = row.owner;
    while (owner !== '' && chain.length < longestChain && !chain.includes(owner)) {
      chain.push(owner);
      owner = this.find(owner)?.owner ?? '';
    }
    return chain;
  }

  *#factFeeds(resource: string): Generator<Feed> {
    const selectors = new Set<string>();
    for (const feed of this.feeds(resource)) {
      const selector = feed.definition.fieldSelector ?? '';
      if (selectors.has(selector)) continue;
      selectors.add(selector);
      yield feed;
    }
  }
}
