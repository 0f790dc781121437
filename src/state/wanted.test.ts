import { expect, test } from 'vitest';
import { fakeEngine, windowOf } from '../../test/support/fake-engine.ts';
import { manualClock } from '../../test/support/manual-clock.ts';
import { everything, type LiveQuery } from '../core/query.ts';
import type { Row } from '../core/row.ts';
import type { Ports } from './app.ts';
import { builtInDecks } from './decks.ts';
import { startState } from './start.ts';
import { withView } from './ui.ts';

const ports: Ports = {
  copy: () => 'copied',
  lend: () => Promise.resolve({ code: 0 }),
  suspend: () => undefined,
  redraw: () => undefined,
  quit: () => undefined,
};

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
  using running = startState(engine, clock, { width: 120, height: 40 }, ports, opening);
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
