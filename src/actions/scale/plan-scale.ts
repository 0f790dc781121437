// Scaling through the scale subresource: any kind that has one. The old number is the precondition, so that an autoscaler
// or a colleague who was faster is not overruled unseen.
import type { ActionWish, PlanFact, PlanWarning } from '../../core/action.ts';
import { plural } from '../../core/format.ts';
import { resourceName } from '../../core/ids.ts';
import { type KubeObject, number, text } from '../../core/object.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { ActionCluster } from '../action-cluster.ts';
import { kubectlLine } from '../kubectl-line.ts';
import { ownersOf } from '../owners/owners.ts';
import { ownerWarnings } from '../owners/owner-warnings.ts';
import { impossible, type JsonPatch, type Planned, type Step } from '../plan.ts';
import { getJson, pathOf, readTarget } from '../read-target.ts';
import { autoscalersOf, autoscalerWarnings } from './autoscalers.ts';
import { stuckSince } from '../track/judge.ts';

type Wish = Extract<ActionWish, { verb: 'scale' }>;

/** Asks for everything it says; sends nothing that could change anything. `from`: refused unless it is this number now. */
export async function planScale(cluster: ActionCluster, wish: Wish, from: number | null = null): Promise<Planned> {
  const { target, replicas } = wish;
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > 2_147_483_647)
    return impossible(`${replicas} is no number of replicas`);
  if (!isScalable(cluster, wish)) return impossible(`a ${target.kind} has no scale: ${scaleHint(target.kind)}`);
  const [read, scale, autoscalers] = await Promise.all([
    readTarget(cluster, target),
    readScale(cluster, wish),
    autoscalersOf(cluster, target),
  ]);
  if (!read.ok) return impossible(read.reason);
  if (!scale.ok) return impossible(scale.reason);
  const { object } = read;
  const { before } = scale;
  if (before === replicas) return impossible(`${target.name} has ${plural(replicas, 'replica')} already`);
  if (from !== null && before !== from)
    return impossible(`${target.name} has ${before ?? 'no'} replicas by now, not ${from}: somebody changed it since`);
  const field = ['spec', 'replicas'];
  const owners = ownersOf(object, field, autoscalers);
  const losesData = deletesClaims(object, target.kind) && replicas < (before ?? 0);
  return {
    ok: true,
    plan: {
      wish,
      steps: [stepOf(wish, scale)],
      view: {
        title: `Scale ${target.name} from ${before ?? 'unset'} to ${replicas}`,
        tier: losesData ? 3 : replicas === 0 ? 2 : 1,
        facts: factsOf(object, before, replicas),
        warnings: [
          ...autoscalerWarnings(autoscalers, replicas),
          ...(await ownerWarnings(cluster, owners)),
          ...disruption(before ?? 0, replicas, losesData),
        ],
        kubectl: kubectlLine(cluster, target, [
          'scale',
          `${resourceName(target.type)}/${target.name}`,
          `--replicas=${replicas}`,
          ...(before === null ? [] : [`--current-replicas=${before}`]),
        ]),
        undo: before === null ? null : `scale back to ${before}${losesData ? ', without the data' : ''}`,
      },
      changes: { path: field, before },
      goal: { type: 'replicas', replicas, isCustom: target.type.group !== 'apps' },
      stuckSince: stuckSince(target.kind, object),
      inverse: before === null ? null : { verb: 'scale', replicas: before, from: replicas },
    },
  };
}

function isScalable({ discovery }: ActionCluster, { target: { type } }: Wish): boolean {
  const served = discovery.resources.find(
    (r) => r.group === type.group && r.resource === type.resource && r.version === type.version,
  );
  return served?.subresources.includes('scale') ?? false;
}

const scaleHint = (kind: string): string =>
  kind === 'DaemonSet' ? 'it runs on every node that it fits' : 'there is no number to set';

type ScaleRead =
  | { readonly ok: true; readonly before: number | null /** In the answer; 0 is left out. */; readonly isSaid: boolean }
  | { readonly ok: false; readonly reason: string };

/** The number that is wanted now; null where a custom resource does not say one (its scale cannot be read then). */
async function readScale(cluster: ActionCluster, { target }: Wish): Promise<ScaleRead> {
  try {
    const scale = await getJson(cluster, pathOf(target, 'scale'));
    const said = number(scale, 'spec', 'replicas');
    return { ok: true, before: said ?? 0, isSaid: said !== undefined };
  } catch (error) {
    if (error instanceof ApiError && error.code === 500 && error.status?.message.endsWith(' does not exist') === true)
      return { ok: true, before: null, isSaid: false };
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * A JSON Patch where there is an old number to test; without one a merge patch, in which the uid is the precondition (a
 * path that does not exist cannot be tested).
 */
function stepOf({ target, replicas }: Wish, { before, isSaid }: Extract<ScaleRead, { ok: true }>): Step {
  const patch: JsonPatch = [
    { op: 'test', path: '/metadata/uid', value: target.uid },
    // Null tests that it is left out; `add` sets a member whether it is there or not.
    { op: 'test', path: '/spec/replicas', value: isSaid ? before : null },
    { op: 'add', path: '/spec/replicas', value: replicas },
  ];
  const { group, resource } = target.type;
  const canTest = before !== null;
  return {
    method: 'PATCH',
    path: pathOf(target, 'scale'),
    contentType: canTest ? 'application/json-patch+json' : 'application/merge-patch+json',
    body: JSON.stringify(canTest ? patch : { metadata: { uid: target.uid }, spec: { replicas } }),
    wanted: {
      verb: 'patch',
      group,
      resource,
      subresource: 'scale',
      namespace: target.namespace === '' ? null : target.namespace,
      name: target.name,
    },
  };
}

function factsOf(object: KubeObject, before: number | null, replicas: number): readonly PlanFact[] {
  const ready = number(object, 'status', 'readyReplicas');
  const now = before === null ? 'not said' : `${before}${ready === undefined ? '' : `, ${ready} ready`}`;
  return [
    { label: 'now', text: now },
    { label: 'then', text: `${replicas}${replicas === 0 ? ', nothing runs' : ''}` },
  ];
}

/** Whether a StatefulSet gives up the volumes of pods that go. */
const deletesClaims = (object: KubeObject, kind: string): boolean =>
  kind === 'StatefulSet' && text(object, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenScaled') === 'Delete';

/** What hurts when there are fewer. */
const disruption = (before: number, replicas: number, losesData: boolean): readonly PlanWarning[] => [
  ...(replicas === 0 && before > 0
    ? [{ severity: 'warn' as const, text: 'no pod is left: what it serves stops' }]
    : []),
  ...(losesData
    ? [{ severity: 'warn' as const, text: 'the volume claims of the pods that go are deleted with their data' }]
    : []),
];
