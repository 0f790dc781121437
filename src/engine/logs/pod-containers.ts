// Which containers of a pod are followed, and what their state means for a stream.
import { at, flag, type KubeObject, list, number, text } from '../../core/object.ts';
import { endOf } from '../documents/containers.ts';
import type { PodLogState } from '../kube-port.ts';

/** The named one; else all containers, and init containers that have not yet done their work. */
export function containersToFollow(pod: KubeObject, wanted: string | null): readonly string[] {
  if (wanted !== null) return [wanted];
  const inits = list(pod, 'spec', 'initContainers').filter((init) => {
    const name = text(init, 'name');
    const status = list(pod, 'status', 'initContainerStatuses').find((s) => text(s, 'name') === name);
    // A sidecar is an init container that stays.
    if (text(init, 'restartPolicy') === 'Always') return true;
    const hasRun = at(status, 'state', 'running') !== undefined || (number(status, 'restartCount') ?? 0) > 0;
    return hasRun || (number(status, 'state', 'terminated', 'exitCode') ?? 0) !== 0;
  });
  return [...inits, ...list(pod, 'spec', 'containers')].map((c) => text(c, 'name')).filter((name) => name !== '');
}

/** What is known of one container; a pod that was not read yet counts as running. */
export function logStateOf(pod: KubeObject | null, container: string): PodLogState {
  if (pod === null) return { exists: true, restarts: 0, lastExit: '', isRunning: true };
  const status = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']
    .flatMap((field) => list(pod, 'status', field))
    .find((s) => text(s, 'name') === container);
  const ended = at(status, 'state', 'terminated') ?? at(status, 'lastState', 'terminated');
  return {
    exists: true,
    restarts: number(status, 'restartCount') ?? 0,
    lastExit: ended === undefined ? '' : endOf(ended),
    isRunning: at(status, 'state', 'running') !== undefined || flag(status, 'started'),
  };
}
