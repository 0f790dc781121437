// A pod's state in kubectl's words, its ready containers and restarts. Follows `printPod` of kubectl's printers, so
// that a pod is called the same here and there.
import { field, items, numberOf, textOf, timeOf } from '../../src/plugin-api/read.ts';
import { conditionOf, deletedAt } from './meta.ts';

export type PodState = {
  /** kubectl's STATUS: `Running`, `CrashLoopBackOff`, `Init:0/1`, `Terminating` … */
  readonly status: string;
  readonly ready: number;
  readonly containers: number;
  readonly restarts: number;
};

/** A native sidecar: an init container that is restarted always and runs beside the others (KEP-753). */
const sidecars = (pod: unknown): ReadonlySet<string> => {
  const inits = items(field(field(pod, 'spec'), 'initContainers'));
  if (inits.length === 0) return noNames;
  const names = inits.filter((c) => field(c, 'restartPolicy') === 'Always').map((c) => textOf(field(c, 'name')));
  return names.length === 0 ? noNames : new Set(names);
};
const noNames: ReadonlySet<string> = new Set();

/** Whether this init container's status is of a native sidecar. */
export const isSidecar = (pod: unknown, name: string): boolean => sidecars(pod).has(name);

/** Reads a pod's state. Total: odd or missing parts count as not there. */
export function podState(pod: unknown): PodState {
  const spec = field(pod, 'spec');
  const status = field(pod, 'status');
  const inits = items(field(status, 'initContainerStatuses'));
  const always = inits.length === 0 ? noNames : sidecars(pod);
  let containers = Math.max(items(field(spec, 'containers')).length, 0);
  let word = textOf(field(status, 'reason')) || textOf(field(status, 'phase')) || 'Unknown';
  if (word === 'Pending' && field(conditionOf(status, 'PodScheduled'), 'reason') === 'SchedulingGated') {
    word = 'SchedulingGated';
  }
  containers += always.size;

  let ready = 0;
  let initRestarts = 0;
  let sidecarRestarts = 0;
  let initializing = false;
  for (const [index, container] of inits.entries()) {
    const restarts = numberOf(field(container, 'restartCount'), 0);
    const state = field(container, 'state');
    const ended = field(state, 'terminated');
    const isSide = always.has(textOf(field(container, 'name')));
    initRestarts += restarts;
    if (isSide) sidecarRestarts += restarts;
    if (ended !== undefined && ended !== null && field(ended, 'exitCode') === 0) continue;
    if (isSide && field(container, 'started') === true) {
      if (field(container, 'ready') === true) ready++;
      continue;
    }
    initializing = true;
    const waiting = textOf(field(field(state, 'waiting'), 'reason'));
    if (isObject(ended)) word = `Init:${endWord(ended)}`;
    else if (waiting !== '' && waiting !== 'PodInitializing') word = `Init:${waiting}`;
    else word = `Init:${index}/${items(field(spec, 'initContainers')).length}`;
    break;
  }

  let restarts = initRestarts;
  if (!initializing || field(conditionOf(status, 'Initialized'), 'status') === 'True') {
    restarts = sidecarRestarts;
    let running = false;
    const statuses = items(field(status, 'containerStatuses'));
    for (let i = statuses.length - 1; i >= 0; i--) {
      const container = statuses[i];
      const state = field(container, 'state');
      const waiting = textOf(field(field(state, 'waiting'), 'reason'));
      const ended = field(state, 'terminated');
      restarts += numberOf(field(container, 'restartCount'), 0);
      if (waiting !== '') word = waiting;
      else if (isObject(ended)) word = endWord(ended);
      else if (field(container, 'ready') === true && isObject(field(state, 'running'))) {
        running = true;
        ready++;
      }
    }
    if (word === 'Completed' && running) {
      word = field(conditionOf(status, 'Ready'), 'status') === 'True' ? 'Running' : 'NotReady';
    }
  }

  if (deletedAt(field(pod, 'metadata')) !== undefined) {
    const phase = field(status, 'phase');
    if (field(status, 'reason') === 'NodeLost') word = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') word = 'Terminating';
  }
  return { status: word, ready, containers, restarts };
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const endWord = (ended: unknown): string => {
  const reason = textOf(field(ended, 'reason'));
  if (reason !== '') return reason;
  const signal = numberOf(field(ended, 'signal'), 0);
  return signal === 0 ? `ExitCode:${numberOf(field(ended, 'exitCode'), 0)}` : `Signal:${signal}`;
};

/** The last end of any container of the pod, for the LAST column: youngest first. */
export function lastEnd(
  pod: unknown,
): { readonly reason: string; readonly exit: number; readonly at: number } | undefined {
  let found: { reason: string; exit: number; at: number } | undefined;
  const status = field(pod, 'status');
  for (const list of [field(status, 'containerStatuses'), field(status, 'initContainerStatuses')]) {
    for (const container of items(list)) {
      const ended = field(field(container, 'lastState'), 'terminated');
      const at = timeOf(field(ended, 'finishedAt'));
      if (at === undefined || (found !== undefined && found.at >= at)) continue;
      found = { reason: textOf(field(ended, 'reason')), exit: numberOf(field(ended, 'exitCode'), 0), at };
    }
  }
  return found;
}

/**
 * Since when the pod has not been ready, by its own Ready condition; before it has one, since it was started or made.
 * Undefined while it is ready.
 */
export function unreadySince(pod: unknown): number | undefined {
  const status = field(pod, 'status');
  const ready = conditionOf(status, 'Ready');
  if (field(ready, 'status') === 'True') return undefined;
  return (
    timeOf(field(ready, 'lastTransitionTime')) ??
    timeOf(field(status, 'startTime')) ??
    timeOf(field(field(pod, 'metadata'), 'creationTimestamp')) ??
    0
  );
}

/** Since when a pod that cannot start has been waiting: since it was not ready, at the latest since it was made. */
export const troubleSince = (pod: unknown): number =>
  unreadySince(pod) ?? timeOf(field(field(pod, 'metadata'), 'creationTimestamp')) ?? 0;
