// What the watch of CRDs makes of a stream, however it is cut into chunks, and of its end.
import { expect, test } from 'vitest';
import { watchCrds } from '../../src/engine/fleet/crd-watch.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type ScriptedServer, type ScriptedStream, startScriptedServer } from '../support/scripted-server.ts';
import { openTestSession, until } from '../support/test-session.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const line = (type: string): string =>
  `${JSON.stringify({ type, object: { kind: 'Table', rows: [{ cells: ['x'] }] } })}\n`;

async function start(): Promise<ScriptedServer> {
  const server = await startScriptedServer();
  server.on(path, (r) =>
    r.query.has('watch') ? void r.stream() : r.reply(200, { kind: 'Table', metadata: { resourceVersion: '10' } }),
  );
  return server;
}

type Watched = Disposable & { changes: number; stream: ScriptedStream };

async function watching(server: ScriptedServer): Promise<Watched> {
  const t = openTestSession(server);
  const stop = new AbortController();
  const watched: Watched = {
    changes: 0,
    get stream() {
      return server.streams.at(-1)!;
    },
    [Symbol.dispose]() {
      stop.abort();
      t[Symbol.dispose]();
    },
  };
  const onChange = (): void => void watched.changes++;
  void watchCrds({
    session: t.session,
    clock: systemClock,
    random: () => 0,
    signal: stop.signal,
    onChange,
    onOpen: onChange,
  });
  await until('the first look', () => watched.changes === 1);
  return watched;
}

/** Long enough for two writes to arrive as two chunks. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

test.each(['ADDED', 'MODIFIED', 'DELETED'])('%s is news, wherever the line is cut', async (type) => {
  await using server = await start();
  using watched = await watching(server);
  const whole = line(type);
  // Before, inside and behind the word.
  const cuts = [1, whole.indexOf(type) - 1, whole.indexOf(type) + 2, whole.length - 1];
  for (const [i, cut] of cuts.entries()) {
    watched.stream.write(whole.slice(0, cut));
    await settled();
    expect(watched.changes).toBe(i + 1);
    watched.stream.write(whole.slice(cut));
    await until('the news', () => watched.changes === i + 2);
  }
});

test('a bookmark is no news; an error ends the watch, and the next one looks again', async () => {
  await using server = await start();
  using watched = await watching(server);
  watched.stream.write(line('BOOKMARK'));
  await settled();
  expect(watched.changes).toBe(1);

  watched.stream.write(line('ERROR').slice(0, 12));
  await settled();
  watched.stream.write(line('ERROR').slice(12));
  await until('another watch', () => server.streams.length === 2);
  await until('another look', () => watched.changes === 2);
});
