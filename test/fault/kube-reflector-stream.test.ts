// Watches over bad lines: garbage, cut and slow streams, far servers, and how a reflector shares a server with others.
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { manualClock } from '../support/manual-clock.ts';
import { type Scripted, startScriptedServer } from '../support/scripted-server.ts';
import {
  bookmark,
  firstSet,
  pod,
  podList,
  podServer,
  quick,
  startReflector,
  statusBody,
  type TestReflector,
} from '../support/test-reflector.ts';
import { openTestSession, until } from '../support/test-session.ts';

/** Time for what is under way between sockets of this machine. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

for (const [name, garbage] of [
  ['a truncated object', '{"type":"MODIFIED","object":{"metadata":{"name":"a"'],
  ['two objects on one line', `${JSON.stringify({ type: 'MODIFIED', object: pod('a', 50) }).repeat(2)}\n`],
  ['words', 'upstream connect error\n'],
  ['an event without an object', '{"kind":"Pod"}\n'],
] as const) {
  test(`${name} in a watch: what came before counts, then everything is asked for once`, async () => {
    await using server = await podServer({ 'first-set': (r, n) => void firstSet(r, n * 100, ['a', 'b']) });
    using t = openTestSession(server);
    using w = startReflector(t.session);
    await until('synced', () => w.story().endsWith('synced'));
    server.streams[0]!.event('DELETED', pod('b', 101));
    server.streams[0]!.write(garbage);
    server.streams[0]!.end();
    await until('a second set', () => w.rows().includes('a@200'));

    expect(w.rows()).toEqual(['a@200', 'b@200']);
    expect(w.events.some((e) => e.type === 'delete')).toBe(true);
    expect(server.asked.map((a) => a.kind)).toEqual(['first-set', 'first-set']);
  });
}

test('objects of 2 MiB and UTF-8 that is cut between chunks arrive whole', async () => {
  const text = '日本語😀'.repeat(170_000);
  await using server = await podServer({
    'first-set': (r) => {
      const line = Buffer.from(
        `${JSON.stringify({ type: 'ADDED', object: pod('big', 10, { spec: { nodeName: text } }) })}\n${JSON.stringify({ type: 'BOOKMARK', object: bookmark(10, true) })}\n`,
      );
      const stream = r.stream();
      for (let at = 0; at < line.length; at += 7_777) stream.write(line.subarray(at, at + 7_777));
    },
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  const event = await until('the object', () => w.events.find((e) => e.type === 'upsert'));

  expect(event.type === 'upsert' && (event.object['spec'] as { nodeName: string }).nodeName === text).toBe(true);
});

test('unusual but valid lines are understood, and counted', async () => {
  await using server = await podServer({
    'first-set': (r) => {
      const stream = r.stream();
      stream.write(`{"object":${JSON.stringify(pod('a', 10))},"type":"ADDED"}\n\n`);
      stream.write(`{ "type": "ADDED", "object": ${JSON.stringify(pod('b', 10))} }\n`);
      stream.event('FUTURE', {});
      stream.event('BOOKMARK', bookmark(10, true));
    },
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));

  expect(w.rows()).toEqual(['a@10', 'b@10']);
  expect(w.fallbacks).toEqual(['decoder', 'decoder']);
});

test('far away: a packed list instead of a stream', async () => {
  let packed = '';
  await using server = await podServer({
    list: (r) => {
      packed = String(r.headers['accept-encoding']);
      const body = gzipSync(JSON.stringify(podList(10, ['a', 'b'])));
      expect(gunzipSync(body).length).toBeGreaterThan(0);
      r.reply(200, body, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    },
    watch: (r) => void r.stream(),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { slow: () => true });
  await until('synced', () => w.story().endsWith('synced'));

  expect(packed).toBe('gzip');
  expect(w.rows()).toEqual(['a@10', 'b@10']);
  expect(w.fallbacks).toEqual([]);
});

test('a first set that crawls is asked for as a packed list, rows so far stay', async () => {
  await using server = await podServer({
    'first-set': (r) => {
      const stream = r.stream();
      let n = 0;
      const timer = setInterval(
        () => (stream.isClosed ? clearInterval(timer) : stream.event('ADDED', pod(`p${n++}`, 10))),
        10,
      );
    },
    list: (r) => r.reply(200, podList(20, ['a'])),
    watch: (r) => void r.stream(),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, crawlAfterMs: 100, crawlBytesPerSecond: 1e9 } });
  await until('rows', () => w.rows().length > 1);
  await until('synced', () => w.story().endsWith('synced'));

  expect(w.rows()).toEqual(['a@20']);
  expect(w.fallbacks).toEqual(['watchlist']);
});

test('a first set that is slow because this thread is busy goes on as a stream', async () => {
  const names = Array.from({ length: 200 }, (_, n) => `p${n}`);
  await using server = await podServer({
    'first-set': (r) => {
      const stream = r.stream();
      // As an engine that reads a hundred clusters: hardly a moment is left.
      const timer = setInterval(() => {
        for (const end = performance.now() + 9; performance.now() < end; );
        const name = names.shift();
        if (name !== undefined) return stream.event('ADDED', pod(name, 10));
        clearInterval(timer);
        stream.event('BOOKMARK', bookmark(10, true));
      }, 1);
    },
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, {
    times: { ...quick, stallMs: 5_000, crawlAfterMs: 100, crawlBytesPerSecond: 1e9 },
  });
  await until('synced', () => w.story().endsWith('synced'));

  expect(server.asked.map((a) => a.kind)).toEqual(['first-set']);
  expect(w.fallbacks).toEqual([]);
});

test('a list that stops in the middle is given up and asked for again', async () => {
  await using server = await podServer({
    list: (r, n) => (n === 1 ? void r.stream().write('{"kind":"PodList","items":[') : r.reply(200, podList(20, ['a']))),
    watch: (r) => void r.stream(),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { slow: () => true, times: { ...quick, listStallMs: 60 } });
  await until('synced', () => w.story().endsWith('synced'));
  expect(w.rows()).toEqual(['a@20']);
});

test('a watch that the server does not end is ended by us, and resumed', async () => {
  await using server = await podServer({
    'first-set': (r) => void firstSet(r, 10, ['a']),
    watch: (r) => void r.stream().event('MODIFIED', pod('a', 11)),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, watchSeconds: [1, 1], graceMs: 50 } });
  await until('the change', () => w.rows()[0] === 'a@11');
  expect(w.events.some((e) => e.type === 'interrupted')).toBe(false);
});

test('a watch that ends as soon as it begins is not hammered', async () => {
  await using server = await podServer({
    'first-set': (r) => void firstSet(r, 10, ['a']),
    watch: (r) => r.stream().end(),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, shortMs: 1_000 } });
  await until('synced', () => w.story().endsWith('synced'));
  server.streams[0]!.end();
  await until('two pauses', () => w.events.filter((e) => e.type === 'interrupted').length >= 2);

  expect(server.asked.filter((a) => a.kind === 'watch').length).toBeLessThanOrEqual(3);
});

test('a refused login: rows stay, and all goes on when somebody has logged in', async () => {
  await using server = await podServer({
    'first-set': (r) => {
      if (r.headers['authorization'] === 'Bearer good') return void firstSet(r, 10, ['a']);
      r.reply(401, statusBody(401, 'Unauthorized', 'Unauthorized'));
    },
  });
  using t = openTestSession(server);
  t.token = 'old';
  using w = startReflector(t.session, { times: { ...quick, loginMs: 60_000 } });
  const told = await until('interrupted', () => w.events.find((e) => e.type === 'interrupted'));
  expect(told.type === 'interrupted' && told.error.kind).toBe('login');

  t.token = 'good';
  t.session.retryNow();
  w.reflector.retryNow();
  await until('synced', () => w.story().endsWith('synced'));
});

test('at most four first sets at a time', async () => {
  let most = 0;
  let open = 0;
  await using server = await podServer({
    'first-set': (r) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        firstSet(r, 10, ['a']);
      }, 30);
    },
  });
  using t = openTestSession(server);
  using stack = new DisposableStack();
  const all = Array.from({ length: 12 }, () => stack.use(startReflector(t.session)));
  await until('all synced', () => all.every((w) => w.story().endsWith('synced')));

  expect(most).toBe(4);
});

test('429: two first sets at a time for a minute, then four again', async () => {
  const open: Scripted[] = [];
  await using server = await podServer({
    'first-set': (r, n) => (n === 1 ? r.reply(429, 'too many requests', { 'retry-after': '3600' }) : void open.push(r)),
  });
  const clock = manualClock();
  using t = openTestSession(server);
  using stack = new DisposableStack();
  // They take as long as they take: this is about their number.
  const times = { ...quick, stallMs: 1e9, crawlAfterMs: 1e9 };
  const start = (): TestReflector => stack.use(startReflector(t.session, { clock, times }));
  const refused = start();
  await until('the pause', () => refused.story().endsWith('interrupted'));

  const all = Array.from({ length: 8 }, start);
  await until('two of them', () => open.length === 2);
  firstSet(open[0]!, 10, ['a']);
  await until('one whole', () => all.some((w) => w.story().endsWith('synced')));
  await until('one more', () => open.length === 3);
  clock.advance(59_000);
  await settled();
  expect(open).toHaveLength(3);
  clock.advance(2_000);
  await until('four at a time', () => open.length === 5);
  await settled();
  expect(open).toHaveLength(5);
});

test('HTTP/1.1: more watches than connections take turns, and none misses a change', async () => {
  await using server = await startScriptedServer({ protocol: 'http/1.1' });
  let version = 10;
  server.on('/api/v1/pods', (r) => {
    const names = ['a'];
    if (r.query.has('sendInitialEvents')) {
      const stream = firstSet(r, version, names);
      return void setTimeout(() => stream.end(), Number(r.query.get('timeoutSeconds')) * 20);
    }
    const stream = r.stream();
    if (Number(r.query.get('resourceVersion')) < version) stream.event('MODIFIED', pod('a', version));
    setTimeout(() => stream.end(), Number(r.query.get('timeoutSeconds')) * 20);
  });
  using t = openTestSession(server);
  using stack = new DisposableStack();
  const all = Array.from({ length: 9 }, () => stack.use(startReflector(t.session)));
  await until('all synced', () => all.every((w) => w.story().includes('synced')));
  version = 11;
  await until('the change everywhere', () => all.every((w) => w.rows()[0] === 'a@11'));

  expect(server.connections.open).toBeLessThanOrEqual(8);
});

test('stopping leaves nothing open', async () => {
  await using server = await podServer({ 'first-set': (r) => void firstSet(r, 10, ['a']) });
  using t = openTestSession(server);
  const w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));
  w[Symbol.dispose]();
  await until('the stream is closed', () => server.streams[0]!.isClosed);
  await until('stopped', () => w.reflector.state === 'stopped');
});
