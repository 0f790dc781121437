// Which clusters are connected by themselves when there are many: the last scope, then the current context, then file
// order, until the limit. What a command line or a scope names is connected whatever the limit says.
import type { ClusterId } from '../../core/ids.ts';

export type ParkingCandidate = {
  readonly id: ClusterId;
  /** Named by `--cluster`: then these are asked for, and no others. */
  readonly isNamed: boolean;
  /** Named by the scope in force. */
  readonly isScoped: boolean;
  /** In the scope of the last session. */
  readonly wasInScope: boolean;
  readonly isCurrent: boolean;
  /** Connected now, or until its address changed: it stays, and takes a place of the limit. */
  readonly wasConnected: boolean;
};

export type ParkingRules = {
  readonly limit: number;
  /** `--cluster` names some: nothing but these is connected by itself, even when none of them is there (any more). */
  readonly isNarrowed: boolean;
};

/** Clusters to connect, in the order in which to connect them. `candidates` stand in file order. */
export function toConnect(
  candidates: readonly ParkingCandidate[],
  { limit, isNarrowed }: ParkingRules,
): readonly ClusterId[] {
  const scoped = candidates.filter((c) => c.isScoped || c.wasConnected);
  if (isNarrowed) return idsOf([...candidates.filter((c) => c.isNamed), ...scoped]);
  const rest = [...candidates.filter((c) => c.wasInScope), ...candidates.filter((c) => c.isCurrent), ...candidates];
  const first = idsOf(scoped);
  const all = idsOf([...scoped, ...rest]);
  return candidates.length <= limit ? all : all.slice(0, Math.max(limit, first.length));
}

const idsOf = (candidates: readonly ParkingCandidate[]): readonly ClusterId[] => [
  ...new Set(candidates.map((c) => c.id)),
];
