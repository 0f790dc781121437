import { describe, expect, test } from 'vitest';
import { builtins } from '../api/kinds.ts';
import type { ApiObject } from '../api/objects.ts';
import { humanDuration } from './age.ts';
import { podStatus } from './cells.ts';
import { jsonPath, rowsOf } from './table.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, '0s'],
  [119 * second, '119s'],
  [3 * minute + 12 * second, '3m12s'],
  [10 * minute, '10m'],
  [3 * hour + 5 * minute, '3h5m'],
  [47 * hour, '47h'],
  [3 * day + 4 * hour, '3d4h'],
  [19 * day, '19d'],
  [800 * day, '2y70d'],
  [-5 * second, '<invalid>'],
])('%d ms is %s', (ms, words) => {
  expect(humanDuration(ms)).toBe(words);
});

const pod = (status: object, more: object = {}): ApiObject =>
  ({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'p', ...more },
    spec: { containers: [{ name: 'c' }] },
    status,
  }) as unknown as ApiObject;

describe('the status of a pod', () => {
  test.each([
    ['Running', pod({ phase: 'Running', containerStatuses: [{ ready: true, state: { running: {} } }] })],
    [
      'CrashLoopBackOff',
      pod({ phase: 'Running', containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] }),
    ],
    [
      'OOMKilled',
      pod({ phase: 'Running', containerStatuses: [{ state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }] }),
    ],
    ['ExitCode:3', pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] })],
    [
      'Init:1/2',
      pod({
        phase: 'Pending',
        initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }, { state: { running: {} } }],
      }),
    ],
    ['Terminating', pod({ phase: 'Running' }, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
    ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
  ])('%s', (words, object) => {
    expect(podStatus(object).reason).toBe(words);
  });
});

test('JSONPath of printer columns: fields, indexes, filters, quoted keys', () => {
  const object = { a: { b: [{ c: 1 }] }, s: [{ type: 'Ready', status: 'True' }], m: { 'x.y/z': 'q' } };

  expect(jsonPath(object, '.a.b[0].c')).toBe(1);
  expect(jsonPath(object, '.s[?(@.type=="Ready")].status')).toBe('True');
  expect(jsonPath(object, ".m['x.y/z']")).toBe('q');
  expect(jsonPath(object, '.a.nothing.c')).toBeUndefined();
});

test('every kind that can be listed has a row for an empty object, as wide as its columns', () => {
  const empty = { kind: '', apiVersion: '', metadata: { name: 'x' } } as unknown as ApiObject;
  for (const resource of builtins.filter((r) => r.verbs.includes('list'))) {
    const { columns, cells } = rowsOf(resource);
    expect([resource.resource, cells(empty, 0).length]).toEqual([resource.resource, columns.length]);
  }
});
