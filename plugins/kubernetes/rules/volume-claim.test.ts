import { describe, expect, test } from 'vitest';
import { ago, cluster, condition, facts, found, meta, now, pod } from '../fixtures.ts';
import { warningWatch } from '../events.ts';
import { podWatch } from '../pods.ts';
import { claimWatch, storageClassWatch } from '../storage.ts';
import { claimPending } from './volume-claim.ts';

const claim = (spec: object, status: object = { phase: 'Pending' }, seconds = 600, annotations: object = {}) => ({
  metadata: meta('data-0', { creationTimestamp: ago(seconds), annotations }),
  spec,
  status,
});

const storageClass = (name: string, waits: boolean, isDefault = false) => ({
  metadata: meta(name, {
    namespace: undefined,
    annotations: isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {},
  }),
  volumeBindingMode: waits ? 'WaitForFirstConsumer' : 'Immediate',
});

const warning = (reason: string, message: string) => ({
  metadata: meta('data-0.17', {}),
  type: 'Warning',
  reason,
  message,
  lastTimestamp: ago(5),
  involvedObject: { kind: 'PersistentVolumeClaim', name: 'data-0', uid: 'uid-data-0' },
});

/** A pod that mounts the claim and waits: on a node, or for one. */
const waitingPod = (scheduled: boolean) =>
  pod({
    name: 'db-0',
    containers: [],
    spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data-0' } }] },
    status: {
      phase: 'Pending',
      containerStatuses: [],
      conditions: scheduled
        ? [condition('PodScheduled', 'True', 300)]
        : [
            condition('PodScheduled', 'False', 300, {
              reason: 'Unschedulable',
              message: '0/3 nodes are available: 3 Insufficient cpu.',
            }),
          ],
    },
  });

type Around = { classes?: object[]; pods?: object[]; events?: object[]; denied?: string[]; at?: number };

const run = (object: object, { classes = [], pods = [], events = [], denied = [], at = now }: Around = {}) =>
  found(
    claimPending,
    cluster(
      {
        persistentvolumeclaims: facts(claimWatch, [object as never]),
        'storageclasses.storage.k8s.io': facts(storageClassWatch, classes as never),
        pods: facts(podWatch, pods as never),
        events: facts(warningWatch, events as never),
      },
      denied,
    ),
    at,
  ).map(({ finding }) => finding);

describe('a pending volume claim', () => {
  test('of a class that is not there says so at once, with and without an event', () => {
    const expected = { rule: 'claim-pending', severity: 'fail', message: 'storage class fast does not exist' };

    expect(run(claim({ storageClassName: 'fast' }, { phase: 'Pending' }, 1))).toMatchObject([expected]);
    const event = warning('ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found');
    expect(run(claim({ storageClassName: 'fast' }, { phase: 'Pending' }, 1), { events: [event] })).toMatchObject([
      expected,
    ]);
  });

  test('without a class says that there is no default', () => {
    expect(run(claim({}))).toMatchObject([{ message: 'no storage class named, and no default' }]);
    expect(run(claim({}, { phase: 'Pending' }, 5), { classes: [storageClass('std', false, true)] })).toEqual([]);
  });

  test("carries the provisioner's words, and the pods that wait", () => {
    const event = warning(
      'ProvisioningFailed',
      'failed to provision volume with StorageClass "std": quota of disks reached',
    );
    const [finding] = run(claim({ storageClassName: 'std' }), {
      classes: [storageClass('std', false)],
      events: [event],
      pods: [waitingPod(true)],
    });

    expect(finding).toMatchObject({ severity: 'fail', message: 'quota of disks reached', since: now - 600_000 });
    expect(finding?.evidence).toContain('1 pod waits for it: db-0');
  });

  test('of which nobody says anything is a problem after a minute', () => {
    const classes = [storageClass('std', false)];

    expect(run(claim({ storageClassName: 'std' }, { phase: 'Pending' }, 30), { classes })).toEqual([]);
    expect(run(claim({ storageClassName: 'std' }, { phase: 'Pending' }, 90), { classes })).toMatchObject([
      { message: 'no volume yet, class std', severity: 'warn' },
    ]);
  });
});

describe('a claim whose class waits for its first pod', () => {
  const classes = [storageClass('local', true)];
  const object = claim({ storageClassName: 'local' });

  test('is no problem while no pod wants it', () => {
    expect(run(object, { classes })).toEqual([]);
  });

  test('is a problem a minute after a pod that has a node wants it', () => {
    expect(run(object, { classes, pods: [waitingPod(true)] })).toMatchObject([{ severity: 'fail' }]);
  });

  test('is no problem of its own while the pod is held up by something else', () => {
    expect(run(object, { classes, pods: [waitingPod(false)] })).toEqual([]);
  });

  test('waits by design also as the default class', () => {
    expect(run(claim({}), { classes: [storageClass('local', true, true)] })).toEqual([]);
  });
});

describe('nothing is concluded', () => {
  test('about a silent claim when storage classes may not be read', () => {
    expect(run(claim({ storageClassName: 'x' }), { denied: ['storageclasses.storage.k8s.io'] })).toEqual([]);
  });

  test('about a bound claim or one that is being deleted', () => {
    expect(run(claim({ storageClassName: 'x' }, { phase: 'Bound' }))).toEqual([]);
    const going = { ...claim({ storageClassName: 'x' }), metadata: meta('data-0', { deletionTimestamp: ago(5) }) };
    expect(run(going)).toEqual([]);
  });
});

test('a claim that lost its volume fails', () => {
  expect(run(claim({ storageClassName: 'std', volumeName: 'pv-7' }, { phase: 'Lost' }))).toMatchObject([
    { title: 'Volume lost', message: 'volume pv-7 is gone' },
  ]);
});
