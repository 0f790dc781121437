// Keys that move: rows, pages, panes, decks, in and out.
import { changeList, move, type Move, scrollSideways } from '../../src/state/cursor.ts';
import { slotKeys } from '../../src/state/decks.ts';
import { listOf } from '../../src/state/lists.ts';
import { focusNext, focusSlot, nextDeck, toggleZoom } from '../../src/state/navigate.ts';
import { enter, goBack } from '../../src/state/open.ts';
import { withView } from '../../src/state/ui.ts';
import type { SlotId } from '../../src/state/view.ts';
import { blockEnd, shownLines } from '../../src/state/texts.ts';
import type { App } from '../../src/state/app.ts';
import { type Binding, everywhere, inDocument, inList, inLogs, inText, needsRow, type Spot } from './binding.ts';

const mover = (id: string, keys: readonly string[], title: string, how: Move): Binding => ({
  id,
  keys,
  title,
  section: 'Move',
  where: 'everywhere',
  applies: everywhere,
  run: (app) => move(app, how),
});

const paneTitles: Readonly<Partial<Record<SlotId, string>>> = {
  triage: 'Triage',
  workloads: 'Workloads',
  logs: 'Logs',
  clusters: 'Clusters',
};

const paneKeys: readonly Binding[] = (Object.entries(slotKeys) as [SlotId, string][]).map(([slot, key]) => ({
  id: `pane.${slot}`,
  keys: [key],
  title: `pane ${paneTitles[slot] ?? slot}`,
  section: 'Move',
  where: 'everywhere',
  applies: everywhere,
  run: (app) => app.ui.setState((ui) => focusSlot(ui, slot)),
}));

const notWrapped = ({ view }: Spot): string | undefined =>
  view.text.wraps ? 'lines are wrapped, w shows them in one' : undefined;

export const moveKeys: readonly Binding[] = [
  mover('move.down', ['j', 'down'], 'down', 'down'),
  mover('move.up', ['k', 'up'], 'up', 'up'),
  mover('move.page-down', ['pgdn', 'ctrl-f'], 'page down', 'page-down'),
  mover('move.page-up', ['pgup'], 'page up', 'page-up'),
  mover('move.top', ['g', 'home'], 'top', 'top'),
  mover('move.bottom', ['G', 'end'], 'bottom', 'bottom'),
  {
    id: 'move.left',
    keys: ['left'],
    title: 'scroll left, close an app',
    section: 'Move',
    where: 'lists',
    applies: inList,
    run: (app, spot) => sideways(app, spot, -1),
  },
  {
    id: 'move.right',
    keys: ['right'],
    title: 'scroll right, open an app',
    section: 'Move',
    where: 'lists',
    applies: inList,
    run: (app, spot) => sideways(app, spot, 1),
  },
  {
    id: 'text.left',
    keys: ['left'],
    title: 'scroll left',
    section: 'Move',
    where: 'Logs, documents, when not wrapped',
    applies: inText,
    disabledReason: notWrapped,
    run: (app) => scrollSideways(app, -1),
  },
  {
    id: 'text.right',
    keys: ['right'],
    title: 'scroll right',
    section: 'Move',
    where: 'Logs, documents, when not wrapped',
    applies: inText,
    disabledReason: notWrapped,
    run: (app) => scrollSideways(app, 1),
  },
  {
    id: 'go.into',
    keys: ['enter'],
    title: 'into',
    section: 'Move',
    where: 'lists, documents (folds)',
    applies: (spot) => !inLogs(spot),
    disabledReason: (spot) => (inDocument(spot) ? undefined : needsRow(spot)),
    run: (app, spot) => (inDocument(spot) ? fold(app, spot) : enter(app)),
    hint: 1,
  },
  {
    id: 'go.back',
    keys: ['esc'],
    title: 'back',
    section: 'Move',
    where: 'everywhere',
    applies: everywhere,
    run: goBack,
  },
  {
    id: 'pane.zoom',
    keys: ['z'],
    title: 'zoom this pane',
    section: 'Move',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => app.ui.setState(toggleZoom),
  },
  ...paneKeys,
  {
    id: 'pane.next',
    keys: ['tab'],
    title: 'next pane',
    section: 'Move',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => app.ui.setState((ui) => focusNext(ui, 1)),
  },
  {
    id: 'pane.previous',
    keys: ['shift-tab'],
    title: 'previous pane',
    section: 'Move',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => app.ui.setState((ui) => focusNext(ui, -1)),
  },
  {
    id: 'deck.next',
    keys: ['`'],
    title: 'next deck',
    section: 'Move',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => app.ui.setState(nextDeck),
  },
];

/** Opens or closes the app under the cursor; on any other row scrolls columns, the name stays. */
function sideways(app: App, spot: Spot, step: 1 | -1): void {
  const { row, view } = spot;
  const isWantedOpen = step === 1;
  if (row !== undefined && row.open !== null && row.open !== isWantedOpen && view.list.scrollX === 0) {
    const toggled = view.list.toggled.includes(row.key)
      ? view.list.toggled.filter((key) => key !== row.key)
      : [...view.list.toggled, row.key];
    app.ui.setState((ui) => withView(ui, ui.focus, (v) => ({ ...v, list: { ...v.list, toggled } })));
    return;
  }
  const most = Math.max(0, listOf(spot.ui, spot.data, view).columns.length - 2);
  changeList(app, (list) => ({ ...list, scrollX: Math.max(0, Math.min(most, list.scrollX + step)) }));
}

/** Folds or unfolds the block that the line under the cursor heads. */
function fold(app: App, spot: Spot): void {
  const document = spot.data.documents[spot.view.id];
  if (document === undefined) return;
  const line = shownLines(document, spot.view.text.folded)[spot.view.list.cursor];
  if (line === undefined || blockEnd(document.lines, line.index) === line.index + 1) return;
  const folded = new Set(spot.view.text.folded);
  if (!folded.delete(line.index)) folded.add(line.index);
  app.ui.setState((ui) => withView(ui, ui.focus, (v) => ({ ...v, text: { ...v.text, folded } })));
}
