// A reflector with a store behind it that understands its events as the engine does, and a server that plays kube-apiserver
// for one resource.
import { type KubeObject, text } from '../../src/core/object.ts';
import type { Reflector } from '../../src/kube/reflect/reflector.ts';
import type { Session } from '../../src/kube/session/contract.ts';
import type { WatchEvent } from '../../src/kube/reflect/watch-event.ts';
import { type PickOptions, reflect } from './reflect.ts';
import { type Scripted, type ScriptedServer, type ScriptedStream, startScriptedServer } from './scripted-server.ts';

export type TestReflector = Disposable & {
  readonly reflector: Reflector;
  readonly events: WatchEvent[];
  readonly batches: number[];
  readonly fallbacks: string[];
  /** Names with their versions, as the rows stand now. */
  rows(): string[];
  /** `sync-started upsert synced`: each type once in a row. */
  story(): string;
};

export const pods = { group: '', version: 'v1', resource: 'pods', namespaced: true } as const;

/** Times small enough for tests; a random of 0 makes pauses exact. */
export const quick = {
  graceMs: 5_000,
  stallMs: 300,
  crawlAfterMs: 5_000,
  crawlBytesPerSecond: 1,
  muteMs: 5_000,
  watchSeconds: [300, 600],
  sharedSeconds: [1, 1],
  recheckMs: [60_000, 60_000],
  recheckSoonMs: [20, 20],
  loginMs: 100,
  backoff: { firstMs: 10, capMs: 100, forgetMs: 60_000 },
  relistMs: 20,
  livedMs: 5_000,
  listStallMs: 5_000,
  shortMs: 0,
} as const;

export function startReflector(session: Session, more: Partial<PickOptions> = {}): TestReflector {
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const batches: number[] = [];
  const fallbacks: string[] = [];
  const rows = new Map<string, KubeObject>();
  let fresh: Set<string> | null = null;
  const key = (object: KubeObject): string =>
    `${text(object, 'metadata', 'namespace')}/${text(object, 'metadata', 'name')}`;
  const onEvents = (batch: readonly WatchEvent[]): void => {
    batches.push(batch.length);
    for (const event of batch) {
      events.push(event);
      if (event.type === 'sync-started') fresh = new Set();
      if (event.type === 'upsert') {
        rows.set(key(event.object), event.object);
        fresh?.add(key(event.object));
      }
      if (event.type === 'delete') rows.delete(key(event.object));
      if (event.type === 'synced') {
        for (const name of rows.keys()) if (fresh?.has(name) === false) rows.delete(name);
        fresh = null;
      }
    }
  };
  const reflector = reflect({
    session,
    resource: pods,
    namespace: null,
    pick: { spec: { nodeName: 1 } },
    onEvents,
    signal: stop.signal,
    fallbacks: (what) => void fallbacks.push(what),
    random: () => 0,
    times: quick,
    ...more,
  });
  return {
    reflector,
    events,
    batches,
    fallbacks,
    rows: () =>
      [...rows.values()].map((o) => `${text(o, 'metadata', 'name')}@${text(o, 'metadata', 'resourceVersion')}`).sort(),
    story: () =>
      events
        .map((e) => e.type)
        .filter((type, i, all) => type !== all[i - 1])
        .join(' '),
    [Symbol.dispose]: () => stop.abort(),
  };
}

export const pod = (name: string, version: number, more: object = {}): object => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name, namespace: 'a', uid: `uid-${name}`, resourceVersion: String(version), labels: { app: 'x' } },
  spec: { nodeName: 'n1' },
  status: { phase: 'Running' },
  ...more,
});

export const bookmark = (version: number, isEnd = false): object => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    resourceVersion: String(version),
    ...(isEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
  },
  spec: { containers: null },
  status: {},
});

export const statusBody = (code: number, reason: string, message: string, details: object = {}): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});

export const podList = (version: number, names: readonly string[], token = ''): object => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: { resourceVersion: String(version), ...(token !== '' && { continue: token }) },
  items: names.map((name) => {
    const { kind: _kind, apiVersion: _version, ...item } = pod(name, version) as Record<string, unknown>;
    return item;
  }),
});

export type Kind = 'first-set' | 'watch' | 'list';
const kindOf = (r: Scripted): Kind =>
  r.query.get('sendInitialEvents') === 'true' ? 'first-set' : r.query.has('watch') ? 'watch' : 'list';

/** A server for pods where each sort of request is answered by its own script; `n` counts per sort from 1. */
export async function podServer(
  scripts: Partial<Record<Kind, (r: Scripted, n: number) => void>>,
): Promise<ScriptedServer & { readonly asked: { kind: Kind; query: URLSearchParams; at: number }[] }> {
  const server = await startScriptedServer();
  const asked: { kind: Kind; query: URLSearchParams; at: number }[] = [];
  server.on('/api/v1/pods', (r) => {
    const kind = kindOf(r);
    asked.push({ kind, query: r.query, at: Date.now() });
    const script = scripts[kind];
    if (script === undefined) return r.reply(500, statusBody(500, 'InternalError', 'the test did not expect this'));
    script(r, asked.filter((a) => a.kind === kind).length);
  });
  return Object.assign(server, { asked });
}

/** Everything there is, then open. */
export function firstSet(r: Scripted, version: number, names: readonly string[]): ScriptedStream {
  const stream = r.stream();
  for (const name of names) stream.event('ADDED', pod(name, version));
  stream.event('BOOKMARK', bookmark(version, true));
  return stream;
}
