// The decks: which panes stand together and how the screen is divided between them. Some are built in, others come from
// the configuration.
import type { PaneName } from '../core/pane-names.ts';
import type { SlotId } from './view.ts';

export type DeckTile = { readonly slot: SlotId /** Share of the row's width. */; readonly share: number };
export type DeckRow = { readonly tiles: readonly DeckTile[] /** Share of the height. */; readonly share: number };

export type Deck = {
  /** The name that it is called by. */
  readonly id: string;
  readonly rows: readonly DeckRow[];
  /** Panes whose selection the linked panes follow, the first one at the start; never empty. */
  readonly mains: readonly SlotId[];
};

/** A deck as a person writes it. */
export type DeckRows = readonly {
  readonly share: number;
  readonly panes: readonly { readonly pane: PaneName; readonly share: number }[];
}[];

const tile = (slot: SlotId, share = 1): DeckTile => ({ slot, share });

export const builtInDecks: readonly Deck[] = [
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

/** Built-in decks, those of a person in place of one of the same name or behind them. */
export function withDecks(own: Readonly<Record<string, DeckRows>>): readonly Deck[] {
  const made = Object.entries(own).map(([id, rows]) => deckFrom(id, rows));
  const replaced = builtInDecks.map((deck) => made.find((one) => one.id === deck.id) ?? deck);
  return [...replaced, ...made.filter((deck) => !replaced.includes(deck))];
}

/** Lists that something can be selected in. Pods last: they follow the selection of another one where there is one. */
const selectable: readonly SlotId[] = ['triage', 'workloads', 'nodes', 'clusters', 'pods'];

function deckFrom(id: string, plan: DeckRows): Deck {
  const rows = plan.map(({ share, panes }) => ({ share, tiles: panes.map((one) => tile(one.pane, one.share)) }));
  const slots = slotsOf({ rows });
  const lists = slots.filter((slot) => selectable.includes(slot));
  const mains = [...lists.filter((slot) => slot !== 'pods'), ...lists.filter((slot) => slot === 'pods')];
  return { id, rows, mains: mains.length > 0 ? mains : slots.slice(0, 1) };
}

type Decks = { readonly decks: readonly Deck[]; readonly deck: string };

/** The deck that is shown. */
export const deckOf = ({ decks, deck }: Decks): Deck =>
  decks.find((one) => one.id === deck) ?? (builtInDecks[0] as Deck);

/** Where the focus is when the deck opens. */
export const firstMain = (deck: Deck): SlotId => deck.mains[0] ?? 'triage';

export const slotsOf = (deck: Pick<Deck, 'rows'>): readonly SlotId[] =>
  deck.rows.flatMap((row) => row.tiles.map((t) => t.slot));

/** Digits that focus a pane; a digit without a pane is not bound. */
export const slotKeys: Readonly<Partial<Record<SlotId, string>>> = {
  triage: '1',
  workloads: '2',
  logs: '5',
  clusters: '0',
};
