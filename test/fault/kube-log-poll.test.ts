// A log that may not be followed is read again and again: the same promises as for a follow, and it becomes one as soon
// as it may.
import { expect, test } from 'vitest';
import { type FollowLogOptions, followLog } from '../../src/kube/logs/log-stream.ts';
import type { Session } from '../../src/kube/session/contract.ts';
import { ScriptedLog } from '../support/scripted-log.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import { openTestSession, until } from '../support/test-session.ts';

const times = { retryMs: [0, 5, 10], pollMs: 10, settleMs: 100, lookMs: 5, watchdogMs: 5_000, holdMs: 30 };
const path = '/api/v1/namespaces/a/pods/web/log';

type Read = Disposable & { readonly got: string[]; lines(): string[]; stays: boolean; open: number; isDone: boolean };

/** Reads a log in turns until `stays` is set. */
function start(session: Session, log: ScriptedLog, more: Partial<FollowLogOptions> = {}): Read {
  const stop = new AbortController();
  const got: string[] = [];
  const read: Read = {
    got,
    lines: () => got.filter((line) => !line.startsWith('--')),
    stays: false,
    open: 0,
    isDone: false,
    [Symbol.dispose]: () => stop.abort(),
  };
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
    place: () => {
      read.open++;
      return Promise.resolve({ stays: read.stays, [Symbol.dispose]: () => void read.open-- });
    },
    signal: stop.signal,
    random: () => 0,
    times,
    ...more,
  });
  void follow.done.then(() => {
    read.isDone = true;
  });
  return read;
}

test('lines come once each, read after read, and the view is told that it is not followed', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const log = new ScriptedLog(server);
  for (let i = 0; i < 5; i++) log.write(`old ${i}`);
  using read = start(t.session, log, { tailLines: 2 });
  for (let round = 0; round < 5; round++) {
    await until('another read', () => read.lines().length === 2 + round * 3);
    for (let i = 0; i < 3; i++) log.write('same', i === 0 ? 700_000 : 0);
  }
  await until('all', () => read.lines().length === 17);

  expect(read.lines()).toEqual(log.written.slice(3));
  expect(read.got.filter((line) => line.startsWith('--'))).toEqual([expect.stringMatching(/^--joined read every/)]);
  expect(log.followers).toBe(0);
});

test('it becomes a follow when there is a place, without a line lost or repeated', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const log = new ScriptedLog(server);
  log.write('one');
  using read = start(t.session, log);
  await until('it', () => read.lines().length === 1);
  log.write('two');
  read.stays = true;
  log.write('three');
  await until('the follow', () => log.followers === 1);
  log.write('four');
  await until('all', () => read.lines().length === 4);

  expect(read.lines()).toEqual(log.written);
  expect(read.open).toBe(1);
});

test('half a line at the end of a read is left for the next one', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const log = new ScriptedLog(server);
  const one = '2026-11-21T00:00:05.100000000Z one\n2026-11-21T00:00:06.000000000Z tw';
  server.on(path, (r) => r.reply(200, r.nth < 3 ? one : `${one}o\n`));
  using read = start(t.session, log);
  await until('two', () => read.lines().length > 1);
  expect(read.lines()).toEqual(['one', 'two']);
});

test('a restart between two reads: the last words of the dead instance, a mark, then the new one', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const log = new ScriptedLog(server);
  log.write('started');
  using read = start(t.session, log, { times: { ...times, pollMs: 200 } });
  await until('it', () => read.lines().length === 1);
  log.write('last words');
  log.restart();
  log.write('hello again', 1_500_000);
  log.tell({ exitCode: 137, reason: 'OOMKilled' });
  await until('the new line', () => read.lines().includes('hello again'));

  expect(read.got.slice(1)).toEqual([
    'started',
    'last words',
    '--restarted restart #1 exit 137 OOMKilled',
    'hello again',
  ]);
});

test('the end of its container is told, after its last words', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const log = new ScriptedLog(server);
  log.write('one');
  using read = start(t.session, log);
  await until('it', () => read.lines().length === 1);
  log.write('last words');
  log.tell({ isRunning: false, isFinal: true, exitCode: 0, reason: 'Completed' });
  await until('the end', () => read.isDone);
  expect(read.got.slice(1)).toEqual(['one', 'last words', '--ended exit 0 Completed']);
  expect(read.open).toBe(0);
});

test('when its pod is gone, nobody knows what it wrote after the last read: a gap is marked', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const log = new ScriptedLog(server);
  log.write('one');
  using read = start(t.session, log);
  await until('it', () => read.lines().length === 1);
  log.tell({ exists: false });
  await until('the end', () => read.isDone);
  expect(read.got.slice(1)).toEqual(['one', expect.stringContaining('--gap'), '--ended the pod is gone']);
});

test('a container that is not valid is an error and not asked for again', async () => {
  await using server = await startScriptedServer();
  using t = openTestSession(server);
  const log = new ScriptedLog(server);
  server.on(path, (r) => r.reply(400, 'container c is not valid for pod web'));
  using read = start(t.session, log);
  await until('the end', () => read.isDone);
  expect(read.got).toEqual([expect.stringContaining('--error')]);
});
