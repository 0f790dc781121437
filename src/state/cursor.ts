// Keys that move and mark in the focused pane, whatever it shows: a list, a log or a document.
import type { App } from './app.ts';
import { listHeight, textHeight } from './geometry.ts';
import { type ListView, moveBy, moveTo, pageBy, toggleMark, toggleRange } from './list.ts';
import { listOf } from './lists.ts';
import { longestLine, textLength, textStart } from './texts.ts';
import type { DataState } from './data.ts';
import { focusedView, type UiState, withView } from './ui.ts';
import { isListContent, type ListState, type ViewState } from './view.ts';

export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'top' | 'bottom';

export const isList = (view: ViewState): boolean => isListContent(view.content);

/** Moves the cursor of a list, or scrolls a text. */
export function move(app: App, how: Move): void {
  const view = focusedView(app.ui.getState());
  if (isList(view) || view.content.type === 'document') changeList(app, (list, sight) => step(list, sight, how));
  else scrollText(app, view, how);
}

/** A step on the focused list. */
export function changeList(app: App, change: (list: ListState, sight: ListView) => ListState): void {
  const data = app.data.getState();
  app.ui.setState((ui) => {
    const view = focusedView(ui);
    const sight = sightOf(ui, data, view);
    const list = change(view.list, sight);
    return list === view.list ? ui : withView(ui, ui.focus, (v) => ({ ...v, list }));
  });
}

/** What of a list or a document is there and in sight. */
export function sightOf(ui: UiState, data: DataState, view: ViewState): ListView {
  if (!isList(view)) {
    return { total: textLength(ui, data, view), rowAt: () => undefined, height: textHeight(ui, data, view.id) };
  }
  const { total, rowAt } = listOf(ui, data, view);
  return { total, rowAt, height: listHeight(ui, data, view.id) };
}

function step(list: ListState, sight: ListView, how: Move): ListState {
  switch (how) {
    case 'up':
      return moveBy(list, -1, sight);
    case 'down':
      return moveBy(list, 1, sight);
    case 'page-up':
      return pageBy(list, -1, sight);
    case 'page-down':
      return pageBy(list, 1, sight);
    case 'top':
      return moveTo(list, 0, sight);
    case 'bottom':
      return moveTo(list, sight.total - 1, sight);
  }
}

export const mark = (app: App): void => changeList(app, toggleMark);
export const markRange = (app: App): void => changeList(app, toggleRange);

/** A text scrolls; in a log going up stops following and reaching the end follows again. */
function scrollText(app: App, view: ViewState, how: Move): void {
  const data = app.data.getState();
  const ui = app.ui.getState();
  const height = textHeight(ui, data, view.id);
  const length = textLength(ui, data, view);
  const first = textStart(data, view);
  const isLog = view.content.type === 'logs';
  const last = Math.max(first, length - (isLog ? app.ports.linesAtEnd(ui, data, view.id) : height));
  const from = isLog && view.text.follows ? last : Math.max(first, Math.min(view.list.top, last));
  const page = Math.max(1, height - 1);
  const to = {
    up: from - 1,
    down: from + 1,
    'page-up': from - page,
    'page-down': from + page,
    top: first,
    bottom: last,
  }[how];
  const top = Math.max(first, Math.min(last, to));
  const goesDown = how === 'down' || how === 'page-down' || how === 'bottom';
  const follows = isLog && top >= last && goesDown;
  app.ui.setState((state) =>
    withView(state, state.focus, (v) => ({
      ...v,
      list: { ...v.list, top, cursor: top },
      text: isLog ? { ...v.text, follows } : v.text,
    })),
  );
}

/** Cells that a key scrolls a text sideways: enough to read on, few enough to keep the place. */
const sideStep = 16;

/** Scrolls the lines of a log or document sideways, until the end of the longest one at hand is in sight. */
export function scrollSideways(app: App, direction: 1 | -1): void {
  const data = app.data.getState();
  app.ui.setState((ui) =>
    withView(ui, ui.focus, (view) => {
      const { scrollX } = view.text;
      const next = Math.max(0, scrollX + direction * sideStep);
      const isAtEnd = direction === 1 && scrollX + ui.size.width / 2 >= longestLine(data, view);
      return isAtEnd || next === scrollX ? view : { ...view, text: { ...view.text, scrollX: next } };
    }),
  );
}
