// The containers of a troubled pod, one by one: what pod rules look at. Healthy pods never come here.
import { field, items, numberOf, textOf, timeOf } from '../../src/plugin-api/read.ts';
import { isSidecar } from './pod-state.ts';

/** How a container ended. `at` and `began` are milliseconds since the epoch, undefined when the node did not say. */
export type Ended = {
  readonly reason: string;
  readonly exit: number;
  readonly message: string;
  readonly began: number | undefined;
  readonly at: number | undefined;
};

export type ContainerState = {
  readonly name: string;
  readonly role: 'main' | 'init' | 'sidecar';
  readonly image: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  readonly ended: Ended | undefined;
  /** Milliseconds since the epoch; undefined while it does not run. */
  readonly runningSince: number | undefined;
  readonly last: Ended | undefined;
};

/** All containers of a pod, init containers and sidecars first, as the kubelet starts them. */
export function containerStates(pod: unknown): readonly ContainerState[] {
  const status = field(pod, 'status');
  const states: ContainerState[] = [];
  for (const container of items(field(status, 'initContainerStatuses'))) {
    const role = isSidecar(pod, textOf(field(container, 'name'))) ? 'sidecar' : 'init';
    states.push(read(container, role));
  }
  for (const container of items(field(status, 'containerStatuses'))) states.push(read(container, 'main'));
  return states;
}

function read(container: unknown, role: ContainerState['role']): ContainerState {
  const state = field(container, 'state');
  const waiting = field(state, 'waiting');
  return {
    name: textOf(field(container, 'name')),
    role,
    image: textOf(field(container, 'image')),
    ready: field(container, 'ready') === true,
    restarts: numberOf(field(container, 'restartCount'), 0),
    waiting: isObject(waiting)
      ? { reason: textOf(field(waiting, 'reason')), message: textOf(field(waiting, 'message')) }
      : undefined,
    ended: readEnd(field(state, 'terminated')),
    runningSince: timeOf(field(field(state, 'running'), 'startedAt')),
    last: readEnd(field(field(container, 'lastState'), 'terminated')),
  };
}

const readEnd = (ended: unknown): Ended | undefined =>
  isObject(ended)
    ? {
        reason: textOf(field(ended, 'reason')),
        exit: numberOf(field(ended, 'exitCode'), 0),
        message: textOf(field(ended, 'message')),
        began: timeOf(field(ended, 'startedAt')),
        at: timeOf(field(ended, 'finishedAt')),
      }
    : undefined;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const signals: Readonly<Record<number, string>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  132: 'SIGILL',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

/** `OOMKilled (137)`, `exit 1`, `exit 139 (SIGSEGV)`, `StartError (128)`: how it ended, cause first. */
export function endWords(ended: Pick<Ended, 'reason' | 'exit'>): string {
  const plain = ended.reason === '' || ended.reason === 'Error' || ended.reason === 'Completed';
  if (!plain) return `${ended.reason} (${ended.exit})`;
  const signal = signals[ended.exit];
  return signal === undefined ? `exit ${ended.exit}` : `exit ${ended.exit} (${signal})`;
}

/** ` in cart`, when the pod has several containers and the name says something. */
export const inContainer = (container: ContainerState, all: readonly ContainerState[]): string =>
  all.length > 1 ? ` in ${container.name}` : '';

/** The limit of a container's memory as the pod asks for it, `512Mi`; empty when it has none. */
export function memoryLimit(pod: unknown, name: string): string {
  const spec = field(pod, 'spec');
  for (const list of [field(spec, 'containers'), field(spec, 'initContainers')]) {
    for (const container of items(list)) {
      if (field(container, 'name') === name) {
        return textOf(field(field(field(container, 'resources'), 'limits'), 'memory'));
      }
    }
  }
  return '';
}
