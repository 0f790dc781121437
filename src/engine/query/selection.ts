// Which rows a live query is about: scope and owner first (these count as "all"), then the filters (these "match").
import { compileFilter, type Filter } from '../../core/filter/match.ts';
import { matchesAny } from '../../core/glob.ts';
import type { LiveQuery, Scope, Window } from '../../core/query.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import { StoredFilterRow } from './filter-row.ts';

/** Chains of owners of a row, for drilling in. */
export type OwnersOf = (row: StoredRow) => readonly string[];

export type Selection = {
  /** In scope, whatever the filters say. */
  isAbout(row: StoredRow): boolean;
  /** Passes the filters; asked only of what `isAbout`. */
  matches(row: StoredRow): boolean;
  readonly hasFilter: boolean;
  /** Answers change as time goes by (`age<10m`). */
  readonly isTimed: boolean;
  readonly bad: Window['badFilter'];
  /** First word of the filters, for "near". */
  readonly word: string | null;
};

export type SelectionDeps = { readonly now: () => number; readonly owners: OwnersOf };

/** With a bad term `last` stays in force: a half-typed filter must not show everything. */
export function select(query: LiveQuery, deps: SelectionDeps, last: Filters | null): Selection & { filters: Filters } {
  const filters = compile(query, last);
  const row = new StoredFilterRow(deps.now);
  const inForce = [filters.scope, filters.pane].filter((f) => !f.isEmpty);
  const terms = inForce.flatMap((f) => f.terms);
  const isWithin = withinTest(query, deps.owners);
  const inScope = scopeTest(query.scope);
  return {
    filters,
    isAbout: (r) => inScope(r) && isWithin(r),
    matches: (r) => (!query.onlyWrong || r.rank <= 1) && inForce.every((f) => f.matches(row.at(r))),
    hasFilter: inForce.length > 0,
    isTimed: terms.some((t) => t.type === 'measure' && t.measure === 'age'),
    bad: filters.bad,
    word: terms.flatMap((t) => (t.type === 'word' && !t.not ? [t.word] : []))[0] ?? null,
  };
}

export type Filters = { readonly scope: Filter; readonly pane: Filter; readonly bad: Window['badFilter'] };

function compile(query: LiveQuery, last: Filters | null): Filters {
  const pane = last?.pane.source === query.filter ? last.pane : compileFilter(query.filter);
  const scope = last?.scope.source === query.scope.filter ? last.scope : compileFilter(query.scope.filter);
  return {
    pane: pane.bad === null || last === null ? pane : last.pane,
    scope: scope.bad === null || last === null ? scope : last.scope,
    bad: pane.bad,
  };
}

/** Whether one row is in a scope, its filter included. */
export const isInScope = (scope: Scope, row: StoredRow, now: () => number): boolean =>
  scopeTest(scope)(row) && compileFilter(scope.filter).matches(new StoredFilterRow(now).at(row));

/** Scope globs, remembered per name: 100,000 rows have a few hundred of them. */
function scopeTest(scope: Scope): (row: StoredRow) => boolean {
  const clusters = new Map<StoredRow['source']['face'], boolean>();
  const namespaces = new Map<string, boolean>();
  const cluster = (row: StoredRow): boolean => {
    const { face } = row.source;
    let known = clusters.get(face);
    if (known === undefined)
      clusters.set(face, (known = [face.name, ...face.names].some((name) => matchesAny(scope.clusters, name))));
    return known;
  };
  const namespace = ({ namespace }: StoredRow): boolean => {
    let known = namespaces.get(namespace);
    if (known === undefined)
      namespaces.set(namespace, (known = namespace === '' || matchesAny(scope.namespaces, namespace)));
    return known;
  };
  if (scope.clusters.length === 0) return scope.namespaces.length === 0 ? () => true : namespace;
  return scope.namespaces.length === 0 ? cluster : (row) => cluster(row) && namespace(row);
}

function withinTest({ within }: LiveQuery, owners: OwnersOf): (row: StoredRow) => boolean {
  if (within === undefined) return () => true;
  switch (within.by) {
    case 'owner':
      return (row) =>
        row.cluster === within.cluster &&
        (row.uid === within.uid || row.owner === within.uid || (row.owner !== '' && owners(row).includes(within.uid)));
    case 'object':
      return (row) => row.cluster === within.cluster && (row.uid === within.uid || row.owner === within.uid);
    case 'node':
      return (row) => row.cluster === within.cluster && row.node === within.node;
    case 'app':
      return (row) => row.app === within.app && (within.namespace === null || row.namespace === within.namespace);
  }
}
