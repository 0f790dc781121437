// Keeps the engine's subscriptions equal to what is in sight: opens what a pane needs, changes it in place, and closes
// it ten seconds after the last pane stopped showing it, so that going back and forth is free.
import type { LiveQuery, Window } from '../core/query.ts';
import type { Live } from '../protocol/engine.ts';
import type { LogView } from '../protocol/messages.ts';
import { type App, layoutOf } from './app.ts';
import { without } from './data.ts';
import { followKey } from './list.ts';
import { wantedOf, type Wanted } from './wanted.ts';
import { admit, type Admission, admitWaiting, type ShownWindow } from './windows.ts';
import { listOf } from './lists.ts';
import { focusedView, withViewId } from './ui.ts';
import { listHeight } from './geometry.ts';

const keptMs = 10_000;

type Held = {
  readonly key: string;
  readonly close: () => void;
  readonly change: (wanted: Wanted) => void;
  /** The view that shows it now; null while it is only kept. */
  viewId: string | null;
  /** What came last, to show at once when it is taken up again. */
  restore: (viewId: string) => void;
  leaving: Disposable | null;
};

export interface Subscriptions extends Disposable {
  /** Compares what is open with what is in sight and makes them equal. */
  sync(): void;
  /** Gives a window that waits for its moment another chance now (a list was unfrozen, a key made order wanted). */
  release(viewId: string): void;
}

export function createSubscriptions(app: App): Subscriptions {
  const held = new Map<string, Held>();
  const byView = new Map<string, Held>();
  const askedAt = new Map<string, number>();
  const waiting = new Map<string, Disposable>();

  const admission = (viewId: string): Admission => {
    const ui = app.ui.getState();
    let isFrozen = false;
    withViewId(ui, viewId, (view) => {
      isFrozen = view.list.isFrozen;
      return view;
    });
    return { now: app.timers.now(), lastKeyAt: ui.lastKeyAt, askedAt: askedAt.get(viewId) ?? 0, isFrozen };
  };

  const show = (viewId: string, shown: ShownWindow): void => {
    app.data.setState((data) => ({
      windows: { ...data.windows, [viewId]: shown },
      waitingSince:
        shown.window.state.state === 'loading'
          ? { [viewId]: app.timers.now(), ...data.waitingSince }
          : without(data.waitingSince, viewId),
    }));
    settleCursor(app, viewId, askedAt.get(viewId) ?? 0);
  };

  const wake = (viewId: string, at: number | null): void => {
    waiting.get(viewId)?.[Symbol.dispose]();
    waiting.delete(viewId);
    if (at === null) return;
    waiting.set(
      viewId,
      app.timers.after(Math.max(1, at - app.timers.now()), () => release(viewId)),
    );
  };

  const release = (viewId: string): void => {
    const shown = app.data.getState().windows[viewId];
    if (shown === undefined) return;
    const next = admitWaiting(shown, admission(viewId));
    if (next.shown !== shown) show(viewId, next.shown);
    wake(viewId, next.wakeAt);
  };

  const onWindow = (entry: Held, window: Window): void => {
    const { viewId } = entry;
    entry.restore = (id) => show(id, { window, waiting: null, changes: 0, orderedAt: app.timers.now() });
    if (viewId === null) return;
    const next = admit(app.data.getState().windows[viewId], window, admission(viewId));
    show(viewId, next.shown);
    wake(viewId, next.wakeAt);
  };

  const open = (wanted: Wanted): Held => {
    const entry: Held = {
      key: wanted.key,
      viewId: wanted.viewId,
      close: () => live[Symbol.dispose](),
      change: (next) => {
        if (next.type === 'query' && wanted.type === 'query') (live as Live<LiveQuery>).change(next.query);
        if (next.type === 'logs' && wanted.type === 'logs') (live as Live<LogView>).change(next.view);
      },
      restore: () => {},
      leaving: null,
    };
    const live = openLive(app, wanted, entry, onWindow);
    return entry;
  };

  const take = (wanted: Wanted): void => {
    const known = held.get(wanted.key);
    const before = byView.get(wanted.viewId);
    if (before !== undefined && before !== known) leave(before);
    if (wanted.type === 'logs' && (known === undefined || (before !== undefined && before !== known)))
      readFromEnd(app, wanted.viewId);
    if (known === undefined) {
      // Before it opens: the answer may come at once.
      clearView(app, wanted.viewId);
      askedAt.set(wanted.viewId, app.timers.now());
    }
    const entry = known ?? open(wanted);
    held.set(wanted.key, entry);
    byView.set(wanted.viewId, entry);
    entry.leaving?.[Symbol.dispose]();
    entry.leaving = null;
    if (known === undefined || known.viewId === wanted.viewId) return;
    // What stands there is of another target, and the kept one may not have heard anything yet.
    clearView(app, wanted.viewId);
    known.viewId = wanted.viewId;
    known.restore(wanted.viewId);
  };

  const leave = (entry: Held): void => {
    if (entry.viewId !== null && byView.get(entry.viewId) === entry) byView.delete(entry.viewId);
    entry.viewId = null;
    entry.leaving ??= app.timers.after(keptMs, () => {
      held.delete(entry.key);
      entry.close();
    });
  };

  const last = new Map<string, string>();
  const sync = (): void => {
    const ui = app.ui.getState();
    const all = wantedOf(ui, app.data.getState(), layoutOf(ui, app.data.getState()));
    const wantedViews = new Set(all.map((wanted) => wanted.viewId));
    for (const [viewId, entry] of byView) if (!wantedViews.has(viewId)) leave(entry);
    for (const wanted of all) {
      take(wanted);
      const asks = JSON.stringify(wanted.type === 'query' ? wanted.query : wanted.type === 'logs' ? wanted.view : '');
      const before = last.get(wanted.key);
      last.set(wanted.key, asks);
      if (before === undefined || before === asks) continue;
      askedAt.set(wanted.viewId, app.timers.now());
      held.get(wanted.key)?.change(wanted);
    }
    for (const key of last.keys()) if (!held.has(key)) last.delete(key);
    for (const viewId of askedAt.keys()) if (!byView.has(viewId)) askedAt.delete(viewId);
  };

  return {
    sync,
    release,
    [Symbol.dispose]: () => {
      for (const timer of waiting.values()) timer[Symbol.dispose]();
      for (const entry of held.values()) {
        entry.leaving?.[Symbol.dispose]();
        entry.close();
      }
      held.clear();
    },
  };
}

function openLive(app: App, wanted: Wanted, entry: Held, onWindow: (entry: Held, window: Window) => void): Disposable {
  const { engine, data } = app;
  switch (wanted.type) {
    case 'query':
      return engine.query(wanted.query, (window) => onWindow(entry, window));
    case 'logs':
      return engine.logs(wanted.selector, wanted.options, wanted.view, (window) => {
        entry.restore = (id) =>
          data.setState((d) => ({ logs: { ...d.logs, [id]: window }, waitingSince: without(d.waitingSince, id) }));
        if (entry.viewId !== null) entry.restore(entry.viewId);
      });
    case 'document':
      return engine.document(wanted.ref, wanted.form, (document) => {
        entry.restore = (id) =>
          data.setState((d) => ({
            documents: { ...d.documents, [id]: document },
            waitingSince: without(d.waitingSince, id),
          }));
        if (entry.viewId !== null) entry.restore(entry.viewId);
      });
  }
}

/** A view shows something else now: nothing of what it showed before may stand under the new title. */
function clearView(app: App, viewId: string): void {
  app.data.setState((data) => ({
    windows: without(data.windows, viewId),
    logs: without(data.logs, viewId),
    documents: without(data.documents, viewId),
    waitingSince: { ...data.waitingSince, [viewId]: app.timers.now() },
  }));
}

/** Another log than before: a place in that one means nothing here. */
const readFromEnd = (app: App, viewId: string): void =>
  app.ui.setState((ui) =>
    withViewId(ui, viewId, (view) =>
      view.text.follows
        ? view
        : { ...view, list: { ...view.list, top: 0, cursor: 0 }, text: { ...view.text, follows: true } },
    ),
  );

const arrivingMs = 2000;

/** After rows came: the cursor stays on its row. */
function settleCursor(app: App, viewId: string, askedAt: number): void {
  const data = app.data.getState();
  app.ui.setState((ui) => {
    const height = listHeight(ui, data, viewId);
    return withViewId(ui, viewId, (view) => {
      const list = listOf(ui, data, view);
      // From the first key on the selection is somebody's: it does not slide away below their next one. A list that was
      // just opened shows its top while its clusters answer one after the other, or its newest rows would be out of sight.
      const isArriving = askedAt >= ui.lastKeyAt && app.timers.now() - askedAt < arrivingMs;
      const isHeld = ui.lastKeyAt > 0 && !isArriving && focusedView(ui).id === viewId && view.list.key !== null;
      const given = isHeld && !view.list.isTouched ? { ...view.list, isTouched: true } : view.list;
      const next = followKey(given, { total: list.total, height, rowAt: list.rowAt }, list.find);
      return next === view.list ? view : { ...view, list: next };
    });
  });
}
