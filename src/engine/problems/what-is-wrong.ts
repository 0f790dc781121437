// Problems that explain why something is unwell: its own first, then those of what it owns and of what owns it.
import type { Problem } from '../../core/problem.ts';
import type { ObjectRef } from '../../core/ids.ts';
import type { WhyAbout } from '../../protocol/messages.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { ProblemBook } from './book.ts';
import { problemOf } from './problem-row.ts';

type Known = { readonly fleetOf: Fleet; readonly book: ProblemBook };

/** Oldest first: what broke first is most often the cause. */
export function whatIsWrong(known: Known, about: WhyAbout): readonly Problem[] {
  switch (about.by) {
    case 'problem':
      return Array.from(known.book.folded(about.key), problemOf);
    case 'object':
      return ofObject(known, about.ref);
    case 'app':
      return known.fleetOf.units
        .flatMap((unit) => [...known.book.of(unit.face.id)])
        .filter(({ app, namespace }) => app === about.app && (about.namespace ?? namespace) === namespace)
        .map(problemOf)
        .sort((a, b) => a.since - b.since);
  }
}

/** A pod is often unwell because its Deployment is, and a Deployment because its pods are. */
function ofObject({ fleetOf, book }: Known, ref: ObjectRef): readonly Problem[] {
  const data = fleetOf.unit(ref.cluster)?.rows.data;
  const own = data?.find(ref.uid);
  const kin = new Set([ref.uid, ...(own === undefined ? [] : (data?.owners(own) ?? []))]);
  const isOwn = (problem: Problem): number => (problem.ref.uid === ref.uid ? 0 : 1);
  return [...book.of(ref.cluster)]
    .filter(({ target }) => {
      const row = data?.find(target.uid);
      return kin.has(target.uid) || (row !== undefined && data?.owners(row).includes(ref.uid) === true);
    })
    .map(problemOf)
    .sort((a, b) => isOwn(a) - isOwn(b) || a.since - b.since);
}
