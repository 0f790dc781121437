// The demo on real sockets: each fault as a client sees it, and the life of its process.
import { fork, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { Demo } from './demo.ts';
import type { DemoCluster } from './protocol.ts';
import { type DemoProcess, startDemo } from './start.ts';

let demo: Demo;
let cluster: DemoCluster;
const open: ClientHttp2Session[] = [];

/** What happened to each session. */
const seen = new Map<ClientHttp2Session, string[]>();
const happened = (to: ClientHttp2Session): string[] => seen.get(to) ?? [];

function noted(made: ClientHttp2Session): ClientHttp2Session {
  const events: string[] = [];
  seen.set(made, events);
  for (const event of ['goaway', 'error', 'close']) made.on(event, () => events.push(event));
  open.push(made);
  return made;
}

function session(): ClientHttp2Session {
  const { users, server, ca } = cluster;
  const admin = users.admin.by === 'certificate' ? users.admin : { cert: '', key: '' };
  return noted(connect(server, { ca, cert: admin.cert, key: admin.key }));
}

type Answer = { status: number; headers: Record<string, unknown>; text: string; code?: string };

function send(over: ClientHttp2Session, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((done) => {
    const stream = over.request({ ':path': path, ...headers });
    let answer: Answer = { status: 0, headers: {}, text: '' };
    stream.on('response', (h) => (answer = { ...answer, status: Number(h[':status']), headers: h }));
    stream.on('data', (chunk: Buffer) => (answer.text += chunk.toString()));
    stream.on('error', (error: NodeJS.ErrnoException) => (answer.code = error.code ?? ''));
    stream.on('close', () => done(answer));
  });
}

/** A watch whose lines are collected. */
function watch(over: ClientHttp2Session, path: string): { lines: string[]; ended: () => boolean; close(): void } {
  const stream = over.request({ ':path': path });
  const seen = { text: '', ended: false };
  stream.on('data', (chunk: Buffer) => (seen.text += chunk.toString()));
  stream.on('error', () => {});
  stream.on('close', () => (seen.ended = true));
  return {
    get lines() {
      return seen.text.split('\n').filter((line) => line !== '');
    },
    ended: () => seen.ended,
    close: () => stream.close(),
  };
}

const list =
  '/api/v1/namespaces?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
const until = (condition: () => boolean): Promise<unknown> =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 8000, interval: 20 });

beforeAll(async () => {
  demo = await Demo.start({ clusters: 1, podsPerCluster: 60 });
  cluster = demo.clusters[0]!;
});
afterEach(() => {
  demo.clear(cluster.name);
  for (const each of open.splice(0)) each.destroy();
  seen.clear();
});
afterAll(() => demo.stop());

describe('a fault', () => {
  test('status: the asked answer for what matches, so many times, then the real one', async () => {
    const s = session();
    await demo.fault(cluster.name, {
      type: 'status',
      code: 429,
      times: 2,
      retryAfter: 3,
      match: { resource: 'pods', verb: 'list' },
    });

    const first = await send(s, '/api/v1/pods?limit=1');
    expect([first.status, first.headers['retry-after'], first.headers['content-type']]).toEqual([
      429,
      '3',
      'text/plain; charset=utf-8',
    ]);
    expect((await send(s, '/api/v1/nodes?limit=1')).status).toBe(200);
    expect((await send(s, '/api/v1/pods?limit=1')).status).toBe(429);
    expect((await send(s, '/api/v1/pods?limit=1')).status).toBe(200);
  });

  test('deny: a right is missing at once, a watch that runs goes on', async () => {
    const s = session();
    const running = watch(s, list);
    await until(() => running.lines.some((l) => l.includes('initial-events-end')));
    await demo.fault(cluster.name, { type: 'deny', user: 'admin', verb: 'list', resource: 'namespaces' });

    const refused = await send(s, '/api/v1/namespaces');

    expect(JSON.parse(refused.text)).toMatchObject({
      code: 403,
      message:
        'namespaces is forbidden: User "admin" cannot list resource "namespaces" in API group "" at the cluster scope',
    });
    expect(running.ended()).toBe(false);
    demo.clear(cluster.name, 'deny');
    expect((await send(s, '/api/v1/namespaces')).status).toBe(200);
  });

  test('half-open: nothing is answered, not even a ping, and all of it comes when it ends', async () => {
    const s = session();
    expect((await send(s, '/version')).status).toBe(200);
    await demo.fault(cluster.name, { type: 'half-open' });
    let pinged = false;
    s.ping(() => (pinged = true));
    const answer = send(s, '/version');
    const tcp = connectTcp(cluster.port, '127.0.0.1');
    tcp.on('error', () => {});
    await new Promise<void>((done) => tcp.once('connect', done));
    const late = session();
    let connected = false;
    late.once('connect', () => (connected = true));
    await new Promise((done) => setTimeout(done, 300));
    expect([pinged, connected, happened(s)]).toEqual([false, false, []]);
    tcp.destroy();

    demo.clear(cluster.name, 'half-open');

    expect((await answer).status).toBe(200);
    await until(() => pinged && connected);
  });

  test('reset: every connection breaks; down: the port is closed until it is cleared', async () => {
    const s = session();
    await send(s, '/version');
    await demo.fault(cluster.name, { type: 'reset' });
    await until(() => s.destroyed);

    await demo.fault(cluster.name, { type: 'down' });
    const refused = session();
    await until(() => refused.destroyed);
    demo.clear(cluster.name, 'down');
    await vi.waitFor(async () => expect((await send(session(), '/version')).status).toBe(200), { timeout: 8000 });
  });

  test('goaway: running streams go on, new requests need a new session', async () => {
    const s = session();
    const running = watch(s, list);
    await until(() => running.lines.some((l) => l.includes('initial-events-end')));

    await demo.fault(cluster.name, { type: 'goaway' });
    await until(() => happened(s).includes('goaway'));

    expect(running.ended()).toBe(false);
    expect((await send(s, '/version')).code).toBe('ERR_HTTP2_GOAWAY_SESSION');
    expect((await send(session(), '/version')).status).toBe(200);
  });

  test('a refused token ends the session for new requests, a watch on it goes on', async () => {
    const { server, ca, users } = cluster;
    const s = noted(connect(server, { ca }));
    const token = users.ops.by === 'token' ? users.ops.token : '';
    const stream = s.request({ ':path': list, authorization: `Bearer ${token}` });
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.on('error', () => {});
    await until(() => text.includes('initial-events-end'));
    await demo.fault(cluster.name, { type: 'revoke-tokens', user: 'ops' });

    const refused = await send(s, '/api/v1/pods?limit=1', { authorization: `Bearer ${token}` });

    expect([refused.status, JSON.parse(refused.text).message]).toEqual([401, 'Unauthorized']);
    expect(refused.headers).not.toHaveProperty('x-kubernetes-pf-flowschema-uid');
    await until(() => happened(s).includes('goaway'));
    expect(stream.closed).toBe(false);
  });

  test('garbage, truncation, an in-stream error and a clean end reach the watches that match', async () => {
    const s = session();
    const pods = watch(s, '/api/v1/pods?watch=1');
    const streams = Array.from({ length: 3 }, () => watch(s, list));
    await until(() => streams.every((w) => w.lines.some((l) => l.includes('initial-events-end'))));
    const match = { resource: 'namespaces' };

    await demo.fault(cluster.name, { type: 'garbage', match });
    await until(() => streams.every((w) => w.lines.at(-1)?.includes(']]garbage') === true));
    expect(() => JSON.parse(streams[0]?.lines.at(-1) ?? '')).toThrow('JSON');
    await demo.fault(cluster.name, { type: 'truncate', match });
    await until(() => streams.every((w) => w.ended()));
    expect(pods.ended()).toBe(false);

    const other = watch(s, list);
    await until(() => other.lines.some((l) => l.includes('initial-events-end')));
    await demo.fault(cluster.name, { type: 'watch-error', code: 410, reason: 'Expired', match });
    await until(() => other.ended());
    expect(JSON.parse(other.lines.at(-1) ?? '')).toMatchObject({
      type: 'ERROR',
      object: { code: 410, reason: 'Expired' },
    });
    await demo.fault(cluster.name, { type: 'end-watches' });
    await until(() => pods.ended());
  });

  test('the gate WatchList, the watch verb and aggregated discovery can be taken away', async () => {
    const s = session();
    await demo.fault(cluster.name, { type: 'no-watchlist' });
    expect(JSON.parse((await send(s, list)).text)).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'sendInitialEvents' }] },
    });

    await demo.fault(cluster.name, { type: 'no-watch', resource: 'configmaps' });
    expect((await send(s, '/api/v1/configmaps?watch=1')).status).toBe(405);
    const resources = JSON.parse((await send(s, '/api/v1')).text).resources as { name: string; verbs: string[] }[];
    expect(resources.find((r) => r.name === 'configmaps')?.verbs).not.toContain('watch');

    await demo.fault(cluster.name, { type: 'plain-discovery' });
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    expect(JSON.parse((await send(s, '/apis', { accept })).text).kind).toBe('APIGroupList');
  });

  test('compaction makes old versions expire; bookmarks come as often as asked', async () => {
    const s = session();
    const version = JSON.parse((await send(s, '/api/v1/namespaces')).text).metadata.resourceVersion as string;
    await demo.fault(cluster.name, { type: 'bookmarks', everyMs: 40 });
    const marked = watch(s, `/api/v1/namespaces?watch=1&allowWatchBookmarks=true&resourceVersion=${version}`);
    await until(() => marked.lines.filter((l) => l.startsWith('{"type":"BOOKMARK"')).length >= 3);

    const body = JSON.stringify({ kind: 'Namespace', apiVersion: 'v1', metadata: { name: `n${version}` } });
    const post = s.request({ ':path': '/api/v1/namespaces', ':method': 'POST', 'content-type': 'application/json' });
    post.end(body);
    await new Promise((done) => post.on('response', done));
    await demo.fault(cluster.name, { type: 'compact' });
    const old = watch(s, `/api/v1/namespaces?watch=1&resourceVersion=${version}`);
    await until(() => old.ended());
    expect(JSON.parse(old.lines[0] ?? '')).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });

  test('latency and slow bytes delay what matches, a stream reset breaks it', async () => {
    const s = session();
    await demo.fault(cluster.name, { type: 'latency', ms: 400, match: { path: '/api/v1/nodes' } });
    const slow = send(s, '/api/v1/nodes?limit=1');
    const first = await Promise.race([slow.then(() => 'nodes'), send(s, '/version').then(() => 'version')]);
    expect(first).toBe('version');
    expect((await slow).status).toBe(200);
    demo.clear(cluster.name, 'latency');

    await demo.fault(cluster.name, { type: 'slow-bytes', bytesPerSecond: 20_000, match: { resource: 'nodes' } });
    const whole = await send(s, '/api/v1/nodes?limit=1');
    expect(JSON.parse(whole.text).items).toHaveLength(1);
    demo.clear(cluster.name, 'slow-bytes');

    await demo.fault(cluster.name, { type: 'reset-stream', match: { resource: 'nodes' } });
    expect((await send(s, '/api/v1/nodes')).code).toMatch(/^ERR_HTTP2_STREAM/);
    expect((await send(s, '/version')).status).toBe(200);
  });

  test('a cluster or node that does not exist is an error, not silence', async () => {
    await expect(demo.fault('nowhere', { type: 'reset' })).rejects.toThrow('the demo has no cluster nowhere');
    await expect(demo.fault(cluster.name, { type: 'node-down', node: 'x' })).rejects.toThrow('generated cluster');
  });
});

describe('the process', () => {
  const forked = (entry: URL): DemoProcess =>
    fork(entry, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] }) as unknown as DemoProcess;

  test('starts, obeys, tells its cost, and takes its files with it', async () => {
    const running = await startDemo({ only: ['edge-7'] }, forked);
    const { kubeconfigPath } = running;
    try {
      expect(running.clusters.map((c) => c.name)).toEqual(['edge-7']);
      await expect(running.fault('run-eu', { type: 'reset' })).rejects.toThrow('no cluster run-eu');
      expect((await running.usage()).cpuMs).toBeGreaterThan(0);

      const config = parse(readFileSync(kubeconfigPath, 'utf8'));
      const { exec } = config.users[0].user;
      const failed = spawnSync(exec.command, exec.args, { encoding: 'utf8' });
      expect([failed.status, failed.stdout]).toEqual([255, '']);
      expect(failed.stderr).toContain('Token has expired');
      expect(failed.stderr).toContain('aws sso login --profile edge');
      await running.fault('edge-7', { type: 'login' });
      const healed = spawnSync(exec.command, exec.args, { encoding: 'utf8' });
      const ops = running.clusters[0]?.users.ops;
      expect(JSON.parse(healed.stdout).status.token).toBe(ops?.by === 'token' ? ops.token : '');
    } finally {
      await running.stop();
    }
    expect(existsSync(kubeconfigPath)).toBe(false);
    await expect(running.usage()).rejects.toThrow('the demo has ended');
  });

  test('ends by itself when nobody is there any more', async () => {
    let child: ReturnType<typeof fork> | undefined;
    const running = await startDemo({ clusters: 1, podsPerCluster: 5 }, (entry) => {
      child = fork(entry, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
      return child as unknown as DemoProcess;
    });

    child?.disconnect();

    await until(() => child?.exitCode === 0);
    expect(existsSync(running.kubeconfigPath)).toBe(false);
  });
});
