import { expect, test } from 'vitest';
import { cluster } from '../../test/support/fake-engine.ts';
import { clusterDetail } from './detail-model.ts';

const linesOf = (...change: Parameters<typeof cluster>): readonly string[] =>
  clusterDetail(cluster(...change), 0).lines.map(
    ({ label, value }) => `${label}: ${value.map((part) => part.text).join('')}`,
  );

test('a clock that differs is a line of the cluster, one that agrees or is not known is none', () => {
  expect(linesOf('run-eu', { skewMs: 240_000 })).toContain(
    'clock: this machine is 4m ahead of the server; ages and grace times follow the server',
  );
  expect(linesOf('run-eu', { skewMs: 3_000 }).filter((line) => line.startsWith('clock'))).toEqual([]);
  expect(linesOf('run-eu', { skewMs: null }).filter((line) => line.startsWith('clock'))).toEqual([]);
});
