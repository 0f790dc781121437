import { expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import { refOf } from '../query/show-row.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import { serverShape } from './server-columns.ts';
import { ServerFeed } from './server-feed.ts';

const column = (name: string) => ({ name, type: 'string', format: '', priority: 0 });

function feedOf() {
  const shape = serverShape('pods.metrics.k8s.io', 'PodMetrics', true, [column('Name'), column('CPU')], null);
  const told: (readonly [string | undefined, string | undefined])[] = [];
  const feed = new ServerFeed({
    source: {
      face: {
        id: clusterId('eu'),
        name: 'eu',
        names: [],
        role: 'run',
        stage: '',
        isStale: false,
        lastHeard: null,
        skewMs: 0,
      },
      type: { group: 'metrics.k8s.io', version: 'v1beta1', resource: 'pods' },
      kind: 'PodMetrics',
      shape,
      isInterrupted: false,
    },
    shape: () => shape,
    onRow: (old, next) => void told.push([old?.name, next?.name]),
  });
  feed.setColumns([column('Name'), column('CPU')]);
  return { feed, told, rows: (): readonly StoredRow[] => [...feed.rows.values()] };
}

test('objects without a uid are rows by their names, and what refers to them claims no uid', () => {
  const { feed, told, rows } = feedOf();
  const measured = (namespace: string, name: string) => ({ metadata: { namespace, name } });

  feed.upsert(['web', '5m'], measured('shop', 'web'));
  feed.upsert(['web', '7m'], measured('blog', 'web'));
  feed.upsert(['web', '6m'], measured('shop', 'web'));
  expect(rows().map((row) => [row.namespace, row.name, row.cells[0]])).toEqual([
    ['shop', 'web', '6m'],
    ['blog', 'web', '7m'],
  ]);
  expect(rows().map((row) => refOf(row).uid)).toEqual(['', '']);
  expect(new Set(rows().map((row) => row.key)).size).toBe(2);

  feed.delete(measured('shop', 'web'));
  expect(rows().map((row) => row.namespace)).toEqual(['blog']);
  feed.upsert(['', ''], {});
  expect(told).toHaveLength(4);
});
