// The age of what is stale is told in the strip and in titles: it is drawn again when it reads differently, and only
// then. While everything is live there is no timer, so that a quiet fleet costs nothing.
import { silenceChangesIn } from '../core/format.ts';
import type { App } from './app.ts';
import type { DataState } from './data.ts';
import type { UiState } from './ui.ts';

/** Times that some age on the screen counts from. */
function staleTimes(ui: UiState, data: DataState): readonly number[] {
  const { fleet } = ui;
  const silent = fleet !== null && !ui.isEngineAlive ? [fleet.at] : [];
  const clusters = fleet?.clusters.flatMap(({ state }) => (state.phase === 'stale' ? [state.lastHeard] : [])) ?? [];
  const windows = Object.values(data.windows).flatMap(({ window }) => window.staleSince ?? []);
  return [...silent, ...clusters, ...windows];
}

/** Moves `staleBeat` whenever one of the ages changes its words. */
export function beatWhileStale(app: App): Disposable {
  let timer: Disposable | null = null;
  let due: number | null = null;
  let seen: readonly unknown[] = [];
  const stop = (): void => {
    timer?.[Symbol.dispose]();
    timer = null;
    due = null;
  };
  const plan = (): void => {
    const now = app.timers.now();
    const times = staleTimes(app.ui.getState(), app.data.getState());
    const next = times.length === 0 ? null : now + Math.min(...times.map((at) => silenceChangesIn(now - at)));
    if (next === due) return;
    stop();
    if (next === null) return;
    due = next;
    timer = app.timers.after(next - now, () => {
      stop();
      app.ui.setState({ staleBeat: app.timers.now() });
      plan();
    });
  };
  const look = (): void => {
    const { fleet, isEngineAlive } = app.ui.getState();
    const { windows } = app.data.getState();
    const next = [fleet, isEngineAlive, windows];
    if (next.every((value, i) => value === seen[i])) return;
    seen = next;
    plan();
  };
  const stops = [app.ui.subscribe(look), app.data.subscribe(look)];
  look();
  return {
    [Symbol.dispose]: () => {
      for (const end of stops) end();
      stop();
    },
  };
}
