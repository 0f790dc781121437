import { expect, test } from 'vitest';
import { cluster } from '../../test/support/fake-engine.ts';
import { clusterDetail, type Detail } from './detail-model.ts';

const linesOf = (...change: Parameters<typeof cluster>): readonly string[] =>
  detailLines(clusterDetail(cluster(...change), null, 0));
const detailLines = ({ lines }: Detail): readonly string[] =>
  lines.map(({ label, value }) => `${label}: ${value.map((part) => part.text).join('')}`);

test('a clock that differs is a line of the cluster, one that agrees or is not known is none', () => {
  expect(linesOf('run-eu', { skewMs: 240_000 })).toContain(
    'clock: this machine is 4m ahead of the server; ages and grace times follow the server',
  );
  expect(linesOf('run-eu', { skewMs: 3_000 }).filter((line) => line.startsWith('clock'))).toEqual([]);
  expect(linesOf('run-eu', { skewMs: null }).filter((line) => line.startsWith('clock'))).toEqual([]);
});

test('rights stand as the server says them: yes, no, and what it does not tell', () => {
  const lines = detailLines(
    clusterDetail(
      cluster('run-eu'),
      {
        user: 'jane',
        groups: ['on-call'],
        rights: [
          { rule: 'get pods/log in namespace shop', verdict: 'yes' },
          { rule: 'list ingresses.networking.k8s.io at the cluster scope', verdict: 'no' },
          { rule: 'list storageclasses.storage.k8s.io at the cluster scope', verdict: 'unknown' },
        ],
      },
      0,
    ),
  );
  expect(lines.slice(-4)).toEqual([
    'known as: jane in on-call',
    'may: get pods/log in namespace shop',
    'may not: list ingresses.networking.k8s.io at the cluster scope',
    'not told: list storageclasses.storage.k8s.io at the cluster scope',
  ]);
});

test('of a cluster that was never connected no watch and no right is told', () => {
  const state = { phase: 'login', message: 'token expired', command: null, since: 0 } as const;
  const lines = linesOf('edge-7', { state, watches: { synced: 0, wanted: 0 } });
  expect(lines.filter((line) => line.startsWith('watches'))).toEqual([]);
  expect(lines).toContain('rights: not known');
});
