// Putting a workload's pod template back to that of an earlier revision. The old template is the precondition: scaling,
// annotating and status may go on beside it, another deploy may not.
import type { ActionWish, PlanFact, PlanWarning } from '../../core/action.ts';
import { age } from '../../core/format.ts';
import { type ObjectRef, resourceName } from '../../core/ids.ts';
import { flag, type KubeObject, record, text } from '../../core/object.ts';
import type { ActionCluster } from '../action-cluster.ts';
import { kubectlLine } from '../kubectl-line.ts';
import { ownersOf } from '../owners/owners.ts';
import { ownerWarnings } from '../owners/owner-warnings.ts';
import { impossible, type JsonPatch, type Planned, pointerPart, type Step } from '../plan.ts';
import { pathOf, readTarget } from '../read-target.ts';
import { rollingWarnings } from '../rolling-warnings.ts';
import { templateRight } from '../template-right.ts';
import { chooseRevision, historyOf, type Revision, revisionView } from './history.ts';
import { missingReferences } from './references.ts';
import { stuckSince } from '../track/judge.ts';

type Wish = Extract<ActionWish, { verb: 'rollback' }>;

const rollable: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
const cause = 'kubernetes.io/change-cause';

/** `undo` names the revision by its object, and the one that has to be current still; else the wish's number counts. */
export async function planRollback(
  cluster: ActionCluster,
  wish: Wish,
  now: number,
  undo: { readonly revisionName: string; readonly from: string } | null = null,
): Promise<Planned> {
  const { target } = wish;
  if (target.type.group !== 'apps' || !rollable.has(target.kind))
    return impossible(`a ${target.kind} cannot be rolled back: only a Deployment, StatefulSet or DaemonSet`);
  const read = await readTarget(cluster, target);
  if (!read.ok) return impossible(read.reason);
  const { object } = read;
  if (flag(object, 'spec', 'paused')) return impossible(`the rollout of ${target.name} is paused: resume it first`);
  const history = await historyOf(cluster, target, object);
  const chosen = chooseRevision(history, undo?.revisionName ?? wish.revision);
  if (!chosen.ok) return impossible(`${target.name}: ${chosen.reason}`);
  const { revision } = chosen;
  if (revision.isCurrent) return impossible(`${target.name} wants revision ${revision.revision} already`);
  const current = history.find((one) => one.isCurrent);
  if (undo !== null && current?.name !== undo.from)
    return impossible(`${target.name} is not what that rollback made of it any more: somebody changed it since`);
  return {
    ok: true,
    plan: {
      wish,
      steps: [stepOf(target, object, revision)],
      view: {
        title: `Roll ${target.name} back to revision ${revision.revision}`,
        tier: 2,
        facts: factsOf(current, revision, now),
        warnings: [
          ...(await missingReferences(cluster, target, revision.template)),
          ...rollingWarnings(object),
          ...lastAppliedWarning(object),
          ...(await ownerWarnings(cluster, ownersOf(object, ['spec', 'template']))),
        ],
        kubectl: kubectlLine(cluster, target, [
          'rollout',
          'undo',
          `${resourceName(target.type)}/${target.name}`,
          `--to-revision=${revision.revision}`,
        ]),
        undo: current === undefined ? null : `roll forward to revision ${current.revision}`,
      },
      changes: { path: ['spec', 'template'], before: record(object, 'spec', 'template') },
      goal: { type: 'template' },
      stuckSince: stuckSince(target.kind, object),
      inverse: current === undefined ? null : { verb: 'rollback', revisionName: current.name, from: revision.name },
    },
  };
}

function stepOf(target: ObjectRef, object: KubeObject, revision: Revision): Step {
  const patch: JsonPatch = [
    { op: 'test', path: '/metadata/uid', value: target.uid },
    { op: 'test', path: '/spec/template', value: record(object, 'spec', 'template') },
    { op: 'replace', path: '/spec/template', value: revision.template },
    ...causePatch(object, revision),
  ];
  return {
    method: 'PATCH',
    path: pathOf(target),
    contentType: 'application/json-patch+json',
    body: JSON.stringify(patch),
    wanted: templateRight(target),
  };
}

/**
 * The change cause goes back with the template, as it does with kubectl; all other annotations stay. Where there were none
 * it is left: making the map would take away what somebody adds meanwhile.
 */
function causePatch(object: KubeObject, { changeCause }: Revision): JsonPatch {
  const annotations = record(object, 'metadata', 'annotations');
  const isThere = annotations[cause] !== undefined;
  const path = `/metadata/annotations/${pointerPart(cause)}`;
  if (changeCause === null) return isThere ? [{ op: 'remove', path }] : [];
  return Object.keys(annotations).length === 0 ? [] : [{ op: 'add', path, value: changeCause }];
}

function factsOf(current: Revision | undefined, revision: Revision, now: number): readonly PlanFact[] {
  const words = (one: Revision): string => {
    const { images, changeCause } = revisionView(one);
    const since = one.created === 0 ? '' : `, from ${age(now - one.created)} ago`;
    return `revision ${one.revision}: ${images.join(', ')}${since}${changeCause === '' ? '' : ` (${changeCause})`}`;
  };
  return [
    ...(current === undefined ? [] : [{ label: 'now', text: words(current) }]),
    { label: 'back to', text: words(revision) },
    { label: 'stays', text: 'replicas, ConfigMaps, Secrets, data: only the pod template goes back' },
  ];
}

/** kubernetes/kubectl#1301: apply compares with what it wrote last, and the rollback is not part of that. */
const lastAppliedWarning = (object: KubeObject): readonly PlanWarning[] =>
  text(object, 'metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration') === ''
    ? []
    : [{ severity: 'info', text: 'it was made by kubectl apply: the next apply may keep parts of either version' }];
