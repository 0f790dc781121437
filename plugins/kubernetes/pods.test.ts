import { describe, expect, test } from 'vitest';
import { ago, ended, meta, now, owned, pod, running, waiting } from './fixtures.ts';
import { podTable, podWatch } from './pods.ts';

const row = (object: object) => {
  const content = podWatch.toRow(object as never, { now });
  if (content === undefined) throw new Error('no row');
  return content;
};
const cell = (object: object, id: string) => row(object).cells[podTable.columns.findIndex((c) => c.id === id)];

describe('a pod that runs', () => {
  test('is well, with its app, owner, node and plain words', () => {
    expect(row(pod())).toMatchObject({
      health: 'ok',
      app: 'cart',
      owner: 'uid-cart-7d9f',
      node: 'eu-w2-a',
      status: 'Running',
      restarts: 0,
      image: 'registry.example/shop/cart:2.4.0',
    });
    expect(cell(pod(), 'state')).toBe('Running');
    expect(cell(pod(), 'ready')).toEqual({ n: 1, of: 1 });
    expect(cell(pod(), 'last')).toBeNull();
  });

  test('has no facts at all', () => {
    expect(row(pod()).facts).toBeUndefined();
  });

  test('again says since when, and how it ended before', () => {
    const again = pod({
      containers: [
        running({
          restartCount: 2,
          state: { running: { startedAt: ago(52) } },
          lastState: ended(137, 'OOMKilled', 60),
        }),
      ],
    });

    expect(cell(again, 'state')).toEqual({ text: 'Running', tone: 'text', since: now - 52_000 });
    expect(cell(again, 'last')).toEqual({ text: 'OOM', tone: 'text', at: now - 60_000 });
  });
});

describe("a pod's state in kubectl's words", () => {
  test.each([
    [
      'Succeeded',
      pod({ status: { phase: 'Succeeded' }, containers: [running({ ready: false, state: ended(0, 'Completed', 5) })] }),
      'Completed',
      'none',
    ],
    ['evicted', pod({ status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [] } }), 'Evicted', 'warn'],
    ['deleting', pod({ meta: { deletionTimestamp: ago(-20) } }), 'Terminating', 'busy'],
    [
      'creating',
      pod({ status: { phase: 'Pending' }, containers: [waiting('ContainerCreating')] }),
      'ContainerCreating',
      'busy',
    ],
    ['pulling', pod({ status: { phase: 'Pending' }, containers: [waiting('ErrImagePull')] }), 'ErrImagePull', 'fail'],
    ['not ready', pod({ containers: [running({ ready: false })] }), 'Running', 'busy'],
  ])('%s', (_, object, status, health) => {
    expect(row(object)).toMatchObject({ status, health });
  });

  test('counts init containers that are done, and native sidecars as containers', () => {
    const spec = { initContainers: [{ name: 'a' }, { name: 'b' }], containers: [{ name: 'cart' }] };
    const initializing = pod({
      spec,
      status: { phase: 'Pending' },
      init: [
        running({ name: 'a', ready: true, state: ended(0, 'Completed', 9) }),
        running({ name: 'b', ready: false }),
      ],
      containers: [waiting('PodInitializing')],
    });
    const withSidecar = pod({
      spec: { initContainers: [{ name: 'mesh', restartPolicy: 'Always' }], containers: [{ name: 'cart' }] },
      init: [running({ name: 'mesh' })],
    });

    expect(row(initializing).status).toBe('Init:1/2');
    expect(cell(withSidecar, 'ready')).toEqual({ n: 2, of: 2 });
  });

  test('counts down to the next start of a crash loop', () => {
    const loop = pod({
      containers: [
        waiting('CrashLoopBackOff', 'back-off 1m20s restarting failed container=cart', {
          restartCount: 4,
          lastState: ended(1, 'Error', 30),
        }),
      ],
    });

    expect(cell(loop, 'state')).toEqual({ text: 'CrashLoop', tone: 'fail', until: now + 50_000 });
    expect(row(loop)).toMatchObject({ status: 'CrashLoopBackOff', restarts: 4, facts: { problem: 'crash-loop' } });
  });
});

test('what a pod is short of is in its facts only while it is short of it', () => {
  const unready = pod({ containers: [running({ ready: false })] });

  expect(row(unready).facts).toEqual({ unready: now - 180_000, grace: 60_000, detail: '' });
  expect(row(pod({ meta: owned('DaemonSet', 'agent') })).facts).toEqual({ stays: true });
  expect(row(pod({ status: { phase: 'Succeeded' } })).facts).toEqual({ over: true });
});

test('probes that take their time extend the grace', () => {
  const probe = { initialDelaySeconds: 30, periodSeconds: 10, failureThreshold: 30 };
  const slow = pod({
    spec: { containers: [{ name: 'cart', startupProbe: probe, readinessProbe: { periodSeconds: 5 } }] },
    containers: [running({ ready: false })],
  });

  expect(row(slow).facts).toMatchObject({ grace: 345_000 });
});

test('a pod that is still there after its grace period names its node', () => {
  const stuck = pod({ meta: { deletionTimestamp: ago(300), finalizers: [] } });

  const [finding] = podWatch.findings?.(stuck, { now }) ?? [];

  expect(finding).toMatchObject({
    rule: 'stuck-deleting',
    message: 'node eu-w2-a has not ended it',
    activeAt: now - 300_000 + 60_000,
  });
});

test('a pod of nothing but a name still makes a row', () => {
  expect(row({ metadata: meta('x') })).toMatchObject({ health: 'unknown', status: 'Unknown' });
});
