// The scope line: the filter grammar, of which the clusters and namespaces are set apart because they decide what is
// watched and connected and not only what is shown.
import { matchesAny } from './glob.ts';
import { type BadTerm, parseTerms } from './filter/terms.ts';
import type { Scope } from './query.ts';

export type ParsedScope = { readonly scope: Scope; readonly bad: BadTerm | null };

/** Reads `c:run-* ns:shop cart`. Negated clusters and namespaces stay part of the filter. */
export function parseScope(text: string): ParsedScope {
  const { terms, bad } = parseTerms(text);
  const clusters: string[] = [];
  const namespaces: string[] = [];
  const rest: string[] = [];
  for (const term of terms) {
    if (term.type === 'key' && !term.not && term.key === 'cluster') clusters.push(...term.values);
    else if (term.type === 'key' && !term.not && term.key === 'namespace') namespaces.push(...term.values);
    else rest.push(term.source);
  }
  return { scope: { clusters, namespaces, filter: rest.join(' ') }, bad };
}

/** The line that `parseScope` reads back to the same scope; empty for everything. */
export const formatScope = (scope: Scope): string =>
  [
    scope.clusters.length > 0 ? `c:${scope.clusters.map(quoted).join(',')}` : '',
    scope.namespaces.length > 0 ? `ns:${scope.namespaces.map(quoted).join(',')}` : '',
    scope.filter,
  ]
    .filter((part) => part !== '')
    .join(' ');

const quoted = (value: string): string => (/[\s,"]/.test(value) ? `"${value}"` : value);

const places: ReadonlySet<string> = new Set(['cluster', 'role', 'stage', 'namespace']);

/** The scope without what its filter says of anything but places: of objects of another kind that would mean nothing. */
export function placesOf(scope: Scope): Scope {
  if (scope.filter === '') return scope;
  const terms = parseTerms(scope.filter).terms.filter((term) => term.type === 'key' && places.has(term.key));
  return { ...scope, filter: terms.map((term) => term.source).join(' ') };
}

/** Whether a cluster, by any of its names, is in the scope. */
export const includesCluster = (scope: Scope, names: readonly string[]): boolean =>
  scope.clusters.length === 0 || names.some((name) => matchesAny(scope.clusters, name));
