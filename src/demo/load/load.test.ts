import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ApiCluster } from '../api/cluster.ts';
import type { ApiObject } from '../api/objects.ts';
import { remove, update } from '../api/write.ts';
import { LoadFleet } from './load-fleet.ts';

let fleet: LoadFleet;
const make = (eventsPerSecond = 0): LoadFleet =>
  (fleet = new LoadFleet({ clusters: 3, podsPerCluster: 120, eventsPerSecond, seed: 1, version: '1.36.1' }));

const all = (cluster: ApiCluster, storage: string): ApiObject[] => {
  const collection = cluster.store.collection(storage);
  return collection.keys().map((key) => collection.get(key)!.object);
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'Date'] });
});
afterEach(() => {
  fleet.stop();
  vi.useRealTimers();
});

describe('generated clusters', () => {
  test('have what was asked for, each with its own uids and node names, keys sorted', () => {
    make();
    const [a, b] = fleet.clusters;

    expect(all(a!, 'pods')).toHaveLength(120);
    const keys = a!.store.collection('pods').keys();
    expect(keys).toEqual([...keys].sort());
    const uids = new Set(fleet.clusters.flatMap((c) => all(c, 'pods').map((p) => p.metadata.uid)));
    expect(uids.size).toBe(360);
    expect(all(a!, 'nodes')[0]?.metadata.name).toBe('c000-n01');
    expect(all(b!, 'nodes')[0]?.metadata.name).toBe('c001-n01');
    expect(all(b!, 'pods').every((p) => String((p.spec as { nodeName: string }).nodeName).startsWith('c001-n'))).toBe(
      true,
    );
  });

  test('are whole: every owner is there, every key leads to its object, kube-system tells clusters apart', () => {
    make();
    for (const cluster of fleet.clusters) {
      const sets = new Map(
        ['replicasets.apps', 'daemonsets.apps', 'statefulsets.apps'].flatMap((s) =>
          all(cluster, s).map((o) => [o.metadata.uid, o] as const),
        ),
      );
      for (const pod of all(cluster, 'pods')) expect(sets.has(pod.metadata.ownerReferences?.[0]?.uid ?? '')).toBe(true);
      for (const key of cluster.store.collection('nodes').keys())
        expect(cluster.store.collection('nodes').get(key)?.object.metadata.name).toBe(key);
    }
    const systems = fleet.clusters.map((c) => c.store.collection('namespaces').get('kube-system')?.object.metadata.uid);
    expect(new Set(systems).size).toBe(3);
  });

  test('change pods at the asked rate, under rising versions, all of them over time', () => {
    make(300);
    const versions: number[] = [];
    const changed = new Set<string>();
    const [cluster] = fleet.clusters;
    cluster!.store.on('pods', (change) => {
      versions.push(change.rv);
      changed.add(change.entry.key);
      expect(change.type).toBe('MODIFIED');
    });

    fleet.start();
    vi.advanceTimersByTime(4000);

    expect(versions.length).toBe(400);
    expect(versions).toEqual([...versions].sort((x, y) => x - y));
    expect(changed.size).toBe(120);
    const last = cluster!.store.collection('pods').get([...changed][0]!);
    expect(Number(last?.object.metadata.resourceVersion)).toBe(last?.rv);
    expect(cluster!.store.since('pods', versions.at(-3)!)).toHaveLength(2);
  });

  test('can be written to like any other', () => {
    make();
    const cluster = fleet.clusters[0]!;
    const type = cluster.type('deployments.apps');
    const before = all(cluster, 'deployments.apps')[0]!;
    const spec = { ...(before.spec as object), replicas: 1 };

    update(cluster, type, before, { ...before, spec }, { manager: 'test' });

    const key = `${before.metadata.namespace}/${before.metadata.name}`;
    const after = cluster.store.collection(type).get(key)!.object;
    expect(after).toMatchObject({
      spec: { replicas: 1 },
      metadata: { generation: (before.metadata.generation ?? 0) + 1 },
    });
    expect(all(fleet.clusters[1]!, 'deployments.apps')[0]?.spec).not.toMatchObject({ replicas: 1 });
    const size = cluster.store.collection(type).size;
    remove(cluster, type, after, { dryRun: false });
    expect(cluster.store.collection(type).get(key)).toBeUndefined();
    expect(cluster.store.collection(type).size).toBe(size - 1);
    expect(cluster.store.collection(type).keys()).not.toContain(key);
  });
});
