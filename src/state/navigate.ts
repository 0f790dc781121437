// Going places: focus, zoom, decks, into a row and back. Pure steps on the state of the screen.
import { type Deck, deckOf, firstMain, slotsOf } from './decks.ts';
import { newView, rootContent, type Content, type SlotId } from './view.ts';
import { topView, type UiState } from './ui.ts';

const isMain = (ui: UiState, slot: SlotId): boolean => deckOf(ui).mains.includes(slot);

/** Focuses a pane. One that is not in the deck covers the others until Esc. */
export function focusSlot(ui: UiState, slot: SlotId): UiState {
  if (slot === ui.focus) return ui;
  const isInDeck = slotsOf(deckOf(ui)).includes(slot);
  const wasInDeck = slotsOf(deckOf(ui)).includes(ui.focus);
  const places = isInDeck ? [] : wasInDeck ? [...ui.places, placeOf(ui)] : ui.places;
  return {
    ...ui,
    focus: slot,
    places,
    isZoomed: isInDeck && wasInDeck ? ui.isZoomed : false,
    main: isMain(ui, slot) ? slot : ui.main,
  };
}

const placeOf = (ui: UiState) => ({ deck: ui.deck, focus: ui.focus, isZoomed: ui.isZoomed });

/** Focuses the pane `step` places on, round and round. */
export function focusNext(ui: UiState, step: 1 | -1): UiState {
  const slots = slotsOf(deckOf(ui)).filter((slot) => slot !== 'detail' || (!ui.isZoomed && ui.size.width >= 100));
  const at = slots.indexOf(ui.focus);
  const next = slots[(at + step + slots.length) % slots.length];
  return next === undefined ? ui : focusSlot(ui, at < 0 ? (slots[0] ?? next) : next);
}

export const toggleZoom = (ui: UiState): UiState => ({ ...ui, isZoomed: !ui.isZoomed });

/** The next deck; the focused pane keeps the focus when the deck has it too. */
export function nextDeck(ui: UiState): UiState {
  const { decks } = ui;
  const at = decks.findIndex((deck) => deck.id === ui.deck);
  const deck = decks[(at + 1) % decks.length] ?? deckOf(ui);
  const focus = slotsOf(deck).includes(ui.focus) ? ui.focus : firstMain(deck);
  const main = deck.mains.includes(focus) ? focus : firstMain(deck);
  return { ...ui, deck: deck.id, focus, main, isZoomed: false, places: [] };
}

/** A deck as it is at the start: its first main pane in focus. */
export function openDeck(ui: UiState, deck: Deck): UiState {
  const main = firstMain(deck);
  return { ...ui, deck: deck.id, focus: main, main, isZoomed: false, places: [] };
}

let nextId = 1;

/** A pane shows something else on top of what it shows; Esc comes back to it as it was. */
export function push(ui: UiState, slot: SlotId, content: Content): UiState {
  const hasZoomed = !ui.isZoomed && slotsOf(deckOf(ui)).includes(slot);
  const view = newView(`${slot}-${nextId++}`, content, hasZoomed);
  return { ...ui, isZoomed: ui.isZoomed || hasZoomed, slots: { ...ui.slots, [slot]: [...ui.slots[slot], view] } };
}

/** Opens something from anywhere: the browse pane shows it and nothing else. */
export function browse(ui: UiState, content: Content): UiState {
  const focused = focusSlot(ui, 'browse');
  return { ...focused, slots: { ...focused.slots, browse: [newView(`browse-${nextId++}`, content)] } };
}

/** One step back: out of a drill, then out of a zoom, then to the deck. Undefined: there is nowhere to go back to. */
export function back(ui: UiState): UiState | undefined {
  const views = ui.slots[ui.focus];
  if (views.length > 1) {
    const top = topView(ui, ui.focus);
    return {
      ...ui,
      isZoomed: top.hasZoomed ? false : ui.isZoomed,
      slots: { ...ui.slots, [ui.focus]: views.slice(0, -1) },
    };
  }
  const place = ui.places.at(-1);
  if (place !== undefined && !slotsOf(deckOf(ui)).includes(ui.focus)) {
    return { ...ui, ...place, places: ui.places.slice(0, -1) };
  }
  if (ui.isZoomed) return { ...ui, isZoomed: false };
  return undefined;
}

/** The slot that shows a table by itself, when there is one. */
export const slotOfTable = (table: string): SlotId | undefined =>
  (Object.keys(rootContent) as SlotId[]).find((slot) => {
    const content = rootContent[slot];
    return slot !== 'browse' && content.type === 'table' && content.table === table && !content.isLinked;
  });
