// Triage as it goes by: which rows came and went and when, and what is behind them.
import type { Problem } from '../../../src/core/problem.ts';
import type { Row } from '../../../src/core/row.ts';
import type { ProblemDetail } from '../../../src/protocol/messages.ts';
import type { TestFleet } from './open-fleet.ts';

/** A row of Triage, named by what its key is made of: rule, namespace, app and cause. */
export type Sighting = {
  readonly key: string;
  readonly rule: string;
  readonly namespace: string;
  readonly row: Row;
  /** When the window that showed it first arrived, in milliseconds since the epoch. */
  readonly at: number;
};

export type ProblemWatch = Disposable & {
  /** What stands in Triage now. */
  readonly now: readonly Sighting[];
  /** Every row that ever stood there. */
  readonly ever: readonly Sighting[];
  /** The first row that fits, as soon as it is there. */
  appears(what: string, fits: (sighting: Sighting) => boolean, timeoutMs: number): Promise<Sighting>;
  /** Resolves with the time at which no row fits any more. */
  clears(what: string, fits: (sighting: Sighting) => boolean, timeoutMs: number): Promise<number>;
  /** The problems behind a row; empty when it is over. */
  behind(sighting: Sighting): Promise<readonly Problem[]>;
};

export function watchProblems(fleet: TestFleet): ProblemWatch {
  const table = fleet.table('problems');
  const now = new Map<string, Sighting>();
  const ever: Sighting[] = [];
  const checks = new Set<() => void>();
  const listening = table.onWindow((window) => {
    const at = Date.now();
    const keys = new Set(window.rows.map((row) => row.key));
    for (const key of now.keys()) if (!keys.has(key)) now.delete(key);
    for (const row of window.rows) {
      const known = now.get(row.key);
      const [rule = '', namespace = ''] = row.key.split('|');
      const sighting: Sighting = { key: row.key, rule, namespace, row, at: known?.at ?? at };
      now.set(row.key, sighting);
      if (known === undefined) ever.push(sighting);
    }
    for (const check of checks) check();
  });

  const wait = <T>(what: string, ask: () => T | undefined, timeoutMs: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        checks.delete(check);
        const seen = [...now.keys()].join('; ') || 'nothing';
        reject(new Error(`waited ${timeoutMs} ms for ${what}; Triage shows ${seen}`));
      }, timeoutMs);
      const check = (): void => {
        const answer = ask();
        if (answer === undefined) return;
        clearTimeout(timer);
        checks.delete(check);
        resolve(answer);
      };
      checks.add(check);
      check();
    });

  return {
    get now() {
      return [...now.values()];
    },
    ever,
    appears: (what, fits, timeoutMs) => wait(what, () => [...now.values()].find(fits), timeoutMs),
    clears: (what, fits, timeoutMs) =>
      wait(`${what} to clear`, () => ([...now.values()].some(fits) ? undefined : Date.now()), timeoutMs),
    async behind({ key }) {
      const answer = await fleet.engine.ask({ ask: 'problem', key });
      return answer.ok ? (answer.value as ProblemDetail).problems : [];
    },
    [Symbol.dispose]() {
      listening[Symbol.dispose]();
      table[Symbol.dispose]();
    },
  };
}
