// The failure table: every answer with which a list or a watch goes wrong, and what the rows do meanwhile.

import { expect, test } from 'vitest';
import { reflectorSteps } from '../../src/kube/backoff.ts';
import { manualClock } from '../support/manual-clock.ts';
import type { Scripted } from '../support/scripted-server.ts';
import {
  bookmark,
  firstSet,
  pod,
  podList,
  podServer,
  quick,
  startReflector,
  statusBody,
} from '../support/test-reflector.ts';
import { openTestSession, until } from '../support/test-session.ts';

test('a first set streams, changes follow, bytes are batched by chunk', async () => {
  await using server = await podServer({ 'first-set': (r) => void firstSet(r, 10, ['a', 'b', 'c']) });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));

  server.streams[0]!.event('MODIFIED', pod('a', 11));
  server.streams[0]!.event('DELETED', pod('b', 12));
  await until('the delete', () => w.story().endsWith('delete'));

  expect(w.rows()).toEqual(['a@11', 'c@10']);
  expect(w.story()).toBe('sync-started upsert synced upsert delete');
  expect(w.reflector.state).toBe('live');
  expect(w.fallbacks).toEqual([]);
  const { query } = server.asked[0]!;
  expect(Object.fromEntries(query)).toMatchObject({
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
    allowWatchBookmarks: 'true',
  });
  expect(Number(query.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
});

test('only what is picked is read, with what names the object', async () => {
  await using server = await podServer({ 'first-set': (r) => void firstSet(r, 10, ['a']) });
  using t = openTestSession(server);
  using w = startReflector(t.session, { pick: { status: { phase: 1 } } });
  const event = await until('an upsert', () => w.events.find((e) => e.type === 'upsert'));

  expect(event.type === 'upsert' && event.object).toEqual({
    metadata: { name: 'a', namespace: 'a', uid: 'uid-a', resourceVersion: '10' },
    status: { phase: 'Running' },
  });
});

test('a watch that ends in good order is resumed from the last bookmark, without a word', async () => {
  await using server = await podServer({
    'first-set': (r) => void firstSet(r, 10, ['a']),
    watch: (r) => void r.stream().event('MODIFIED', pod('a', 31)),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));
  server.streams[0]!.event('BOOKMARK', bookmark(30));
  server.streams[0]!.end();
  await until('the change', () => w.rows()[0] === 'a@31');

  expect(server.asked[1]!.query.get('resourceVersion')).toBe('30');
  expect(server.asked[1]!.query.has('resourceVersionMatch')).toBe(false);
  expect(server.asked[1]!.query.has('sendInitialEvents')).toBe(false);
  expect(w.story()).toBe('sync-started upsert synced upsert');
});

test('cut off in the middle: interrupted, resumed from the last version, rows stay', async () => {
  await using server = await podServer({
    'first-set': (r) => void firstSet(r, 10, ['a', 'b']),
    watch: (r) => void r.stream().event('DELETED', pod('b', 12)),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));
  server.streams[0]!.event('MODIFIED', pod('a', 11));
  await until('the change', () => w.rows().includes('a@11'));

  server.streams[0]!.cut();
  await until('interrupted', () => w.story().endsWith('interrupted'));
  expect(w.rows()).toEqual(['a@11', 'b@10']);
  await until('the delete', () => w.rows().length === 1);

  expect(server.asked[1]!.query.get('resourceVersion')).toBe('11');
  expect(w.story()).toBe('sync-started upsert synced upsert interrupted resumed delete');
});

test('cut off in the first set: begun anew, nothing is taken for complete', async () => {
  await using server = await podServer({
    'first-set': (r, n) => {
      if (n > 1) return void firstSet(r, 20, ['b']);
      const stream = r.stream();
      stream.event('ADDED', pod('a', 10));
      setTimeout(() => stream.cut(), 20);
    },
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));

  expect(w.story()).toBe('sync-started upsert interrupted sync-started upsert synced');
  expect(w.rows()).toEqual(['b@20']);
});

test('killed and started again: a resumed watch from before is 410, one new set follows, rows never vanish', async () => {
  await using server = await podServer({
    'first-set': (r, n) => void firstSet(r, n * 100, n === 1 ? ['a', 'b'] : ['a']),
    watch: (r) => {
      const stream = r.stream();
      stream.event('ERROR', statusBody(410, 'Expired', 'too old resource version: 100 (190)'));
      stream.end();
    },
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));
  let least = 2;
  const watchRows = setInterval(() => {
    least = Math.min(least, w.rows().length);
  }, 1);

  await server.kill();
  await until('interrupted', () => w.story().endsWith('interrupted'));
  await server.restart();
  await until('synced again', () => w.events.filter((e) => e.type === 'synced').length === 2);
  clearInterval(watchRows);

  expect(w.rows()).toEqual(['a@200']);
  expect(least).toBeGreaterThan(0);
  expect(server.asked.map((a) => a.kind)).toEqual(['first-set', 'watch', 'first-set']);
});

test('410 for ever: one new set at once, then pauses', async () => {
  await using server = await podServer({
    list: (r) => r.reply(200, podList(10, ['a'])),
    'first-set': (r) => r.reply(422, statusBody(422, 'Invalid', 'sendInitialEvents is forbidden')),
    watch: (r) => {
      const stream = r.stream();
      stream.event('ERROR', statusBody(410, 'Expired', 'too old resource version'));
      stream.end();
    },
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, relistMs: 100_000 } });
  await until('interrupted', () => w.story().endsWith('interrupted'));

  expect(server.asked.filter((a) => a.kind === 'list')).toHaveLength(2);
  const last = w.events.at(-1)!;
  expect(last.type === 'interrupted' && last.retryInMs).toBe(100_000);
  expect(w.rows()).toEqual(['a@10']);
});

test('restarted twice in a row: each expired version is followed by a new set at once', async () => {
  await using server = await podServer({
    'first-set': (r, n) => void firstSet(r, n * 100, ['a']),
    watch: (r) => void r.stream().event('ERROR', statusBody(410, 'Expired', 'too old resource version')),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, livedMs: 30, relistMs: 60_000 } });
  for (const set of [1, 2]) {
    await until('the set', () => w.rows()[0] === `a@${set * 100}`);
    await new Promise((resolve) => setTimeout(resolve, 60));
    server.streams.at(-1)!.cut();
  }
  await until('the third set', () => w.rows()[0] === 'a@300');
});

test('a server without WatchList is listed and watched, and remembered', async () => {
  await using server = await podServer({
    'first-set': (r) =>
      r.reply(422, statusBody(422, 'Invalid', 'x', { causes: [{ field: 'sendInitialEvents', message: 'forbidden' }] })),
    list: (r) => r.reply(200, podList(10, ['a', 'b'])),
    watch: (r) => void r.stream().event('MODIFIED', pod('a', 11)),
  });
  using t = openTestSession(server);
  using first = startReflector(t.session);
  await until('the change', () => first.rows().includes('a@11'));
  using second = startReflector(t.session);
  await until('the change', () => second.rows().includes('a@11'));

  expect(server.asked.map((a) => a.kind)).toEqual(['first-set', 'list', 'watch', 'list', 'watch']);
  expect(Object.fromEntries(server.asked[1]!.query)).toEqual({ resourceVersion: '0', limit: '500' });
  expect([first.fallbacks, second.fallbacks]).toEqual([['watchlist'], []]);
});

test('a server that never says the first set is whole is listed instead', async () => {
  await using server = await podServer({
    'first-set': (r) => void r.stream().event('ADDED', pod('a', 10)),
    list: (r) => r.reply(200, podList(12, ['a'])),
    watch: (r) => void r.stream(),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, stallMs: 60 } });
  await until('synced', () => w.story().endsWith('synced'));

  expect(server.asked.map((a) => a.kind).slice(0, 2)).toEqual(['first-set', 'list']);
  expect(w.rows()).toEqual(['a@12']);
  expect(w.fallbacks).toEqual(['watchlist']);
});

test('pages: tokens are followed, the version is that of the first page', async () => {
  await using server = await podServer({
    'first-set': (r) => r.reply(400, statusBody(400, 'BadRequest', 'no')),
    list: (r) =>
      r.query.has('continue') ? r.reply(200, podList(15, ['c'])) : r.reply(200, podList(10, ['a', 'b'], 'next page')),
    watch: (r) => void r.stream(),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { labelSelector: 'app=x', fieldSelector: 'spec.nodeName=n1' });
  await until('the watch', () => server.asked.some((a) => a.kind === 'watch'));

  expect(w.rows()).toEqual(['a@10', 'b@10', 'c@15']);
  expect(Object.fromEntries(server.asked[2]!.query)).toEqual({
    continue: 'next page',
    limit: '500',
    labelSelector: 'app=x',
    fieldSelector: 'spec.nodeName=n1',
  });
  expect(server.asked[3]!.query.get('resourceVersion')).toBe('10');
});

test('a page token that is too old: everything again in one piece, nothing lost or twice', async () => {
  await using server = await podServer({
    'first-set': (r) => r.reply(400, statusBody(400, 'BadRequest', 'no')),
    list: (r) => {
      if (r.query.has('continue'))
        return r.reply(410, statusBody(410, 'Expired', 'The provided continue parameter is too old'));
      if (r.query.has('limit')) return r.reply(200, podList(10, ['a', 'gone'], 'old'));
      r.reply(200, podList(20, ['a', 'b']));
    },
    watch: (r) => void r.stream(),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));

  expect(w.rows()).toEqual(['a@20', 'b@20']);
});

test('403 on list and watch: denied with the rule, looked at again when asked', async () => {
  const message = 'pods is forbidden: User "viewer" cannot list resource "pods" in API group "" at the cluster scope';
  let isAllowed = false;
  await using server = await podServer({
    'first-set': (r) =>
      isAllowed
        ? void firstSet(r, 10, ['a'])
        : r.reply(403, statusBody(403, 'Forbidden', message.replace('list', 'watch'))),
    list: (r) => r.reply(403, statusBody(403, 'Forbidden', message)),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  const denied = await until('denied', () => w.events.find((e) => e.type === 'denied'));
  expect(denied.type === 'denied' && [denied.error.isMissingRight, denied.error.message]).toEqual([true, message]);
  expect(w.reflector.state).toBe('denied');

  isAllowed = true;
  w.reflector.retryNow();
  await until('synced', () => w.story().endsWith('synced'));
});

test('a server that has just started refuses everybody: what was read before is looked at again soon, by itself', async () => {
  const refusal = statusBody(
    403,
    'Forbidden',
    'pods is forbidden: User "viewer" cannot watch resource "pods" in API group ""',
  );
  const list = statusBody(
    403,
    'Forbidden',
    'pods is forbidden: User "viewer" cannot list resource "pods" in API group ""',
  );
  let lists = 0;
  await using server = await podServer({
    'first-set': (r, n) => (n === 2 || n === 3 ? r.reply(403, refusal) : void firstSet(r, n * 10, ['a'])),
    watch: (r) => r.stream().event('ERROR', statusBody(410, 'Expired', 'too old resource version')),
    list: (r) => {
      lists++;
      r.reply(403, list);
    },
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));
  server.streams[0]!.end();
  await until('the set after the refusals', () => w.rows()[0] === 'a@40');
  expect(w.story()).toContain('denied');
  expect(lists).toBe(2);
});

test('a watch refused just before the server knew its roles: listed, then watched, not polled for good', async () => {
  const refusal = statusBody(403, 'Forbidden', 'User "x" cannot watch resource "pods" in API group ""');
  await using server = await podServer({
    'first-set': (r) => r.reply(403, refusal),
    list: (r) => r.reply(200, podList(10, ['a'])),
    watch: (r) => void r.stream().event('ADDED', pod('b', 11)),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('the change', () => w.rows().length === 2);
  expect(w.reflector.state).toBe('live');
});

test('may list but not watch: listed, and again when asked', async () => {
  let version = 10;
  await using server = await podServer({
    'first-set': (r) =>
      r.reply(403, statusBody(403, 'Forbidden', 'User "x" cannot watch resource "pods" in API group ""')),
    watch: (r) => r.reply(403, statusBody(403, 'Forbidden', 'User "x" cannot watch resource "pods" in API group ""')),
    list: (r) => r.reply(200, podList(version, ['a'])),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('polled', () => w.reflector.state === 'polled');
  expect(w.rows()).toEqual(['a@10']);
  // Whoever shows it knows that it is not live, and which right is missing.
  expect(w.events.at(-1)).toMatchObject({ type: 'polled', error: { code: 403 } });

  version = 11;
  w.reflector.retryNow();
  await until('the new row', () => w.rows()[0] === 'a@11');
  await until('polled again', () => w.story().endsWith('synced polled'));
  expect(w.story()).not.toContain('denied');
});

test('may list but not watch: read again by itself, because the right may come', async () => {
  const refusal = statusBody(403, 'Forbidden', 'User "x" cannot watch resource "pods" in API group ""');
  let isAllowed = false;
  await using server = await podServer({
    'first-set': (r) => (isAllowed ? void firstSet(r, 20, ['a', 'b']) : r.reply(403, refusal)),
    watch: (r) => r.reply(403, refusal),
    list: (r) => r.reply(200, podList(10, ['a'])),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, recheckMs: [30, 30] } });
  await until('polled', () => w.reflector.state === 'polled');
  isAllowed = true;
  await until('live', () => w.reflector.state === 'live' && w.rows().length === 2);
});

test('may neither watch nor list any more, a moment after a list that worked: denied soon, not in minutes', async () => {
  const refusal = (verb: string): object =>
    statusBody(403, 'Forbidden', `User "x" cannot ${verb} resource "pods" in API group ""`);
  let lists = 0;
  await using server = await podServer({
    'first-set': (r) => r.reply(403, refusal('watch')),
    watch: (r) => r.reply(403, refusal('watch')),
    list: (r) => (lists++ === 0 ? r.reply(200, podList(10, ['a'])) : r.reply(403, refusal('list'))),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, recheckListMs: 30, recheckMs: [600_000, 600_000] } });
  await until('denied', () => w.reflector.state === 'denied');

  expect(w.story()).toMatch(/polled.*denied/);
});

test('a kind without the watch verb is listed on open and when asked, never watched', async () => {
  await using server = await podServer({ list: (r, n) => r.reply(200, podList(n, ['a'])) });
  using t = openTestSession(server);
  const resource = { group: '', version: 'v1', resource: 'pods', namespaced: true, verbs: ['list', 'get'] };
  using w = startReflector(t.session, { resource });
  await until('polled', () => w.reflector.state === 'polled');
  w.reflector.retryNow();
  await until('the second list', () => w.rows()[0] === 'a@2');
  await until('polled again', () => w.reflector.state === 'polled');
  expect(w.events.at(-1)).toEqual({ type: 'polled', error: null });

  expect(server.asked.every((a) => a.kind === 'list')).toBe(true);
});

test('405 on watch: listed instead', async () => {
  await using server = await podServer({
    'first-set': (r) => r.reply(405, statusBody(405, 'MethodNotAllowed', 'no')),
    list: (r) => r.reply(200, podList(10, ['a'])),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('polled', () => w.reflector.state === 'polled');
  expect(w.rows()).toEqual(['a@10']);
  expect(w.events.at(-1)).toMatchObject({ type: 'polled', error: { code: 405 } });
});

test.each([
  ['a Status', statusBody(404, 'NotFound', 'the server could not find the requested resource')],
  ['plain text', '404 page not found\n'],
])('404 as %s: absent, and there again when asked', async (_form, body) => {
  let exists = false;
  await using server = await podServer({
    'first-set': (r) => (exists ? void firstSet(r, 10, ['a']) : r.reply(404, body)),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('absent', () => w.reflector.state === 'absent');

  exists = true;
  w.reflector.retryNow();
  await until('synced', () => w.story().endsWith('synced'));
  expect(w.story()).toBe('sync-started absent sync-started upsert synced');
});

test('a CRD that is deleted under its watch: the watch ends, then absent', async () => {
  await using server = await podServer({
    'first-set': (r) => void firstSet(r, 10, ['a']),
    watch: (r) => r.reply(404, '404 page not found\n'),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));
  server.streams[0]!.end();
  await until('absent', () => w.reflector.state === 'absent');
});

for (const [name, reply] of [
  [
    '429 of the fair queue',
    (r: Scripted) => r.reply(429, 'Too many requests, please try again later.\n', { 'retry-after': '0' }),
  ],
  ['500', (r: Scripted) => r.reply(500, statusBody(500, 'InternalError', 'etcd is away'))],
  ['503', (r: Scripted) => r.reply(503, 'no healthy upstream')],
  ['504', (r: Scripted) => r.reply(504, statusBody(504, 'Timeout', 'timeout'))],
  ['reset', (r: Scripted) => r.stream().cut()],
] as const) {
  test(`${name} at the start of a watch: tried again from the last version, no new set`, async () => {
    await using server = await podServer({
      'first-set': (r) => void firstSet(r, 10, ['a']),
      watch: (r, n) => (n < 3 ? reply(r) : void r.stream().event('MODIFIED', pod('a', 11))),
    });
    using t = openTestSession(server);
    using w = startReflector(t.session);
    await until('synced', () => w.story().endsWith('synced'));
    server.streams[0]!.end();
    await until('the change', () => w.rows()[0] === 'a@11');

    expect(server.asked.map((a) => a.kind)).toEqual(['first-set', 'watch', 'watch', 'watch']);
    expect(server.asked.slice(1).every((a) => a.query.get('resourceVersion') === '10')).toBe(true);
  });
}

test('pauses grow and honour Retry-After', async () => {
  await using server = await podServer({
    'first-set': (r, n) =>
      n === 1
        ? r.reply(429, 'Too many requests\n', { 'retry-after': '1' })
        : r.reply(500, statusBody(500, 'InternalError', 'x')),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, backoff: reflectorSteps } });
  await until('three failures', () => w.events.filter((e) => e.type === 'interrupted').length >= 3);

  const pauses = w.events.flatMap((e) => (e.type === 'interrupted' ? [e.retryInMs] : []));
  expect(pauses.slice(0, 3)).toEqual([1_000, 1_600, 3_200]);
});

test('ERROR 500 in the stream: resumed after a pause; 429 as well; others ask for everything', async () => {
  const errors = [
    statusBody(500, 'InternalError', 'an error on the server'),
    statusBody(429, 'TooManyRequests', 'later', { retryAfterSeconds: 0 }),
    statusBody(400, 'BadRequest', 'odd'),
  ];
  await using server = await podServer({
    'first-set': (r, n) => void firstSet(r, n * 100, ['a']),
    watch: (r, n) => {
      const stream = r.stream();
      stream.event('ERROR', errors[n - 1]);
      stream.end();
    },
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));
  server.streams[0]!.end();
  await until('a second set', () => w.rows()[0] === 'a@200');

  expect(server.asked.map((a) => a.kind)).toEqual(['first-set', 'watch', 'watch', 'watch', 'first-set']);
});

test('a version of the future: told as 504 in the stream, everything is asked for', async () => {
  await using server = await podServer({
    'first-set': (r, n) => void firstSet(r, n * 100, ['a']),
    watch: (r) => {
      const stream = r.stream();
      const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
      stream.event('ERROR', statusBody(504, 'Timeout', 'Too large resource version: 100, current: 50', { causes }));
      stream.end();
    },
  });
  using t = openTestSession(server);
  using w = startReflector(t.session);
  await until('synced', () => w.story().endsWith('synced'));
  server.streams[0]!.end();
  await until('a second set', () => w.rows()[0] === 'a@200');
});

test.each([
  ['ahead of the server: everything is asked for', 50, 'a@7'],
  ['known to the server: the watch is just quiet', 100, 'a@100'],
])('a resumed watch that says nothing is checked: %s', async (_what, current, row) => {
  await using server = await podServer({
    'first-set': (r, n) => void firstSet(r, n === 1 ? 100 : 7, ['a']),
    list: (r) => r.reply(200, podList(current, [])),
    watch: (r) => void r.stream(),
  });
  using t = openTestSession(server);
  using w = startReflector(t.session, { times: { ...quick, muteMs: 60 } });
  await until('synced', () => w.story().endsWith('synced'));
  server.streams[0]!.end();
  await until('the check', () => server.asked.some((a) => a.kind === 'list'));
  await until(
    'what follows',
    () => server.asked.findLastIndex((a) => a.kind !== 'list') > server.asked.findIndex((a) => a.kind === 'list'),
  );

  await until('the row', () => w.rows()[0] === row);
});

test.each(['the first set', 'a resumed watch'])(
  'somebody on the way goes mute after %s had spoken: resumed from the last version, not fresh for ever',
  async (which) => {
    await using server = await podServer({
      'first-set': (r) => void firstSet(r, 10, ['a']),
      list: (r) => r.reply(200, podList(30, [])),
      watch: (r, n) => void r.stream().event('MODIFIED', pod('a', 10 + n)),
    });
    const clock = manualClock();
    using t = openTestSession(server);
    using w = startReflector(t.session, { clock, times: { ...quick, muteMs: 150_000, watchSeconds: [900, 900] } });
    await until('synced', () => w.story().endsWith('synced'));
    if (which === 'a resumed watch') {
      server.streams[0]!.end();
      await until('its first line', () => w.rows()[0] === 'a@11');
    }
    const resumed = server.asked.length;
    const stream = server.streams.at(-1)!;

    // Each line, a bookmark too, shows that the stream still carries something.
    for (const version of [20, 21, 22]) {
      clock.advance(140_000);
      stream.event('MODIFIED', pod('a', version));
      await until('the change', () => w.rows()[0] === `a@${version}`);
      expect(server.asked).toHaveLength(resumed);
    }
    clock.advance(150_000);
    await until('the next watch', () => server.asked.length === resumed + 2);

    const [check, next] = server.asked.slice(-2);
    expect([check!.kind, next!.kind]).toEqual(['list', 'watch']);
    expect(next!.query.get('resourceVersion')).toBe('22');
    expect(w.events.some((e) => e.type === 'interrupted')).toBe(false);
  },
);
