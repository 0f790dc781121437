import { expect, test } from 'vitest';
import { cluster } from '../../../test/support/fake-engine.ts';
import { clusterFindings } from './fleet.ts';

const wrong = (...change: Parameters<typeof cluster>) =>
  clusterFindings(cluster(...change), 0).filter((finding) => finding.severity !== 'ok');

test('a healthy cluster has no complaint', () => {
  expect(wrong('run-eu')).toEqual([]);
  expect(wrong('run-eu', { skewMs: null })).toEqual([]);
  expect(wrong('run-eu', { skewMs: -5_000 })).toEqual([]);
});

test('a clock that is wrong is named with what to do', () => {
  expect(wrong('run-eu', { skewMs: 240_000 })).toEqual([
    {
      area: 'clock',
      severity: 'warn',
      what: 'run-eu: this machine is 4m ahead of the server',
      remedy: expect.stringContaining('timedatectl set-ntp true'),
    },
  ]);
});

const denial = (resource: string, namespace = '') => ({
  resource,
  namespace,
  verb: 'list',
  rule: `list ${resource} ${namespace === '' ? 'at the cluster scope' : `in namespace ${namespace}`}`,
});
const ask = expect.stringContaining('ClusterRole of the README to ops@view-1');

test('rights that are missing at one place are one finding, whatever their number', () => {
  const denied = [denial('pods', 'shop'), denial('nodes'), denial('services', 'shop'), denial('events')];

  expect(wrong('view-1', { denied })).toEqual([
    {
      area: 'permissions',
      severity: 'warn',
      what: 'view-1: may not list pods, services in namespace shop',
      remedy: ask,
    },
    {
      area: 'permissions',
      severity: 'warn',
      what: 'view-1: may not list nodes, events at the cluster scope',
      remedy: ask,
    },
  ]);
});

test('the same kinds in several namespaces are one finding', () => {
  const denied = ['shop', 'pay'].flatMap((ns) => [denial('pods', ns), denial('services', ns)]);

  expect(wrong('view-1', { denied }).map((finding) => finding.what)).toEqual([
    'view-1: may not list pods, services in namespaces shop, pay',
  ]);
});

test('a cluster where nothing may be read says so once, and what is missing once', () => {
  const denied = Array.from({ length: 22 }, (_, i) => denial(`kind-${i}`));
  const found = wrong('view-1', { denied, state: { phase: 'denied', what: denied.map((d) => d.rule), since: 0 } });

  expect(found.map(({ severity, what }) => [severity, what])).toEqual([
    ['fail', 'view-1 at https://view-1.example:6443 as ops@view-1: nothing that is watched may be read'],
    ['warn', expect.stringMatching(/^view-1: may not list kind-0, .*kind-21 at the cluster scope$/)],
  ]);
});
