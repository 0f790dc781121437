// Following a log through cuts, rotation and restarts: nothing lost, nothing twice, or a mark.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FollowLogOptions, followLog, type LogFollow } from '../../src/kube/logs/log-stream.ts';
import type { Session } from '../../src/kube/session/contract.ts';
import { ScriptedLog } from '../support/scripted-log.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { openTestSession, until } from '../support/test-session.ts';

const times = { retryMs: [0, 5, 10], settleMs: 100, lookMs: 5, watchdogMs: 5_000, holdMs: 30 };

type Followed = Disposable & { readonly follow: LogFollow; readonly got: string[]; lines(): string[]; isDone: boolean };

function start(session: Session, log: ScriptedLog, more: Partial<FollowLogOptions> = {}): Followed {
  const got: string[] = [];
  const stop = new AbortController();
  const follow = followLog({
    session,
    namespace: 'a',
    pod: 'web',
    container: 'c',
    previous: false,
    follow: true,
    tailLines: null,
    sinceSeconds: null,
    onLine: (line) => got.push(line.bytes.toString()),
    onMark: (mark) => got.push(`--${mark.mark}${mark.text === '' ? '' : ` ${mark.text}`}`),
    podState: () => log.state,
    signal: stop.signal,
    random: () => 0,
    times,
    ...more,
  });
  const followed: Followed = {
    follow,
    got,
    lines: () => got.filter((line) => !line.startsWith('--')),
    isDone: false,
    [Symbol.dispose]: () => stop.abort(),
  };
  void follow.done.then(() => {
    followed.isDone = true;
  });
  return followed;
}

async function running(server: ScriptedServer): Promise<{ log: ScriptedLog }> {
  return { log: new ScriptedLog(server) };
}

test('lines come as they are written, with their times', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  log.write('one');
  const stamps: (string | null)[] = [];
  using f = start(t.session, log, { onLine: (line) => stamps.push(line.time) });
  await until('the follow', () => log.followers === 1 && stamps.length === 1);
  log.write('two');
  await until('both', () => stamps.length === 2);

  expect(stamps).toEqual(['2026-11-21T00:00:00.001000000Z', '2026-11-21T00:00:00.002000000Z']);
  expect(f.got).toEqual(['--joined']);
  expect(server.requests[0]).toContain('timestamps=true');
});

for (const isClean of [true, false]) {
  test(`${isClean ? 'a clean end' : 'a cut'} under a running container: resumed, 0 lost, 0 twice`, async () => {
    await using server = await startScriptedServer();
    using t = openTestSession(server);
    const { log } = await running(server);
    using f = start(t.session, log);
    for (let round = 0; round < 5; round++) {
      await until('the follow', () => log.followers === 1);
      // Equal texts within one microsecond: only their number tells them apart.
      for (let i = 0; i < 4; i++) log.write('same', i === 0 ? 300_000 : 0);
      await until('all', () => f.lines().length >= log.written.length);
      log.cut(isClean);
      log.write(`while away ${round}`, 10_000);
    }
    await until('all', () => f.lines().length >= log.written.length);

    expect(f.lines()).toEqual(log.written);
    expect(f.got.filter((line) => line.startsWith('--'))).toEqual(['--joined']);
    expect(server.requests.slice(1).every((r) => !r.includes('tailLines'))).toBe(true);
  });
}

test('whatever is written and whenever it is cut: 0 lost, 0 twice', async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        write: fc.constantFrom('a', 'b', '', 'x'.repeat(50)),
        gap: fc.constantFrom(-900, 0, 1, 400_000, 1_700_000),
      }),
    },
    fc.constantFrom('cut', 'end', 'wait') as fc.Arbitrary<'cut' | 'end' | 'wait'>,
  );
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { log } = await running(server);
      using f = start(t.session, log);
      await until('the follow', () => log.followers === 1);
      for (const one of steps) {
        if (one === 'wait') await until('all', () => f.lines().length >= log.written.length);
        else if (one === 'cut' || one === 'end') {
          log.cut(one === 'end');
        } else log.write(one.write, one.gap);
      }
      await until('all', () => f.lines().length >= log.written.length && log.followers === 1);
      expect(f.lines()).toEqual(log.written);
      expect(f.got.filter((line) => line.startsWith('--gap'))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('rotated while away: a gap is marked, what is there is shown once', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  using f = start(t.session, log);
  await until('the follow', () => log.followers === 1);
  log.write('before');
  await until('it', () => f.lines().length === 1);

  log.cut(false);
  log.write('eaten', 2_000_000);
  log.rotate();
  log.write('after', 2_000_000);
  await until('it', () => f.lines().includes('after'));

  expect(f.got).toEqual(['--joined', 'before', expect.stringMatching(/^--gap/), 'after']);
});

test('a restart: the last words of the dead instance, a mark, then the new one', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  using f = start(t.session, log, { tailLines: 10 });
  await until('the follow', () => log.followers === 1);
  log.write('started');
  await until('it', () => f.lines().length === 1);
  log.cut(false);
  log.write('last words');
  log.restart();
  log.write('hello again', 1_500_000);
  // The pod's watch is behind: the log of the new instance is met first.
  await until('the next request', () => log.followers === 1);
  log.tell({ exitCode: 137, reason: 'OOMKilled' });
  await until('the new line', () => f.lines().includes('hello again'));

  expect(f.got).toEqual([
    '--joined',
    'started',
    'last words',
    '--restarted restart #1 exit 137 OOMKilled',
    'hello again',
  ]);
});

test('ended for good: everything was read, a mark, no more requests', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  using f = start(t.session, log);
  await until('the follow', () => log.followers === 1);
  log.write('one');
  await until('it', () => f.lines().length === 1);

  log.cut(false);
  log.write('last words');
  log.tell({ isRunning: false, isFinal: true, exitCode: 0, reason: 'Completed' });
  await until('done', () => f.isDone);

  expect(f.got).toEqual(['--joined', 'one', 'last words', '--ended exit 0 Completed']);
});

test('a pod that is deleted ends', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  using f = start(t.session, log);
  await until('the follow', () => log.followers === 1);
  log.tell({ exists: false });
  log.cut(true);
  await until('done', () => f.isDone);
  expect(f.got.at(-1)).toMatch(/^--ended/);
});

test('a pod that is deleted ends, also when nobody closes its stream', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  log.write('one');
  using f = start(t.session, log);
  await until('the follow', () => log.followers === 1 && f.lines().length === 1);
  log.tell({ exists: false });
  f.follow.nudge();
  log.write('its last word');
  await until('done', () => f.isDone);
  expect(f.lines()).toEqual(['one', 'its last word']);
  expect(f.got.at(-1)).toBe('--ended the pod is gone');
});

test('a container that has not begun is waited for; 204 means no node yet', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  let begun = false;
  server.on('/api/v1/namespaces/a/pods/web/log', (r) => {
    if (r.nth === 1) return r.reply(204, '');
    if (!begun) return r.reply(400, 'container "c" in pod "web" is waiting to start: ContainerCreating');
    const stream = r.stream();
    stream.write('2026-11-21T00:00:00.000000000Z hello\n');
  });
  log.tell({ containerId: null, isRunning: false });
  using f = start(t.session, log);
  await until('some tries', () => server.requests.length > 3);
  begun = true;
  log.tell();
  await until('the line', () => f.lines().length === 1);
  expect(f.got).toEqual(['--joined', 'hello']);
});

test.each([
  [403, 'pods "web" is forbidden: User "x" cannot get resource "pods/log" in API group ""', '--denied'],
  [404, 'pods "web" not found', '--ended'],
  [400, 'a container name must be specified for pod web, choose one of: [c side]', '--error'],
])('%i ends it with a mark', async (code, message, mark) => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  server.on('/api/v1/namespaces/a/pods/web/log', (r) =>
    r.reply(code, { kind: 'Status', status: 'Failure', message, code }),
  );
  using f = start(t.session, log);
  await until('done', () => f.isDone);
  expect(f.got).toEqual([expect.stringContaining(mark)]);
});

test('half a line at a cut is not shown; the whole one comes once', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  using f = start(t.session, log);
  await until('the follow', () => log.followers === 1);
  log.write('one');
  log.writeRaw('2026-11-21T00:00:00.002000000Z tw');
  await until('one', () => f.lines().length === 1);
  log.cut(false);
  log.write('two');
  await until('two', () => f.lines().length === 2);
  expect(f.lines()).toEqual(['one', 'two']);
});

test('lines without a time: shown at first, dropped as late parts when resuming', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  server.on('/api/v1/namespaces/a/pods/web/log', (r) => {
    const stream = r.stream();
    if (r.nth === 1) {
      stream.write('late part\n2026-11-21T00:00:05.100000000Z one\n');
      stream.end();
    } else stream.write('part of one\n2026-11-21T00:00:05.100000000Z one\n2026-11-21T00:00:06.000000000Z two\n');
  });
  using f = start(t.session, log);
  await until('two', () => f.lines().includes('two'));
  expect(f.lines()).toEqual(['late part', 'one', 'two']);
  expect(server.requests[1]).toContain(`sinceTime=${encodeURIComponent('2026-11-21T00:00:04Z')}`);
});

test('what the kubelet says instead of a log is an error, not a line', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  server.on('/api/v1/namespaces/a/pods/web/log', (r) => {
    const stream = r.stream();
    if (r.nth < 3) {
      stream.write('failed to create fsnotify watcher: too many open files');
      stream.write('\n');
      stream.end();
    } else stream.write('2026-11-21T00:00:05.100000000Z one\n');
  });
  using f = start(t.session, log);
  await until('the line', () => f.lines().length > 0);
  expect(f.lines()).toEqual(['one']);
});

test('a line of 10 MB is cut, and said so', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  using f = start(t.session, log);
  await until('the follow', () => log.followers === 1);
  log.write('x'.repeat(10 << 20));
  log.write('next');
  await until('next', () => f.lines().includes('next'));
  expect(f.lines()[0]!.length).toBeLessThanOrEqual(1 << 20);
  expect(f.got).toContainEqual(expect.stringMatching(/^--dropped \d+ bytes/));
});

test('pausing holds the sender back and loses nothing', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  using f = start(t.session, log);
  await until('the follow', () => log.followers === 1);
  f.follow.pause();
  for (let i = 0; i < 4_000; i++) log.write(`${i} ${'x'.repeat(200)}`);
  const seen = f.lines().length;
  expect(seen).toBeLessThan(2_000);

  f.follow.resume();
  await until('all', () => f.lines().length === 4_000);
  expect(f.lines()).toEqual(log.written);
});

test('a stream that went dead without a sign is found by asking for the last line', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  let isDead = false;
  server.on('/api/v1/namespaces/a/pods/web/log', (r) => {
    const one = '2026-11-21T00:00:05.100000000Z one\n';
    const two = '2026-11-21T00:00:09.100000000Z two\n';
    if (r.query.has('tailLines')) return r.reply(200, isDead ? two : one);
    const stream = r.stream();
    stream.write(isDead ? one + two : one);
  });
  using f = start(t.session, log, { times: { ...times, watchdogMs: 30 } });
  await until('a check that finds nothing', () => server.requests.some((r) => r.includes('tailLines')));
  isDead = true;
  await until('two', () => f.lines().includes('two'));
  expect(f.lines()).toEqual(['one', 'two']);
});

test('without following, a log is read once, to its last byte', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  log.write('one');
  log.write('two');
  using f = start(t.session, log, { follow: false, tailLines: 1 });
  await until('done', () => f.isDone);
  expect(f.lines()).toEqual(['two']);
  expect(server.requests).toHaveLength(1);
});

test('a first try that fails does not widen what was asked for', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const { log } = await running(server);
  const tails: (string | null)[] = [];
  server.on('/api/v1/namespaces/a/pods/web/log', (r) => {
    tails.push(r.query.get('tailLines'));
    if (r.nth === 1) return r.reply(503, 'not now');
    const stream = r.stream();
    if (r.nth === 2) {
      stream.write('2026-11-21T00:00:05.1');
      setTimeout(() => stream.cut(), 20);
    } else stream.write('2026-11-21T00:00:05.100000000Z one\n');
  });
  using f = start(t.session, log, { tailLines: 10 });
  await until('the line', () => f.lines().length === 1);
  expect(tails).toEqual(['10', '10', '10']);
});

for (const [asked, wanted] of [
  [{ tailLines: 0 }, /[?&]sinceSeconds=[1-9]\d?(&|$)/],
  [{ sinceSeconds: 300 }, /[?&]sinceSeconds=30\d(&|$)/],
] as const) {
  test(`cut before its first line, a log with ${JSON.stringify(asked)} is not read from its beginning`, async () => {
    await using server = await startScriptedServer();
    using t = openTestSession(server);
    const { log } = await running(server);
    server.on('/api/v1/namespaces/a/pods/web/log', (r) => {
      const stream = r.stream();
      if (r.nth === 1) stream.end();
      else stream.write('2026-11-21T00:00:05.100000000Z one\n');
    });
    using f = start(t.session, log, asked);
    await until('the line', () => f.lines().length === 1);
    expect(server.requests[1]).toMatch(wanted);
    expect(server.requests[1]).not.toContain('tailLines');
  });
}
