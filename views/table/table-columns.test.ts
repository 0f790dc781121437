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
