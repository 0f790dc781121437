import { beforeEach, describe, expect, test } from 'vitest';
import { ApiCluster } from './cluster.ts';
import type { ApiObject } from './objects.ts';
import type { Change } from './store.ts';
import { remove, update } from './write.ts';

let cluster: ApiCluster;

const configMap = (name: string, data: Record<string, string>): ApiObject =>
  ({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name, namespace: 'ns', uid: name },
    data,
  }) as unknown as ApiObject;

const put = (name: string, data: Record<string, string> = {}): number =>
  cluster.store.commit(cluster.type('configmaps'), configMap(name, data)).rv;

beforeEach(() => {
  cluster = new ApiCluster({ name: 'c', version: '1.36.1', historyLimit: 4 });
});

describe('the store', () => {
  test('one version counts for all types, keys come in the order of the API', () => {
    const first = put('b');
    const second = cluster.store.commit(cluster.type('secrets'), { ...configMap('s', {}), kind: 'Secret' }).rv;
    put('a');

    expect(second).toBe(first + 1);
    expect(cluster.store.collection('configmaps').keys()).toEqual(['ns/a', 'ns/b']);
  });

  test('a list at an old version shows what was there then', () => {
    put('a', { k: '1' });
    const then = put('b');
    put('a', { k: '2' });
    cluster.store.remove(cluster.type('configmaps'), 'ns/b');
    put('c');

    const snapshot = cluster.store.at('configmaps', then);

    expect(snapshot?.keys).toEqual(['ns/a', 'ns/b']);
    expect(snapshot?.get('ns/a')?.object.data).toEqual({ k: '1' });
    expect(cluster.store.collection('configmaps').keys()).toEqual(['ns/a', 'ns/c']);
  });

  test('forgotten history is expired, for lists and for watches', () => {
    const then = put('a');
    for (let i = 0; i < 8; i++) put('b', { i: String(i) });

    expect(cluster.store.at('configmaps', then)).toBeNull();
    expect(cluster.store.since('configmaps', then)).toBeNull();
    const now = cluster.store.rv;
    cluster.store.compact();
    expect(cluster.store.since('configmaps', now)).toEqual([]);
    expect(cluster.store.since('configmaps', now - 1)).toBeNull();
    expect(cluster.store.since('pods', now - 1)).toBeNull();
  });

  test('a deletion carries the last state with the version of the deletion', () => {
    const seen: Change[] = [];
    put('a', { k: '1' });
    cluster.store.on('configmaps', (change) => seen.push(change));

    cluster.store.remove(cluster.type('configmaps'), 'ns/a');

    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ type: 'DELETED', rv: cluster.store.rv });
    expect(seen[0]?.entry.object.metadata.resourceVersion).toBe(String(cluster.store.rv));
    expect(seen[0]?.entry.object.data).toEqual({ k: '1' });
  });

  test('built-ins are written in the order of Go, custom resources with sorted keys', () => {
    const object = {
      ...configMap('a', { z: '1' }),
      metadata: { labels: { x: 'y' }, name: 'a', namespace: 'ns', uid: 'u' },
    };
    const entry = cluster.store.commit(cluster.type('configmaps'), object as unknown as ApiObject);

    expect(entry.body.toString()).toBe(
      `{"metadata":{"name":"a","namespace":"ns","uid":"u","resourceVersion":"${entry.rv}","labels":{"x":"y"}},"data":{"z":"1"}}`,
    );
  });
});

describe('a write', () => {
  test('that changes nothing leaves the version alone', () => {
    const rv = put('a', { k: '1' });
    const before = cluster.store.collection('configmaps').get('ns/a')!.object;

    const entry = update(cluster, cluster.type('configmaps'), before, { ...before }, { manager: 'test' });

    expect(entry.rv).toBe(rv);
    expect(cluster.store.rv).toBe(rv);
  });

  test('with a stale version is a conflict, a dry run stores nothing', () => {
    put('a', { k: '1' });
    const before = cluster.store.collection('configmaps').get('ns/a')!.object;
    const next = { ...before, data: { k: '2' } };
    const stale = { ...next, metadata: { ...next.metadata, resourceVersion: '1' } };

    expect(() => update(cluster, cluster.type('configmaps'), before, stale, { manager: 'test' })).toThrow(
      'the object has been modified',
    );
    const dry = update(cluster, cluster.type('configmaps'), before, next, { manager: 'test', dryRun: true });
    expect(dry.object.data).toEqual({ k: '2' });
    expect(cluster.store.collection('configmaps').get('ns/a')?.object.data).toEqual({ k: '1' });
  });

  test('a deletion is guarded by the uid it was meant for', () => {
    put('a');
    const before = cluster.store.collection('configmaps').get('ns/a')!.object;
    const guarded = (uid: string): unknown =>
      remove(cluster, cluster.type('configmaps'), before, { dryRun: false, preconditions: { uid } });

    expect(() => guarded('another')).toThrow(
      'the UID in the precondition (another) does not match the UID in record (a)',
    );
    expect(guarded('a')).toBeNull();
    expect(cluster.store.collection('configmaps').size).toBe(0);
  });
});
