// Small pieces that the rows of several kinds share: images, selectors, pod summaries.
import { at, list, number, record, text } from '../../core/object.ts';
import type { ApiObject } from '../api/objects.ts';
import { selectorText } from '../api/selectors.ts';
import { ageOf, humanDuration } from './age.ts';

export type Cells = readonly (string | number | boolean | null)[];

export const orNone = (value: string): string => (value === '' ? '<none>' : value);

export const containerNames = (podSpec: unknown): string =>
  list(podSpec, 'containers')
    .map((c) => text(c, 'name'))
    .join(',');

export const containerImages = (podSpec: unknown): string =>
  list(podSpec, 'containers')
    .map((c) => text(c, 'image'))
    .join(',');

export const selectorCell = (selector: unknown): string => orNone(selectorText(selector));

/** A label map as `a=b,c=d`. */
export const labelCell = (labels: unknown): string =>
  orNone(
    Object.entries(record(labels))
      .map(([k, v]) => `${k}=${String(v)}`)
      .sort()
      .join(','),
  );

/** STATUS column of a pod. Source: kubernetes printers printPod. */
export function podStatus(pod: ApiObject): { reason: string; ready: number; total: number; restarts: string } {
  const containers = list(pod, 'status', 'containerStatuses');
  const init = list(pod, 'status', 'initContainerStatuses');
  let reason = text(pod, 'status', 'reason') || text(pod, 'status', 'phase');
  const total = list(pod, 'spec', 'containers').length;
  let ready = 0;
  let restarts = 0;
  let lastRestart = '';
  const condition = list(pod, 'status', 'conditions').find((c) => text(c, 'type') === 'PodScheduled');
  if (text(condition, 'reason') === 'SchedulingGated') reason = 'SchedulingGated';
  const note = (c: unknown): void => {
    restarts += number(c, 'restartCount') ?? 0;
    const finished = text(c, 'lastState', 'terminated', 'finishedAt');
    if (finished > lastRestart) lastRestart = finished;
  };
  let initializing = false;
  init.forEach((c, i) => {
    if (initializing) return;
    note(c);
    const ended = at(c, 'state', 'terminated');
    if (ended !== undefined && number(ended, 'exitCode') === 0) return;
    initializing = true;
    const waiting = text(c, 'state', 'waiting', 'reason');
    if (ended !== undefined) reason = `Init:${text(ended, 'reason') || `ExitCode:${number(ended, 'exitCode') ?? 0}`}`;
    else if (waiting !== '' && waiting !== 'PodInitializing') reason = `Init:${waiting}`;
    else reason = `Init:${i}/${init.length}`;
  });
  if (!initializing) {
    restarts = 0;
    let running = false;
    for (const c of containers.toReversed()) {
      note(c);
      const waiting = text(c, 'state', 'waiting', 'reason');
      const ended = at(c, 'state', 'terminated');
      if (waiting !== '') reason = waiting;
      else if (ended !== undefined) {
        const signal = number(ended, 'signal') ?? 0;
        reason =
          text(ended, 'reason') || (signal !== 0 ? `Signal:${signal}` : `ExitCode:${number(ended, 'exitCode') ?? 0}`);
      } else if (at(c, 'ready') === true && at(c, 'state', 'running') !== undefined) {
        running = true;
        ready++;
      }
    }
    if (reason === 'Completed' && running) {
      const isReady = list(pod, 'status', 'conditions').some(
        (c) => text(c, 'type') === 'Ready' && text(c, 'status') === 'True',
      );
      reason = isReady ? 'Running' : 'NotReady';
    }
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (text(pod, 'status', 'reason') === 'NodeLost') reason = 'Unknown';
    else if (!['Succeeded', 'Failed'].includes(text(pod, 'status', 'phase'))) reason = 'Terminating';
  }
  return { reason, ready, total, restarts: lastRestart === '' ? String(restarts) : `${restarts}|${lastRestart}` };
}

/** `4 (80s ago)`, or the number alone. */
export function restartsCell(restarts: string, now: number): string {
  const [count = '0', last] = restarts.split('|');
  return last === undefined || count === '0' ? count : `${count} (${ageOf(last, now)} ago)`;
}

/** Time a Job took, or has been running. */
export function jobDuration(job: ApiObject, now: number): string {
  const start = Date.parse(text(job, 'status', 'startTime'));
  if (Number.isNaN(start)) return '';
  const end = Date.parse(text(job, 'status', 'completionTime'));
  return humanDuration((Number.isNaN(end) ? now : end) - start);
}
