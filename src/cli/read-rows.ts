// All rows of a live query, once: what a command prints.
import type { LiveQuery, Scope, Window } from '../core/query.ts';
import type { Engine } from '../protocol/engine.ts';

/** More than any fleet has problems or clusters; a command prints everything it was asked for. */
const wholeTable = 1_000_000;

/** Asks once and resolves with the first window that is not loading. The caller has waited for the fleet to settle. */
export function readRows(engine: Engine, table: string, scope: Scope, more: Partial<LiveQuery> = {}): Promise<Window> {
  return new Promise((resolve) => {
    const query: LiveQuery = {
      table,
      scope,
      filter: '',
      group: 'none',
      toggled: [],
      onlyWrong: false,
      offset: 0,
      limit: wholeTable,
      ...more,
    };
    const live = engine.query(query, (window) => {
      if (window.state.state === 'loading') return;
      // The first window may come while `query` has not returned yet.
      queueMicrotask(() => live[Symbol.dispose]());
      resolve(window);
    });
  });
}
