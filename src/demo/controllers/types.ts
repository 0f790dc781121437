// The objects that controllers read and write, as far as they look into them.
import type { ApiObject, Json } from '../api/objects.ts';

export type Condition = {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
  [more: string]: unknown;
};

export type Container = {
  name: string;
  image: string;
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  env?: { name: string; value?: string; valueFrom?: Json }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  [more: string]: unknown;
};

export type PodSpec = Json & {
  containers: Container[];
  nodeName?: string;
  restartPolicy?: string;
  nodeSelector?: Record<string, string>;
  terminationGracePeriodSeconds?: number;
  volumes?: Json[];
};

export type Template = {
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: PodSpec;
};

export type Terminated = {
  exitCode: number;
  reason: string;
  message?: string;
  startedAt: string;
  finishedAt: string;
  containerID: string;
};

export type ContainerState =
  | { waiting: { reason: string; message?: string } }
  | { running: { startedAt: string } }
  | { terminated: Terminated };

export type ContainerStatus = {
  name: string;
  state: ContainerState;
  lastState: { terminated?: Terminated };
  ready: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  containerID?: string;
  started: boolean;
  [more: string]: unknown;
};

export type PodStatus = {
  phase: string;
  conditions?: Condition[];
  reason?: string;
  message?: string;
  hostIP?: string;
  podIP?: string;
  podIPs?: { ip: string }[];
  startTime?: string;
  containerStatuses?: ContainerStatus[];
  qosClass?: string;
  [more: string]: unknown;
};

export type Pod = ApiObject & { spec: PodSpec; status: PodStatus };

export type Selector = { matchLabels?: Record<string, string>; matchExpressions?: Json[] };

export type Deployment = ApiObject & {
  spec: {
    replicas: number;
    selector: Selector;
    template: Template;
    paused?: boolean;
    minReadySeconds?: number;
    strategy?: { type: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
    revisionHistoryLimit?: number;
    progressDeadlineSeconds?: number;
  };
  status: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    unavailableReplicas?: number;
    conditions?: Condition[];
  };
};

export type ReplicaSet = ApiObject & {
  spec: { replicas: number; selector: Selector; template: Template };
  status: { replicas: number; readyReplicas?: number; availableReplicas?: number; observedGeneration?: number };
};

export type StatefulSet = ApiObject & {
  spec: {
    replicas: number;
    selector: Selector;
    template: Template;
    serviceName?: string;
    podManagementPolicy?: string;
    updateStrategy?: { type: string; rollingUpdate?: { partition?: number } };
    volumeClaimTemplates?: (Json & { metadata: { name: string } })[];
    revisionHistoryLimit?: number;
  };
  status: Json & { currentRevision?: string; updateRevision?: string };
};

export type DaemonSet = ApiObject & {
  spec: {
    selector: Selector;
    template: Template;
    updateStrategy?: { type: string; rollingUpdate?: { maxUnavailable?: number | string } };
    revisionHistoryLimit?: number;
  };
  status: Json;
};

export type Job = ApiObject & {
  spec: {
    parallelism?: number;
    completions?: number;
    backoffLimit?: number;
    suspend?: boolean;
    ttlSecondsAfterFinished?: number;
    selector?: Selector;
    template: Template;
  };
  status: {
    active?: number;
    succeeded?: number;
    failed?: number;
    ready?: number;
    terminating?: number;
    startTime?: string;
    completionTime?: string;
    conditions?: Condition[];
    uncountedTerminatedPods?: Json;
  };
};

export type CronJob = ApiObject & {
  spec: {
    schedule: string;
    suspend?: boolean;
    jobTemplate: { metadata?: Json; spec: Job['spec'] };
    successfulJobsHistoryLimit?: number;
    failedJobsHistoryLimit?: number;
  };
  status: { active?: Json[]; lastScheduleTime?: string; lastSuccessfulTime?: string };
};

export type Node = ApiObject & {
  spec: {
    unschedulable?: boolean;
    taints?: { key: string; value?: string; effect: string; timeAdded?: string }[];
    [more: string]: unknown;
  };
  status: {
    conditions: Condition[];
    addresses?: { type: string; address: string }[];
    capacity?: Record<string, string>;
    allocatable?: Record<string, string>;
    [more: string]: unknown;
  };
};

/** The condition of a type. */
export const conditionOf = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((c) => c.type === type);

export const isReady = (pod: Pod): boolean => conditionOf(pod.status.conditions, 'Ready')?.status === 'True';

/** Succeeded and Failed pods do not count any more. */
export const isActive = (pod: Pod): boolean =>
  pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;

/** A condition list with one condition set; the transition time moves only when the status does. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  next: { type: string; status: string; reason?: string; message?: string },
  now: string,
  updateTime = false,
): Condition[] {
  const old = conditionOf(conditions, next.type);
  const same =
    old !== undefined && old.status === next.status && old.reason === next.reason && old.message === next.message;
  if (same) return [...(conditions ?? [])];
  const made: Condition = {
    type: next.type,
    status: next.status,
    ...(updateTime ? { lastUpdateTime: now } : {}),
    lastTransitionTime: old?.status === next.status ? (old.lastTransitionTime ?? now) : now,
    ...(next.reason === undefined ? {} : { reason: next.reason }),
    ...(next.message === undefined ? {} : { message: next.message }),
  };
  const out = (conditions ?? []).map((c) => (c.type === next.type ? made : c));
  return old === undefined ? [...out, made] : out;
}
