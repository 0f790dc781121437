// Pods are read in two steps: most of them are well and say so in few fields. Whatever the first step leaves out must not
// be missed.
import { expect, test } from 'vitest';
import { ago, ended, now, pod, running, waiting } from '../../plugins/kubernetes/fixtures.ts';
import { podWatch } from '../../plugins/kubernetes/pods.ts';
import type { KubeObject } from '../../src/core/object.ts';
import { basePick, mergePicks } from '../../src/engine/tables/pick.ts';
import { project } from '../../src/kube/decode/project.ts';

const whole = podWatch.more === undefined ? podWatch.pick : mergePicks(podWatch.pick, podWatch.more.pick);
const first = (object: KubeObject) => project(object, mergePicks(basePick, podWatch.pick)) as KubeObject;
const all = (object: KubeObject) => project(object, mergePicks(basePick, whole)) as KubeObject;

const sidecar = { initContainers: [{ name: 'mesh', restartPolicy: 'Always' }], containers: [{ name: 'cart' }] };

const well: readonly (readonly [string, KubeObject])[] = [
  ['running', pod()],
  ['with several containers', pod({ containers: [running(), running({ name: 'b' }), running({ name: 'c' })] })],
  ['with init containers', pod({ init: [running({ name: 'a', ready: true, state: ended(0, 'Completed', 9) })] })],
  ['with a sidecar', pod({ spec: sidecar, init: [running({ name: 'mesh' })] })],
  ['done', pod({ status: { phase: 'Succeeded' }, containers: [running({ ready: false, state: ended(0, '', 5) })] })],
];

const troubled: readonly (readonly [string, KubeObject])[] = [
  ['not ready', pod({ containers: [running({ ready: false })] })],
  ['ready but for a gate', pod({ ready: false })],
  ['restarted', pod({ containers: [running({ restartCount: 1 })] })],
  ['crashing', pod({ containers: [waiting('CrashLoopBackOff')] })],
  ['pending', pod({ status: { phase: 'Pending' } })],
  ['failed', pod({ status: { phase: 'Failed', reason: 'Evicted' } })],
  ['being deleted', pod({ meta: { deletionTimestamp: ago(20) } })],
  ['of nothing but a name', { metadata: { name: 'x' } }],
];

test.each(well)('a pod %s is read once and says all it has to say', (_, object) => {
  expect(podWatch.more?.isNeeded(first(object))).toBe(false);
  expect(podWatch.toRow(first(object), { now })).toEqual(podWatch.toRow(all(object), { now }));
  expect(podWatch.findings?.(all(object), { now })).toEqual([]);
});

test.each(troubled)('a pod %s is read as a whole', (_, object) => {
  expect(podWatch.more?.isNeeded(first(object))).toBe(true);
});
