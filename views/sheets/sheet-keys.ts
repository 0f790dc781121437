// Keys of an open sheet: letters go to its text, arrows choose, Enter does, Esc closes. Nothing below it hears a key.
import { type App, say } from '../../src/state/app.ts';
import { openJournal, quitOrAsk, undoRecord } from '../../src/state/actions.ts';
import { allowProgram, switchIdentity } from '../../src/state/clusters.ts';
import { type LineResult, runLine, sayResult } from '../../src/state/command-line.ts';
import { edit, inputOf, insert, type TextInput } from '../../src/state/text-input.ts';
import { setScope } from '../../src/state/typing.ts';
import { type Sheet, withViewId } from '../../src/state/ui.ts';
import type { Binding } from '../keys/binding.ts';
import { spotOf } from '../keys/binding.ts';
import { actionSheetKey, actionSheetPaste, openRevision } from './action-sheet-keys.ts';
import type { Choice } from './sheet-model.ts';
import { sheetModel } from './sheets.ts';

type Press = { readonly key: string; readonly text: string | null };

export function sheetKey(app: App, bindings: readonly Binding[], press: Press): void {
  const { sheet } = app.ui.getState();
  if (sheet === null) return;
  const model = sheetModel(app, bindings, sheet);
  if (sheet.type === 'action') return actionSheetKey(app, sheet, press, model.entries.length);
  const choose = (chosen: number): void =>
    app.ui.setState({ sheet: { ...sheet, chosen: Math.max(0, Math.min(model.entries.length - 1, chosen)) } });
  switch (press.key) {
    case 'esc':
      return closeOrClear(app, sheet);
    case 'up':
      return choose(model.chosen - 1);
    case 'down':
      return choose(model.chosen + 1);
    case 'pgup':
      return choose(model.chosen - 10);
    case 'pgdn':
      return choose(model.chosen + 10);
    case 'enter': {
      // Only y allows: an Enter that was meant for the list below must not.
      if (sheet.type === 'consent') return app.ui.setState({ sheet: null });
      const entry = model.entries[model.chosen];
      if (entry === undefined) return sheet.type === 'palette' ? runTyped(app, bindings, sheet.input.text) : undefined;
      if (entry.disabled !== undefined) return say(app, 'info', entry.disabled);
      return doChoice(app, bindings, entry.choice);
    }
    case 'tab': {
      const entry = model.entries[model.chosen];
      if (sheet.type === 'palette' && entry !== undefined)
        app.ui.setState({ sheet: { ...sheet, input: inputOf(entry.completion), chosen: 0 } });
      return;
    }
    default:
      sheetText(app, sheet, press, choose, model.chosen);
  }
}

function closeOrClear(app: App, sheet: Sheet): void {
  if (sheet.type === 'help' && sheet.input !== null)
    return app.ui.setState({ sheet: { ...sheet, input: null, chosen: 0 } });
  app.ui.setState({ sheet: null });
}

/** Text goes to the sheet's line when it has one; a list without one knows a few letters of its own. */
function sheetText(app: App, sheet: Sheet, press: Press, choose: (n: number) => void, chosen: number): void {
  const input = sheet.type === 'palette' || sheet.type === 'journal' || sheet.type === 'help' ? sheet.input : null;
  if (input !== null) {
    const next = edit(input, press.key) ?? (press.text === null ? undefined : insert(input, press.text));
    if (next !== undefined) setSheetInput(app, sheet, next);
    return;
  }
  if (sheet.type === 'help' && press.key === '/')
    return app.ui.setState({ sheet: { ...sheet, input: inputOf(''), chosen: 0 } });
  if (press.key === 'j') return choose(chosen + 1);
  if (press.key === 'k') return choose(chosen - 1);
  if (press.key === 'q' || (sheet.type === 'help' && press.key === '?')) return app.ui.setState({ sheet: null });
  if (sheet.type === 'consent' && press.key === 'y') {
    app.ui.setState({ sheet: null });
    void allowProgram(app, sheet.cluster, sheet.program);
  }
  if (sheet.type === 'quit' && press.key === 'y') return app.ports.quit();
  if (sheet.type === 'columns') columnKey(app, sheet, press.key, chosen);
}

const setSheetInput = (app: App, sheet: Sheet, input: TextInput): void => {
  if (sheet.type === 'palette' || sheet.type === 'journal' || sheet.type === 'help')
    app.ui.setState({ sheet: { ...sheet, input, chosen: 0 } });
};

export function sheetPaste(app: App, text: string): void {
  const { sheet } = app.ui.getState();
  if (sheet?.type === 'action') return actionSheetPaste(app, sheet, text);
  if (sheet?.type === 'palette' || (sheet?.type === 'help' && sheet.input !== null)) {
    setSheetInput(app, sheet, insert(sheet.input ?? inputOf(''), text));
  }
}

function columnKey(app: App, sheet: Extract<Sheet, { type: 'columns' }>, key: string, chosen: number): void {
  if (key === 'u')
    return app.ui.setState((ui) => withViewId(ui, sheet.viewId, (v) => ({ ...v, list: { ...v.list, sort: null } })));
  if (key !== 'space') return;
  const entry = sheetModel(app, [], sheet).entries[chosen];
  if (entry?.choice.type !== 'column') return;
  const { column } = entry.choice;
  const isShown = entry.label[0]?.text.startsWith('●') === true;
  const { shownColumns, hiddenColumns } = spotOf(app).view.list;
  app.ui.setState((ui) =>
    withViewId(ui, sheet.viewId, (v) => ({
      ...v,
      list: {
        ...v.list,
        shownColumns: isShown ? shownColumns.filter((id) => id !== column) : [...shownColumns, column],
        hiddenColumns: isShown ? [...hiddenColumns, column] : hiddenColumns.filter((id) => id !== column),
      },
    })),
  );
}

/** Words that are no pane or kind but do something. */
function commandWords(app: App, bindings: readonly Binding[]): ReadonlyMap<string, () => void> {
  const quit = (): void => quitOrAsk(app);
  const byId = (id: string) => (): void => bindings.find((b) => b.id === id)?.run(app, spotOf(app));
  return new Map([
    ['q', quit],
    ['q!', quit],
    ['quit', quit],
    ['exit', quit],
    ['actions', () => void openJournal(app)],
    ['journal', () => void openJournal(app)],
    ['help', byId('help.open')],
    ['h', byId('help.open')],
  ]);
}

/** Runs a palette line from anywhere: the palette, or the command line's `-c`. */
export function tryTyped(app: App, bindings: readonly Binding[], text: string): LineResult {
  app.ui.setState({ sheet: null });
  return runLine(app, text, commandWords(app, bindings));
}

const runTyped = (app: App, bindings: readonly Binding[], text: string): void =>
  sayResult(app, tryTyped(app, bindings, text));

function doChoice(app: App, bindings: readonly Binding[], choice: Choice): void {
  const { sheet } = app.ui.getState();
  switch (choice.type) {
    case 'line':
      return runTyped(app, bindings, choice.line);
    case 'scope':
      app.ui.setState({ sheet: null });
      return setScope(app, choice.text);
    case 'binding':
      app.ui.setState({ sheet: null });
      return choice.binding.run(app, spotOf(app));
    case 'identity':
      app.ui.setState({ sheet: null });
      if (sheet?.type === 'identity') switchIdentity(app, sheet.cluster, choice.context);
      return;
    case 'revision':
      if (sheet?.type === 'revisions') openRevision(app, sheet, choice.revision);
      return;
    case 'undo':
      return undoRecord(app, choice.record);
    case 'none':
      return;
    case 'column':
      if (sheet?.type === 'columns') sortBy(app, sheet.viewId, choice.column);
  }
}

/** Sorts by a column; numbers begin with the largest, and once more turns the order. */
function sortBy(app: App, viewId: string, column: string): void {
  app.ui.setState((ui) =>
    withViewId(ui, viewId, (v) => {
      const isSame = v.list.sort?.column === column;
      const descending = isSame ? v.list.sort?.descending !== true : false;
      return { ...v, list: { ...v.list, sort: { column, descending } } };
    }),
  );
}
