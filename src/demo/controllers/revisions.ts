// ControllerRevisions: the history of StatefulSets and DaemonSets.
import { type ApiObject, equal, type Json } from '../api/objects.ts';
import { wordOf } from '../random.ts';
import type { Template } from './types.ts';
import { controllerRef, type World } from './world.ts';

type Owner = ApiObject & { spec: { template: Template; revisionHistoryLimit?: number } };
export type Revision = ApiObject & { revision: number; data: Json };

/** Exactly what a rollback sends back: the template with the directive to replace it. */
export const revisionData = (template: Template): Json => ({ spec: { template: { ...template, $patch: 'replace' } } });

export const revisionsOf = (world: World, owner: ApiObject): Revision[] =>
  world
    .owned<Revision>('controllerrevisions.apps', owner.metadata.namespace, owner.metadata.uid)
    .sort((a, b) => a.revision - b.revision);

/** `StatefulSet` revisions carry their hash under another label than `DaemonSet` ones. */
const hashLabel = (owner: ApiObject): string =>
  owner.kind === 'StatefulSet' ? 'controller.kubernetes.io/hash' : 'controller-revision-hash';

/** The draft of a revision; used by the controllers and to seed history. */
export function revisionDraft(
  owner: Owner,
  template: Template,
  revision: number,
): Omit<Revision, 'metadata'> & { metadata: Json & { name: string } } {
  const hash = wordOf(JSON.stringify(template), 10);
  return {
    kind: 'ControllerRevision',
    apiVersion: 'apps/v1',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: { ...template.metadata.labels, [hashLabel(owner)]: hash },
      ownerReferences: [controllerRef(owner)],
    },
    data: revisionData(template),
    revision,
  };
}

/** The value that pods of a revision carry in `controller-revision-hash`. */
export const podHash = (owner: ApiObject, revision: Revision): string =>
  owner.kind === 'StatefulSet'
    ? revision.metadata.name
    : (revision.metadata.labels?.['controller-revision-hash'] ?? '');

/**
 * The revision of the owner's current template: made, or, when an old one has the same data, renewed under the next
 * number (its old number disappears).
 */
export function currentRevision(world: World, owner: Owner): Revision {
  const all = revisionsOf(world, owner);
  const highest = all.at(-1)?.revision ?? 0;
  const data = revisionData(owner.spec.template);
  const found = all.find((r) => equal(r.data, data));
  if (found !== undefined) {
    if (found.revision === highest) return found;
    return world.update('controllerrevisions.apps', found, { ...found, revision: highest + 1 });
  }
  const made = world.create<Revision>(
    'controllerrevisions.apps',
    revisionDraft(owner, owner.spec.template, highest + 1),
  );
  const olds = all.slice(0, Math.max(0, all.length - (owner.spec.revisionHistoryLimit ?? 10)));
  for (const old of olds) world.delete('controllerrevisions.apps', old);
  return made;
}
