// What Kubernetes itself runs: workloads, pods, nodes, storage, and what is wrong with them. Built on the public plugin
// contract alone.
import { definePlugin } from '../../src/plugin-api/plugin.ts';
import { apiServiceWatch, mutatingWebhookWatch, validatingWebhookWatch } from './admission.ts';
import { hpaTable, hpaWatch, quotaTable, quotaWatch } from './autoscaling.ts';
import { cronJobTable, cronJobTableWatch, cronJobWatch } from './cron-jobs.ts';
import { eventTable, normalEventWatch, warningWatch } from './events.ts';
import { jobTable, jobTableWatch, jobWatch } from './jobs.ts';
import { namespaceTable, namespaceWatch } from './namespaces.ts';
import { nodeTable, nodeWatch } from './nodes.ts';
import { podTable, podWatch } from './pods.ts';
import { podsRefused } from './rules/create-failed.ts';
import { serviceWithoutEndpoints } from './rules/endpoints.ts';
import { eventStorm } from './rules/event-storm.ts';
import { jobFailed } from './rules/job.ts';
import { nodeCordoned } from './rules/node.ts';
import { readiness } from './rules/readiness.ts';
import { claimPending } from './rules/volume-claim.ts';
import { webhookFailing } from './rules/webhook.ts';
import { endpointWatch, serviceTable, serviceWatch } from './services.ts';
import { claimTable, claimWatch, storageClassWatch } from './storage.ts';
import { workloadTable } from './workload-table.ts';
import { deploymentWatch } from './deployments.ts';
import { daemonSetWatch, replicaSetWatch, statefulSetWatch } from './sets.ts';

export default definePlugin({
  id: 'kubernetes',
  apiVersion: 1,
  title: 'Kubernetes workloads',
  tables: [
    workloadTable,
    podTable,
    nodeTable,
    eventTable,
    namespaceTable,
    serviceTable,
    claimTable,
    jobTable,
    cronJobTable,
    hpaTable,
    quotaTable,
  ],
  watch: [
    podWatch,
    deploymentWatch,
    replicaSetWatch,
    statefulSetWatch,
    daemonSetWatch,
    jobWatch,
    jobTableWatch,
    cronJobWatch,
    cronJobTableWatch,
    nodeWatch,
    namespaceWatch,
    warningWatch,
    normalEventWatch,
    serviceWatch,
    endpointWatch,
    claimWatch,
    storageClassWatch,
    hpaWatch,
    quotaWatch,
    apiServiceWatch,
    validatingWebhookWatch,
    mutatingWebhookWatch,
  ],
  problems: [
    readiness,
    podsRefused,
    nodeCordoned,
    claimPending,
    jobFailed,
    serviceWithoutEndpoints,
    webhookFailing,
    eventStorm,
  ],
});
