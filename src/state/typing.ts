// The line typed at the bottom: a pane's filter, the scope of all panes, a search in a document. What is typed is shown
// at work while it is typed; Enter keeps it, Esc brings back what was before.
import { parseTerms } from '../core/filter/terms.ts';
import { formatScope, parseScope } from '../core/scope.ts';
import { type App, say } from './app.ts';
import { textHeight } from './geometry.ts';
import { keepInSight } from './list.ts';
import { edit, inputOf, insert, type TextInput } from './text-input.ts';
import { findLine, shownLines } from './texts.ts';
import { focusedView, type InputLine, withView } from './ui.ts';

/** Opens the line. Documents are searched, lists and logs filtered. */
export function openInput(app: App, what: 'filter' | 'scope'): void {
  const ui = app.ui.getState();
  const view = focusedView(ui);
  const asked: InputLine['for'] = what === 'filter' && view.content.type === 'document' ? 'search' : what;
  const before = asked === 'scope' ? formatScope(ui.scope) : asked === 'search' ? view.text.search : view.list.filter;
  app.ui.setState({ input: { for: asked, before, ...inputOf(before) } });
}

/** A key or text for the open line. */
export function typeInto(app: App, key: string, text: string | null): void {
  const { input } = app.ui.getState();
  if (input === null) return;
  if (key === 'enter') return accept(app, input);
  if (key === 'esc') return cancel(app, input);
  const next = edit(input, key) ?? (text === null ? undefined : insert(input, text));
  if (next !== undefined) change(app, input, next);
}

export function pasteInto(app: App, text: string): void {
  const { input } = app.ui.getState();
  if (input !== null) change(app, input, insert(input, text));
}

function change(app: App, input: InputLine, next: TextInput): void {
  app.ui.setState({ input: { ...input, ...next } });
  if (next.text !== input.text && input.for !== 'scope') apply(app, input.for, next.text);
}

function apply(app: App, what: 'filter' | 'search', text: string): void {
  app.ui.setState((ui) =>
    withView(ui, ui.focus, (view) => {
      if (what === 'search') return { ...view, text: { ...view.text, search: text } };
      // The cursor looks for its row among what is left; a log is read from its end again.
      const list = { ...view.list, filter: text, top: 0, cursor: 0 };
      return view.content.type === 'logs'
        ? { ...view, list, text: { ...view.text, follows: true } }
        : { ...view, list };
    }),
  );
}

function accept(app: App, input: InputLine): void {
  const { bad } = parseTerms(input.text);
  if (input.for === 'scope') {
    if (bad !== null) return say(app, 'warn', `${input.text.slice(bad.from, bad.to)}: ${bad.reason}`);
    app.ui.setState({ input: null });
    setScope(app, input.text);
    return;
  }
  app.ui.setState({ input: null });
  if (input.for === 'search') jumpToMatch(app, 1);
}

function cancel(app: App, input: InputLine): void {
  app.ui.setState({ input: null });
  if (input.for !== 'scope') apply(app, input.for, input.before);
}

/** Every pane looks at this scope from now on; clusters that it names are connected. */
export function setScope(app: App, text: string): void {
  const { scope } = parseScope(text);
  app.ui.setState({ scope });
  app.engine.setScope(scope);
}

/** Puts the cursor of a document on the next match. */
export function jumpToMatch(app: App, direction: 1 | -1): void {
  const ui = app.ui.getState();
  const data = app.data.getState();
  const view = focusedView(ui);
  const document = data.documents[view.id];
  if (document === undefined) return;
  const lines = shownLines(document, view.text.folded);
  const from =
    direction === 1 && ui.input === null
      ? view.list.cursor - (matches(lines[view.list.cursor]?.line.text) ? 0 : 1)
      : view.list.cursor;
  const at = findLine(lines, view.text.search, Math.max(direction === 1 ? -1 : 0, from), direction);
  if (at === undefined) return say(app, 'info', `Nothing matches ${view.text.search}.`);
  const height = textHeight(ui, data, view.id);
  app.ui.setState(
    withView(ui, ui.focus, (v) => ({ ...v, list: keepInSight({ ...v.list, cursor: at }, lines.length, height) })),
  );

  function matches(text: string | undefined): boolean {
    return text !== undefined && view.text.search !== '' && text.toLowerCase().includes(view.text.search.toLowerCase());
  }
}
