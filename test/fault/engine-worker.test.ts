import { expect, test } from 'vitest';
import { everything } from '../../src/core/query.ts';
import { type EngineWorkerOptions, startEngineWorker } from '../../src/engine/hosts/start-engine-worker.ts';
import type { Engine } from '../../src/protocol/engine.ts';
import { manualClock } from '../support/manual-clock.ts';
import type { EngineWorkerSettings } from '../support/engine-worker.ts';

const url = new URL('../support/engine-worker.ts', import.meta.url);

function start(order: number, more: Partial<EngineWorkerOptions<EngineWorkerSettings>> = {}) {
  const orders = new SharedArrayBuffer(8);
  new Int32Array(orders)[1] = order;
  const engine: Engine = startEngineWorker<EngineWorkerSettings>({
    url,
    settings: { orders },
    plugins: ['pods', 'hangs'],
    ...more,
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
  return {
    engine,
    names,
    alive,
    messages,
    starts: () => Atomics.load(new Int32Array(orders), 0),
    /** Ends the engine that runs now. */
    dieAgain: () => void Atomics.store(new Int32Array(orders), 1, 5),
  };
}

const poll = (check: () => unknown) => expect.poll(check, { timeout: 15_000, interval: 20 });

test('a window crosses from the engine’s thread', async () => {
  using running = disposed(start(0));
  await poll(() => running.names.at(-1)).toEqual(['cart-1']);
  expect(running.engine.fleet?.clusters[0]?.name).toBe('run-eu');
});

/** So little that a leak is over soon. */
const resourceLimits = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 };

test.each([
  ['an uncaught error', 1, 'a bug'],
  ['an exit', 3, 'it ended'],
  ['all memory is used up', 4, 'out of memory'],
])('after %s the engine is started again and every subscription is open', async (_what, order, reason) => {
  using running = disposed(start(order, { resourceLimits }));
  await poll(() => running.alive).toEqual([false, true]);
  const before = running.names.length;
  await poll(() => running.names.slice(before).at(-1) ?? running.names.at(-1)).toEqual(['cart-1']);
  expect(running.messages[0]).toContain(reason);
  expect(running.starts()).toBe(2);
  expect(await running.engine.ask({ ask: 'resources' })).toMatchObject({ ok: true });
});

test('the first time it is started again at once, and within a second when it dies again', async () => {
  const clock = manualClock();
  using running = disposed(start(1, { clock }));
  await poll(() => running.messages.length).toBe(1);
  expect(running.messages[0]).toMatch(/started again; rows are stale/);
  expect(running.starts()).toBe(1);
  clock.advance(0);
  await poll(() => running.starts()).toBe(2);

  running.dieAgain();
  await poll(() => running.messages.length).toBe(2);
  clock.advance(1_000);
  await poll(() => running.starts()).toBe(3);
});

test('rows stay while the engine is dead and until the next one has read them: no window takes them away', async () => {
  using running = disposed(start(0));
  await poll(() => running.names.at(-1)).toEqual(['cart-1']);
  const before = running.names.length;
  running.dieAgain();
  await poll(() => running.alive).toEqual([false, true]);
  await poll(() => running.names.length).toBeGreaterThan(before);
  await poll(() => running.names.at(-1)).toEqual(['cart-1']);

  expect(running.names.slice(before - 1).filter((names) => names.length === 0)).toEqual([]);
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
