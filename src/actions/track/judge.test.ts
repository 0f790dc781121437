// Where an applied change stands, turn by turn.
import { describe, expect, it } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import type { Plan } from '../plan.ts';
import { judge } from './judge.ts';

const target = {
  cluster: clusterId('a'),
  type: { group: 'apps', version: 'v1', resource: 'deployments' },
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  uid: 'u',
};

const plan: Plan = {
  wish: { verb: 'scale', target, replicas: 4 },
  steps: [],
  view: { title: '', tier: 1, facts: [], warnings: [], kubectl: '', undo: null },
  changes: { path: ['spec', 'replicas'], before: 2 },
  goal: { type: 'replicas', replicas: 4, isCustom: false },
  stuckSince: undefined,
  inverse: null,
};

const managed = (manager: string) => [
  { manager, operation: 'Update', time: '2026-11-21T12:00:00Z', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
];

const deployment = (change: { replicas?: number; status?: object; manager?: string; generation?: number } = {}) => ({
  metadata: { uid: 'u', generation: change.generation ?? 5, managedFields: managed(change.manager ?? 'flagbridge') },
  spec: { replicas: change.replicas ?? 4 },
  status: { observedGeneration: 5, replicas: 4, updatedReplicas: 4, availableReplicas: 4, ...change.status },
});

const stuckAt = (since: string) => ({
  availableReplicas: 1,
  conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded', lastTransitionTime: since }],
});

const judged = (object: object, stuckSince?: number) =>
  judge(plan, { value: 4, stuckSince, resourceVersion: '' }, { ...object });

describe('an applied change', () => {
  it('is there when all are', () => {
    expect(judged(deployment())).toEqual({ state: 'there', ready: 4, of: 4 });
  });

  it('rolls until the controller has seen it and all are available', () => {
    expect(judged(deployment({ generation: 6 })).state).toBe('rolling');
    expect(judged(deployment({ status: { availableReplicas: 3 } }))).toEqual({
      state: 'rolling',
      ready: 3,
      of: 4,
      text: '3/4 ready',
    });
  });

  it('is reverted by who put the old value back, superseded by who wanted a third one', () => {
    expect(judged(deployment({ replicas: 2, manager: 'kustomize-controller' }))).toEqual({
      state: 'reverted',
      by: 'kustomize-controller',
      now: '2',
    });
    expect(judged(deployment({ replicas: 9, manager: 'kubectl' }))).toEqual({
      state: 'superseded',
      by: 'kubectl',
      now: '9',
    });
  });

  it('is stuck past its deadline, but not because it was before', () => {
    const since = '2026-11-21T11:00:00Z';
    const object = deployment({ status: stuckAt(since) });
    expect(judged(object)).toEqual({ state: 'stuck', ready: 1, of: 4 });
    expect(judged(object, Date.parse(since)).state).toBe('rolling');
    expect(judged(deployment({ status: stuckAt('2026-11-21T12:00:00Z') }), Date.parse(since)).state).toBe('stuck');
  });

  it('is held by a pause', () => {
    const object = deployment({ status: { updatedReplicas: 1 } });
    expect(judged({ ...object, spec: { replicas: 4, paused: true } })).toEqual({
      state: 'held',
      ready: 1,
      of: 4,
      text: 'held: paused',
    });
  });

  it('of a custom resource is there when its status says so', () => {
    const custom: Plan = { ...plan, wish: { ...plan.wish, target: { ...target, kind: 'Widget' } } as Plan['wish'] };
    const object = { metadata: {}, spec: { replicas: 4 }, status: { replicas: 3 } };
    expect(judge(custom, { value: 4, stuckSince: undefined, resourceVersion: '' }, object)).toMatchObject({
      state: 'rolling',
      ready: 3,
    });
    expect(
      judge(custom, { value: 4, stuckSince: undefined, resourceVersion: '' }, { ...object, status: { replicas: 4 } })
        .state,
    ).toBe('there');
  });

  it('of a ReplicaSet without a ready pod is not there: the server leaves 0 out', () => {
    const set: Plan = { ...plan, wish: { ...plan.wish, target: { ...target, kind: 'ReplicaSet' } } as Plan['wish'] };
    const object = { metadata: {}, spec: { replicas: 4 }, status: { replicas: 4 } };
    expect(judge(set, { value: 4, stuckSince: undefined, resourceVersion: '' }, object)).toMatchObject({
      state: 'rolling',
      ready: 0,
    });
  });

  it('of a custom resource that keeps its number elsewhere is nobody else’s change', () => {
    const custom: Plan = {
      ...plan,
      wish: { ...plan.wish, target: { ...target, kind: 'Widget' } } as Plan['wish'],
      goal: { type: 'replicas', replicas: 4, isCustom: true },
    };
    const object = { metadata: {}, spec: { size: 4 } };
    expect(judge(custom, { value: 4, stuckSince: undefined, resourceVersion: '' }, object).state).toBe('untold');
  });

  it('is reverted when what was not there before is gone again', () => {
    const restart: Plan = {
      ...plan,
      wish: { verb: 'restart', target },
      changes: { path: ['spec', 'template', 'metadata'], before: { labels: { app: 'web' } } },
      goal: { type: 'template' },
    };
    const object = { metadata: {}, spec: { template: { metadata: { labels: { app: 'web' } } } } };
    const value = { labels: { app: 'web' }, annotations: { at: 'now' } };
    expect(judge(restart, { value, stuckSince: undefined, resourceVersion: '' }, object).state).toBe('reverted');
  });

  it('of a StatefulSet is not there while old pods run, although both revisions are the same', () => {
    const set: Plan = { ...plan, wish: { ...plan.wish, target: { ...target, kind: 'StatefulSet' } } as Plan['wish'] };
    const object = {
      metadata: { generation: 5 },
      spec: { replicas: 4 },
      status: {
        observedGeneration: 5,
        replicas: 4,
        readyReplicas: 4,
        updatedReplicas: 1,
        currentRevision: 'x',
        updateRevision: 'x',
      },
    };
    expect(judge(set, { value: 4, stuckSince: undefined, resourceVersion: '' }, object).state).toBe('rolling');
  });
});
