// Following a change: nothing counts as done that nobody saw, and everything comes to an end.
import { expect, it } from 'vitest';
import { stage, target } from '../../../test/support/action-cluster.ts';
import type { ActionOutcome, ActionPhase } from '../../core/action.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Plan } from '../plan.ts';
import { track } from './track.ts';
import { objectEvents } from './watch-object.ts';

const plan: Plan = {
  wish: { verb: 'scale', target, replicas: 4 },
  steps: [],
  view: { title: '', tier: 1, facts: [], warnings: [], kubectl: '', undo: null },
  changes: { path: ['spec', 'replicas'], before: 2 },
  goal: { type: 'replicas', replicas: 4, isCustom: false },
  stuckSince: undefined,
  inverse: null,
};

const object = (available: number, { replicas = 4, resourceVersion = '20', deadline = 600 } = {}) => ({
  metadata: { uid: 'u', generation: 1, resourceVersion },
  spec: { replicas, progressDeadlineSeconds: deadline },
  status: { observedGeneration: 1, replicas: 4, updatedReplicas: 4, availableReplicas: available },
});

function tracked() {
  const on = stage({ read: () => ({}), write: () => ({ status: 200, body: {} }) });
  const phases: ActionPhase[] = [];
  let outcome: ActionOutcome | null = null;
  const applied = { value: 4, stuckSince: undefined, resourceVersion: '20' };
  const done = track(on.cluster, plan, applied, on.deps, (phase) => phases.push(phase), new AbortController().signal);
  void done.then((end) => (outcome = end));
  const settle = async () => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
    return outcome;
  };
  return { ...on, on, phases, settle, hear: on.hear, watch: objectEvents(on.hear) };
}

it('is unknown when its cluster is disconnected, and never done', async () => {
  const { on, hear, settle, clock } = tracked();
  hear({ type: 'now', object: object(4) });
  on.leave.abort();
  clock.advance(120_000);
  expect(await settle()).toMatchObject({ result: 'unknown' });
});

it('a watch that was lost for a moment is heard again, and the time to stay begins anew', async () => {
  const { watch, clock, settle } = tracked();
  watch([{ type: 'sync-started' }, { type: 'upsert', object: object(4) }, { type: 'synced', resourceVersion: '20' }]);
  clock.advance(50_000);
  watch([{ type: 'interrupted', error: new ApiError('unreachable', 'reset'), retryInMs: 800 }]);
  clock.advance(5_000);
  watch([{ type: 'resumed' }]);
  clock.advance(59_000);
  expect(await settle()).toBeNull();
  clock.advance(1_000);
  expect(await settle()).toMatchObject({ result: 'done' });
});

it('what was deleted while nothing was heard is gone', async () => {
  const { watch, settle } = tracked();
  watch([{ type: 'sync-started' }, { type: 'upsert', object: object(4) }, { type: 'synced', resourceVersion: '20' }]);
  watch([{ type: 'sync-started' }, { type: 'synced', resourceVersion: '30' }]);
  expect(await settle()).toEqual({ result: 'failed', text: 'it was deleted' });
});

it('an object that is older than the answer reverts nothing', async () => {
  const { hear, settle, clock } = tracked();
  hear({ type: 'now', object: object(2, { replicas: 2, resourceVersion: '19' }) });
  expect(await settle()).toBeNull();
  hear({ type: 'now', object: object(4, { resourceVersion: '21' }) });
  clock.advance(60_000);
  expect(await settle()).toMatchObject({ result: 'done' });
});

it('silence is no standstill', async () => {
  const { hear, settle, clock } = tracked();
  hear({ type: 'now', object: object(1, { deadline: 30 }) });
  clock.advance(10_000);
  hear({ type: 'silent', reason: 'reset' });
  clock.advance(60_000);
  expect(await settle()).toBeNull();
  clock.advance(60_000);
  expect(await settle()).toMatchObject({ result: 'unknown' });
});

it('ends as unknown when the watch never says a word', async () => {
  const { settle, clock } = tracked();
  clock.advance(120_000);
  expect(await settle()).toMatchObject({ result: 'unknown' });
});
