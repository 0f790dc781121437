// The revisions that a workload can go back to: ReplicaSets of a Deployment, ControllerRevisions of a StatefulSet or
// DaemonSet, numbered and chosen as kubectl does (kubernetes/kubectl pkg/polymorphichelpers/{history,rollback}.go).
import type { RevisionView } from '../../core/action.ts';
import type { ObjectRef } from '../../core/ids.ts';
import { type KubeObject, list, number, record, text, time } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import type { ActionCluster } from '../action-cluster.ts';
import { listOf } from '../read-target.ts';
import { sameTemplate, templateOf } from './template.ts';

export type Revision = {
  /** Of the ReplicaSet or ControllerRevision: finds it again for an undo. */
  readonly name: string;
  readonly revision: number;
  /** The pod template without what the controller put into it. */
  readonly template: KubeObject;
  readonly changeCause: string | null;
  readonly created: number;
  /** It is what the workload wants now. */
  readonly isCurrent: boolean;
};

const revisionAnnotation = 'deployment.kubernetes.io/revision';
const causeAnnotation = 'kubernetes.io/change-cause';

/** The newest first; empty where the history may not be read. `object` is the workload. */
export async function historyOf(
  cluster: ActionCluster,
  target: ObjectRef,
  object: KubeObject,
): Promise<readonly Revision[]> {
  const resource = target.kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
  const address = { group: 'apps', version: 'v1', resource, namespace: target.namespace };
  const found = await listOf(cluster, address, selectorOf(object));
  const current = templateOf(record(object, 'spec', 'template'));
  return found
    .filter((one) => isOwnedBy(one, text(object, 'metadata', 'uid')))
    .map((one) => revisionOf(one, target.kind === 'Deployment'))
    .map((one): Revision => ({ ...one, isCurrent: sameTemplate(one.template, current) }))
    .sort((a, b) => b.revision - a.revision);
}

function revisionOf(one: KubeObject, isReplicaSet: boolean): Omit<Revision, 'isCurrent'> {
  const annotations = record(one, 'metadata', 'annotations');
  const template = isReplicaSet ? record(one, 'spec', 'template') : record(one, 'data', 'spec', 'template');
  return {
    name: text(one, 'metadata', 'name'),
    revision: isReplicaSet ? Number(text(annotations, revisionAnnotation)) || 0 : (number(one, 'revision') ?? 0),
    template: templateOf(template),
    changeCause: text(annotations, causeAnnotation) || null,
    created: time(one, 'metadata', 'creationTimestamp') ?? 0,
  };
}

const isOwnedBy = (one: KubeObject, uid: string): boolean =>
  list(one, 'metadata', 'ownerReferences').some(
    (owner) => text(owner, 'uid') === uid && record(owner)['controller'] === true,
  );

/** `spec.selector` as the API's query has it. */
function selectorOf(object: KubeObject): string {
  const selector = record(object, 'spec', 'selector');
  const labels = Object.entries(record(selector, 'matchLabels')).map(([key, value]) => `${key}=${String(value)}`);
  const expressions = list(selector, 'matchExpressions').map((one) => {
    const key = text(one, 'key');
    const values = list(one, 'values').join(',');
    switch (text(one, 'operator')) {
      case 'In':
        return `${key} in (${values})`;
      case 'NotIn':
        return `${key} notin (${values})`;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return key;
    }
  });
  return [...labels, ...expressions].join(',');
}

/** As the list of choices shows them. */
export const revisionView = ({ revision, template, created, changeCause, isCurrent }: Revision): RevisionView => ({
  revision,
  images: list(template, 'spec', 'containers').map((one) => cell(text(one, 'image'))),
  created,
  changeCause: cell(changeCause ?? ''),
  isCurrent,
});

export type Chosen =
  | { readonly ok: true; readonly revision: Revision }
  | { readonly ok: false; readonly reason: string };

/** `wanted` null: the one before the newest, as kubectl's `--to-revision=0`; a text names a revision's object. */
export function chooseRevision(history: readonly Revision[], wanted: number | string | null): Chosen {
  if (history.length === 0) return { ok: false, reason: 'its revisions cannot be read, or there are none' };
  if (typeof wanted === 'string') {
    const named = history.find((one) => one.name === wanted);
    return named === undefined
      ? { ok: false, reason: `the revision ${cell(wanted)} is not kept any more` }
      : { ok: true, revision: named };
  }
  const found = wanted === null || wanted === 0 ? history[1] : history.find((one) => one.revision === wanted);
  if (found !== undefined) return { ok: true, revision: found };
  const known = history.map((one) => one.revision).join(', ');
  return {
    ok: false,
    reason:
      wanted === null || wanted === 0
        ? 'there is no earlier revision'
        : `there is no revision ${wanted}; there are ${known}`,
  };
}
