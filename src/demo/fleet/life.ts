// Sets a settled cluster in motion: controllers, heartbeats, autoscalers, the slow churn of a cluster at rest, and what
// the scenario lets happen.
import { startAutoscaler } from '../controllers/autoscaler.ts';
import { plan } from '../controllers/jobs.ts';
import { adopt } from '../controllers/kubelet.ts';
import { startHeartbeats, startNode, stopNode } from '../controllers/nodes.ts';
import { type CronJob, isReady, type Pod } from '../controllers/types.ts';
import type { World } from '../controllers/world.ts';
import { minute } from './data.ts';

/** One pod of the filler is replaced this often in a run cluster: a spot node reclaimed, an eviction, a redeploy. */
const churnMs = 45_000;

/** A node of iterate-eu is lost for a while, first after this time. */
const nodeFailsAfter = 7 * minute;
const nodeFailsFor = 2 * minute;
const nodeFailsEvery = 25 * minute;

export function startLife(world: World): void {
  world.start();
  for (const pod of world.list<Pod>('pods')) if (!isReady(pod) && pod.status.phase === 'Running') adopt(world, pod);
  for (const cron of world.list<CronJob>('cronjobs.batch')) plan(world, cron);
  for (const budget of world.list('poddisruptionbudgets.policy')) world.enqueue('budgets', world.keyOf(budget));
  for (const quota of world.list('resourcequotas')) world.enqueue('quotas', world.keyOf(quota));
  startHeartbeats(world);
  startAutoscaler(world);
  if (world.role === 'run') churn(world);
  if (world.cluster.name === 'iterate-eu') failNode(world, nodeFailsAfter);
  if (world.cluster.name === 'view-1') storm(world);
}

function churn(world: World): void {
  const wait = churnMs * (0.7 + world.random() * 0.6);
  world.after(wait, () => {
    const pods = world
      .list<Pod>('pods')
      .filter((p) => ['media', 'ads', 'events'].includes(p.metadata.namespace ?? '') && isReady(p));
    const pod = pods[Math.floor(world.random() * pods.length)];
    if (pod !== undefined && pod.metadata.deletionTimestamp === undefined) world.delete('pods', pod);
    churn(world);
  });
}

function failNode(world: World, wait: number): void {
  world.after(wait, () => {
    const nodes = world.list('nodes');
    const name = nodes[2]?.metadata.name;
    if (name === undefined) return;
    stopNode(world, name);
    world.after(nodeFailsFor, () => startNode(world, name));
    failNode(world, nodeFailsEvery);
  });
}

/** The DNS-01 check of view-1 is tried again and again: a storm of warnings that counts up in few objects. */
function storm(world: World): void {
  const certificate = world.list('certificates.cert-manager.io').find((c) => c.metadata.name === 'gateway-tls');
  if (certificate === undefined) return;
  const servers = ['dns.example', ...Array.from({ length: 5 }, (_, i) => `ns${i + 1}.dns.example`)];
  let turn = 0;
  const warn = (): void => {
    const server = servers[turn++ % servers.length] ?? '';
    world.recorder.record(certificate, {
      type: 'Warning',
      reason: 'PresentError',
      message: `Error presenting challenge: DNS-01 check against ${server} timed out`,
      component: 'cert-manager-challenges',
    });
  };
  const round = (): void => {
    warn();
    world.after(5000, round);
  };
  // It has been going on for a while.
  for (let i = 0; i < 60; i++) warn();
  world.after(5000, round);
}
