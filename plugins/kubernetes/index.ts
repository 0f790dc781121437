// What Kubernetes itself runs: workloads, pods, nodes, storage, and what is wrong with them. Built on the public plugin
// contract alone.
import { definePlugin } from '../../src/plugin-api/plugin.ts';
import { eventTable, normalEventWatch, warningWatch } from './events.ts';
import { nodeTable, nodeWatch } from './nodes.ts';
import { podTable, podWatch } from './pods.ts';
import { nodeCordoned } from './rules/node.ts';
import { claimPending } from './rules/volume-claim.ts';
import { claimTable, claimWatch, storageClassWatch } from './storage.ts';
import { workloadTable } from './workload-table.ts';
import { daemonSetWatch, deploymentWatch, replicaSetWatch, statefulSetWatch } from './workloads.ts';

export default definePlugin({
  id: 'kubernetes',
  apiVersion: 1,
  title: 'Kubernetes workloads',
  tables: [workloadTable, podTable, nodeTable, eventTable, claimTable],
  watch: [
    podWatch,
    deploymentWatch,
    replicaSetWatch,
    statefulSetWatch,
    daemonSetWatch,
    nodeWatch,
    warningWatch,
    normalEventWatch,
    claimWatch,
    storageClassWatch,
  ],
  problems: [nodeCordoned, claimPending],
});
