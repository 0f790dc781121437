import { expect, test } from 'vitest';
import { fakeEngine } from '../../test/support/fake-engine.ts';
import { manualClock } from '../../test/support/manual-clock.ts';
import { quietPorts } from '../../test/support/quiet-ports.ts';
import { pods, tellStory } from '../../test/support/fleet-story.ts';
import { everything } from '../core/query.ts';
import type { ObjectRef } from '../core/ids.ts';
import { builtInDecks } from './decks.ts';
import { back, browse, push } from './navigate.ts';
import { startState } from './start.ts';
import { documentContent, logContent } from './targets.ts';
import { tableWithin } from './view.ts';

const opening = { scope: everything, scopes: {}, decks: builtInDecks, deck: 'home' };

test('what a view showed goes when it is closed, and what the others show stays', async () => {
  const clock = manualClock();
  const engine = fakeEngine(() => clock.now());
  tellStory(engine);
  const others = engine.answer;
  engine.answer = (question) => (question.ask === 'related' ? { ok: true, value: [] } : others(question));
  using running = startState(engine, clock, { width: 200, height: 60 }, quietPorts, opening);
  const { ui, data } = running.app;
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 10; round++) await Promise.resolve();
    clock.advance(50);
  };
  const shown = (): Record<string, readonly string[]> =>
    Object.fromEntries(Object.entries(data.getState()).map(([part, of]) => [part, Object.keys(of).sort()]));

  await settle();
  const ref = pods[0]?.ref as ObjectRef;
  const before = shown();
  const opened = [
    tableWithin('events', 'Events', ref.name, { by: 'object', cluster: ref.cluster, uid: ref.uid }),
    documentContent(ref, 'yaml'),
    logContent({ of: 'app', app: 'cart', namespace: null }, 'cart', false),
    { type: 'related', ref } as const,
  ];
  const seen = new Set<string>();
  for (let walk = 0; walk < 3; walk++) {
    for (const content of opened) {
      ui.setState((state) => push(state, state.focus, content));
      await settle();
      for (const [part, ids] of Object.entries(shown())) if (ids.length > (before[part]?.length ?? 0)) seen.add(part);
      ui.setState((state) => back(state) ?? state);
      await settle();
    }
    ui.setState((state) => browse(state, documentContent(ref, 'describe')));
    await settle();
  }
  expect([...seen]).toEqual(expect.arrayContaining(['windows', 'documents', 'logs', 'rows']));
  const open = Object.values(ui.getState().slots).flatMap((views) => views.map((view) => view.id));
  for (const part of ['windows', 'logs', 'documents', 'rows', 'waitingSince', 'refusals'] as const)
    expect(Object.keys(data.getState()[part]).filter((id) => !open.includes(id))).toEqual([]);
  expect(shown()['windows']).toEqual(before['windows']);
});
