// What an identity may do in a cluster beyond what its open watches have shown already: logs, and kinds that nobody has
// looked at yet. Asked for when a person looks at the cluster, never before a request: a real answer is the truth.
import type { ClusterRights, Right } from '../../core/cluster.ts';
import { resourceName } from '../../core/ids.ts';
import { cell } from '../../core/sanitise.ts';
import { whoAmI, type Wanted } from '../../kube/discovery/access.ts';
import type { Access } from '../../kube/discovery/access-cache.ts';
import type { Session } from '../../kube/session/contract.ts';
import type { ClusterUnit } from './cluster-unit.ts';
import type { WantedWatch } from './watch-plan.ts';

export type RightsDeps = {
  readonly session: Session;
  readonly access: Access;
  /** Where this identity reads; empty: everywhere, or nobody knows. */
  readonly namespaces: readonly string[];
  readonly defaultNamespace: string;
  /** Watches that could be opened and are not. */
  readonly dormant: readonly WantedWatch[];
  readonly signal: AbortSignal;
};

/** Of the identity in use; null while the cluster is not connected. */
export function unitRights({
  connection,
  access,
  watches,
  context,
  signal,
}: ClusterUnit): Promise<ClusterRights | null> {
  if (connection === null || access === null || watches === null) return Promise.resolve(null);
  const { session } = connection;
  const { namespaces, dormant } = watches;
  return rightsOf({ session, access, namespaces, defaultNamespace: context.namespace, dormant, signal });
}

export async function rightsOf(deps: RightsDeps): Promise<ClusterRights> {
  const { session, access, namespaces, defaultNamespace, dormant, signal } = deps;
  const own = namespaces[0] ?? (defaultNamespace || 'default');
  const wishes: readonly Wanted[] = [
    { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace: own },
    ...dormant.map(({ resource }): Wanted => {
      const isNarrow = resource.namespaced && namespaces.length > 0;
      return { verb: 'list', group: resource.group, resource: resource.resource, namespace: isNarrow ? own : null };
    }),
  ];
  const [who, rights] = await Promise.all([
    // Servers before 1.27 cannot be asked, and some will not say.
    whoAmI(session, signal).catch(() => null),
    Promise.all(
      wishes.map(async (wanted): Promise<Right> => {
        return { rule: ruleOf(wanted), verdict: await access.ask(wanted, signal) };
      }),
    ),
  ]);
  return { user: who === null || who.username === '' ? null : who.username, groups: who?.groups ?? [], rights };
}

/** In the words of a denial: `list ingresses.networking.k8s.io at the cluster scope`. */
function ruleOf({ verb, group, resource, subresource, namespace }: Wanted): string {
  const what = resourceName({ group, resource: subresource === undefined ? resource : `${resource}/${subresource}` });
  return `${verb} ${what} ${namespace === null ? 'at the cluster scope' : `in namespace ${cell(namespace)}`}`;
}
