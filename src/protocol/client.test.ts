import { expect, test } from 'vitest';
import type { ActionPhase, ActionWish } from '../core/action.ts';
import { clusterId } from '../core/ids.ts';
import type { LiveQuery, Window } from '../core/query.ts';
import type { Row } from '../core/row.ts';
import { createClient } from './client.ts';
import type { Notice, Request } from './messages.ts';
import { type Port, portPair } from './port.ts';

const query: LiveQuery = {
  table: 'pods',
  scope: { clusters: [], namespaces: [], filter: '' },
  filter: '',
  group: 'none',
  toggled: [],
  onlyWrong: false,
  offset: 0,
  limit: 10,
};
const window: Window = {
  columns: [],
  rows: [],
  offset: 0,
  total: 3,
  matched: 3,
  all: 3,
  counts: { ok: 3, busy: 0, warn: 0, fail: 0, info: 0, unknown: 0, none: 0 },
  staleSince: null,
  state: { state: 'rows' },
  badFilter: null,
};

const cart: Row = {
  key: 'cart',
  ref: null,
  clusters: [],
  namespace: 'shop',
  name: 'cart',
  app: 'cart',
  health: 'ok',
  stale: false,
  staleMembers: 0,
  depth: 0,
  open: null,
  cells: [],
};

function setUp() {
  const timers = new Set<{ at: number; call: () => void }>();
  let now = 0;
  const client = createClient({
    now: () => now,
    after: (ms, call) => {
      const timer = { at: now + ms, call };
      timers.add(timer);
      return { [Symbol.dispose]: () => timers.delete(timer) };
    },
  });
  const pass = (ms: number): void => {
    now += ms;
    for (const timer of timers) {
      if (timer.at > now) continue;
      timers.delete(timer);
      timer.call();
    }
  };
  return { client, pass };
}

function engine(): { readonly port: Port<Request, Notice>; readonly heard: Request[]; say(notice: Notice): void } {
  const [left, right] = portPair<Request, Notice>();
  const heard: Request[] = [];
  right.listen(({ body }) => heard.push(body));
  return { port: left, heard, say: (body) => right.post({ body }) };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a window is given and acknowledged; after closing nothing is given any more', async () => {
  const { client } = setUp();
  const { port, heard, say } = engine();
  client.attach(port);
  const seen: Window[] = [];
  const live = client.query(query, (w) => seen.push(w));
  say({ type: 'window', id: 1, window });
  await settled();
  expect(seen).toHaveLength(1);
  expect(heard.map((r) => r.type)).toEqual(['query.open', 'ack']);
  live.change({ ...query, filter: 'cart' });
  live[Symbol.dispose]();
  live[Symbol.dispose]();
  say({ type: 'window', id: 1, window });
  await settled();
  expect(seen).toHaveLength(1);
  expect(heard.map((r) => r.type)).toEqual(['query.open', 'ack', 'query.change', 'close']);
});

test('another engine is told of everything that is open, as it is now', async () => {
  const { client } = setUp();
  const first = engine();
  client.attach(first.port);
  client.setScope({ clusters: ['run-*'], namespaces: [], filter: '' });
  const live = client.query(query, () => {});
  live.change({ ...query, filter: 'cart' });
  client.query({ ...query, table: 'nodes' }, () => {})[Symbol.dispose]();
  const question = client.ask({ ask: 'resources' });
  client.lost();
  expect(client.isAlive).toBe(false);
  expect(await question).toMatchObject({ ok: false });
  const second = engine();
  client.attach(second.port);
  await settled();
  expect(second.heard).toEqual([
    { type: 'scope', scope: { clusters: ['run-*'], namespaces: [], filter: '' } },
    { type: 'query.open', id: 1, query: { ...query, filter: 'cart' } },
  ]);
});

test('rows of an engine that is gone stay, stale, until the next one has read some', async () => {
  const { client } = setUp();
  const first = engine();
  client.attach(first.port);
  const seen: Window[] = [];
  const live = client.query(query, (w) => seen.push(w));
  first.say({ type: 'window', id: 1, window: { ...window, rows: [cart] } });
  await settled();
  client.lost();
  const second = engine();
  client.attach(second.port);
  expect(seen.at(-1)?.rows).toEqual([{ ...cart, stale: true }]);
  expect(seen.at(-1)?.staleSince).toBe(0);
  const loading: Window = { ...window, total: 0, state: { state: 'loading', asking: ['run-eu'] } };
  second.say({ type: 'window', id: 1, window: loading });
  await settled();
  expect(seen.at(-1)?.rows).toHaveLength(1);
  second.say({ type: 'window', id: 1, window: { ...window, rows: [cart] } });
  await settled();
  expect(seen.at(-1)?.rows).toEqual([cart]);

  // What is asked for anew is not answered with rows of the question before.
  live.change({ ...query, table: 'nodes' });
  client.lost();
  const third = engine();
  client.attach(third.port);
  const told = seen.length;
  third.say({ type: 'window', id: 1, window: loading });
  await settled();
  expect(seen.slice(told).map((w) => w.state.state)).toEqual(['loading']);
});

test('an engine that is silent for two seconds counts as dead until it speaks', async () => {
  const { client, pass } = setUp();
  const { port, say } = engine();
  client.attach(port);
  const states: boolean[] = [];
  client.onAlive((alive) => states.push(alive));
  say({ type: 'alive', at: 0 });
  await settled();
  pass(1999);
  expect(client.isAlive).toBe(true);
  pass(1);
  expect(client.isAlive).toBe(false);
  say({ type: 'alive', at: 3 });
  await settled();
  expect(client.isAlive).toBe(true);
  expect(states).toEqual([false, true]);
});

test('questions find their answers', async () => {
  const { client } = setUp();
  const { port, heard, say } = engine();
  client.attach(port);
  const a = client.ask({ ask: 'resources' });
  const b = client.ask({ ask: 'metrics' });
  await settled();
  for (const request of [...heard].reverse())
    if (request.type === 'ask')
      say({ type: 'answer', id: request.id, answer: { ok: true, value: request.question.ask } });
  expect([await a, await b]).toEqual([
    { ok: true, value: 'resources' },
    { ok: true, value: 'metrics' },
  ]);
});

const wish: ActionWish = {
  verb: 'restart',
  target: {
    cluster: clusterId('a'),
    type: { group: 'apps', version: 'v1', resource: 'deployments' },
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    uid: 'u',
  },
};
const asking: ActionPhase = {
  phase: 'asking',
  check: { state: 'pending' },
  needed: { type: 'key' },
  trouble: null,
};
const viewAt = (at: ActionPhase): Notice => ({
  type: 'action',
  id: 1,
  view: { id: 'a-1', wish, plan: null, at, since: 0 },
});
const unacknowledged = (heard: readonly Request[]) => heard.filter(({ type }) => type !== 'ack');

test('an action that was confirmed is found again and never asked for anew, also when a dry run crossed it', async () => {
  const { client } = setUp();
  const first = engine();
  client.attach(first.port);
  const action = client.action(wish, () => undefined);
  first.say(viewAt(asking));
  await settled();
  action.confirm({ type: 'key' });
  first.say(viewAt({ ...asking, check: { state: 'accepted', diff: [], warnings: [] } }));
  await settled();
  client.lost();
  const second = engine();
  client.attach(second.port);
  await settled();
  expect(unacknowledged(second.heard)).toEqual([{ type: 'action.find', id: 1, wish, action: 'a-1' }]);
});

test('another engine is not asked of an action that has ended, and a confirmation that nobody took is none', async () => {
  const { client } = setUp();
  const first = engine();
  client.attach(first.port);
  client.action(wish, () => undefined);
  const open = client.action(wish, () => undefined);
  first.say(viewAt({ phase: 'ended', outcome: { result: 'done', text: 'done' } }));
  await settled();
  client.lost();
  open.confirm({ type: 'key' });
  const second = engine();
  client.attach(second.port);
  await settled();
  expect(unacknowledged(second.heard)).toEqual([{ type: 'action.open', id: 2, wish }]);
});

test('writes that a person locked stay locked in another engine', async () => {
  const { client } = setUp();
  const first = engine();
  client.attach(first.port);
  void client.ask({ ask: 'lock', cluster: null, toggle: true });
  first.say({
    type: 'answer',
    id: 1,
    answer: { ok: true, value: { isReadOnly: false, isLocked: true, armedUntil: null } },
  });
  await settled();
  client.lost();
  const second = engine();
  client.attach(second.port);
  await settled();
  expect(second.heard).toEqual([{ type: 'locked' }]);
});
