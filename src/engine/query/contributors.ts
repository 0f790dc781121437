// Which clusters can have rows in a list at all: its title speaks of the age of these, and of no others.
import { compileFilter, type Filter } from '../../core/filter/match.ts';
import type { LiveQuery } from '../../core/query.ts';
import type { ClusterFace } from '../tables/stored-row.ts';

const ofClusters: ReadonlySet<string> = new Set(['cluster', 'role']);

/** The part of a filter that a cluster answers by itself, whatever its rows are. */
const clusterPart = (source: string): Filter =>
  compileFilter(
    compileFilter(source)
      .terms.filter((term) => term.type === 'key' && ofClusters.has(term.key))
      .map((term) => term.source)
      .join(' '),
  );

/** Answers for one query whether rows of a cluster can stand in its list. */
export function contributors(query: LiveQuery): (face: ClusterFace) => boolean {
  const { within } = query;
  const only = within !== undefined && within.by !== 'app' ? within.cluster : null;
  const filters = [clusterPart(query.scope.filter), clusterPart(query.filter)].filter((filter) => !filter.isEmpty);
  return (face) =>
    (only === null || face.id === only) &&
    filters.every((filter) =>
      filter.matches({
        text: () => face.name,
        values: (key) => (key === 'cluster' ? face.names : key === 'role' ? [face.role] : []),
        label: () => undefined,
        measure: () => undefined,
      }),
    );
}
