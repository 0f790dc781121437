// The selection of the main pane drives the panes beside it, after it has rested: holding `j` opens nothing.
import type { App } from './app.ts';
import { selectedRow } from './lists.ts';
import { topView, type UiState } from './ui.ts';
import type { DataState } from './data.ts';
import type { LinkTarget } from './view.ts';

const restMs = 250;

/** What the main pane's cursor stands on; null when its list is empty. */
export function currentTarget(ui: UiState, data: DataState): LinkTarget | null {
  const view = topView(ui, ui.main);
  const { content } = view;
  const row =
    content.type === 'table' || content.type === 'clusters' || content.type === 'containers'
      ? selectedRow(ui, data, view)
      : undefined;
  if (row === undefined) return null;
  const table = content.type === 'table' ? content.table : content.type;
  return { key: `${view.id} ${table} ${row.key}`, table, row };
}

/** Watches the selection and moves the link when it has rested. The first selection of all links at once. */
export function followSelection(app: App): Disposable {
  let timer: Disposable | null = null;
  let pending: string | null = null;
  const look = (): void => {
    const ui = app.ui.getState();
    const target = currentTarget(ui, app.data.getState());
    const key = target?.key ?? null;
    if (key === (ui.link?.key ?? null)) {
      timer?.[Symbol.dispose]();
      timer = null;
      pending = null;
      // The same row with other values: what stands beside it shows the new ones.
      if (target !== null && ui.link !== null && target.row !== ui.link.row) app.ui.setState({ link: target });
      return;
    }
    if (key === pending && timer !== null) return;
    timer?.[Symbol.dispose]();
    pending = key;
    if (ui.link === null && target !== null) {
      timer = null;
      app.ui.setState({ link: target });
      return;
    }
    timer = app.timers.after(restMs, () => {
      timer = null;
      pending = null;
      app.ui.setState((now) => ({ link: currentTarget(now, app.data.getState()) }));
    });
  };
  const stops = [app.ui.subscribe(look), app.data.subscribe(look)];
  look();
  return {
    [Symbol.dispose]: () => {
      timer?.[Symbol.dispose]();
      for (const stop of stops) stop();
    },
  };
}
