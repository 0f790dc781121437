// What containers and nodes use, made up from their names and the clock: smooth, repeatable, believable. Served as
// metrics.k8s.io and read by the autoscaler.
import type { ApiCluster } from './api/cluster.ts';
import { type ApiObject, rfc3339 } from './api/objects.ts';
import { type Entry, entryOf } from './api/store.ts';
import { bytes, cores } from './controllers/scheduler.ts';
import type { Container, Node, Pod } from './controllers/types.ts';
import { hashOf } from './random.ts';

/** metrics-server scrapes this often; usage changes in these steps. */
const windowMs = 15_000;

/** A slow wave between -1 and 1 with a phase of its own. */
const wave = (seed: number, now: number, periodMs: number): number =>
  Math.sin((now / periodMs) * 2 * Math.PI + (seed % 628) / 100);

/** Cores and bytes that a running container uses now. */
export function usageOf(pod: Pod, c: Container, now: number): { cores: number; bytes: number } {
  const status = pod.status.containerStatuses?.find((s) => s.name === c.name);
  if (status === undefined || !('running' in status.state)) return { cores: 0, bytes: 0 };
  const h = hashOf(`${pod.metadata.uid} ${c.name}`);
  const t = Math.floor(now / windowMs) * windowMs;
  const limit = bytes(c.resources?.limits?.memory) || bytes(c.resources?.requests?.memory) * 2 || 64 * 2 ** 20;
  const request = cores(c.resources?.requests?.cpu) || 0.05;
  const share = 0.55 + (h % 20) / 100;
  if (c.image.includes('/cart:2.4.0') && limit <= 512 * 2 ** 20 && !status.ready) {
    // The price cache grows to the limit within the run.
    const age = now - Date.parse(status.state.running.startedAt);
    return { cores: request * 2.1, bytes: Math.round(limit * Math.min(0.995, 0.42 + (age / 22_000) * 0.57)) };
  }
  const memory = limit * (0.45 + (h % 17) / 100 + 0.015 * wave(h, t, 900_000));
  return { cores: request * Math.max(0.05, share + 0.12 * wave(h >>> 3, t, 600_000)), bytes: Math.round(memory) };
}

const nano = (value: number): string => `${Math.round(value * 1e9)}n`;
const kibi = (value: number): string => `${Math.round(value / 1024)}Ki`;

function metrics(kind: string, of: ApiObject, now: number, rest: object): Entry {
  const { namespace, name, creationTimestamp: _c, labels } = of.metadata;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    creationTimestamp: rfc3339(now),
    ...(labels === undefined ? {} : { labels }),
  };
  const timestamp = rfc3339(Math.floor(now / windowMs) * windowMs);
  return entryOf(
    {
      kind,
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata,
      timestamp,
      window: '15.0s',
      ...rest,
    } as unknown as ApiObject,
    false,
  );
}

/** Usage of every pod of a namespace (or all), or of every node. */
export function metricsOf(cluster: ApiCluster, resource: 'nodes' | 'pods', namespace: string): readonly Entry[] {
  const now = cluster.now();
  const pods = cluster.store.collection('pods');
  const prefix = namespace === '' ? '' : `${namespace}/`;
  const all = pods.keys().flatMap((key) => {
    const pod = key.startsWith(resource === 'nodes' ? '' : prefix)
      ? (pods.get(key)?.object as Pod | undefined)
      : undefined;
    return pod === undefined || pod.status.phase !== 'Running' ? [] : [pod];
  });
  if (resource === 'pods')
    return all.map((pod) => {
      const containers = pod.spec.containers.map((c) => {
        const used = usageOf(pod, c, now);
        return { name: c.name, usage: { cpu: nano(used.cores), memory: kibi(used.bytes) } };
      });
      return metrics('PodMetrics', pod, now, { containers });
    });
  const sums = new Map<string, { cores: number; bytes: number }>();
  for (const pod of all)
    for (const c of pod.spec.containers) {
      const used = usageOf(pod, c, now);
      const sum = sums.get(pod.spec.nodeName ?? '') ?? { cores: 0, bytes: 0 };
      sums.set(pod.spec.nodeName ?? '', { cores: sum.cores + used.cores, bytes: sum.bytes + used.bytes });
    }
  const nodes = cluster.store.collection('nodes');
  return nodes.keys().flatMap((key) => {
    const node = nodes.get(key)?.object as Node | undefined;
    if (node === undefined) return [];
    const sum = sums.get(key) ?? { cores: 0, bytes: 0 };
    const room = bytes(node.status.allocatable?.memory);
    // The system's own share, and one node of the mock fleet that runs hot.
    const own = key === 'eu-w2-a' ? Math.max(0, room * 0.91 - sum.bytes) : room * 0.08;
    return [
      metrics('NodeMetrics', node, now, {
        usage: { cpu: nano(sum.cores + 0.2), memory: kibi(Math.min(room, sum.bytes + own)) },
      }),
    ];
  });
}
