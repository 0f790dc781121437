// The few things that happen because time passed: the minute, a message that goes, the seconds of a pane that waits.
import type { App } from './app.ts';

/** Starts them. Nothing else on the screen moves by itself. */
export function tick(app: App): Disposable {
  const timers = {
    minute: null as Disposable | null,
    message: null as Disposable | null,
    waiting: null as Disposable | null,
  };
  const nextMinute = (): void => {
    timers.minute = app.timers.after(60_000 - (app.timers.now() % 60_000) + 5, () => {
      app.ui.setState({ minute: Math.floor(app.timers.now() / 60_000) * 60_000 });
      nextMinute();
    });
  };
  nextMinute();
  let until: number | null = null;
  const watchMessage = (): void => {
    const next = app.ui.getState().message?.until ?? null;
    if (next === until) return;
    until = next;
    timers.message?.[Symbol.dispose]();
    timers.message = null;
    if (next === null) return;
    timers.message = app.timers.after(Math.max(1, next - app.timers.now()), () => {
      if (app.ui.getState().message?.until === next) app.ui.setState({ message: null });
    });
  };
  const watchWaiting = (): void => {
    const since = Object.values(app.data.getState().waitingSince);
    if (since.length === 0 || timers.waiting !== null) return;
    // What answers within 300 ms never says that it was asked; then its seconds count.
    const isNew = app.timers.now() - Math.max(...since) < 350;
    timers.waiting = app.timers.after(isNew ? 350 : 1000, () => {
      timers.waiting = null;
      // A new object of the same value: panes that wait draw their seconds again.
      app.ui.setState((ui) => ({ attempt: ui.attempt + 1 }));
      watchWaiting();
    });
  };
  const stops = [app.ui.subscribe(watchMessage), app.data.subscribe(watchWaiting)];
  return {
    [Symbol.dispose]: () => {
      for (const stop of stops) stop();
      for (const timer of Object.values(timers)) timer?.[Symbol.dispose]();
    },
  };
}
