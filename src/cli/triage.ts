// `flagbridge triage`: the problems of the fleet, worst first, as a table or as JSON.
import { type Coverage, gapWords, isFull } from '../core/cluster.ts';
import { age, plural } from '../core/format.ts';
import type { ClusterId } from '../core/ids.ts';
import type { Problem } from '../core/problem.ts';
import type { Scope } from '../core/query.ts';
import type { Row } from '../core/row.ts';
import { formatScope } from '../core/scope.ts';
import type { Engine } from '../protocol/engine.ts';
import type { ProblemDetail } from '../protocol/messages.ts';
import { exitCodes } from './arguments.ts';
import type { Output } from './output.ts';
import { readRows } from './read-rows.ts';
import { missing, settle } from './settle.ts';
import { textTable } from './text-table.ts';

export type TriageOptions = { readonly scope: Scope; readonly timeoutMs: number; readonly format: 'table' | 'json' };

/** What `-o json` prints for one problem; a folded one names every object it is about in `targets`. */
export type TriageItem = {
  readonly rule: string;
  readonly severity: string;
  readonly cluster: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly since: string;
  readonly message: string;
  readonly evidence: readonly string[];
  readonly targets: readonly {
    readonly cluster: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  }[];
};

export async function triage(engine: Engine, output: Output, options: TriageOptions): Promise<number> {
  const settled = await settle(engine, options.timeoutMs);
  const { rows } = await readRows(engine, 'problems', options.scope);
  const details = await Promise.all(rows.map((row) => detailOf(engine, row)));
  const names = new Map(settled.fleet.clusters.map((c) => [c.id, c.name] as const));
  const found = details.flatMap((detail) => (detail ? [detail.problems] : []));
  const items = found.map((problems) => itemOf(problems, (id) => names.get(id) ?? id));
  const gaps = missing(settled, options.timeoutMs, Date.now());
  for (const gap of gaps) output.note(gap);
  if (options.format === 'json') {
    const { coverage } = settled.fleet;
    output.line(
      JSON.stringify(
        { apiVersion: 'flagbridge/v1', kind: 'ProblemList', items, coverage: coverageOf(coverage) },
        null,
        2,
      ),
    );
  } else if (items.length > 0) printTable(items, found.map(whatOf), output);
  else output.line(clearWords(settled.fleet.coverage, formatScope(options.scope)));
  return gaps.length > 0 ? exitCodes.partial : exitCodes.done;
}

async function detailOf(engine: Engine, row: Row): Promise<ProblemDetail | null> {
  const answer = await engine.ask({ ask: 'problem', key: row.key });
  return answer.ok ? (answer.value as ProblemDetail | null) : null;
}

function itemOf(problems: readonly Problem[], clusterName: (id: ClusterId) => string): TriageItem {
  const [first] = problems;
  if (!first) throw new Error('a folded problem has at least one target');
  const target = (p: Problem) => ({
    cluster: clusterName(p.ref.cluster),
    kind: p.ref.kind,
    namespace: p.ref.namespace,
    name: p.ref.name,
  });
  return {
    rule: first.rule,
    severity: first.severity,
    ...target(first),
    since: new Date(Math.min(...problems.map((p) => p.since))).toISOString(),
    message: first.message,
    evidence: first.evidence,
    targets: problems.map(target),
  };
}

/** Coverage as JSON: what a script needs to know before it believes that nothing is wrong. */
export const coverageOf = (coverage: Coverage) => ({
  clusters: { live: coverage.live, wanted: coverage.wanted, parked: coverage.parked },
  deniedKinds: coverage.deniedKinds,
  namespaces: coverage.namespaces,
  syncing: coverage.syncing,
});

/** All clear is said only of what was read whole; a scope is named, as nothing is known of what lies outside. */
function clearWords(coverage: Coverage, scope: string): string {
  const where = scope === '' ? '' : ` in ${scope}`;
  if (isFull(coverage)) return `Nothing is wrong${where}.`;
  const { live, wanted, parked } = coverage;
  const gaps = [...(parked > 0 ? [`${plural(parked, 'cluster')} parked`] : []), ...gapWords(coverage)];
  return `${[`Nothing is wrong${where} in ${live} of ${plural(wanted, 'cluster')}`, ...gaps].join('; ')}.`;
}

/** What a row is about: one object by its name; of several their app, as no cluster has all of them. */
function whatOf(problems: readonly Problem[]): string {
  const [first] = problems;
  if (!first) return '';
  const { namespace, name } = first.ref;
  const isOne = problems.every(({ ref }) => ref.namespace === namespace && ref.name === name);
  const words = isOne ? name : `${first.app} +${problems.length - 1}`;
  return namespace === '' ? words : `${namespace}/${words}`;
}

function printTable(items: readonly TriageItem[], what: readonly string[], output: Output): void {
  const now = Date.now();
  const columns = ['', 'PROBLEM', 'WHAT', 'CLUSTERS', 'SINCE', 'WHY'].map((title) => ({
    title,
    right: title === 'SINCE',
  }));
  const rows = items.map((item, i) => [
    item.severity.toUpperCase(),
    item.rule,
    what[i] ?? '',
    [...new Set(item.targets.map((t) => t.cluster))].join(','),
    age(now - Date.parse(item.since)),
    item.message,
  ]);
  for (const line of textTable(columns, rows)) output.line(line);
}
