// A rolling restart, as `kubectl rollout restart` does it: an annotation of the pod template changes, and so every pod is
// made anew. (kubernetes/kubectl pkg/polymorphichelpers/objectrestarter.go)
import type { ActionWish } from '../../core/action.ts';
import { plural } from '../../core/format.ts';
import { resourceName } from '../../core/ids.ts';
import { flag, number, record } from '../../core/object.ts';
import type { ActionCluster } from '../action-cluster.ts';
import { kubectlLine } from '../kubectl-line.ts';
import { ownersOf } from '../owners/owners.ts';
import { ownerWarnings } from '../owners/owner-warnings.ts';
import { impossible, type JsonPatch, type Planned } from '../plan.ts';
import { pathOf, readTarget } from '../read-target.ts';
import { rollingWarnings } from '../rolling-warnings.ts';
import { templateRight } from '../template-right.ts';
import { stuckSince } from '../track/judge.ts';

type Wish = Extract<ActionWish, { verb: 'restart' }>;

const annotation = 'kubectl.kubernetes.io/restartedAt';
const restartable: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** `now` is written into the template; kubectl writes the same form. */
export async function planRestart(cluster: ActionCluster, wish: Wish, now: number): Promise<Planned> {
  const { target } = wish;
  if (target.type.group !== 'apps' || !restartable.has(target.kind))
    return impossible(`a ${target.kind} cannot be restarted: only a Deployment, StatefulSet or DaemonSet`);
  const read = await readTarget(cluster, target);
  if (!read.ok) return impossible(read.reason);
  const { object } = read;
  if (flag(object, 'spec', 'paused')) return impossible(`the rollout of ${target.name} is paused: resume it first`);
  const before = record(object, 'spec', 'template', 'metadata');
  const after = {
    ...before,
    annotations: { ...record(before, 'annotations'), [annotation]: `${new Date(now).toISOString().slice(0, 19)}Z` },
  };
  const path = '/spec/template/metadata';
  const patch: JsonPatch = [
    { op: 'test', path: '/metadata/uid', value: target.uid },
    { op: 'test', path, value: before },
    { op: 'replace', path, value: after },
  ];
  const pods = number(object, 'spec', 'replicas') ?? number(object, 'status', 'desiredNumberScheduled') ?? 0;
  return {
    ok: true,
    plan: {
      wish,
      steps: [
        {
          method: 'PATCH',
          path: pathOf(target),
          contentType: 'application/json-patch+json',
          body: JSON.stringify(patch),
          wanted: templateRight(target),
        },
      ],
      view: {
        title: `Restart ${target.name}`,
        tier: 2,
        facts: [{ label: 'now', text: `${plural(pods, 'pod')}, each is made anew` }],
        warnings: [
          ...rollingWarnings(object),
          ...(await ownerWarnings(
            cluster,
            ownersOf(object, ['spec', 'template', 'metadata', 'annotations', annotation]),
          )),
        ],
        kubectl: kubectlLine(cluster, target, ['rollout', 'restart', `${resourceName(target.type)}/${target.name}`]),
        undo: null,
      },
      changes: { path: ['spec', 'template', 'metadata'], before },
      goal: { type: 'template' },
      stuckSince: stuckSince(target.kind, object),
      inverse: null,
    },
  };
}
