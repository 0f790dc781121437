// What it costs to turn pods into rows and findings, and to run the join rules over them, once they are decoded.
import kubernetes from '../../plugins/kubernetes/index.ts';
import type { ClusterFacts, Fact } from '../../src/plugin-api/plugin.ts';
import type { KubeObject } from '../../src/plugin-api/read.ts';
import { type BenchRow, median } from './bench-row.ts';

const pods = 10_000;
const runs = 7;
const now = Date.parse('2026-11-21T12:41:00Z');

const iso = (secondsAgo: number): string => new Date(now - secondsAgo * 1000).toISOString();

/** A pod as a decoder hands it over; one in fifty is in a crash loop. */
function podText(i: number): string {
  const loops = i % 50 === 0;
  const app = `app-${i % 200}`;
  const hash = (1_000_000 + (i % 200)).toString(36);
  return JSON.stringify({
    metadata: {
      name: `${app}-${hash}-${(50_000_000 + i).toString(36)}`,
      namespace: `team-${i % 20}`,
      uid: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      creationTimestamp: iso(i),
      labels: { app, 'pod-template-hash': hash, team: `team-${i % 20}` },
      ownerReferences: [{ kind: 'ReplicaSet', name: `${app}-${hash}`, uid: `rs-${i % 200}`, controller: true }],
    },
    spec: {
      nodeName: `node-${i % 100}`,
      containers: [
        { name: 'main', image: `registry.example/${app}:1.2.3`, resources: { limits: { memory: '512Mi' } } },
      ],
    },
    status: {
      phase: 'Running',
      podIP: `10.${i % 250}.0.1`,
      startTime: iso(i),
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
        type,
        status: loops && type.endsWith('Ready') ? 'False' : 'True',
        lastTransitionTime: iso(i),
      })),
      containerStatuses: [
        loops
          ? {
              name: 'main',
              image: `registry.example/${app}:1.2.3`,
              ready: false,
              restartCount: 14,
              state: {
                waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=main' },
              },
              lastState: {
                terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: iso(90), finishedAt: iso(60) },
              },
            }
          : {
              name: 'main',
              image: `registry.example/${app}:1.2.3`,
              ready: true,
              started: true,
              restartCount: 0,
              state: { running: { startedAt: iso(i) } },
              lastState: {},
            },
      ],
    },
  });
}

/** CPU milliseconds of this process for one call. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

const measure = (work: () => void): number => {
  work();
  return median(Array.from({ length: runs }, () => cpuMs(work)));
};

export async function bench(): Promise<BenchRow[]> {
  const watch = kubernetes.watch.find((w) => w.resource === 'pods');
  if (watch === undefined) throw new Error('the kubernetes plugin watches no pods');
  const texts = Array.from({ length: pods }, (_, i) => podText(i));
  const objects = texts.map((text) => JSON.parse(text) as KubeObject);
  const context = { now };

  const parse = measure(() => {
    for (const text of texts) JSON.parse(text);
  });
  let found = 0;
  const map = measure(() => {
    for (const object of objects) {
      watch.toRow(object, context);
      found += watch.findings?.(object, context).length ?? 0;
    }
  });
  if (found === 0) throw new Error('the crash loops were not found');

  const facts: Fact[] = objects.map((object) => {
    const row = watch.toRow(object, context);
    const meta = object['metadata'] as { name: string; namespace: string; uid: string };
    return {
      ...meta,
      app: row?.app ?? '',
      owner: row?.owner ?? '',
      node: row?.node ?? '',
      health: row?.health ?? 'none',
      created: row?.created ?? 0,
      labels: row?.labels ?? {},
      facts: row?.facts ?? {},
    };
  });
  const cluster: ClusterFacts = {
    all: (resource) => (resource === 'pods' ? facts : []),
    byUid: () => undefined,
    isComplete: () => true,
  };
  const join = measure(() => {
    for (const rule of kubernetes.problems ?? []) rule.find(cluster, context);
  });

  const before = heapAfterGc();
  const kept = objects.map((object) => watch.toRow(object, context));
  const rowBytes = (heapAfterGc() - before) / kept.length;
  const peer = { name: 'JSON.parse of the same pods', value: round(parse) };
  return [
    {
      area: 'fleet sync',
      figure: '10,000 pods to rows and findings',
      value: round(map),
      unit: 'ms CPU',
      budget: 40,
      peer,
    },
    {
      area: 'steady stream',
      figure: 'all join rules over 10,000 pods',
      value: round(join),
      unit: 'ms CPU',
      budget: 10,
    },
    {
      area: 'fleet sync',
      figure: 'heap of a pod row beside its strings',
      value: Math.round(rowBytes),
      unit: 'B',
      budget: 400,
    },
  ];
}

const round = (ms: number): number => Math.round(ms * 100) / 100;

function heapAfterGc(): number {
  // The benchmarks are run with --expose-gc; without it the figure is told too high, never too low.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
