import { expect, test } from 'vitest';
import { row } from '../../test/support/fake-engine.ts';
import type { Column } from '../../src/core/row.ts';
import { builtInDecks, deckOf } from '../../src/state/decks.ts';
import { openDeck } from '../../src/state/navigate.ts';
import { createUi, focusedView } from '../../src/state/ui.ts';
import { tableLayout } from './table-columns.ts';

const columns: readonly Column[] = [
  { id: 'name', title: 'NAME', type: 'name', min: 8, ideal: 12, max: 20, priority: 0 },
  { id: 'age', title: 'AGE', type: 'age', min: 3, ideal: 3, max: 4, priority: 1 },
];

test('an age that grows to 119s before its minute is over has room for it', () => {
  const minute = Date.UTC(2026, 10, 21, 12, 41);
  const first = createUi({ width: 80, height: 24 }, minute + 57_000).getState();
  const ui = openDeck(first, deckOf({ decks: builtInDecks, deck: 'home' }));
  const view = focusedView(ui);
  const widthOfAge = (created: number): number | undefined =>
    tableLayout({
      ui,
      view: { ...view, id: `${created}` },
      columns,
      rows: [row('cart', [], ['cart', created])],
      faces: new Map(),
      width: 60,
      wallNow: () => minute + 57_000,
    }).columns.find(({ column }) => column.id === 'age')?.width;

  expect(widthOfAge(minute - 60_000)).toBe(4);
});

test('a title that is longer than its cells keeps the gap to the next one', () => {
  const ui = createUi({ width: 120, height: 40 }, 0).getState();
  const selector: Column = { id: 's', title: 'NODE SELECTOR', type: 'text', min: 12, ideal: 12, max: 40, priority: 1 };
  const [, first, next] = tableLayout({
    ui,
    view: { ...focusedView(openDeck(ui, deckOf({ decks: builtInDecks, deck: 'home' }))), id: 'titles' },
    columns: [{ ...columns[0], title: 'NAME' } as Column, selector, columns[1] as Column],
    rows: [row('agent', [], ['agent', null, 0])],
    faces: new Map(),
    width: 100,
    wallNow: () => 0,
  }).columns;
  expect((next?.x ?? 0) - (first?.x ?? 0)).toBeGreaterThanOrEqual('NODE SELECTOR'.length + 2);
});
