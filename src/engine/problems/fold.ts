// Problems as Triage shows them: the same cause over pods and clusters is one line, worst and newest first.
import { plural } from '../../core/format.ts';
import type { LiveQuery } from '../../core/query.ts';
import type { ClusterId } from '../../core/ids.ts';
import { type Cell, healthRank } from '../../core/row.ts';
import type { Group, Grouping, GroupSummary } from '../query/grouped-lines.ts';
import { managerOf } from '../query/filter-row.ts';
import { byName, compareCells, type Order } from '../query/order.ts';
import { ownTime, type StoredRow } from '../tables/stored-row.ts';
import { foldKey, problemColumns, ProblemRow, refOfTarget } from './problem-row.ts';

/** How many pods an app has in a cluster, for the extent; 0: not known. */
export type PodsOf = (cluster: ClusterId, namespace: string, app: string) => number;

const worstAndNewest: Order<StoredRow> = (a, b) =>
  a.rank - b.rank || b.createdSeconds - a.createdSeconds || byName(a, b);

const asProblems = (rows: readonly StoredRow[]): readonly ProblemRow[] =>
  rows.filter((row): row is ProblemRow => row instanceof ProblemRow);

/** The folding of the problems' table; a sort by a column orders the folded lines. */
export function problemFolding(
  query: LiveQuery,
  podsOf: PodsOf,
): { readonly grouping: Grouping; readonly order: Order<StoredRow> } {
  return {
    order: worstAndNewest,
    grouping: {
      keyOf: (row) => (row instanceof ProblemRow ? foldKey(row) : row.uid),
      unwrapsSingles: false,
      canOpen: false,
      summarise: (live) => summarise(asProblems(live), podsOf),
      compare: foldOrder(query),
    },
  };
}

function foldOrder({ sort }: LiveQuery): (a: Group, b: Group) => number {
  const since = problemColumns.findIndex((c) => c.id === 'since');
  const cell = (group: Group, column: number): Cell => group.line?.cells[column] ?? null;
  const usual = (a: Group, b: Group): number =>
    healthRank[a.line?.health ?? 'none'] - healthRank[b.line?.health ?? 'none'] ||
    compareCells(cell(a, since), cell(b, since), true) ||
    (a.key < b.key ? -1 : 1);
  const column = sort === undefined ? -1 : problemColumns.findIndex((c) => c.id === sort.column);
  const type = problemColumns[column]?.type;
  if (sort === undefined || type === undefined) return usual;
  const flip = type === 'age' ? !sort.descending : sort.descending;
  return (a, b) => compareCells(cell(a, column), cell(b, column), flip) || usual(a, b);
}

function summarise(problems: readonly ProblemRow[], podsOf: PodsOf): GroupSummary {
  const worst = problems.reduce((a, b) => (worstAndNewest(b, a) < 0 ? b : a));
  const refs = new Map(problems.map((p) => [`${p.cluster}|${p.target.uid}`, p]));
  const what = refs.size === 1 && worst.target.app === '' ? worst.name : worst.target.app || worst.name;
  const since = Math.min(...problems.map((p) => ownTime(p.source.face, p.finding.since)));
  return {
    name: what,
    app: worst.target.app,
    namespace: worst.target.namespace,
    health: worst.shownHealth,
    ref: refs.size === 1 ? refOfTarget(worst.target) : null,
    cells: [
      worst.finding.title,
      what,
      null,
      extent([...refs.values()], podsOf),
      since,
      worst.finding.message,
      owner(problems),
    ],
  };
}

/** `5 of 6 pods`, `2 nodes`; nothing for a single object that is no pod. */
function extent(problems: readonly ProblemRow[], podsOf: PodsOf): Cell {
  const [first] = problems;
  if (first === undefined) return null;
  const noun = first.source.kind.toLowerCase();
  if (noun !== 'pod') return noun === 'cluster' ? null : counted(problems.length, first);
  const places = new Map(problems.map((p) => [`${p.cluster}|${p.target.namespace}|${p.target.app}`, p]));
  let all = 0;
  for (const p of places.values()) all += podsOf(p.cluster, p.target.namespace, p.target.app);
  return all > problems.length ? `${problems.length} of ${plural(all, 'pod')}` : plural(problems.length, 'pod');
}

/** The column's room: words for a count are never cut. */
const mostExtent = 12;

/** `2 nodes`; a long kind by its short name (`1 pvc`), or by its last word (`2 requests`). */
function counted(n: number, { source }: ProblemRow): string {
  const { kind, shortName } = source;
  const last = /[A-Z][a-z]+$/.exec(kind)?.[0] ?? kind;
  const words = [kind, ...(shortName === undefined ? [] : [shortName]), last].map((word) => word.toLowerCase());
  const texts = words.map((word) => plural(n, word, pluralOf(word)));
  return texts.find((text) => text.length <= mostExtent) ?? plural(n, 'object');
}

const pluralOf = (noun: string): string =>
  // `sts` is its own plural.
  /[^aeiou]ts$/.test(noun)
    ? noun
    : /(s|x|ch|sh)$/.test(noun)
      ? `${noun}es`
      : /[^aeiou]y$/.test(noun)
        ? `${noun.slice(0, -1)}ies`
        : `${noun}s`;

const owner = (problems: readonly ProblemRow[]): Cell => {
  const managers = new Set(problems.map((p) => managerOf(p.target.labels)).filter((m) => m !== ''));
  return managers.size === 0 ? null : [...managers].join(',');
};
