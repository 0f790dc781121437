// WATCH and WatchList: initial events, live changes through selectors, bookmarks, time limits, and the ends and errors
// that a real server shows.
import type { ApiCluster } from '../api/cluster.ts';
import { type Resource, storageName } from '../api/kinds.ts';
import type { Matcher } from '../api/selectors.ts';
import { ApiFailure, forbiddenValue, invalidOptions, notAllowed, status } from '../api/status-bodies.ts';
import { type Change, type Entry, entryOf } from '../api/store.ts';
import { assembled, bookmarkLine, type EventType, eventLine, type Format, type Piece } from './formats.ts';
import type { Reply } from './reply.ts';
import { queryFlag, queryNumber } from './request.ts';

export type Watched = {
  readonly cluster: ApiCluster;
  readonly resource: Resource;
  readonly namespace: string;
  readonly matches: Matcher | null;
  readonly format: Format;
  readonly query: URLSearchParams;
};

const forbid = (field: string, why: string): ApiFailure => invalidOptions('ListOptions', forbiddenValue(field, why));

/** What a watch asks for, checked as a real server checks it; throws the 422 or 500. */
function optionsOf(w: Watched): { readonly rv: string; readonly list: boolean; readonly bookmarks: boolean } {
  const { query, cluster } = w;
  const rv = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const list = queryFlag(query, 'sendInitialEvents');
  if (query.has('sendInitialEvents')) {
    if (match !== 'NotOlderThan')
      throw forbid('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
    if (!cluster.features.watchList)
      throw forbid(
        'sendInitialEvents',
        'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
      );
  } else if (match !== '')
    throw forbid(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  if (!/^\d*$/.test(rv)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(rv)}: invalid syntax`;
    throw new ApiFailure(500, status(500, '', `resourceVersion: Invalid value: ${JSON.stringify(rv)}: ${why}`));
  }
  return { rv, list, bookmarks: queryFlag(query, 'allowWatchBookmarks') };
}

export class WatchStream {
  readonly #w: Watched;
  readonly #reply: Reply;
  readonly #storage: string;
  readonly #prefix: string;
  #first = true;
  #pending: Piece[] = [];
  #scheduled = false;
  #ended = false;
  #stop: (() => void)[] = [];
  /** Version up to which this stream has told everything; later changes are live. */
  #told = 0;

  constructor(w: Watched, reply: Reply) {
    this.#w = w;
    this.#reply = reply;
    this.#storage = w.cluster.storageOf(w.resource);
    this.#prefix = w.namespace === '' || !w.resource.namespaced ? '' : `${w.namespace}/`;
    if (!w.cluster.verbsOf(w.resource).includes('watch')) throw notAllowed();
  }

  /** Runs until the client, the time limit or the end of the type ends it. */
  async run(): Promise<void> {
    const { cluster, resource, query, format } = this.#w;
    const { rv, list, bookmarks } = optionsOf(this.#w);
    const timeout = queryNumber(query, 'timeoutSeconds') ?? 1800 + Math.floor(Math.random() * 1800);
    this.#reply.head(200);
    if (format.as === 'partial-list') return this.#reply.end();
    this.#reply.onClose(() => this.end());
    const endsAt = Date.now() + timeout * 1000;
    this.#after(timeout * 1000, () => this.end());
    const wanted = rv === '' ? 0 : Number(rv);
    if (wanted > cluster.store.rv) return this.#future(wanted, list);

    if (rv === '' || rv === '0' || list) {
      const marks = bookmarks && (list || cluster.features.watchList);
      await this.#initial(marks);
    } else {
      const missed = cluster.store.since(this.#storage, wanted);
      if (missed === null) return this.#expired(wanted);
      this.#told = wanted;
      for (const change of missed) this.#change(change);
      this.#told = cluster.store.rv;
    }
    if (this.#ended) return;
    this.#stop.push(cluster.store.on(this.#storage, (change) => this.#change(change)));
    if (bookmarks) this.#bookmarks(endsAt, timeout);
    if (resource.crd !== null) this.#endWithType();
  }

  /** Puts raw bytes into the stream: what the garbage fault does. */
  raw(bytes: string): void {
    this.#text(bytes);
  }

  /** Writes half a line and ends: what the truncation fault does. */
  truncate(): void {
    this.#text('{"type":"MODIFIED","object":{"kind":"Po');
    this.#flush();
    this.end();
  }

  /** Ends with an in-stream ERROR, as a real server tells an expired version or a failure. */
  fail(code: number, reason: string, message: string): void {
    this.#text(`${JSON.stringify({ type: 'ERROR', object: status(code, reason, message) })}\n`);
    this.#flush();
    this.end();
  }

  end(): void {
    if (this.#ended) return;
    this.#flush();
    this.#ended = true;
    for (const stop of this.#stop) stop();
    this.#stop = [];
    this.#reply.end();
  }

  #after(ms: number, run: () => void): void {
    if (ms > 2 ** 31 - 1) return;
    const timer = setTimeout(run, ms);
    this.#stop.push(() => clearTimeout(timer));
  }

  /** A version from the future: silent until the time limit, or an ERROR after 3 s for WatchList. */
  #future(wanted: number, list: boolean): void {
    if (!list) return;
    const message = `Too large resource version: ${wanted}, current: ${this.#w.cluster.store.rv}`;
    this.#after(3000, () => {
      const body = status(504, 'Timeout', `Timeout: ${message}`, {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      });
      this.#text(`${JSON.stringify({ type: 'ERROR', object: body })}\n`);
      this.end();
    });
  }

  #expired(wanted: number): void {
    const floor = this.#w.cluster.store.floor(this.#storage);
    this.fail(410, 'Expired', `too old resource version: ${wanted} (${floor})`);
  }

  async #initial(marks: boolean): Promise<void> {
    const { cluster, resource, format } = this.#w;
    const { store } = cluster;
    const rv = store.rv;
    const keys = store.collection(this.#storage).keys();
    for (let i = 0; i < keys.length && !this.#ended; ) {
      // What changes while a slow reader takes its time is told afterwards, so the set is that of one version.
      const snapshot = store.at(this.#storage, rv) ?? store.collection(this.#storage);
      const chunk: Piece[] = [];
      for (let size = 0; i < keys.length && size < 256 * 1024; i++) {
        const key = keys[i] ?? '';
        if (!key.startsWith(this.#prefix)) continue;
        const entry = snapshot.get(key);
        if (entry === undefined) continue;
        const seen = cluster.view(resource, entry);
        if (this.#w.matches !== null && !this.#w.matches(seen.object)) continue;
        const line = eventLine(cluster, resource, 'ADDED', seen, format, this.#first);
        this.#first = false;
        chunk.push(line);
        size += line.size;
      }
      if (chunk.length > 0 && !this.#reply.write(assembled(chunk))) await this.#reply.drained();
    }
    if (this.#ended) return;
    if (marks) {
      this.#push(bookmarkLine(cluster, resource, rv, format, true, this.#first));
      this.#first = false;
    }
    this.#told = rv;
    for (const change of store.since(this.#storage, rv) ?? []) this.#change(change);
  }

  #change(change: Change): void {
    if (change.rv <= this.#told || !change.entry.key.startsWith(this.#prefix)) return;
    this.#told = change.rv;
    const { cluster, resource, matches } = this.#w;
    if (matches === null) return this.#send(change.type, cluster.view(resource, change.entry));
    const seen = cluster.view(resource, change.entry);
    const before = change.before === undefined ? undefined : cluster.view(resource, change.before);
    const was = before !== undefined && matches(before.object);
    const is = change.type !== 'DELETED' && matches(seen.object);
    if (is) this.#send(was ? 'MODIFIED' : 'ADDED', seen);
    else if (was && before !== undefined) {
      // Left the selector: the watcher gets the state it knew, with the version of the change.
      const metadata = { ...before.object.metadata, resourceVersion: String(change.rv) };
      const last = change.type === 'DELETED' ? seen : entryOf({ ...before.object, metadata }, resource.crd !== null);
      this.#send('DELETED', last);
    }
  }

  #send(type: EventType, entry: Entry): void {
    this.#push(eventLine(this.#w.cluster, this.#w.resource, type, entry, this.#w.format, this.#first));
    this.#first = false;
  }

  #text(line: string): void {
    const bytes = Buffer.from(line);
    this.#push({ size: bytes.length, copyTo: (target, at) => void bytes.copy(target, at) });
  }

  /** Lines of one turn of the event loop leave as one chunk. */
  #push(line: Piece): void {
    if (this.#ended) return;
    this.#pending.push(line);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#pending.length === 0 || this.#ended) return;
    this.#reply.write(assembled(this.#pending));
    this.#pending = [];
  }

  /** About one a minute, and twice near the end of a watch that lives longer than a few seconds. */
  #bookmarks(endsAt: number, timeout: number): void {
    const { cluster, resource, format } = this.#w;
    const mark = (): void => {
      this.#push(bookmarkLine(cluster, resource, cluster.store.rv, format, false, this.#first));
      this.#first = false;
    };
    const timer = setInterval(mark, cluster.features.bookmarkMs);
    this.#stop.push(() => clearInterval(timer));
    if (timeout <= 6) return;
    this.#after(endsAt - 2000 - Date.now(), mark);
    this.#after(endsAt - 1000 - Date.now(), mark);
  }

  /** A watch of custom resources ends when their definition goes. */
  #endWithType(): void {
    const { cluster, resource } = this.#w;
    const stop = cluster.store.on('customresourcedefinitions.apiextensions.k8s.io', (change) => {
      if (change.type === 'DELETED' && change.entry.object.metadata.name === storageName(resource)) this.end();
    });
    this.#stop.push(stop);
  }
}
