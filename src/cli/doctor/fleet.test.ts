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
