import { describe, expect, test } from 'vitest';
import { daemonSetRollout, type DeploymentNumbers, deploymentRollout, statefulSetRollout } from './rollout.ts';

const deployment = (over: Partial<DeploymentNumbers> = {}): DeploymentNumbers => ({
  generation: 4,
  observedGeneration: 4,
  paused: false,
  desired: 3,
  replicas: 3,
  updated: 3,
  available: 3,
  progressing: { reason: 'NewReplicaSetAvailable', changed: 100, updated: 200 },
  ...over,
});

describe('a Deployment', () => {
  test('that is whole is done, at the time its new ReplicaSet became available', () => {
    expect(deploymentRollout(deployment())).toEqual({ state: 'done', at: 200 });
  });

  test('with old replicas left, or fewer available than wanted, is rolling', () => {
    expect(deploymentRollout(deployment({ replicas: 4 }))).toMatchObject({ state: 'rolling', n: 3, of: 3, since: 200 });
    expect(deploymentRollout(deployment({ available: 1 }))).toMatchObject({ state: 'rolling', n: 1, of: 3 });
  });

  test('whose newest template was not observed yet is rolling, whatever its numbers say', () => {
    expect(deploymentRollout(deployment({ observedGeneration: 3 })).state).toBe('rolling');
  });

  test('past its deadline is stuck since the condition changed', () => {
    const progressing = { reason: 'ProgressDeadlineExceeded', changed: 500, updated: 600 };
    expect(deploymentRollout(deployment({ updated: 1, available: 1, progressing }))).toEqual({
      state: 'stuck',
      n: 1,
      of: 3,
      since: 500,
    });
  });

  test('past its deadline but paused, or scaled to zero since, is not stuck', () => {
    const progressing = { reason: 'ProgressDeadlineExceeded', changed: 500, updated: 600 };
    expect(deploymentRollout(deployment({ paused: true, updated: 1, progressing }))).toMatchObject({ why: 'paused' });
    expect(deploymentRollout(deployment({ desired: 0, replicas: 0, updated: 0, available: 0, progressing }))).toEqual({
      state: 'off',
    });
  });
});

describe('a StatefulSet', () => {
  const set = {
    generation: 1,
    observedGeneration: 1,
    onDelete: false,
    partition: 0,
    desired: 3,
    ready: 3,
    updated: 3,
    currentRevision: 'a',
    updateRevision: 'a',
  };

  test('is done when all are ready and of the new revision', () => {
    expect(statefulSetRollout(set).state).toBe('done');
    expect(statefulSetRollout({ ...set, ready: 2 })).toMatchObject({ state: 'rolling', n: 2, of: 3 });
    expect(statefulSetRollout({ ...set, updateRevision: 'b', updated: 1 })).toMatchObject({ state: 'rolling', n: 1 });
  });

  test('with a partition or OnDelete is held, not rolling', () => {
    expect(statefulSetRollout({ ...set, updateRevision: 'b', updated: 1, partition: 2 })).toMatchObject({
      state: 'held',
      why: 'partition',
    });
    expect(statefulSetRollout({ ...set, updateRevision: 'b', updated: 0, onDelete: true })).toMatchObject({
      state: 'held',
      why: 'on delete',
    });
  });

  test('of zero replicas is off', () => {
    expect(statefulSetRollout({ ...set, desired: 0, ready: 0, updated: 0 })).toEqual({ state: 'off' });
  });
});

test('a DaemonSet is done when every node has the new template available', () => {
  const set = { generation: 1, observedGeneration: 1, onDelete: false, desired: 5, updated: 5, available: 5 };
  expect(daemonSetRollout(set).state).toBe('done');
  expect(daemonSetRollout({ ...set, updated: 2 })).toMatchObject({ state: 'rolling', n: 2, of: 5 });
  expect(daemonSetRollout({ ...set, updated: 2, onDelete: true })).toMatchObject({ state: 'held' });
  expect(daemonSetRollout({ ...set, desired: 0, updated: 0, available: 0 })).toEqual({ state: 'off' });
});
