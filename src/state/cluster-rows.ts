// The fleet as rows, for the Clusters pane: what is known of each connection, in the words of the design.
import type { ClusterPhase, ClusterSummary } from '../core/cluster.ts';
import { compileFilter, type Filter } from '../core/filter/match.ts';
import { latency, silence } from '../core/format.ts';
import type { Cell, Column, Health, Row, Tone } from '../core/row.ts';
import type { Sort } from '../core/query.ts';

const column = (
  id: string,
  title: string,
  type: Column['type'],
  sizes: readonly [number, number, number],
  priority: number,
): Column => ({ id, title, type, min: sizes[0], ideal: sizes[1], max: sizes[2], priority });

export const clusterColumns: readonly Column[] = [
  column('cluster-name', 'CLUSTER', 'name', [8, 14, 28], 0),
  column('role', 'ROLE', 'text', [7, 7, 8], 4),
  column('state', 'STATE', 'text', [6, 12, 34], 1),
  { ...column('rtt', 'RTT', 'number', [5, 5, 6], 6), type: 'number' },
  column('version', 'VERSION', 'text', [6, 8, 12], 3),
  column('nodes', 'NODES', 'ratio', [5, 5, 7], 5),
  column('pods', 'PODS', 'number', [5, 5, 6], 7),
  column('problems', 'PROB', 'number', [4, 4, 5], 2),
  column('rights', 'RIGHTS', 'text', [8, 16, 30], 8),
  column('identity', 'IDENTITY', 'text', [10, 18, 40], 9),
];

/** The connection in two words. */
export function phaseText(state: ClusterPhase, now: number): string {
  switch (state.phase) {
    case 'parked':
      return 'parked';
    case 'connecting':
      return state.doing === '' ? 'connecting' : `connecting: ${state.doing}`;
    case 'live':
      return 'live';
    case 'stale':
      return `stale ${silence(now - state.lastHeard)}`;
    case 'denied':
      return 'denied';
    case 'login':
      return 'login needed';
    case 'offline':
      return `offline: ${state.reason}`;
  }
}

/** Worst of connection and problems. */
export function clusterHealth(c: ClusterSummary): Health {
  switch (c.state.phase) {
    case 'live':
      if (c.problems.fail > 0) return 'fail';
      if (c.problems.warn > 0 || c.denied.length > 0) return 'warn';
      return c.watches.synced < c.watches.wanted ? 'busy' : 'ok';
    case 'connecting':
      return 'busy';
    case 'stale':
      return 'unknown';
    case 'parked':
      return 'info';
    case 'denied':
    case 'login':
      return 'warn';
    case 'offline':
      return 'fail';
  }
}

const phaseTone: Readonly<Record<ClusterPhase['phase'], Tone>> = {
  parked: 'muted',
  connecting: 'busy',
  live: 'text',
  stale: 'stale',
  denied: 'warn',
  login: 'warn',
  offline: 'fail',
};

/** What may be read, in a few words. */
export function rightsText(c: ClusterSummary): { readonly text: string; readonly tone: Tone } {
  if (c.state.phase !== 'live') return { text: '?', tone: 'muted' };
  const kinds = new Set(c.denied.map((denial) => denial.resource)).size;
  const where = c.namespaces.length === 0 ? '' : `ns ${c.namespaces.join(', ')} only`;
  if (kinds > 0) {
    const denied = kinds === 1 ? '1 kind denied' : `${kinds} kinds denied`;
    return { text: where === '' ? denied : `${denied}, ${where}`, tone: 'warn' };
  }
  return where === '' ? { text: 'reads all', tone: 'muted' } : { text: where, tone: 'warn' };
}

/** The same sign as in the strip of the fleet. */
const signOf = (phase: ClusterPhase['phase']): Pick<Row, 'sign'> =>
  phase === 'parked' || phase === 'login' ? { sign: 'parked' } : phase === 'denied' ? { sign: 'denied' } : {};

export function clusterRow(c: ClusterSummary, now: number): Row {
  const isSeen = c.lastHeard !== null || c.state.phase === 'live';
  const trouble = c.problems.fail + c.problems.warn;
  const cells: readonly Cell[] = [
    c.name,
    c.role === 'unknown' ? { text: '?', tone: 'muted' } : c.role,
    { text: phaseText(c.state, now), tone: phaseTone[c.state.phase] },
    c.roundTripMs === null || c.state.phase !== 'live' ? null : { text: latency(c.roundTripMs), tone: 'text' },
    c.version,
    c.nodes === null ? null : { n: c.nodes.ready, of: c.nodes.total },
    c.pods,
    c.state.phase === 'live' ? trouble : isSeen ? { text: '?', tone: 'muted' } : null,
    rightsText(c),
    c.identity,
  ];
  return {
    key: c.id,
    ref: null,
    clusters: [c.id],
    namespace: '',
    name: c.name,
    app: '',
    health: clusterHealth(c),
    ...signOf(c.state.phase),
    stale: c.state.phase === 'stale',
    staleMembers: 0,
    depth: 0,
    open: null,
    cells,
  };
}

const worst: Readonly<Record<ClusterPhase['phase'], number>> = {
  offline: 0,
  login: 1,
  denied: 2,
  stale: 3,
  connecting: 4,
  live: 4,
  parked: 6,
};
const healthOrder: readonly Health[] = ['fail', 'warn', 'busy', 'unknown', 'info', 'ok', 'none'];

export type ClusterList = { readonly rows: readonly Row[]; readonly all: number; readonly filter: Filter };

/** The fleet's rows as asked for: broken first, parked last, then by name. */
export function clusterRows(
  clusters: readonly ClusterSummary[],
  options: { readonly filter: string; readonly onlyWrong: boolean; readonly sort: Sort | null; readonly now: number },
): ClusterList {
  const filter = compileFilter(options.filter);
  const shown = clusters.filter((c) => {
    if (options.onlyWrong && (c.state.phase === 'parked' || clusterHealth(c) === 'ok')) return false;
    return filter.matches({
      text: () =>
        [c.name, c.role, c.state.phase, c.version ?? '', c.identity, c.server, ...c.otherIdentities].join(' '),
      values: (key) =>
        key === 'cluster'
          ? [c.name, c.identity, ...c.otherIdentities]
          : key === 'role'
            ? [c.role]
            : key === 'status'
              ? [c.state.phase]
              : [],
      label: () => undefined,
      measure: () => undefined,
    });
  });
  const rank = (c: ClusterSummary): number =>
    c.state.phase === 'parked' ? 100 : healthOrder.indexOf(clusterHealth(c)) * 10 + worst[c.state.phase];
  const sorted = [...shown].sort(
    (a, b) => bySort(a, b, options.sort) || rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
  return { rows: sorted.map((c) => clusterRow(c, options.now)), all: clusters.length, filter };
}

function bySort(a: ClusterSummary, b: ClusterSummary, sort: Sort | null): number {
  if (sort === null) return 0;
  const value = (c: ClusterSummary): string | number => {
    if (sort.column === 'rtt') return c.roundTripMs ?? -1;
    if (sort.column === 'nodes') return c.nodes?.total ?? -1;
    if (sort.column === 'pods') return c.pods ?? -1;
    if (sort.column === 'problems') return c.problems.fail * 1000 + c.problems.warn;
    if (sort.column === 'version') return c.version ?? '';
    if (sort.column === 'role') return c.role;
    if (sort.column === 'identity') return c.identity;
    if (sort.column === 'state') return c.state.phase;
    return c.name;
  };
  const [x, y] = [value(a), value(b)];
  const order =
    typeof x === 'number' && typeof y === 'number'
      ? x - y
      : String(x).localeCompare(String(y), 'en', { numeric: true });
  return sort.descending ? -order : order;
}
