// What a session does when servers answer, refuse, freeze, die or go away.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { ApiError } from '../../src/kube/api-error.ts';
import type { SessionResponse } from '../../src/kube/session/contract.ts';
import { manualClock } from '../support/manual-clock.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import { newConnectGate } from '../../src/kube/session/deps.ts';
import { contextOf, openTestSession, until } from '../support/test-session.ts';
import { createWriteGate } from '../../src/kube/session/write-gate.ts';
import { lockedGate } from '../support/write-gates.ts';

const failure = async (promise: Promise<unknown>): Promise<ApiError> => {
  try {
    await promise;
  } catch (error) {
    return error as ApiError;
  }
  throw new Error('it did not fail');
};

const read = async (response: SessionResponse): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const chunk of response.body) parts.push(chunk);
  return Buffer.concat(parts).toString();
};

/** Time for what is under way between sockets of this machine. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

const types = (events: readonly { type: string }[]): string[] => [...new Set(events.map((e) => e.type))];

for (const protocol of ['h2', 'http/1.1'] as const) {
  test(`${protocol}: many calls over one TLS connection, with our headers`, async () => {
    await using server = await startScriptedServer({ protocol });
    server.on('/api', (r) => r.reply(200, { agent: r.headers['user-agent'], auth: r.headers['authorization'] }));
    using t = openTestSession(server);

    const first = await t.session.json({ path: '/api/v1' });
    for (let i = 0; i < 5; i++) await t.session.json({ path: '/api/v1' });

    expect(first).toEqual({ agent: 'flagbridge/test', auth: 'Bearer good' });
    expect(server.connections.made).toBe(1);
    expect(t.events).toContainEqual({ type: 'connected', protocol });
    expect(t.fallbacks).toEqual(protocol === 'h2' ? [] : ['http1']);
  });

  test(`${protocol}: a killed server is noticed at once, open watches break, and it is found again by itself`, async () => {
    await using server = await startScriptedServer({ protocol });
    server.on('/api', (r) => (r.query.has('watch') ? r.stream().write('x') : r.reply(200, {})));
    using t = openTestSession(server);
    const response = await t.session.request({ path: '/api/v1/pods?watch=1', timeoutMs: 0 });
    const reading = failure(read(response));
    await until('the watch', () => server.streams.length === 1);

    await server.kill();

    const error = await reading;
    expect(error.kind).toBe('unreachable');
    await until('lost', () => t.events.some((e) => e.type === 'lost'));
    expect((await failure(t.session.json({ path: '/api/v1', timeoutMs: 2_000 }))).message).toMatch(
      /refuses connections/,
    );
    await server.restart();
    await until('connected again', () => t.events.filter((e) => e.type === 'connected').length === 2);
  });

  test(`${protocol}: a body that ends early is an error, a whole one is not`, async () => {
    await using server = await startScriptedServer({ protocol });
    server.on('/whole', (r) => {
      const stream = r.stream();
      stream.write('all');
      stream.end();
    });
    server.on('/cut', (r) => {
      const stream = r.stream();
      stream.write('part');
      setTimeout(() => stream.cut(), 20);
    });
    using t = openTestSession(server);

    expect(await read(await t.session.request({ path: '/whole' }))).toBe('all');
    expect((await failure(t.session.request({ path: '/cut' }).then(read))).kind).toBe('unreachable');
  });
}

test('a frozen server is told as silent, and when it wakes its streams go on without loss', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => r.stream().write('one\n'));
  using t = openTestSession(server, {
    timings: { pingAfterMs: 50, pingAckMs: 50, firstConnectMs: 200, connectMs: 200 },
  });
  const response = await t.session.request({ path: '/api/v1/pods?watch=1', timeoutMs: 0 });
  const body = response.body[Symbol.asyncIterator]();
  expect((await body.next()).value?.toString()).toBe('one\n');

  server.freeze();
  await until('silent', () => t.events.some((e) => e.type === 'silent'));
  const heard = t.events.length;
  server.thaw();
  await until('heard again', () => t.events.slice(heard).some((e) => e.type === 'heard'));
  server.streams[0]?.write('two\n');

  const second = await body.next().catch((error: ApiError) => error);
  // Whichever came first, the answer to the ping or a new connection that works: nothing may hang.
  if ('value' in second) expect(second.value?.toString()).toBe('two\n');
  else expect(second.kind).toBe('unreachable');
});

test('a half-open connection is replaced as soon as a new one works', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => (r.query.has('watch') ? r.stream().write('one\n') : r.reply(200, { fine: true })));
  using t = openTestSession(server, { timings: { pingAfterMs: 50, pingAckMs: 50 } });
  const response = await t.session.request({ path: '/api/v1/pods?watch=1', timeoutMs: 0 });
  const reading = failure(read(response));
  await until('the watch', () => server.streams.length === 1);

  server.freeze();
  // Only what is there is frozen: who connects now is served.
  server.dropFrozen();

  expect((await reading).message).toMatch(/stopped answering/);
  expect(await t.session.json({ path: '/api/v1' })).toEqual({ fine: true });
});

const hour = 3_600_000;
/** A machine looks this often whether it slept. */
const lookMs = 5_000;

test('after sleep a connection that still lives is asked at once, and goes on', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => r.stream().write('one\n'));
  const clock = manualClock();
  using t = openTestSession(server, { deps: { clock } });
  const body = (await t.session.request({ path: '/api/v1/pods?watch=1', timeoutMs: 0 })).body[Symbol.asyncIterator]();
  await body.next();
  const pings = (): number => t.events.filter((e) => e.type === 'heard' && e.roundTripMs !== undefined).length;
  await until('the first ping', () => pings() === 1);

  clock.sleep(hour);
  clock.advance(lookMs);

  await until('another ping', () => pings() === 2);
  server.streams[0]?.write('two\n');
  expect((await body.next()).value?.toString()).toBe('two\n');
  expect(types(t.events)).not.toContain('silent');
  expect(server.connections.made).toBe(1);
});

test('after sleep a connection that is half-open is told 15 s later, and replaced', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => (r.query.has('watch') ? r.stream().write('one\n') : r.reply(200, { fine: true })));
  const clock = manualClock();
  using t = openTestSession(server, { deps: { clock } });
  const reading = failure(read(await t.session.request({ path: '/api/v1/pods?watch=1', timeoutMs: 0 })));
  await until('the watch', () => server.streams.length === 1);
  await until('the first ping', () => t.events.some((e) => e.type === 'heard' && e.roundTripMs !== undefined));
  server.freeze();
  server.dropFrozen();

  clock.sleep(hour);
  clock.advance(lookMs);
  expect(types(t.events)).not.toContain('silent');
  clock.advance(10_000);

  expect(types(t.events)).toContain('silent');
  expect((await reading).message).toMatch(/stopped answering/);
  expect(await t.session.json({ path: '/api/v1' })).toEqual({ fine: true });
});

test('429: half as many requests a second for a minute, then as before', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => (r.nth === 1 ? r.reply(429, 'too many requests') : r.reply(200, {})));
  const clock = manualClock();
  const timings = { requestsPerSecond: 10, requestBurst: 1 };
  using t = openTestSession(server, { deps: { clock }, timings });
  const ask = (times: number): void => {
    for (let i = 0; i < times; i++) t.session.json({ path: '/api/v1' }).catch(() => undefined);
  };
  /** Those that left at once, and in the second after it. */
  const leftIn = async (expected: number): Promise<number> => {
    const before = server.requests.length;
    // What is asked finds its connection first.
    await settled();
    clock.advance(1_000);
    await until('the requests', () => server.requests.length >= before + expected);
    await settled();
    return server.requests.length - before;
  };
  expect((await failure(t.session.json({ path: '/api/v1' }))).code).toBe(429);

  ask(10);
  expect(await leftIn(5)).toBe(5);
  expect(await leftIn(5)).toBe(5);
  clock.advance(60_000);
  // The token that was saved up goes first.
  ask(20);
  expect(await leftIn(11)).toBe(11);
});

test('HTTP/1.1 has no ping: silence is found by a small request', async () => {
  await using server = await startScriptedServer({ protocol: 'http/1.1' });
  server.on('/version', (r) => r.reply(200, {}));
  server.on('/api', (r) => r.stream().write('one\n'));
  using t = openTestSession(server, { timings: { probeAfterMs: 50, pingAckMs: 50 } });
  await t.session.request({ path: '/api/v1/pods?watch=1', timeoutMs: 0 });
  await until('a probe', () => server.requests.includes('GET /version'));
  expect(types(t.events)).not.toContain('silent');

  server.freeze();

  await until('silent', () => t.events.some((e) => e.type === 'silent'));
});

test('GOAWAY: what is open goes on, new requests get a new connection', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => (r.query.has('watch') ? r.stream().write('one\n') : r.reply(200, {})));
  using t = openTestSession(server);
  const body = (await t.session.request({ path: '/api/v1/pods?watch=1', timeoutMs: 0 })).body[Symbol.asyncIterator]();
  await body.next();

  server.goaway();
  await t.session.json({ path: '/api/v1' });
  await until('a second connection', () => server.connections.made === 2);
  server.streams[0]?.write('two\n');

  expect((await body.next()).value?.toString()).toBe('two\n');
  expect(types(t.events)).not.toContain('lost');
});

test('401: credentials are renewed once for all who met it, on a new connection', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => {
    if (r.headers['authorization'] === 'Bearer good') return r.reply(200, { fine: true });
    r.reply(401, { kind: 'Status', status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 });
    r.session?.goaway(0);
  });
  using t = openTestSession(server);
  t.token = 'old';
  t.renewed = 'good';

  const all = await Promise.all([1, 2, 3, 4, 5].map(() => t.session.json({ path: '/api/v1' })));

  expect(all).toHaveLength(5);
  expect(t.calls.rejected).toBe(1);
  expect(types(t.events)).not.toContain('credentials');
});

test('a login that stays refused is told, not repeated, and heals on request', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) =>
    r.headers['authorization'] === 'Bearer good'
      ? r.reply(200, {})
      : r.reply(401, {
          kind: 'Status',
          status: 'Failure',
          message: 'token expired',
          reason: 'Unauthorized',
          code: 401,
        }),
  );
  using t = openTestSession(server);
  t.token = 'old';

  const error = await failure(t.session.json({ path: '/api/v1' }));
  expect(error.kind).toBe('login');
  expect(error.message).toMatch(/token expired/);
  const asked = server.requests.length;
  expect((await failure(t.session.json({ path: '/api/v1' }))).kind).toBe('login');
  expect(server.requests.length).toBe(asked);

  t.token = 'good';
  t.session.retryNow();
  await t.session.json({ path: '/api/v1' });
  expect(
    t.events.filter((e) => e.type === 'credentials').map((e) => e.type === 'credentials' && e.error?.kind),
  ).toEqual(['login', undefined]);
});

test('beyond 80 % of the stream limit a second connection is opened, and closed when it idles', async () => {
  await using server = await startScriptedServer({ maxConcurrentStreams: 10 });
  server.on('/api', (r) => void r.stream());
  using t = openTestSession(server, { timings: { idleMs: 50 } });
  const stop = new AbortController();
  const watches = Array.from({ length: 12 }, () =>
    t.session.request({ path: '/api/v1/pods?watch=1', timeoutMs: 0, signal: stop.signal }),
  );
  await Promise.all(watches);
  expect(server.connections.open).toBe(2);

  stop.abort();

  await until('one connection', () => server.connections.open === 1);
});

test('the bulk lane has a connection of its own that goes when nobody uses it', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => r.reply(200, {}));
  using t = openTestSession(server, { timings: { idleMs: 50 } });
  await t.session.json({ path: '/api/v1' });
  await t.session.json({ path: '/api/v1', lane: 'bulk' });
  expect(server.connections.made).toBe(2);

  await until('one connection', () => server.connections.open === 1);
});

test('a mute server fails the first connect after its time, and is tried again', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => r.reply(200, {}));
  server.mute(true);
  using t = openTestSession(server, { timings: { firstConnectMs: 100, connectMs: 200 }, deps: { random: () => 0 } });

  const error = await failure(t.session.json({ path: '/api/v1' }));
  expect(error.kind).toBe('unreachable');
  expect(error.message).toMatch(/does not finish the TLS handshake/);
  server.mute(false);

  await until('connected', () => t.events.some((e) => e.type === 'connected'));
});

test('an untrusted certificate is told in words and not tried again within a minute', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server, { deps: { tls: async () => ({ ca: [], rejectUnauthorized: true }) } });

  const error = await failure(t.session.json({ path: '/api/v1' }));

  expect(error.kind).toBe('tls');
  expect(error.message).toMatch(/self-signed|not trusted/);
  const lost = t.events.find((e) => e.type === 'lost');
  expect(lost?.type === 'lost' && (lost.retryInMs ?? 0) >= 60_000).toBe(true);
});

test('reads wait as Retry-After says and are repeated; writes are not', async () => {
  await using server = await startScriptedServer();
  server.on('/busy', (r) =>
    r.nth === 1
      ? r.reply(429, 'Too many requests, please try again later.\n', { 'retry-after': '0' })
      : r.reply(200, {}),
  );
  server.on('/write', (r) => r.reply(429, 'Too many requests, please try again later.\n', { 'retry-after': '0' }));
  using t = openTestSession(server);

  expect(await t.session.json({ path: '/busy' })).toEqual({});
  const error = await failure(t.session.json({ method: 'POST', path: '/write', body: '{}' }));
  expect(error.code).toBe(429);
  expect(error.message).toBe('Too many requests, please try again later.');
  expect(server.requests.filter((r) => r === 'POST /write')).toHaveLength(1);
});

test('while writes are locked only reads and reviews leave', async () => {
  await using server = await startScriptedServer();
  server.on('/', (r) => r.reply(200, { method: r.method }));
  using t = openTestSession(server, {
    deps: { gate: lockedGate('writes are locked (press L)') },
  });
  const review = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

  expect(await t.session.json({ method: 'POST', path: review, body: '{}' })).toEqual({ method: 'POST' });
  expect(await t.session.json({ path: '/api/v1/pods' })).toEqual({ method: 'GET' });
  for (const [method, path] of [
    ['DELETE', '/api/v1/namespaces/a/pods/b'],
    ['PATCH', '/api/v1/namespaces/a/pods/b'],
    ['PUT', '/api/v1/namespaces/a/pods/b'],
    ['POST', '/api/v1/namespaces/a/pods'],
    ['POST', '/apis/authorization.k8s.io/../../api/v1/namespaces/a/pods'],
    ['POST', `${review}/../../../../../api/v1/namespaces`],
    ['POST', '/api/v1/namespaces/a/serviceaccounts/b/token'],
    ['GET', '/api/v1/namespaces/a/pods/b/exec?command=sh'],
  ] as const) {
    const error = await failure(t.session.json({ method, path, ...(method !== 'GET' && { body: '{}' }) }));
    expect([path, error.kind]).toEqual([path, path.includes('..') ? 'protocol' : 'locked']);
  }
  expect(server.requests).toHaveLength(2);
});

test('a write that waits for a new login does not leave when somebody has locked meanwhile', async () => {
  await using server = await startScriptedServer();
  let lock: string | null = null;
  server.on('/write', (r) => {
    lock = 'writes are locked';
    r.reply(401, { kind: 'Status', status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 });
  });
  const gate = createWriteGate(() => lock);
  using t = openTestSession(server, { deps: { gate } });
  t.token = 'old';
  t.renewed = 'good';
  const write = { method: 'PATCH', path: '/write', body: '{}' } as const;

  const permit = gate.permit(t.session.context.rawName, write);
  const error = await failure(t.session.json({ ...write, permit }));
  expect([error.kind, error.message]).toEqual(['locked', 'PATCH /write was not sent: writes are locked']);
  expect(server.requests).toEqual(['PATCH /write']);
});

test('redirects are not followed, web pages are not taken for an API', async () => {
  await using server = await startScriptedServer();
  server.on('/moved', (r) => r.reply(302, '', { location: 'https://sso.example.com/login' }));
  server.on('/html', (r) => r.reply(200, '<html><title>Sign in</title></html>', { 'content-type': 'text/html' }));
  using t = openTestSession(server);

  expect((await failure(t.session.json({ path: '/moved' }))).message).toMatch(/redirected to https:\/\/sso/);
  const error = await failure(t.session.json({ path: '/html' }));
  expect([error.kind, error.message]).toEqual(['protocol', expect.stringMatching(/text\/html instead of JSON/)]);
});

test('a compressed body is unpacked, a damaged one is an error', async () => {
  await using server = await startScriptedServer();
  const packed = gzipSync(Buffer.from(JSON.stringify({ big: 'x'.repeat(200_000) })));
  const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
  server.on('/good', (r) => r.reply(200, packed, headers));
  server.on('/bad', (r) => r.reply(200, packed.subarray(0, 100), headers));
  using t = openTestSession(server);

  expect(((await t.session.json({ path: '/good' })) as { big: string }).big).toHaveLength(200_000);
  expect((await failure(t.session.json({ path: '/bad' }))).kind).toBe('protocol');
});

test('time limits and signals end a request at any stage, with words', async () => {
  await using server = await startScriptedServer();
  server.on('/never', () => undefined);
  server.on('/slow', (r) => void r.stream().write('{'));
  using t = openTestSession(server);

  const late = await failure(t.session.json({ path: '/never', timeoutMs: 50 }));
  expect([late.kind, late.message]).toEqual([
    'aborted',
    expect.stringMatching(/did not answer GET \/never within 0.05 s/),
  ]);
  expect((await failure(t.session.json({ path: '/slow', timeoutMs: 50 }))).kind).toBe('aborted');
  const stop = new AbortController();
  const stopped = failure(t.session.json({ path: '/never', signal: stop.signal }));
  stop.abort();
  expect((await stopped).kind).toBe('aborted');
});

test('a plain server on loopback is served without credentials', async () => {
  await using server = await startScriptedServer({ protocol: 'http/1.1', tls: false });
  server.on('/', (r) => r.reply(200, { auth: r.headers['authorization'] ?? null }));
  using t = openTestSession(server);

  expect(await t.session.json({ path: '/api' })).toEqual({ auth: null });
});

test('reconnecting resumes the TLS session, a base path is kept', async () => {
  await using server = await startScriptedServer();
  server.on('/k8s/clusters/c-1/api', (r) => r.reply(200, {}));
  using t = openTestSession(server, { context: { server: `${server.url}/k8s/clusters/c-1/` } });
  await t.session.json({ path: '/api' });
  server.goaway();
  await until('a second connection', () => {
    t.session.json({ path: '/api' }).catch(() => undefined);
    return server.connections.made >= 2;
  });
  await t.session.json({ path: '/api' });

  expect(server.connections.resumed).toBeGreaterThan(0);
});

test('closing leaves no socket and no timer behind, and ends what is open', async () => {
  await using server = await startScriptedServer();
  server.on('/api', (r) => void r.stream().write('x'));
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const t = openTestSession(server);
  const reading = failure(t.session.request({ path: '/api/v1/pods?watch=1', timeoutMs: 0 }).then(read));
  const bulk = failure(t.session.request({ path: '/api/v1/log', timeoutMs: 0, lane: 'bulk' }).then(read));
  await until('both streams', () => server.streams.length === 2);

  t.session.close();

  expect([(await reading).kind, (await bulk).kind]).toEqual(['aborted', 'aborted']);
  await until('no connection', () => server.connections.open === 0);
  expect((await failure(t.session.json({ path: '/api' }))).kind).toBe('aborted');
  const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  expect(after).toBeLessThanOrEqual(before);
});

test('a server that is no URL is a failure of its own requests, with the context named', async () => {
  const t = openTestSession({ url: 'ftp://x', ca: Buffer.from('') });
  expect(await failure(t.session.json({ path: '/api' }))).toMatchObject({
    kind: 'unreachable',
    message: expect.stringMatching(/context test/),
  });
  expect(contextOf('x').name).toBe('test');
});

test('a clock that differs from the server’s is told once, and again when it is set', async () => {
  await using server = await startScriptedServer();
  let ahead = 90_000;
  server.on('/api', (r) => r.reply(200, {}, { date: new Date(Date.now() - ahead).toUTCString() }));
  using t = openTestSession(server);
  const told = () => t.events.flatMap((e) => (e.type === 'skew' ? [e.ms] : []));

  for (let i = 0; i < 12; i++) await t.session.json({ path: '/api' });
  expect(Math.abs((told()[0] ?? 0) - 90_000)).toBeLessThanOrEqual(1_000);
  ahead = -3_600_000;
  for (let i = 0; i < 12; i++) await t.session.json({ path: '/api' });
  expect(Math.abs((told().at(-1) ?? 0) + 3_600_000)).toBeLessThanOrEqual(1_000);
});

test('servers that do not answer hold up nobody, however many there are', async () => {
  await using silent = await startScriptedServer();
  await using server = await startScriptedServer();
  silent.mute(true);
  server.on('/api', (r) => r.reply(200, {}));
  const connects = newConnectGate();
  const order: string[] = [];
  using stack = new DisposableStack();
  for (let i = 0; i < 40; i++) {
    const { session } = stack.use(openTestSession(silent, { deps: { connects } }));
    void failure(session.json({ path: '/api', timeoutMs: 20_000 })).then(() => order.push('silent'));
  }
  const { session } = stack.use(openTestSession(server, { deps: { connects } }));

  await session.json({ path: '/api' });
  order.push('answered');

  expect(order).toEqual(['answered']);
});
