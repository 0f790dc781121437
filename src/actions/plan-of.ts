// Which planner a wish has.
import type { ActionWish, PlanView } from '../core/action.ts';
import type { ObjectRef } from '../core/ids.ts';
import { cell } from '../core/sanitise.ts';
import type { ActionCluster } from './action-cluster.ts';
import { type Inverse, impossible, type Planned } from './plan.ts';
import { planRestart } from './restart/plan-restart.ts';
import { planRollback } from './rollback/plan-rollback.ts';
import { planSwitch } from './switch/plan-switch.ts';
import { planScale } from './scale/plan-scale.ts';

type InverseOf = (action: string) => Promise<Inverse | null>;

/** Whatever names, contexts and servers say in it is made harmless here, for every planner. */
export async function planOf(
  cluster: ActionCluster,
  wish: ActionWish,
  now: number,
  inverseOf: InverseOf,
): Promise<Planned> {
  const planned = await plannedBy(cluster, wish, now, inverseOf);
  if (!planned.ok) return impossible(cell(planned.reason));
  return { ok: true, plan: { ...planned.plan, view: shown(planned.plan.view) } };
}

const shown = ({ tier, title, facts, warnings, kubectl, undo }: PlanView): PlanView => ({
  tier,
  title: cell(title),
  facts: facts.map(({ label, text }) => ({ label, text: cell(text) })),
  warnings: warnings.map(({ severity, text }) => ({ severity, text: cell(text) })),
  kubectl: cell(kubectl),
  undo: undo === null ? null : cell(undo),
});

async function plannedBy(
  cluster: ActionCluster,
  wish: ActionWish,
  now: number,
  inverseOf: InverseOf,
): Promise<Planned> {
  // A patch without a uid to test would hit whatever has this name.
  if (wish.target.uid === '') return impossible(`the uid of ${wish.target.name} is not known`);
  switch (wish.verb) {
    case 'scale':
      return planScale(cluster, wish);
    case 'rollback':
      return planRollback(cluster, wish, now);
    case 'restart':
      return planRestart(cluster, wish, now);
    case 'switch':
      return planSwitch(cluster, wish);
    case 'undo':
      return planUndo(cluster, wish, now, await inverseOf(wish.of));
  }
}

/** A plan of its own, checked anew; only what it is called tells that it takes something back. */
async function planUndo(
  cluster: ActionCluster,
  wish: Extract<ActionWish, { verb: 'undo' }>,
  now: number,
  inverse: Inverse | null,
): Promise<Planned> {
  if (inverse === null) return impossible('nothing takes that back');
  const { target } = wish;
  const planned = await planInverse(cluster, target, now, inverse);
  if (!planned.ok) return planned;
  const { plan } = planned;
  return { ok: true, plan: { ...plan, wish, view: { ...plan.view, title: `Undo: ${plan.view.title}` } } };
}

function planInverse(cluster: ActionCluster, target: ObjectRef, now: number, inverse: Inverse): Promise<Planned> {
  switch (inverse.verb) {
    case 'scale':
      return planScale(cluster, { verb: 'scale', target, replicas: inverse.replicas }, inverse.from);
    case 'rollback':
      return planRollback(cluster, { verb: 'rollback', target, revision: null }, now, inverse);
    case 'switch':
      return planSwitch(cluster, { verb: 'switch', target, to: inverse.to });
  }
}
