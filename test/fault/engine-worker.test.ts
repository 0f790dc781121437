import { expect, test } from 'vitest';
import { everything } from '../../src/core/query.ts';
import { startEngineWorker } from '../../src/engine/hosts/start-engine-worker.ts';
import type { Engine } from '../../src/protocol/engine.ts';
import type { EngineWorkerSettings } from '../support/engine-worker.ts';

const url = new URL('../support/engine-worker.ts', import.meta.url);

function start(order: number) {
  const orders = new SharedArrayBuffer(8);
  new Int32Array(orders)[1] = order;
  const engine: Engine = startEngineWorker<EngineWorkerSettings>({
    url,
    settings: { orders },
    plugins: ['pods', 'hangs'],
  });
  const names: string[][] = [];
  const alive: boolean[] = [];
  const messages: string[] = [];
  engine.onAlive((isAlive) => alive.push(isAlive));
  engine.onMessage((message) => messages.push(message.text));
  engine.query(
    {
      table: 'pods',
      scope: everything,
      filter: '',
      group: 'none',
      toggled: [],
      onlyWrong: false,
      offset: 0,
      limit: 10,
    },
    (window) => names.push(window.rows.map((row) => row.name)),
  );
  return { engine, names, alive, messages, starts: () => Atomics.load(new Int32Array(orders), 0) };
}

const poll = (check: () => unknown) => expect.poll(check, { timeout: 15_000, interval: 20 });

test('a window crosses from the engine’s thread', async () => {
  using running = disposed(start(0));
  await poll(() => running.names.at(-1)).toEqual(['cart-1']);
  expect(running.engine.fleet?.clusters[0]?.name).toBe('run-eu');
});

test.each([
  ['an uncaught error', 1, 'a bug'],
  ['an exit', 3, 'it ended'],
])('after %s the engine is started again and every subscription is open', async (_what, order, reason) => {
  using running = disposed(start(order));
  await poll(() => running.alive).toEqual([false, true]);
  const before = running.names.length;
  await poll(() => running.names.slice(before).at(-1) ?? running.names.at(-1)).toEqual(['cart-1']);
  expect(running.messages[0]).toContain(reason);
  expect(running.starts()).toBe(2);
  expect(await running.engine.ask({ ask: 'resources' })).toMatchObject({ ok: true });
});

test('a plugin that hangs is named and left out; the rest goes on', async () => {
  using running = disposed(start(2));
  await poll(() => running.names.at(-1)).toEqual(['cart-1']);
  expect(running.messages).toEqual([expect.stringContaining('plugin hangs hung and is left out')]);
  expect(running.starts()).toBe(2);
});

test('a question that is out when the engine dies is answered as failed', async () => {
  using running = disposed(start(1));
  const answers = [running.engine.ask({ ask: 'metrics' })];
  await poll(() => running.alive.length).toBeGreaterThan(0);
  answers.push(running.engine.ask({ ask: 'metrics' }));
  for (const answer of await Promise.all(answers)) expect(typeof answer.ok).toBe('boolean');
});

function disposed<T extends { readonly engine: Engine }>(running: T): T & Disposable {
  return { ...running, [Symbol.dispose]: () => running.engine[Symbol.dispose]() };
}
