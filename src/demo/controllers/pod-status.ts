// The status of a pod in each state of its life, as a kubelet writes it.

import { qosOf } from '../api/defaults.ts';
import { rfc3339 } from '../api/objects.ts';
import { hashOf, hexOf } from '../random.ts';
import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodSpec,
  PodStatus,
  Terminated,
} from './types.ts';

/** `repo@sha256:…` of an image reference; made from the text when it names no digest. */
export function imageIdOf(image: string): string {
  const [name = '', digest] = image.split('@sha256:');
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  const repository = colon < 0 ? name : name.slice(0, colon);
  return `${repository}@sha256:${digest ?? hexOf(image, 64)}`;
}

export const containerId = (uid: string, container: string, restart: number): string =>
  `containerd://${hexOf(`${uid} ${container} ${restart}`, 64)}`;

/** Address of a pod in the cluster's range; hostNetwork pods have their node's. */
export function podIpOf(uid: string): string {
  const h = hashOf(uid);
  return `10.${100 + (h % 28)}.${(h >>> 8) & 255}.${1 + ((h >>> 16) % 254)}`;
}

export const terminated = (
  uid: string,
  container: string,
  restart: number,
  times: { readonly start: number; readonly end: number },
  exit: { readonly code: number; readonly reason: string; readonly message?: string },
): Terminated => ({
  exitCode: exit.code,
  reason: exit.reason,
  ...(exit.message === undefined ? {} : { message: exit.message }),
  startedAt: rfc3339(times.start),
  finishedAt: rfc3339(times.end),
  containerID: containerId(uid, container, restart),
});

export type ContainerNow = {
  readonly state: ContainerState;
  readonly last?: Terminated;
  readonly ready: boolean;
  readonly restarts: number;
};

export function containerStatus(uid: string, c: Container, now: ContainerNow): ContainerStatus {
  const created = !('waiting' in now.state) || now.restarts > 0 || now.last !== undefined;
  const running = 'running' in now.state;
  return {
    name: c.name,
    state: now.state,
    lastState: now.last === undefined ? {} : { terminated: now.last },
    ready: now.ready,
    restartCount: now.restarts,
    image: c.image,
    imageID: created ? imageIdOf(c.image) : '',
    ...(created ? { containerID: containerId(uid, c.name, now.restarts) } : {}),
    started: running,
    ...(running ? { resources: c.resources ?? {} } : {}),
  };
}

const condition = (type: string, ok: boolean, at: number, reason?: string, message?: string): Condition => ({
  type,
  status: ok ? 'True' : 'False',
  lastProbeTime: null,
  lastTransitionTime: rfc3339(at),
  ...(ok || reason === undefined ? {} : { reason }),
  ...(ok || message === undefined ? {} : { message }),
});

export type PodTimes = {
  readonly scheduled: number;
  /** Last change of Ready. */
  readonly ready: number;
};

/** Conditions of a pod on a node. */
export function conditionsOf(statuses: readonly ContainerStatus[], times: PodTimes, completed = false): Condition[] {
  const waiting = statuses.filter((c) => !c.ready).map((c) => c.name);
  const ready = waiting.length === 0;
  const reason = completed ? 'PodCompleted' : 'ContainersNotReady';
  const words = completed ? undefined : `containers with unready status: [${waiting.join(' ')}]`;
  return [
    condition('PodReadyToStartContainers', true, times.scheduled + 1000),
    condition('Initialized', true, times.scheduled, completed ? 'PodCompleted' : undefined),
    condition('Ready', ready, times.ready, reason, words),
    condition('ContainersReady', ready, times.ready, reason, words),
    condition('PodScheduled', true, times.scheduled),
  ];
}

/** The status of a pod that has a node, from what its containers do. */
export function podStatus(
  pod: { readonly uid: string; readonly spec: PodSpec },
  hostIP: string,
  statuses: ContainerStatus[],
  times: PodTimes,
): PodStatus {
  const over = statuses.every((c) => 'terminated' in c.state);
  const failed = statuses.some((c) => 'terminated' in c.state && c.state.terminated.exitCode !== 0);
  const begun = statuses.some((c) => 'running' in c.state || c.restartCount > 0 || 'terminated' in c.state);
  const ends = pod.spec.restartPolicy === 'Never' || (pod.spec.restartPolicy === 'OnFailure' && !failed);
  const phase = over && ends ? (failed ? 'Failed' : 'Succeeded') : begun ? 'Running' : 'Pending';
  const podIP = pod.spec.hostNetwork === true ? hostIP : podIpOf(pod.uid);
  const hasIp = phase !== 'Pending';
  return {
    phase,
    conditions: conditionsOf(statuses, times, phase === 'Succeeded'),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(hasIp ? { podIP, podIPs: [{ ip: podIP }] } : {}),
    startTime: rfc3339(times.scheduled),
    containerStatuses: statuses,
    qosClass: qosOf(pod.spec),
  };
}

/** A pod whose containers all run and are ready since shortly after it was scheduled. */
export function runningStatus(
  pod: { readonly uid: string; readonly spec: PodSpec },
  hostIP: string,
  scheduled: number,
  restarts = 0,
): PodStatus {
  const start = scheduled + 2000;
  const statuses = pod.spec.containers.map((c) =>
    containerStatus(pod.uid, c, { state: { running: { startedAt: rfc3339(start) } }, ready: true, restarts }),
  );
  return podStatus(pod, hostIP, statuses, { scheduled, ready: start + 4000 });
}

/** Times of a pod's status, to write the next one with. */
export function timesOf(pod: Pod, fallback: number): PodTimes {
  const of = (type: string): number => {
    const found = pod.status.conditions?.find((c) => c.type === type)?.lastTransitionTime;
    return found === undefined ? fallback : Date.parse(found);
  };
  return { scheduled: of('PodScheduled'), ready: of('Ready') };
}
