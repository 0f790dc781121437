import { expect, test } from 'vitest';
import { fakeEngine, windowOf } from '../../test/support/fake-engine.ts';
import { manualClock } from '../../test/support/manual-clock.ts';
import { quietPorts } from '../../test/support/quiet-ports.ts';
import { everything } from '../core/query.ts';
import { builtInDecks } from './decks.ts';
import { startState } from './start.ts';

const opening = { scope: everything, scopes: {}, decks: builtInDecks, deck: 'home' };

test('a pane that waits is drawn each second, and nothing is drawn once everything has answered', async () => {
  const clock = manualClock();
  const engine = fakeEngine(() => clock.now());
  engine.answerQuery = () => windowOf([], [], { state: { state: 'loading', asking: ['run-eu'] } });
  using running = startState(engine, clock, { width: 200, height: 60 }, quietPorts, opening);
  const { ui, data } = running.app;
  const drawnIn = (ms: number): number => {
    const before = ui.getState().attempt;
    for (let passed = 0; passed < ms; passed += 50) clock.advance(50);
    return ui.getState().attempt - before;
  };
  await Promise.resolve();

  expect(Object.values(data.getState().windows).every((w) => w.window.state.state === 'loading')).toBe(true);
  drawnIn(1_000);
  expect(drawnIn(10_000)).toBe(10);

  engine.answerQuery = () => windowOf([], []);
  engine.refresh();
  expect(data.getState().waitingSince).toEqual({});
  drawnIn(1_000);
  expect(drawnIn(10_000)).toBe(0);
});
