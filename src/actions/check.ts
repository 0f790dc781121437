// Asks the server before a plan is sent: may we, and what would become of it. Nothing is changed by it.
import type { CheckView } from '../core/action.ts';
import { cell } from '../core/sanitise.ts';
import { ApiError } from '../kube/api-error.ts';
import type { ActionCluster } from './action-cluster.ts';
import { changedPart } from './changed-part.ts';
import { diffOf } from './diff.ts';
import { failureWords, missingRight } from './failure-words.ts';
import type { Plan } from './plan.ts';
import { send, type SendOptions } from './send.ts';

/** Never throws: whatever comes back is an answer. */
export async function checkPlan(
  cluster: ActionCluster,
  plan: Plan,
  options: Omit<SendOptions, 'isDryRun'>,
): Promise<CheckView> {
  for (const { wanted } of plan.steps) {
    // Unknown is not no; a real 403 of the dry run decides.
    if ((await cluster.access.ask(wanted, options.signal)) === 'no')
      return { state: 'refused', reason: missingRight(wanted, cluster) };
  }
  const { path, before } = plan.changes;
  const name = path.at(-1) ?? '';
  const warnings: string[] = [];
  let after: unknown = before;
  for (const step of plan.steps) {
    try {
      const sent = await send(cluster, step, { ...options, isDryRun: true });
      after = changedPart(plan, sent.object);
      warnings.push(...sent.warnings.map((text) => cell(text)));
    } catch (error) {
      if (isWithoutDryRun(error)) return { state: 'impossible', reason: error.message };
      if (error instanceof ApiError && error.isMissingRight) {
        cluster.access.denied(step.wanted);
        return { state: 'refused', reason: missingRight(step.wanted, cluster) };
      }
      return { state: 'refused', reason: await failureWords(error, cluster, plan) };
    }
  }
  return { state: 'accepted', diff: diffOf(name, before, after), warnings };
}

/** A webhook that may have side effects cannot be asked (kubernetes/kubernetes#66936). */
const isWithoutDryRun = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 400 && /does not support dry run/i.test(error.message);
