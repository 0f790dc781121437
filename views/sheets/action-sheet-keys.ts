// Keys of the sheets that lead a write. Only what is said here confirms anything; a paste never does.
import { confirm, leaveAction, openAction, setField } from '../../src/state/actions.ts';
import type { App } from '../../src/state/app.ts';
import { edit, insert, type TextInput } from '../../src/state/text-input.ts';
import type { ActionSheet, Sheet } from '../../src/state/ui.ts';

type Press = { readonly key: string; readonly text: string | null };

export function actionSheetKey(app: App, sheet: ActionSheet, press: Press, lines: number): void {
  if (press.key === 'esc') return leaveAction(app);
  if (press.key === 'enter') {
    if (sheet.view?.at.phase === 'ended' || sheet.view?.at.phase === 'impossible') return leaveAction(app);
    return confirm(app, 'enter');
  }
  const scrolled = { up: -1, down: 1, pgup: -10, pgdn: 10 }[press.key];
  if (scrolled !== undefined) {
    const chosen = Math.max(0, Math.min(lines - 1, sheet.chosen + scrolled));
    return app.ui.setState({ sheet: { ...sheet, chosen } });
  }
  const input = fieldOf(sheet);
  if (input === null) {
    if (press.key === 'y') confirm(app, 'y');
    if (press.key === 'q') leaveAction(app);
    return;
  }
  // In a number nothing but digits makes sense: y confirms there.
  if (sheet.field === 'number' && press.key === 'y') return confirm(app, 'y');
  if (sheet.field === 'number' && press.text !== null && !/^\d+$/.test(press.text)) return;
  const next = edit(input, press.key) ?? (press.text === null ? undefined : insert(input, press.text));
  if (next !== undefined) setField(app, next);
}

const fieldOf = (sheet: ActionSheet): TextInput | null => (sheet.field === null ? null : sheet[sheet.field]);

/** A reason may be pasted; the name that confirms is typed by hand, so that nobody confirms what they did not read. */
export function actionSheetPaste(app: App, sheet: ActionSheet, text: string): void {
  if (sheet.field === 'reason') setField(app, insert(sheet.reason, text));
}

/** The chosen revision's plan. */
export const openRevision = (app: App, { target }: Extract<Sheet, { type: 'revisions' }>, revision: number): void =>
  openAction(app, { verb: 'rollback', target, revision });
