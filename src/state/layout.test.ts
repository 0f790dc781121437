// The screen is divided without gaps and without overlaps, at every size.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { builtInDecks, deckOf, slotsOf, withDecks } from './decks.ts';
import { boxesOf, layoutScreen, type LayoutInput } from './layout.ts';
import type { SlotId } from './view.ts';

/** More panes side by side than most screens have room for. */
const crowded = (['triage', 'workloads', 'pods', 'logs'] as const).map((pane, i) => ({
  share: 1 + i,
  panes: [
    { pane, share: 1 },
    ...(i === 0 ? (['nodes', 'clusters', 'events'] as const).map((p) => ({ pane: p, share: 1 })) : []),
  ],
}));

const input = (width: number, height: number, change: Partial<LayoutInput> = {}): LayoutInput => ({
  size: { width, height },
  deck: deckOf({ decks: builtInDecks, deck: 'home' }),
  focus: 'triage',
  isZoomed: false,
  isDrilled: false,
  hasDetail: true,
  contentLines: 7,
  ...change,
});

test('a wide screen shows the deck, a small one a pane with tabs, a tiny one words', () => {
  expect(layoutScreen(input(120, 40)).mode).toBe('tiled');
  expect(layoutScreen(input(80, 24))).toMatchObject({
    mode: 'single',
    tabs: ['triage', 'events', 'workloads', 'logs'],
  });
  expect(layoutScreen(input(59, 40)).mode).toBe('small');
  expect(layoutScreen(input(80, 14)).mode).toBe('small');
  expect(layoutScreen(input(120, 40, { focus: 'clusters' })).mode).toBe('zoomed');
});

test('at 80x24 the selection has its detail below the list, and the newest lines of its log', () => {
  const layout = layoutScreen(input(80, 24));
  expect(layout).toMatchObject({ detailHeight: 7 });
  expect(boxesOf(layout).map((box) => box.slot)).toEqual(['triage', 'logs']);
});

test('panes fill the body exactly, rows meet, separators are joined', () => {
  const slots = fc.constantFrom<SlotId>('triage', 'workloads', 'logs', 'clusters', 'pods', 'browse');
  fc.assert(
    fc.property(
      fc.integer({ min: 60, max: 500 }),
      fc.integer({ min: 15, max: 200 }),
      fc.constantFrom(...withDecks({ night: crowded })),
      slots,
      fc.boolean(),
      fc.nat(300),
      (width, height, deck, focus, isZoomed, contentLines) => {
        const layout = layoutScreen(input(width, height, { deck, focus, isZoomed, contentLines }));
        if (layout.mode === 'small') throw new Error('not small');
        const area = boxesOf(layout).reduce((sum, box) => sum + box.width * box.height, 0);
        expect(area + layout.detailHeight * width).toBe((height - 3) * width);
        for (const row of layout.rows) {
          expect(row.reduce((sum, box) => sum + box.width, 0)).toBe(width);
          row.forEach((box, i) => expect(box.hasSeparator).toBe(i < row.length - 1));
        }
        if (layout.mode === 'tiled') expect(layout.rows.flat()).toHaveLength(slotsOf(deck).length);
      },
    ),
  );
});

test('a short list that was opened by going into a row has its detail below it', () => {
  const drilled = { isZoomed: true, isDrilled: true, focus: 'pods' } as const;
  expect(layoutScreen(input(80, 24, drilled))).toMatchObject({ mode: 'zoomed', tabs: [], detailHeight: 12 });
  expect(layoutScreen(input(80, 24, { ...drilled, contentLines: 40 }))).toMatchObject({ detailHeight: 0 });
  expect(layoutScreen(input(80, 24, { ...drilled, isDrilled: false }))).toMatchObject({ detailHeight: 0 });
});
