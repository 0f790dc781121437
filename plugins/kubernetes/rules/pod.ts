// What is wrong with one pod itself: the specific rules in the order in which they explain each other.
import type { Finding } from '../../../src/plugin-api/read.ts';
import { field, items, numberOf } from '../../../src/plugin-api/read.ts';
import { containerStates } from '../containers.ts';
import { controllerOf, deletedAt } from '../meta.ts';
import { configError } from './config-error.ts';
import { crashLoop, oomKilled } from './crash-loop.ts';
import { imagePull } from './image-pull.ts';
import { unschedulable } from './unschedulable.ts';

const none: readonly Finding[] = [];

/** Whether a pod could have a problem of its own: the quick look that nearly every pod of a fleet passes. */
export function looksWell(pod: unknown): boolean {
  const status = field(pod, 'status');
  const phase = field(status, 'phase');
  if (phase === 'Succeeded') return true;
  if (phase !== 'Running') return false;
  for (const container of items(field(status, 'containerStatuses'))) if (!runsWell(container)) return false;
  for (const container of items(field(status, 'initContainerStatuses'))) if (!initWell(container)) return false;
  return true;
}

const runsWell = (container: unknown): boolean =>
  field(container, 'ready') === true && numberOf(field(container, 'restartCount'), 0) === 0;

const initWell = (container: unknown): boolean =>
  numberOf(field(container, 'restartCount'), 0) === 0 &&
  (field(container, 'ready') === true || field(field(field(container, 'state'), 'terminated'), 'exitCode') === 0);

/**
 * The problem that a pod names itself, one for each troubled container. A pod that is being deleted or has finished
 * well has none; a failed pod of a Job is its Job's matter.
 */
export function podProblems(pod: unknown, now: number): readonly Finding[] {
  if (looksWell(pod)) return none;
  const meta = field(pod, 'metadata');
  if (deletedAt(meta) !== undefined) return none;
  const phase = field(field(pod, 'status'), 'phase');
  if (phase === 'Succeeded') return none;
  if (phase === 'Failed' && controllerOf(meta)?.kind === 'Job') return none;
  const found: Finding[] = [];
  const all = containerStates(pod);
  for (const container of all) {
    const problem =
      imagePull(pod, container, all) ??
      configError(pod, container, all) ??
      crashLoop(pod, container, all, now) ??
      oomKilled(pod, container, all, now);
    if (problem === undefined) continue;
    // Two containers that fail in the same way are one problem of the pod.
    if (!found.some((other) => other.rule === problem.rule && other.cause === problem.cause)) found.push(problem);
  }
  if (found.length > 0) return found;
  const waits = phase === 'Pending' ? unschedulable(pod) : undefined;
  return waits === undefined ? none : [waits];
}
