// The containers of a pod, as the Containers pane shows them.
import { at, flag, type KubeObject, list, number, text, time } from '../../core/object.ts';
import type { Health } from '../../core/row.ts';
import { cell } from '../../core/sanitise.ts';
import type { ContainerView } from '../../protocol/messages.ts';

const groups = [
  ['init', 'initContainers', 'initContainerStatuses'],
  ['container', 'containers', 'containerStatuses'],
  ['ephemeral', 'ephemeralContainers', 'ephemeralContainerStatuses'],
] as const;

/** All containers, init containers first. */
export function containersOf(pod: KubeObject): readonly ContainerView[] {
  return groups.flatMap(([role, field, statusField]) => {
    const statuses = new Map(list(pod, 'status', statusField).map((status) => [text(status, 'name'), status]));
    return list(pod, 'spec', field).map((container) => {
      const name = text(container, 'name');
      return viewOf(role, name, text(container, 'image'), statuses.get(name));
    });
  });
}

function viewOf(role: ContainerView['role'], name: string, image: string, status: unknown): ContainerView {
  const { state, since, health } = stateOf(status, role);
  const last = at(status, 'lastState', 'terminated');
  return {
    name: cell(name),
    role,
    image: cell(image),
    health,
    state: cell(state),
    isReady: flag(status, 'ready'),
    restarts: number(status, 'restartCount') ?? 0,
    since,
    last: last === undefined ? '' : cell(endOf(last)),
    lastAt: time(last, 'finishedAt') ?? null,
  };
}

/** `OOMKilled (137)`, `exit 1`. */
export function endOf(terminated: unknown): string {
  const code = number(terminated, 'exitCode');
  const reason = text(terminated, 'reason');
  if (reason !== '' && reason !== 'Error') return code === undefined ? reason : `${reason} (${code})`;
  return code === undefined ? reason : `exit ${code}`;
}

const failing = /BackOff|^Err|Error|Invalid|NeverPull/;

function stateOf(
  status: unknown,
  role: ContainerView['role'],
): { readonly state: string; readonly since: number | null; readonly health: Health } {
  const running = at(status, 'state', 'running');
  if (running !== undefined) {
    const isReady = flag(status, 'ready') || role !== 'container';
    return { state: 'Running', since: time(running, 'startedAt') ?? null, health: isReady ? 'ok' : 'warn' };
  }
  const terminated = at(status, 'state', 'terminated');
  if (terminated !== undefined) {
    const isWell = number(terminated, 'exitCode') === 0;
    return {
      state: isWell ? text(terminated, 'reason') || 'Completed' : endOf(terminated),
      since: time(terminated, 'finishedAt') ?? null,
      health: isWell ? 'ok' : 'fail',
    };
  }
  const reason = text(status, 'state', 'waiting', 'reason');
  if (reason === '') return { state: 'Waiting', since: null, health: status === undefined ? 'unknown' : 'busy' };
  return { state: reason, since: null, health: failing.test(reason) ? 'fail' : 'busy' };
}
