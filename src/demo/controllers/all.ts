// Every control loop of a demo cluster.
import { daemonSets } from './daemonsets.ts';
import { deployments } from './deployments.ts';
import { endpoints } from './endpoints.ts';
import { cronJobs, jobs } from './jobs.ts';
import { kubelet } from './kubelet.ts';
import { replicaSets } from './replicasets.ts';
import { scheduler } from './scheduler.ts';
import { statefulSets } from './statefulsets.ts';
import { budgets, claims, garbage, namespaces, quotas } from './upkeep.ts';
import type { Controller } from './world.ts';

export const controllers: readonly Controller[] = [
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
  scheduler,
  kubelet,
  endpoints,
  garbage,
  namespaces,
  quotas,
  claims,
  budgets,
];
