// Saying what may not be read: the exact rule that is missing, in RBAC's words.
import type { Denial } from '../../core/cluster.ts';
import { resourceName } from '../../core/ids.ts';
import { text } from '../../core/object.ts';
import type { ApiError } from '../../kube/api-error.ts';
import type { Discovery } from '../../kube/discovery/contract.ts';
import type { Session } from '../../kube/session/contract.ts';

/** The rule behind a refused list or watch. `namespace` empty: at the cluster scope; `asked` counts where it names no verb. */
export function denialOf(
  type: { readonly group: string; readonly resource: string },
  namespace: string,
  error: ApiError,
  asked: 'list' | 'watch' = 'list',
): Denial {
  const said =
    / cannot ([a-z]+) resource "([^"]+)"/.exec(error.message) ??
    / cannot ([a-z]+) resource "([^"]+)"/.exec(error.status?.message ?? '');
  const verb = said?.[1] ?? asked;
  const resource = resourceName(type);
  const where = namespace === '' ? 'at the cluster scope' : `in namespace ${namespace}`;
  return { resource, namespace, verb, rule: `${verb} ${resource} ${where}` };
}

const projects = { group: 'project.openshift.io', resource: 'projects' };

/** Namespaces that OpenShift says are the user's own; empty where it is no OpenShift or says nothing. */
export async function ownProjects(
  session: Session,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const served = discovery.resources.find((r) => r.group === projects.group && r.resource === projects.resource);
  if (served === undefined) return [];
  try {
    const list = await session.json({
      path: `/apis/${served.group}/${served.version}/${served.resource}?limit=500`,
      signal,
      timeoutMs: 10_000,
    });
    const items = typeof list === 'object' && list !== null && 'items' in list ? list.items : [];
    return Array.isArray(items)
      ? items.map((item) => text(item, 'metadata', 'name')).filter((name) => name !== '')
      : [];
  } catch {
    // Asked as a help only: without it the context's namespace and the configured ones are used.
    return [];
  }
}
