// Where writes are locked: everywhere under --read-only, everywhere until somebody unlocks, in a protected cluster until
// somebody arms it. Asked by the gate in front of every connection.
import type { ClusterId } from '../core/ids.ts';
import { cell } from '../core/sanitise.ts';
import type { Clock } from '../platform/clock.ts';

/** How long a protected cluster stays armed. */
export const armedForMs = 15 * 60_000;

/** What the lock of a context depends on. */
export type LockedCluster = { readonly id: ClusterId; readonly name: string; readonly isProtected: boolean };

export type Locks = {
  /** Why nothing may be written through the context of this name, as the kubeconfig writes it; null: it may. */
  reasonOf(context: string): string | null;
  /** The fleet tells whose context is whose; nothing may be written before. */
  clusterOf: (context: string) => LockedCluster | null;
  /** When a protected cluster locks itself again; null: it is not armed. */
  armedUntil(cluster: ClusterId): number | null;
  arm(cluster: ClusterId): void;
  disarm(cluster: ClusterId): void;
  /** Everything, by a person; `--read-only` cannot be unlocked. */
  isLocked: boolean;
  readonly isReadOnly: boolean;
};

export function createLocks({ isReadOnly, clock }: { readonly isReadOnly: boolean; readonly clock: Clock }): Locks {
  const armed = new Map<ClusterId, number>();
  const armedUntil = (cluster: ClusterId): number | null => {
    const until = armed.get(cluster);
    if (until === undefined || until > clock.now()) return until ?? null;
    armed.delete(cluster);
    return null;
  };
  return {
    isReadOnly,
    isLocked: false,
    clusterOf: () => null,
    armedUntil,
    arm: (cluster) => void armed.set(cluster, clock.now() + armedForMs),
    disarm: (cluster) => void armed.delete(cluster),
    reasonOf(context) {
      if (isReadOnly) return 'started with --read-only';
      if (this.isLocked) return 'writes are locked, L unlocks them';
      const cluster = this.clusterOf(context);
      if (cluster === null) return `no cluster is known behind the context ${cell(context)}`;
      if (cluster.isProtected && armedUntil(cluster.id) === null)
        return `${cluster.name} is protected, L arms it for 15 minutes`;
      return null;
    },
  };
}
