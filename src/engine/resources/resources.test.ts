import { expect, test } from 'vitest';
import type { Discovery } from '../../kube/discovery/contract.ts';
import { served } from '../../../test/support/fake-kube.ts';
import { findResource } from './find-resource.ts';
import { cellOf, healthFrom, placesOf, serverShape } from './server-columns.ts';

const discovery: Discovery = {
  resources: [
    served('', 'pods', 'Pod', { shortNames: ['po'] }),
    served('metrics.k8s.io', 'pods', 'PodMetrics'),
    served('', 'events', 'Event', { shortNames: ['ev'] }),
    served('events.k8s.io', 'events', 'Event', { shortNames: ['ev'] }),
    served('cert-manager.io', 'certificates', 'Certificate', { shortNames: ['cert'] }),
    served('autoscaling', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
      version: 'v2',
      shortNames: ['hpa'],
    }),
    served('autoscaling', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', { version: 'v1', preferred: false }),
  ],
  failed: [],
};

test.each([
  ['po', 'pods', ''],
  ['Pod', 'pods', ''],
  ['pods', 'pods', ''],
  ['pods.metrics.k8s.io', 'pods', 'metrics.k8s.io'],
  ['ev', 'events', ''],
  ['certificates.cert-manager.io', 'certificates', 'cert-manager.io'],
  ['cert.cert-manager', 'certificates', 'cert-manager.io'],
  ['certificate', 'certificates', 'cert-manager.io'],
])('%s is %s of group "%s"', (word, resource, group) =>
  expect(findResource(discovery, word)).toMatchObject({ resource, group }),
);

test('a version may be named, and what nobody serves is not found', () => {
  expect(findResource(discovery, 'horizontalpodautoscalers.v1.autoscaling')?.version).toBe('v1');
  expect(findResource(discovery, 'hpa')?.version).toBe('v2');
  expect(findResource(discovery, 'gadgets')).toBeUndefined();
});

const column = (name: string, type = 'string', priority = 0) => ({ name, type, format: '', priority });

test('columns that another server adds are put behind, so that rows keep their cells', () => {
  const first = serverShape('x', 'X', true, [column('Name'), column('Ready'), column('Age')], null);
  expect(first.columns.map((c) => c.id)).toEqual(['name', 'cluster', 'namespace', 'ready', 'age']);
  const second = serverShape('x', 'X', true, [column('Name'), column('Size', 'integer'), column('Ready')], first);
  expect(second.columns.map((c) => c.id)).toEqual(['name', 'cluster', 'namespace', 'ready', 'age', 'size']);
  expect(second.kept).toBe(2);
  expect(placesOf([column('Name'), column('Size', 'integer'), column('Ready'), column('Age')], second)).toEqual([
    -1, 1, 0, -1,
  ]);
});

test('what has no age of its own gets one', () => {
  expect(serverShape('x', 'X', false, [column('Name'), column('Size')], null).columns.map((c) => c.id)).toEqual([
    'name',
    'cluster',
    'size',
    'age',
  ]);
});

test('what kubectl fills in for nothing is nothing', () => {
  expect([cellOf('<none>'), cellOf('x'), cellOf(3), cellOf(true), cellOf(null), cellOf({ a: 1 })]).toEqual([
    null,
    'x',
    3,
    'true',
    null,
    '{"a":1}',
  ]);
});

test.each([
  ['Ready', 'True', 'ok'],
  ['Ready', 'False', 'warn'],
  ['Ready', '1/3', 'warn'],
  ['Status', 'CrashLoopBackOff', 'fail'],
  ['Phase', 'Pending', 'busy'],
  ['Status', 'Unknown', 'unknown'],
  ['Data', '3', 'none'],
])('%s %s reads as %s', (name, value, health) =>
  expect(healthFrom([column('Name'), column(name)], ['n', value]).health).toBe(health),
);

test('a DaemonSet is as well as its columns say together', () => {
  const columns = [column('Name'), column('Desired'), column('Current'), column('Ready')];
  const read = (desired: number, ready: number) => healthFrom(columns, ['agent', desired, desired, ready]);
  expect(read(3, 3)).toEqual({ health: 'ok', status: '3/3' });
  expect(read(3, 2)).toEqual({ health: 'warn', status: '2/3' });
  expect(read(0, 0).health).toBe('none');
});
