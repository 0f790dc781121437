import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePick } from './decoder.ts';
import { compileJsonPath, merge } from './table-jsonpath.ts';

const object = {
  metadata: { labels: { 'app.kubernetes.io/name': 'web', plain: 'x' }, creationTimestamp: 't' },
  spec: {
    replicas: 3,
    hosts: ['a', 'b', 'c'],
    nested: [
      { name: 'n1', port: 80 },
      { name: 'n2', port: 90 },
    ],
  },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Synced', status: 'False', ok: true },
    ],
  },
};

const find = (path: string): readonly unknown[] | null => {
  const compiled = compileJsonPath(path);
  if (compiled === null) return null;
  // As in the program: only what the path needs is decoded.
  const bytes = Buffer.from(JSON.stringify(object));
  return compiled.evaluate(compilePick(compiled.pick).decode(bytes, 0, bytes.length));
};

test.each([
  ['.spec.replicas', [3]],
  ['{.spec.replicas}', [3]],
  ['$.spec.replicas', [3]],
  ['.metadata.labels.app\\.kubernetes\\.io/name', ['web']],
  [".metadata.labels['app\\.kubernetes\\.io/name']", ['web']],
  ['.metadata.labels["app.kubernetes.io/name"]', ['web']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type=='Synced')].status", ['False']],
  ['.status.conditions[?( @.type != "Ready" )].type', ['Synced']],
  ['.status.conditions[?(@.ok==true)].type', ['Synced']],
  ['.spec.nested[?(@.port==90)].name', ['n2']],
  ['.spec.hosts[0]', ['a']],
  ['.spec.hosts[-1]', ['c']],
  ['.spec.hosts[0:2]', ['a', 'b']],
  ['.spec.hosts[*]', ['a', 'b', 'c']],
  ['.spec.nested[*].name', ['n1', 'n2']],
  ['.spec.missing', []],
  ['.spec.replicas.deeper', []],
  ['.constructor', []],
  ['.__proto__.x', []],
])('%s', (path, values) => {
  expect(find(path)).toEqual(values);
});

test.each([
  '',
  'spec',
  '..name',
  '.spec[',
  '.spec[?(@.a>1)]',
  '.a[0,1]',
  '.spec[?(@.a=~/x/)]',
  '.a'.repeat(40),
  'x'.repeat(2_000),
])('is left to the server: %s', (path) => {
  expect(compileJsonPath(path)).toBeNull();
});

test('any text is compiled or refused in no time, and never throws', () => {
  const part = fc.constantFrom('.', '[', ']', '?(@', '==', "'", '"', '*', '\\', 'a', ':', '-1', '.a', '[0]', ')');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part, { maxLength: 60 }).map((p) => p.join('')),
      ),
      fc.jsonValue(),
      (path, json) => {
        compileJsonPath(path)?.evaluate(json);
      },
    ),
    { numRuns: 5_000 },
  );
});

test('specs of several columns are merged', () => {
  expect(merge({ a: { b: 1 }, l: [{ x: 1 }] }, { a: { c: 1 }, l: [{ y: 1 }] })).toEqual({
    a: { b: 1, c: 1 },
    l: [{ x: 1, y: 1 }],
  });
  expect(merge({ a: 1 }, { a: { b: 1 } })).toEqual({ a: 1 });
  expect(merge([1], { a: 1 })).toBe(1);
});
