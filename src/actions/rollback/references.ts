// Whether what an old template needs is still there: ConfigMaps and Secrets of old releases are often pruned, and a pod
// without them never starts.
import type { PlanWarning } from '../../core/action.ts';
import type { ObjectRef } from '../../core/ids.ts';
import { flag, type KubeObject, list, record, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import { ApiError } from '../../kube/api-error.ts';
import { apiPath } from '../../kube/api-path.ts';
import type { ActionCluster } from '../action-cluster.ts';

/** One thing that a pod template names and cannot start without. */
type Reference = { readonly resource: string; readonly kind: string; readonly name: string };

const atMost = 20;
/** Only that it is there is asked for: never a Secret's data. */
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

export async function missingReferences(
  cluster: ActionCluster,
  { namespace }: ObjectRef,
  template: KubeObject,
): Promise<readonly PlanWarning[]> {
  const wanted = referencesOf(template).slice(0, atMost);
  const answers = await Promise.all(
    wanted.map(async (one) => ((await isMissing(cluster, namespace, one)) ? [one] : [])),
  );
  return answers.flat().map(({ kind, name }) => ({
    severity: 'warn',
    text: `${kind} ${cell(name)}, which that revision needs, is gone: its pods will not start`,
  }));
}

/** What may not be read is not known to be missing. */
async function isMissing(
  { session, signal }: ActionCluster,
  namespace: string,
  { resource, name }: Reference,
): Promise<boolean> {
  try {
    await session.json({
      path: apiPath({ group: '', version: 'v1', resource, namespace, name }),
      headers: { accept: `${metadataOnly},application/json` },
      signal,
      timeoutMs: 10_000,
    });
    return false;
  } catch (error) {
    return error instanceof ApiError && error.code === 404;
  }
}

/** What is optional is left out. */
function referencesOf(template: KubeObject): readonly Reference[] {
  const spec = record(template, 'spec');
  const containers = [...list(spec, 'initContainers'), ...list(spec, 'containers')];
  const found: Reference[] = [];
  const add = (
    kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount',
    source: unknown,
    key: string,
  ) => {
    const name = text(source, key);
    if (name === '' || flag(source, 'optional')) return;
    const resource = {
      ConfigMap: 'configmaps',
      Secret: 'secrets',
      PersistentVolumeClaim: 'persistentvolumeclaims',
      ServiceAccount: 'serviceaccounts',
    }[kind];
    if (!found.some((one) => one.resource === resource && one.name === name)) found.push({ resource, kind, name });
  };
  for (const container of containers) {
    for (const from of list(container, 'envFrom')) {
      add('ConfigMap', record(from, 'configMapRef'), 'name');
      add('Secret', record(from, 'secretRef'), 'name');
    }
    for (const one of list(container, 'env')) {
      add('ConfigMap', record(one, 'valueFrom', 'configMapKeyRef'), 'name');
      add('Secret', record(one, 'valueFrom', 'secretKeyRef'), 'name');
    }
  }
  for (const volume of list(spec, 'volumes')) {
    add('ConfigMap', record(volume, 'configMap'), 'name');
    add('Secret', record(volume, 'secret'), 'secretName');
    add('PersistentVolumeClaim', record(volume, 'persistentVolumeClaim'), 'claimName');
    for (const source of list(volume, 'projected', 'sources')) {
      add('ConfigMap', record(source, 'configMap'), 'name');
      add('Secret', record(source, 'secret'), 'name');
    }
  }
  for (const secret of list(spec, 'imagePullSecrets')) add('Secret', secret, 'name');
  add('ServiceAccount', spec, 'serviceAccountName');
  return found;
}
