// Puts the state together and to work: stores, what the engine says, what the panes in sight need of it.
import type { Engine } from '../protocol/engine.ts';
import type { App, Ports } from './app.ts';
import { askForWhatIsSeen } from './asking.ts';
import { forgetClosedViews } from './closed-views.ts';
import { createData } from './data.ts';
import { deckOf } from './decks.ts';
import type { Size } from './layout.ts';
import { keepInSight } from './list.ts';
import { followSelection } from './links.ts';
import { openDeck } from './navigate.ts';
import { createSubscriptions } from './subscriptions.ts';
import { beatWhileStale } from './stale-beat.ts';
import { tick } from './ticks.ts';
import type { Timers } from './timers.ts';
import { sightOf, isList } from './cursor.ts';
import { createUi, focusedView, type UiState, withView } from './ui.ts';

export type Running = Disposable & { readonly app: App };

/** Where the screen opens, and what it is told of the configuration. */
export type Opening = Pick<UiState, 'scope' | 'scopes' | 'decks' | 'deck'>;

/** Starts the screen's state on an engine. Disposing ends every subscription and timer. */
export function startState(engine: Engine, timers: Timers, size: Size, ports: Ports, opening: Opening): Running {
  const app: App = { engine, timers, ports, ui: createUi(size, timers.now()), data: createData() };
  const stack = new DisposableStack();
  app.ui.setState((ui) => openDeck({ ...ui, ...opening }, deckOf(opening)));
  app.ui.setState({ fleet: engine.fleet, isEngineAlive: engine.isAlive });
  engine.setScope(opening.scope);
  stack.use(engine.onFleet((fleet) => app.ui.setState({ fleet })));
  stack.use(engine.onAlive((isEngineAlive) => app.ui.setState({ isEngineAlive })));
  stack.use(
    engine.onMessage((message) =>
      app.ui.setState({
        message: {
          severity: message.severity,
          text: message.text,
          cluster: message.cluster,
          until: message.severity === 'info' ? timers.now() + 6000 : null,
        },
      }),
    ),
  );
  const subscriptions = stack.use(createSubscriptions(app));
  let isSyncing = false;
  const sync = (): void => {
    if (isSyncing) return;
    isSyncing = true;
    queueMicrotask(() => {
      isSyncing = false;
      if (!stack.disposed) {
        keepCursor(app);
        subscriptions.sync();
      }
    });
  };
  let frozen = '';
  stack.defer(
    app.ui.subscribe((ui) => {
      const view = focusedView(ui);
      // A list that is no longer frozen shows what waited.
      const now = view.list.isFrozen ? view.id : '';
      if (frozen !== '' && now !== frozen) subscriptions.release(frozen);
      frozen = now;
      sync();
    }),
  );
  stack.defer(app.data.subscribe(sync));
  stack.use(forgetClosedViews(app));
  stack.use(followSelection(app));
  stack.use(askForWhatIsSeen(app));
  stack.use(tick(app));
  stack.use(beatWhileStale(app));
  subscriptions.sync();
  return { app, [Symbol.dispose]: () => stack.dispose() };
}

/** After a resize or a filter the cursor is in sight again, and stands on a row. */
function keepCursor(app: App): void {
  app.ui.setState((ui) => {
    const view = focusedView(ui);
    if (!isList(view)) return ui;
    const sight = sightOf(ui, app.data.getState(), view);
    if (sight.total === 0) return ui;
    const kept = keepInSight(view.list, sight.total, sight.height);
    const key = kept.key ?? sight.rowAt(kept.cursor)?.key ?? null;
    return kept === view.list && key === kept.key
      ? ui
      : withView(ui, ui.focus, (v) => ({ ...v, list: { ...kept, key } }));
  });
}
