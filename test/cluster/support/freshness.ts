// Rows of one table by cluster, and every moment at which one of them looked fresh or stale.
import type { Row } from '../../../src/core/row.ts';
import type { TestFleet } from './open-fleet.ts';

export type Freshness = Disposable & {
  rows(cluster: string): readonly Row[];
  /** Resolves with the time at which every row of the cluster (of at least one) looked so. */
  all(cluster: string, how: 'fresh' | 'stale', timeoutMs?: number): Promise<number>;
  /** Names of rows that looked fresh in a window of after that time. */
  freshSince(at: number, cluster: string): readonly string[];
  /** Names of rows that ever looked stale. */
  everStale(cluster: string): readonly string[];
};

type Look = { readonly at: number; readonly cluster: string; readonly name: string; readonly stale: boolean };

export function watchFreshness(fleet: TestFleet, table: string): Freshness {
  const view = fleet.table(table);
  const looks: Look[] = [];
  const checks = new Set<() => void>();
  const isOf = (row: Row, cluster: string): boolean => row.clusters.includes(fleet.id(cluster));
  const rows = (cluster: string): readonly Row[] => view.rows.filter((row) => isOf(row, cluster));
  const listening = view.onWindow((window) => {
    const at = Date.now();
    for (const row of window.rows)
      for (const id of row.clusters) looks.push({ at, cluster: fleet.nameOf(id), name: row.name, stale: row.stale });
    for (const check of checks) check();
  });
  return {
    rows,
    all: (cluster, how, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          checks.delete(check);
          const odd = rows(cluster).filter((row) => row.stale !== (how === 'stale'));
          reject(new Error(`not all rows of ${cluster} are ${how} after ${timeoutMs} ms: ${odd.map((r) => r.name)}`));
        }, timeoutMs);
        const check = (): void => {
          const own = rows(cluster);
          if (own.length === 0 || !own.every((row) => row.stale === (how === 'stale'))) return;
          clearTimeout(timer);
          checks.delete(check);
          resolve(Date.now());
        };
        checks.add(check);
        check();
      }),
    freshSince: (at, cluster) => [
      ...new Set(looks.filter((look) => look.at > at && look.cluster === cluster && !look.stale).map((l) => l.name)),
    ],
    everStale: (cluster) => [
      ...new Set(looks.filter((look) => look.cluster === cluster && look.stale).map(({ name }) => name)),
    ],
    [Symbol.dispose]() {
      listening[Symbol.dispose]();
      view[Symbol.dispose]();
    },
  };
}
