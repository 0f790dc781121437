// What an owner will do about a change, in words: who, how soon, and the way that lasts.
import type { PlanWarning } from '../../core/action.ts';
import { flag, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import { apiPath } from '../../kube/api-path.ts';
import type { ActionCluster } from '../action-cluster.ts';
import { getJson } from '../read-target.ts';
import type { Owner } from './owners.ts';

/** One line for each owner but autoscalers, which have words of their own. Asks an owner how soon it acts, where it may. */
export async function ownerWarnings(cluster: ActionCluster, owners: readonly Owner[]): Promise<readonly PlanWarning[]> {
  const warnings = await Promise.all(
    owners.map(async (owner) =>
      owner.tool === 'flux' && owner.assertsField === true ? [await fluxWarning(cluster, owner)] : warningOf(owner),
    ),
  );
  return warnings.flat();
}

/** A Kustomization applies at its interval (fluxcd/kustomize-controller), and not at all while it is suspended. */
async function fluxWarning(cluster: ActionCluster, { name, object }: Owner): Promise<PlanWarning> {
  const found = object === undefined ? null : await readKustomization(cluster, object);
  if (flag(found, 'spec', 'suspend'))
    return { severity: 'info', text: `${name} of flux owns this field and is suspended: it stays until it is resumed` };
  const interval = cell(text(found, 'spec', 'interval'));
  const soon = interval === '' ? 'at its interval' : `within ${interval}`;
  return {
    severity: 'warn',
    text: `flux undoes it ${soon}: ${name} owns this field; suspend it first, or revert in Git`,
  };
}

/** Null where it may not be read: nothing is said of its interval then. */
async function readKustomization(
  cluster: ActionCluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<unknown> {
  const served = cluster.discovery.resources.find(
    (r) => r.group === 'kustomize.toolkit.fluxcd.io' && r.resource === 'kustomizations' && r.preferred,
  );
  if (served === undefined) return null;
  const { group, version, resource } = served;
  return getJson(cluster, apiPath({ group, version, resource, namespace, name })).catch(() => null);
}

function warningOf({ tool, name, assertsField }: Owner): readonly PlanWarning[] {
  const warn = (words: string): readonly PlanWarning[] => [{ severity: 'warn', text: words }];
  switch (tool) {
    case 'autoscaler':
      return [];
    case 'flux':
      return [{ severity: 'info', text: `${name} of flux owns it, but not this field: it stays` }];
    case 'flux-helm':
      return warn(`${name} of flux owns it: it stays until the next upgrade, or is undone where drift is detected`);
    case 'argocd':
      return warn(
        `${name} of Argo CD owns it: undone within seconds where it heals itself, else out of sync until then`,
      );
    case 'helm':
      return [{ severity: 'info', text: `Helm ${name} owns it: the next upgrade may set it again` }];
    case 'kapp':
      return warn(`${name} owns it: undone at its next reconcile, most often within 30 s`);
    case 'cartographer':
      return warn(`${name} of Cartographer owns it: undone when it is stamped again`);
    case 'fleet':
      return warn(`Fleet ${name} owns it: it shows as modified, or is corrected`);
    case 'karmada':
      return warn(`Karmada ${name} owns it: undone at its next sync`);
    case 'knative':
      return warn(`${name} owns it: undone at once; change the service instead`);
    case 'operator':
      return warn(
        assertsField === true ? `${name} controls it and undoes it at once` : `${name} controls it and may undo it`,
      );
  }
}
