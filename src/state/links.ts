// The selection of the main pane drives the panes beside it, after it has rested: holding `j` opens nothing.
import type { App } from './app.ts';
import { selectedRow } from './lists.ts';
import { topView, type UiState } from './ui.ts';
import type { DataState } from './data.ts';
import { isList } from './cursor.ts';
import { type Deck, deckOf, firstMain, slotsOf } from './decks.ts';
import type { LinkTarget, SlotId } from './view.ts';

const restMs = 250;

/** What the cursor of a main pane stands on; null when its list is empty. */
export function currentTarget(ui: UiState, data: DataState, slot: SlotId): LinkTarget | null {
  const view = topView(ui, slot);
  const { content } = view;
  const row = isList(view) ? selectedRow(ui, data, view) : undefined;
  if (row === undefined) return null;
  const table = content.type === 'table' ? content.table : content.type;
  return { key: `${view.id} ${table} ${row.key}`, table, row };
}

type Field = 'link' | 'firstLink' | 'seen';

/** Pods follow the first main pane; where they are it themselves they follow nothing and show the scope. */
function leadOfPods(deck: Deck): SlotId | null {
  const first = firstMain(deck);
  return first === 'pods' ? null : first;
}

const covering = (ui: UiState): SlotId | null => (slotsOf(deckOf(ui)).includes(ui.focus) ? null : ui.focus);

/** Watches the selections and moves the links when they have rested. */
export function followSelection(app: App): Disposable {
  const stack = new DisposableStack();
  stack.use(follow(app, 'link', (ui) => ui.main));
  stack.use(follow(app, 'firstLink', (ui) => leadOfPods(deckOf(ui))));
  stack.use(follow(app, 'seen', covering));
  return stack;
}

/** One link. The first selection of all links at once. */
function follow(app: App, field: Field, slotOf: (ui: UiState) => SlotId | null): Disposable {
  let timer: Disposable | null = null;
  let pending: string | null = null;
  const targetNow = (): LinkTarget | null => {
    const ui = app.ui.getState();
    const slot = slotOf(ui);
    return slot === null ? null : currentTarget(ui, app.data.getState(), slot);
  };
  const set = (target: LinkTarget | null): void => app.ui.setState({ [field]: target });
  const rest = (): void => {
    timer?.[Symbol.dispose]();
    timer = null;
    pending = null;
  };
  const look = (): void => {
    const target = targetNow();
    const linked = app.ui.getState()[field];
    const key = target?.key ?? null;
    if (key === (linked?.key ?? null)) {
      rest();
      // The same row with other values: what stands beside it shows the new ones.
      if (target !== null && linked !== null && target.row !== linked.row) set(target);
      return;
    }
    if (key === pending && timer !== null) return;
    rest();
    if (linked === null) return set(target);
    pending = key;
    timer = app.timers.after(restMs, () => {
      rest();
      set(targetNow());
    });
  };
  const stops = [app.ui.subscribe(look), app.data.subscribe(look)];
  look();
  return {
    [Symbol.dispose]: () => {
      rest();
      for (const stop of stops) stop();
    },
  };
}
