// Which containers of a pod are followed, and what their state means for a stream.
import { at, type KubeObject, list, number, text } from '../../core/object.ts';
import type { ContainerState } from '../../kube/logs/log-stream.ts';

const containerFields = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** The named one if the pod has it; else all containers, and init containers that have not yet done their work. */
export function containersToFollow(pod: KubeObject, wanted: string | null): readonly string[] {
  if (wanted !== null)
    return containerFields.some((field) => list(pod, 'spec', field).some((c) => text(c, 'name') === wanted))
      ? [wanted]
      : [];
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
export function containerState(pod: KubeObject | null, container: string, exists: boolean): ContainerState {
  const unread = { exists, containerId: null, isFinal: false, restarts: 0, exitCode: null, reason: '' };
  if (pod === null) return { ...unread, isRunning: true };
  const status = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']
    .flatMap((field) => list(pod, 'status', field))
    .find((s) => text(s, 'name') === container);
  if (status === undefined) return { ...unread, isRunning: false };
  const now = at(status, 'state', 'terminated');
  const last = now ?? at(status, 'lastState', 'terminated');
  const restarts = number(status, 'restartCount') ?? 0;
  return {
    exists,
    containerId: text(status, 'containerID') || null,
    isRunning: at(status, 'state', 'running') !== undefined,
    isFinal: now !== undefined && isNotRestarted(pod, container, number(now, 'exitCode') ?? 0),
    restarts,
    exitCode: number(last, 'exitCode') ?? null,
    reason: text(last, 'reason'),
  };
}

/** Whether a container that has ended stays ended, by the pod's restart policy. */
function isNotRestarted(pod: KubeObject, container: string, exitCode: number): boolean {
  const phase = text(pod, 'status', 'phase');
  if (phase === 'Succeeded' || phase === 'Failed') return true;
  const init = list(pod, 'spec', 'initContainers').find((c) => text(c, 'name') === container);
  if (init !== undefined) return text(init, 'restartPolicy') !== 'Always' && exitCode === 0;
  const policy = text(pod, 'spec', 'restartPolicy') || 'Always';
  return policy === 'Never' || (policy === 'OnFailure' && exitCode === 0);
}
