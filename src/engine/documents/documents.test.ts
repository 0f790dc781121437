import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeDocument } from './describe-document.ts';
import { decodedSize } from './secret-size.ts';
import { yamlDocument } from './yaml-document.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'cart-x2v8k',
    namespace: 'shop',
    creationTimestamp: '2026-11-21T11:56:00Z',
    managedFields: [{ manager: 'kubelet' }],
    ownerReferences: [{ kind: 'ReplicaSet', name: 'cart-7d9f', controller: true }],
    annotations: { note: 'a\u001b[2Jb' },
  },
  spec: {
    nodeName: 'eu-w2-a',
    containers: [
      {
        name: 'cart',
        image: 'registry/shop/cart:2.4.0',
        resources: { limits: { memory: '512Mi' } },
        readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
      },
    ],
  },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: '2026-11-21T11:58:00Z' },
    ],
    containerStatuses: [
      {
        name: 'cart',
        ready: false,
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-11-21T11:59:30Z' } },
      },
    ],
  },
};
const said = (lines: readonly { key: string; text: string }[]) => lines.map((l) => `${l.key}: ${l.text}`).join('\n');

test('a description says which cluster, what state, and why the last instance ended', () => {
  const lines = describeDocument(
    pod,
    [
      {
        type: 'Warning',
        reason: 'BackOff',
        message: 'restarting',
        count: 9,
        lastTimestamp: '2026-11-21T11:59:50Z',
        source: { component: 'kubelet' },
      },
    ],
    'run-eu',
    now,
  );
  const all = said(lines);
  expect(lines[0]).toMatchObject({ key: 'Cluster', text: 'run-eu' });
  expect(all).toContain('State: waiting  CrashLoopBackOff');
  expect(all).toContain('Last state: ended 137  OOMKilled  30s ago');
  expect(all).toContain('Ready: False  ContainersNotReady  2m ago');
  expect(all).toContain('BackOff: 10s ago  ×9  restarting  (kubelet)');
  expect(all).toContain('HTTP GET /ready on 8080');
  expect(all).toContain('^[[2J');
});

test('YAML leaves managedFields out and nests by indent', () => {
  const lines = yamlDocument(pod);
  expect(said(lines)).not.toContain('managedFields');
  expect(lines.find((l) => l.key === 'nodeName')).toMatchObject({ indent: 2, text: 'eu-w2-a' });
  expect(lines.find((l) => l.key === '- name' && l.text === 'cart')).toMatchObject({ indent: 4 });
  expect(lines.find((l) => l.key === 'image')).toMatchObject({ text: 'registry/shop/cart:2.4.0' });
});

test('no value of a Secret is in either form, not even in kubectl’s copy', () => {
  const value = Buffer.from('hunter2-hunter2').toString('base64');
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 's',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"password":"${value}"}}` },
    },
    data: { password: value },
    stringData: { token: 'hunter2' },
  };
  for (const lines of [yamlDocument(secret), describeDocument(secret, [], 'c', now)]) {
    expect(said(lines)).not.toContain(value);
    expect(said(lines)).not.toContain('hunter2');
    expect(said(lines)).toContain('15 bytes');
  }
});

test('the size of a base64 text is that of its bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 50 }),
      (bytes) => decodedSize(Buffer.from(bytes).toString('base64')) === bytes.length,
    ),
  );
});

test('any object has a description and YAML, whatever is in it', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('kind', 'metadata', 'spec', 'status', 'data', 'x'), fc.jsonValue()),
      (object) => {
        expect(describeDocument(object, [object], 'c', now).length).toBeGreaterThan(2);
        expect(yamlDocument(object).length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 1000 },
  );
});
