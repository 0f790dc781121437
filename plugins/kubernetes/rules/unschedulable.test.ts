import { expect, test } from 'vitest';
import { schedulerReason } from './unschedulable.ts';

test.each([
  [
    '0/3 nodes are available: 3 Insufficient memory. no new claims to deallocate, preemption: 0/3 nodes are available.',
    'Insufficient memory on 3 of 3 nodes',
  ],
  [
    "0/5 nodes are available: 2 node(s) didn't match Pod's node affinity/selector, 3 node(s) were unschedulable.",
    'cordoned on 3 of 5 nodes, other node selector or affinity on 2',
  ],
  [
    '0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: a,b}. preemption: none',
    'taint dedicated on 2 of 2 nodes',
  ],
  [
    // As of Kubernetes 1.36: no taint is named any more.
    "0/5 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 4 node(s) had untolerated taint(s).",
    'untolerated taint on 4 of 5 nodes, other node selector or affinity on 1',
  ],
  [
    "0/4 nodes are available: 4 node(s) didn't match pod topology spread constraints (missing required label).",
    'topology spread on 4 of 4 nodes',
  ],
  ['0/1 nodes are available: persistentvolumeclaim "data" not found.', 'persistentvolumeclaim "data" not found'],
  ['no nodes available to schedule pods', 'no nodes available to schedule pods'],
  ['', 'no reason given'],
])('%s', (message, expected) => {
  expect(schedulerReason(message).message).toBe(expected);
});

test('the cause does not change with the number of nodes', () => {
  const cause = (n: number, cpu: number) =>
    schedulerReason(`0/${n} nodes are available: ${n - cpu} Too many pods, ${cpu} Insufficient cpu.`).cause;

  expect(cause(6, 5)).toBe(cause(9, 1));
});

test('a claim that is not bound is recognised, because the claim has a problem of its own', () => {
  const message = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: not helpful.';

  expect(schedulerReason(message)).toMatchObject({ claim: true, message: 'unbound volume claim' });
});
