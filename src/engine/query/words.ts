// Why a list is empty, in the words of the screen: still asking, not allowed, not there, nothing matches, or really
// nothing.
import { plural } from '../../core/format.ts';
import { nearest } from '../../core/near.ts';
import type { WindowState } from '../../core/query.ts';
import type { Denial } from '../../core/cluster.ts';
import type { Knowledge } from '../tables/cluster-data.ts';
import type { ClusterPhase } from '../../core/cluster.ts';

/** How a table stands in one cluster of the scope. */
export type TableInCluster = {
  readonly name: string;
  readonly phase: ClusterPhase;
  /** Its discovery is known. */
  readonly isKnown: boolean;
  /** The watches that feed the table; empty: the server has none of their resources. */
  readonly knowledge: readonly Knowledge[];
  readonly denials: readonly Denial[];
};

export type EmptyList = {
  readonly clusters: readonly TableInCluster[];
  /** What the table shows, for people: `Workloads`. */
  readonly title: string;
  /** The table is fed by objects; false for problems, which every watch feeds. */
  readonly needsResource: boolean;
  /** Rows in scope before the filters. */
  readonly all: number;
  readonly hasFilter: boolean;
  readonly word: string | null;
  names(): Iterable<string>;
};

const isConnecting = ({ phase, isKnown, knowledge }: TableInCluster): boolean =>
  phase.phase === 'connecting' || (phase.phase === 'live' && (!isKnown || knowledge.includes('syncing')));

const mostNames = 5_000;

export function emptyState(list: EmptyList): WindowState {
  const { clusters } = list;
  if (list.all > 0) return list.hasFilter ? { state: 'no-match', near: nearTo(list) } : emptyOf(list);
  const asking = clusters.filter(isConnecting).map((c) => c.name);
  if (asking.length > 0) return { state: 'loading', asking };
  const there = clusters.filter((c) => c.isKnown);
  if (list.needsResource && there.length > 0) {
    const served = there.filter((c) => c.knowledge.some((k) => k !== 'absent'));
    if (served.length === 0) return { state: 'absent', resource: list.title };
    if (served.every((c) => c.knowledge.every((k) => k === 'denied' || k === 'absent')))
      return {
        state: 'denied',
        rules: [...new Set(served.flatMap((c) => c.denials.map((d) => `${d.rule} in ${c.name}`)))],
      };
  }
  return emptyOf(list);
}

function nearTo({ word, names }: EmptyList): string | null {
  if (word === null) return null;
  const some = new Set<string>();
  for (const name of names()) {
    some.add(name);
    // People mistype the word, not the suffix that a controller made.
    some.add(name.replace(/(-[a-f0-9]{6,10})?-[a-z0-9]{5}$/, ''));
    if (some.size >= mostNames) break;
  }
  return nearest(word, some);
}

function emptyOf({ clusters }: EmptyList): WindowState {
  const read = clusters.filter((c) => c.phase.phase === 'live');
  const away = clusters.filter((c) => c.phase.phase !== 'live' && c.phase.phase !== 'parked');
  if (clusters.length === 0) return { state: 'empty', lookedAt: 'nothing of it lies in the scope' };
  const seen =
    read.length === 0 ? 'nothing is read yet' : `${namesOrCount(read)} ${read.length === 1 ? 'is' : 'are'} read`;
  const missing = away.length === 0 ? '' : `; ${namesOrCount(away)} ${away.length === 1 ? 'is' : 'are'} not`;
  return { state: 'empty', lookedAt: seen + missing };
}

const namesOrCount = (clusters: readonly TableInCluster[]): string =>
  clusters.length <= 3 ? clusters.map((c) => c.name).join(', ') : plural(clusters.length, 'cluster');
