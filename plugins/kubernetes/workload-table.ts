// The table of workloads: apps and the controllers behind them, in every cluster.
import type { TableDefinition } from '../../src/plugin-api/plugin.ts';
import type { Cell, Health, Row } from '../../src/plugin-api/read.ts';
import { ageColumn, clusterColumn, column, nameColumn, namespaceColumn, sumNumber, sumRatio } from './cells.ts';

/** Places of the cells; rows and the summary of an app are made with them. */
export const workloadCell = { ready: 4, version: 5, rollout: 6, restarts: 8, age: 9 } as const;

export const workloadTable: TableDefinition = {
  id: 'workloads',
  title: 'Workloads',
  columns: [
    nameColumn('APP', 10, 15, 28),
    clusterColumn(1),
    namespaceColumn(7),
    column('kind', 'KIND', 'text', [6, 6, 6], { priority: 9 }, 'never'),
    column('ready', 'READY', 'ratio', [5, 5, 7], { priority: 2 }, 'never'),
    column('version', 'VERSION', 'version', [7, 14, 22], { priority: 3 }, 'never'),
    column('rollout', 'ROLLOUT', 'text', [8, 13, 18], { priority: 4 }, 'end'),
    column('owner', 'OWNER', 'text', [4, 5, 8], { priority: 8 }, 'end'),
    column('restarts', 'RST', 'number', [3, 3, 4], { priority: 6 }, 'never'),
    ageColumn(5),
  ],
  summary,
  tallies: [{ column: 'restarts', over: 'pods', by: 'owner', value: 'restarts' }],
};

const worstFirst: readonly Health[] = ['fail', 'warn', 'busy', 'unknown', 'info', 'ok', 'none'];

/** The row of an app: worst health, all ready replicas, one version or how they differ, the age of the oldest. */
function summary(members: readonly Row[]): { readonly health: Health; readonly cells: readonly Cell[] } {
  const health = worstFirst.find((h) => members.some((row) => row.health === h)) ?? 'none';
  const version = versions(members);
  const oldest = members
    .map((row) => row.cells[workloadCell.age])
    .filter((age): age is number => typeof age === 'number' && age > 0)
    .reduce<number | null>((least, age) => (least === null || age < least ? age : least), null);
  const isDrift = typeof version === 'object' && version !== null && 'tone' in version && version.tone === 'warn';
  return {
    health: isDrift && (health === 'ok' || health === 'none') ? 'warn' : health,
    cells: [
      members[0]?.app ?? '',
      null,
      null,
      null,
      sumRatio(members, workloadCell.ready),
      version,
      null,
      null,
      sumNumber(members, workloadCell.restarts),
      oldest,
    ],
  };
}

/**
 * Several clusters, one app: the version that all have, else `2.3.1 ≠ 2.3.0`, else `3 versions`. A tag that stands for
 * two digests is the dangerous case, and said. Different names in one app (a server and its worker) are no drift.
 */
function versions(members: readonly Row[]): Cell {
  const byName = new Map<string, Map<string, { tag: string; digest: string }>>();
  for (const row of members) {
    const cell = row.cells[workloadCell.version];
    if (typeof cell !== 'object' || cell === null || !('tag' in cell)) continue;
    const ofName = byName.get(row.name) ?? new Map();
    ofName.set(`${cell.tag}@${cell.digest}`, cell);
    byName.set(row.name, ofName);
  }
  const all = [...byName.values()];
  if (all.length !== 1) {
    const distinct = new Map(all.flatMap((ofName) => [...ofName]));
    const only = distinct.size === 1 ? [...distinct.values()][0] : undefined;
    if (distinct.size === 0) return null;
    return only ?? { text: `${distinct.size} versions`, tone: 'muted' };
  }
  const [first, second, ...more] = [...(all[0]?.values() ?? [])];
  if (first === undefined) return null;
  if (second === undefined) return first;
  if (more.length > 0) return { text: `${more.length + 2} versions`, tone: 'text' };
  if (first.tag !== second.tag) return { text: `${first.tag} ≠ ${second.tag}`, tone: 'warn' };
  // One pinned by digest and one not cannot be compared.
  if (first.digest === '' || second.digest === '') return first.digest === '' ? second : first;
  return { text: `${first.tag} ${first.digest.slice(0, 6)} ≠ ${second.digest.slice(0, 6)}`.trim(), tone: 'warn' };
}
