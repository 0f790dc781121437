import { expect, test } from 'vitest';
import { fakeEngine, windowOf } from '../../test/support/fake-engine.ts';
import { manualClock } from '../../test/support/manual-clock.ts';
import { quietPorts } from '../../test/support/quiet-ports.ts';
import { everything, type LiveQuery } from '../core/query.ts';
import type { Row } from '../core/row.ts';
import { formatScope } from '../core/scope.ts';
import { commandFor } from './copy.ts';
import { builtInDecks } from './decks.ts';
import { startState } from './start.ts';
import { setScope } from './typing.ts';
import { topView, withView } from './ui.ts';

const opening = { scope: everything, scopes: {}, decks: builtInDecks, deck: 'home' };

const rowAt = (n: number): Row => ({
  key: `row-${n}`,
  ref: null,
  clusters: [],
  namespace: '',
  name: `row-${n}`,
  app: '',
  health: 'ok',
  stale: false,
  staleMembers: 0,
  depth: 0,
  open: null,
  cells: [],
});

test('scrolling asks for other rows once in a while and not at each step', async () => {
  const total = 3_000;
  const clock = manualClock();
  const engine = fakeEngine(() => clock.now());
  const asked: number[] = [];
  engine.answerQuery = ({ table, offset, limit }: LiveQuery) => {
    if (table !== 'problems') return windowOf([], []);
    asked.push(offset);
    const from = Math.max(0, Math.min(offset, total - limit));
    const rows = Array.from({ length: Math.min(limit, total) }, (_, i) => rowAt(from + i));
    return windowOf([], rows, { offset: from, total, matched: total, all: total });
  };
  using running = startState(engine, clock, { width: 120, height: 40 }, quietPorts, opening);
  const { ui } = running.app;
  await Promise.resolve();
  asked.length = 0;

  for (let top = 1; top <= 1_000; top++) {
    ui.setState((state) => withView(state, state.focus, (v) => ({ ...v, list: { ...v.list, top, cursor: top } })));
    clock.advance(10);
    await Promise.resolve();
  }

  expect(asked.length).toBeGreaterThan(3);
  expect(asked.length).toBeLessThan(50);
});

test('the logs of an app are those of the scope, read from their end again when it changes', async () => {
  const clock = manualClock();
  const engine = fakeEngine(() => clock.now());
  const cart: Row = { ...rowAt(0), app: 'cart' };
  engine.answerQuery = ({ table }: LiveQuery) => windowOf([], table === 'problems' ? [cart] : []);
  using running = startState(engine, clock, { width: 160, height: 50 }, quietPorts, opening);
  const { app } = running;
  const { ui } = app;
  const scopes = () =>
    engine.logStreams.flatMap(({ selector, isOpen }) =>
      isOpen && selector.of === 'app' ? [formatScope(selector.scope ?? everything)] : [],
    );
  await Promise.resolve();
  expect(scopes()).toEqual(['']);
  ui.setState((state) =>
    withView(state, 'logs', (v) => ({
      ...v,
      list: { ...v.list, top: 900 },
      text: { ...v.text, follows: false },
    })),
  );

  setScope(app, 'c:run-us ns:shop cart !c:run-ap age<10m');
  await Promise.resolve();

  expect(scopes().at(-1)).toBe('c:run-us ns:shop !c:run-ap');
  expect(topView(ui.getState(), 'logs')).toMatchObject({ list: { top: 0 }, text: { follows: true } });
  ui.setState({ focus: 'logs' });
  expect(commandFor(app)).toBe('flagbridge logs app/cart --cluster run-us -n shop --follow');
  clock.advance(10_001);
  expect(scopes()).toHaveLength(1);
  setScope(app, 'c:run-us ns:shop other !c:run-ap');
  await Promise.resolve();
  expect(engine.logStreams).toHaveLength(2);
});
