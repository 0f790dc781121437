// All log views that are open, and the budget that they share.
import type { LogOptions, LogSelector, LogWindow } from '../../core/log-line.ts';
import type { LogView } from '../../protocol/messages.ts';
import type { LiveSource } from '../../protocol/server.ts';
import { LogBudget } from './log-budget.ts';
import type { LogStreamsDeps } from './log-deps.ts';
import { LogSession } from './log-session.ts';

export class LogStreams implements Disposable {
  readonly #deps: LogStreamsDeps;
  readonly #budget = new LogBudget();
  readonly #open = new Set<LogSession>();

  constructor(deps: LogStreamsDeps) {
    this.#deps = deps;
  }

  open(selector: LogSelector, options: LogOptions, view: LogView, changed: () => void): LiveSource<LogView, LogWindow> {
    const session = new LogSession(selector, options, view, { ...this.#deps, budget: this.#budget, changed });
    this.#open.add(session);
    return {
      change: (next) => session.change(next),
      read: () => session.read(),
      [Symbol.dispose]: () => {
        this.#open.delete(session);
        session[Symbol.dispose]();
      },
    };
  }

  /** The open view of these logs. */
  find(selector: LogSelector, options: LogOptions): LogSession | undefined {
    return [...this.#open].findLast((session) => session.isOf(selector, options));
  }

  [Symbol.dispose](): void {
    for (const session of this.#open) session[Symbol.dispose]();
    this.#open.clear();
  }
}
