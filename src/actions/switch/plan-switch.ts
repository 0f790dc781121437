// Switches: one field that is on or off. Pausing a rollout, suspending a CronJob, cordoning a node, and back.
import type { ActionWish, PlanWarning, SwitchTo } from '../../core/action.ts';
import { type KubeObject, list, record } from '../../core/object.ts';
import { plural } from '../../core/format.ts';
import type { ActionCluster } from '../action-cluster.ts';
import { kubectlLine } from '../kubectl-line.ts';
import { ownersOf } from '../owners/owners.ts';
import { ownerWarnings } from '../owners/owner-warnings.ts';
import { impossible, type JsonPatch, type Planned, type Step } from '../plan.ts';
import { pathOf, readTarget } from '../read-target.ts';
import { templateRight } from '../template-right.ts';
import { stuckSince } from '../track/judge.ts';

type Wish = Extract<ActionWish, { verb: 'switch' }>;

/** What a switch is of a kind: its field, and the value that it has then. */
type Switch = { readonly field: string; readonly value: boolean; readonly back: SwitchTo; readonly words: string };

const switches: Readonly<Record<string, Partial<Record<SwitchTo, Switch>>>> = {
  'Deployment.apps': {
    pause: { field: 'paused', value: true, back: 'resume', words: 'Pause the rollout of' },
    resume: { field: 'paused', value: false, back: 'pause', words: 'Resume the rollout of' },
  },
  'CronJob.batch': {
    pause: { field: 'suspend', value: true, back: 'resume', words: 'Suspend' },
    resume: { field: 'suspend', value: false, back: 'pause', words: 'Resume' },
  },
  'Node.': {
    cordon: { field: 'unschedulable', value: true, back: 'uncordon', words: 'Cordon' },
    uncordon: { field: 'unschedulable', value: false, back: 'cordon', words: 'Uncordon' },
  },
};

/** Asks for everything it says; sends nothing that could change anything. */
export async function planSwitch(cluster: ActionCluster, wish: Wish): Promise<Planned> {
  const { target, to } = wish;
  const found = switches[`${target.kind}.${target.type.group}`]?.[to];
  if (found === undefined) return impossible(`there is nothing to ${to} about a ${target.kind}`);
  const read = await readTarget(cluster, target);
  if (!read.ok) return impossible(read.reason);
  const { object } = read;
  const before = record(object, 'spec')[found.field];
  if ((before === true) === found.value)
    return impossible(`${target.name} is so already: ${found.field} is ${found.value}`);
  const path = ['spec', found.field];
  return {
    ok: true,
    plan: {
      wish,
      steps: [stepOf(wish, found, before)],
      view: {
        title: `${found.words} ${target.name}`,
        tier: 1,
        facts: [{ label: 'now', text: `${found.field} is ${before === undefined ? 'not set' : String(before)}` }],
        warnings: [...consequences(object, found), ...(await ownerWarnings(cluster, ownersOf(object, path)))],
        kubectl: kubectlOf(cluster, wish, found),
        undo: `${found.back} it again`,
      },
      changes: { path, before },
      goal: { type: 'field' },
      stuckSince: stuckSince(target.kind, object),
      inverse: { verb: 'switch', to: found.back },
    },
  };
}

/** What is not there cannot be tested: then the uid alone is the precondition. */
function stepOf({ target }: Wish, { field, value }: Switch, before: unknown): Step {
  const path = `/spec/${field}`;
  const patch: JsonPatch = [
    { op: 'test', path: '/metadata/uid', value: target.uid },
    ...(before === undefined ? [] : [{ op: 'test' as const, path, value: before }]),
    { op: 'add', path, value },
  ];
  return {
    method: 'PATCH',
    path: pathOf(target),
    contentType: 'application/json-patch+json',
    body: JSON.stringify(patch),
    wanted: templateRight(target),
  };
}

function consequences(object: KubeObject, { field, value }: Switch): readonly PlanWarning[] {
  if (field === 'unschedulable' && value)
    return [{ severity: 'info', text: 'its pods stay; no new ones come. Draining moves them away' }];
  if (field === 'suspend' && value) {
    const running = list(object, 'status', 'active').length;
    return running === 0
      ? []
      : [{ severity: 'info', text: `${plural(running, 'job')} of it that runs now goes on to its end` }];
  }
  if (field === 'suspend')
    return [{ severity: 'info', text: 'a run that was missed may start at once, within its starting deadline' }];
  return [];
}

function kubectlOf(cluster: ActionCluster, { target, to }: Wish, { field, value }: Switch): string {
  if (target.kind === 'Node') return kubectlLine(cluster, target, [to, target.name]);
  if (target.kind === 'Deployment') return kubectlLine(cluster, target, ['rollout', to, `deployment/${target.name}`]);
  return kubectlLine(cluster, target, ['patch', `cronjob/${target.name}`, '-p', `{"spec":{"${field}":${value}}}`]);
}
