import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.ts';
import { clusterId } from '../core/ids.ts';
import type { LiveQuery, Window } from '../core/query.ts';
import type { Row } from '../core/row.ts';
import type { Notice, Request } from './messages.ts';
import { everyMs } from './paced.ts';
import { portPair } from './port.ts';
import { type EngineBackend, serve } from './server.ts';
import { applyChange, isSameWindow, windowChange } from './window-change.ts';

const row = (key: string): Row => ({
  key,
  ref: null,
  clusters: [clusterId('c')],
  namespace: '',
  name: key,
  app: '',
  health: 'ok',
  stale: false,
  staleMembers: 0,
  depth: 0,
  open: null,
  cells: [key],
});

const columns: Window['columns'] = [];
const windowOf = (rows: readonly Row[]): Window => ({
  columns,
  rows,
  offset: 0,
  total: rows.length,
  matched: rows.length,
  all: rows.length,
  counts: { ok: 0, busy: 0, warn: 0, fail: 0, info: 0, unknown: 0, none: 0 },
  staleSince: null,
  state: { state: 'rows' },
  badFilter: null,
});

const keysOf = (window: Window): string => window.rows.map((r) => r.key).join(' ');
const query = {} as LiveQuery;
const settled = () => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = manualClock();
  const [screen, engine] = portPair<Request, Notice>();
  const state = { window: windowOf([]), reads: 0, changed: (): void => undefined, closed: 0 };
  const backend: EngineBackend = {
    query: (_query, changed) => {
      state.changed = changed;
      return {
        change: () => undefined,
        read: () => {
          state.reads++;
          return state.window;
        },
        [Symbol.dispose]: () => void state.closed++,
      };
    },
    logs: () => {
      throw new Error('no logs in this test');
    },
    document: () => {
      throw new Error('no documents in this test');
    },
    action: () => {
      throw new Error('no actions in this test');
    },
    ask: ({ ask }) =>
      ask === 'metrics' ? Promise.reject(new Error('a bug')) : Promise.resolve({ ok: true, value: ask }),
    setScope: () => undefined,
    lockWrites: () => undefined,
    connect: () => undefined,
    fleet: () => ({
      clusters: [],
      coverage: { live: 0, wanted: 0, parked: 0, deniedKinds: [], namespaces: [], syncing: 0 },
      at: clock.now(),
    }),
    onFleet: () => ({ [Symbol.dispose]: () => undefined }),
    onMessage: () => ({ [Symbol.dispose]: () => undefined }),
  };
  const said: Notice[] = [];
  screen.listen(({ body }) => said.push(body));
  const server = serve(backend, engine, { clock, heartbeat: false });
  const send = async (body: Request): Promise<void> => {
    screen.post({ body });
    await settled();
  };
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  return { clock, state, said, send, pass, server, windows: () => said.filter((n) => n.type === 'window.change') };
}

test('a window is sent at once, then at most ten times a second and only after the last was taken', async () => {
  const { state, send, pass, windows } = setUp();
  await send({ type: 'query.open', id: 1, query });
  await pass(0);
  expect(windows()).toHaveLength(1);
  state.window = windowOf([row('a')]);
  state.changed();
  await pass(10 * everyMs);
  expect(windows()).toHaveLength(1);
  await send({ type: 'ack', id: 1 });
  await pass(0);
  expect(windows()).toHaveLength(2);
  await send({ type: 'ack', id: 1 });
  for (let i = 0; i < 50; i++) {
    state.window = windowOf([row(`b${i}`)]);
    state.changed();
    await pass(2);
    await send({ type: 'ack', id: 1 });
  }
  expect(windows().length).toBeLessThanOrEqual(4);
});

test('what did not change is looked at and not sent', async () => {
  const { state, send, pass, windows } = setUp();
  await send({ type: 'query.open', id: 1, query });
  await pass(0);
  await send({ type: 'ack', id: 1 });
  state.changed();
  await pass(everyMs);
  expect(state.reads).toBe(2);
  expect(windows()).toHaveLength(1);
});

test('what a person asks for does not wait for the tenth of a second', async () => {
  const { state, send, pass, windows } = setUp();
  await send({ type: 'query.open', id: 1, query });
  await pass(0);
  await send({ type: 'ack', id: 1 });
  state.window = windowOf([row('a')]);
  await send({ type: 'query.change', id: 1, query });
  await pass(0);
  expect(windows()).toHaveLength(2);
});

test('a closed subscription is closed in the engine as well, once', async () => {
  const { state, send, pass, windows } = setUp();
  await send({ type: 'query.open', id: 1, query });
  await pass(0);
  await send({ type: 'close', id: 1 });
  await send({ type: 'close', id: 1 });
  expect(state.closed).toBe(1);
  state.changed();
  await pass(10 * everyMs);
  expect(windows()).toHaveLength(1);
});

test('a question that throws is answered with the reason', async () => {
  const { send, said } = setUp();
  await send({ type: 'ask', id: 5, question: { ask: 'metrics' } });
  await settled();
  expect(said.find((n) => n.type === 'answer')).toEqual({
    type: 'answer',
    id: 5,
    answer: { ok: false, message: 'a bug' },
  });
});

test('a window told by its changes is the window, with the same objects for rows that stayed', () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 8 });
  fc.assert(
    fc.property(fc.array(keys, { minLength: 1, maxLength: 6 }), (lists) => {
      const rows = new Map<string, Row>();
      let here: Window | null = null;
      let there: Window | null = null;
      for (const list of lists) {
        const next = windowOf(list.map((key) => rows.get(key) ?? rows.set(key, row(key)).get(key) ?? row(key)));
        const change = windowChange(here, next);
        // Only what is new crosses as a row.
        const known = new Set(here?.rows);
        expect(change.rows.filter((r) => typeof r !== 'number').every((r) => !known.has(r as Row))).toBe(true);
        there = applyChange(there, structuredClone(change));
        expect(there).toEqual(next);
        if (here !== null) expect(isSameWindow(here, next)).toBe(keysOf(here) === list.join(' '));
        here = next;
      }
    }),
  );
});
