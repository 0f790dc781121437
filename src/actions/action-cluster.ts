// What the write path knows of a cluster. Frozen with the target: an action keeps this very connection to its end, whatever
// the kubeconfig or the scope becomes meanwhile.
import type { ClusterPhase } from '../core/cluster.ts';
import type { ClusterId } from '../core/ids.ts';
import type { Access } from '../kube/discovery/access-cache.ts';
import type { Discovery } from '../kube/discovery/contract.ts';
import type { Session } from '../kube/session/contract.ts';

export interface ActionCluster {
  readonly id: ClusterId;
  readonly name: string;
  readonly isProtected: boolean;
  readonly session: Session;
  readonly access: Access;
  readonly discovery: Discovery;
  /** UID of kube-system, null where it may not be read: proves that it is still the same cluster. */
  readonly uid: string | null;
  /** The same as it is known now. */
  uidNow(): string | null;
  /** Whether what is shown of it is what it is; asked again before bytes leave. */
  phase(): ClusterPhase;
  /** Aborts when the cluster is disconnected. */
  readonly signal: AbortSignal;
}
