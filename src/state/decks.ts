// The decks: which panes stand together and how the screen is divided between them.
import type { SlotId } from './view.ts';

export type DeckId = 'home' | 'workload';

export type DeckTile = { readonly slot: SlotId /** Share of the row's width. */; readonly share: number };
export type DeckRow = { readonly tiles: readonly DeckTile[] /** Share of the height. */; readonly share: number };

export type Deck = {
  readonly id: DeckId;
  readonly rows: readonly DeckRow[];
  /** Panes whose selection the linked panes follow, the first one at the start. */
  readonly mains: readonly SlotId[];
};

const tile = (slot: SlotId, share = 1): DeckTile => ({ slot, share });

export const decks: readonly Deck[] = [
  {
    id: 'home',
    mains: ['triage', 'workloads'],
    rows: [
      { share: 0.24, tiles: [tile('triage', 85), tile('events', 35)] },
      { share: 0.35, tiles: [tile('workloads')] },
      { share: 0.41, tiles: [tile('logs', 0.56), tile('detail', 0.44)] },
    ],
  },
  {
    id: 'workload',
    mains: ['workloads', 'pods'],
    rows: [
      { share: 0.32, tiles: [tile('workloads')] },
      { share: 0.25, tiles: [tile('pods')] },
      { share: 0.43, tiles: [tile('logs', 0.58), tile('events', 0.42)] },
    ],
  },
];

/** Whether a word names a deck. */
export const isDeck = (word: string): word is DeckId => decks.some((deck) => deck.id === word);

export const deckOf = (id: DeckId): Deck => decks.find((deck) => deck.id === id) ?? (decks[0] as Deck);

export const slotsOf = (deck: Deck): readonly SlotId[] => deck.rows.flatMap((row) => row.tiles.map((t) => t.slot));

/** Digits that focus a pane; a digit without a pane is not bound. */
export const slotKeys: Readonly<Partial<Record<SlotId, string>>> = {
  triage: '1',
  workloads: '2',
  logs: '5',
  clusters: '0',
};
