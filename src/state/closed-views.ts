// What a closed view showed is let go of: its rows, lines and documents would otherwise stay for as long as the program
// runs, a new id for each that is opened.
import type { App } from './app.ts';
import { type DataState, without } from './data.ts';
import type { UiState } from './ui.ts';

/** Forgets what was shown by each view that has left its slot. Disposing ends that. */
export function forgetClosedViews(app: App): Disposable {
  let open = openViews(app.ui.getState().slots);
  const end = app.ui.subscribe(({ slots }, before) => {
    if (slots === before.slots) return;
    const now = openViews(slots);
    const closed = [...open].filter((id) => !now.has(id));
    open = now;
    if (closed.length === 0) return;
    app.data.setState((data) => closed.reduce(withoutView, data));
    app.ui.setState((ui) => ({ failures: closed.reduce(without, ui.failures) }));
  });
  return { [Symbol.dispose]: end };
}

const openViews = (slots: UiState['slots']): ReadonlySet<string> =>
  new Set(Object.values(slots).flatMap((views) => views.map((view) => view.id)));

const withoutView = (data: DataState, id: string): DataState => ({
  ...data,
  windows: without(data.windows, id),
  logs: without(data.logs, id),
  documents: without(data.documents, id),
  rows: without(data.rows, id),
  problems: without(data.problems, id),
  waitingSince: without(data.waitingSince, id),
  refusals: without(data.refusals, id),
});
