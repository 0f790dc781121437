// What keys do in a log: follow and pause, the next error, times and wrapping.
import { plural } from '../core/format.ts';
import type { SavedLog } from '../protocol/messages.ts';
import { type App, say } from './app.ts';
import { findError, isError } from './texts.ts';
import { focusedView, withView } from './ui.ts';
import type { TextState } from './view.ts';
import { selectorOf } from './wanted.ts';

const changeText = (app: App, change: (text: TextState) => TextState): void =>
  app.ui.setState((ui) => withView(ui, ui.focus, (v) => ({ ...v, text: change(v.text) })));

/** Holds the view where it is, or follows the newest line again. Nothing is lost while it is held. */
export function pauseOrFollow(app: App): void {
  const ui = app.ui.getState();
  const data = app.data.getState();
  const view = focusedView(ui);
  const window = data.logs[view.id];
  const last = (window?.matched ?? 0) - app.ports.linesAtEnd(ui, data, view.id);
  const top = view.text.follows ? Math.max(0, last) : view.list.top;
  app.ui.setState(
    withView(ui, ui.focus, (v) => ({
      ...v,
      list: { ...v.list, top, cursor: top },
      text: { ...v.text, follows: !v.text.follows },
    })),
  );
}

export const follow = (app: App): void => changeText(app, (text) => ({ ...text, follows: true }));

const clocks: readonly TextState['clock'][] = ['utc', 'local', 'none'];

/** UTC, local, no time. */
export const nextClock = (app: App): void =>
  changeText(app, (text) => ({ ...text, clock: clocks[(clocks.indexOf(text.clock) + 1) % clocks.length] ?? 'utc' }));

/** Puts the next error (or the one before) at the top, and holds the view there. */
export function jumpToError(app: App, direction: 1 | -1): void {
  const ui = app.ui.getState();
  const data = app.data.getState();
  const view = focusedView(ui);
  const window = data.logs[view.id];
  if (window === undefined) return;
  const newest = Math.max(0, window.matched - app.ports.linesAtEnd(ui, data, view.id));
  const from = view.text.follows ? (direction === 1 ? window.matched : firstShownError(newest)) : view.list.top;
  const at = findError(window, from, direction);
  if (at === undefined) {
    const isAtEnd =
      direction === 1 ? window.offset + window.lines.length >= window.matched : window.offset <= window.first;
    if (isAtEnd) return say(app, 'info', direction === 1 ? 'No later error.' : 'No earlier error.');
    // Not among the lines at hand: look on from their end; the next press finds it there.
    const top = direction === 1 ? window.offset + window.lines.length : Math.max(0, window.offset - 1);
    return holdAt(app, Math.min(top, newest));
  }
  holdAt(app, at);

  function firstShownError(top: number): number {
    const lines = window?.lines ?? [];
    const offset = window?.offset ?? 0;
    for (let i = lines.length - 1; i >= 0; i--) {
      const line = lines[i];
      if (line !== undefined && isError(line)) return offset + i + 1;
    }
    return top;
  }
}

/** Writes what is kept and filtered to a new file, and says where it is. */
export function saveLogs(app: App): void {
  const ui = app.ui.getState();
  const { content } = focusedView(ui);
  const selector = content.type === 'logs' ? selectorOf(content, ui) : null;
  if (content.type !== 'logs' || selector === null) return;
  say(app, 'info', 'saving the lines that are kept');
  void app.engine.ask({ ask: 'save-logs', selector, options: content.options }).then((answer) => {
    if (!answer.ok) return say(app, 'fail', `not saved: ${answer.message}`);
    const { path, lines } = answer.value as SavedLog;
    say(app, 'ok', `saved ${plural(lines, 'line')} to ${path}`);
  });
}

const holdAt = (app: App, top: number): void =>
  app.ui.setState((ui) =>
    withView(ui, ui.focus, (v) => ({
      ...v,
      list: { ...v.list, top, cursor: top },
      text: { ...v.text, follows: false },
    })),
  );
