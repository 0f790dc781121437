import { expect, test } from 'vitest';
import { compilePick, incomplete } from './decoder.ts';

const decode = (spec: Parameters<typeof compilePick>[0], json: string): unknown => {
  const bytes = Buffer.from(json);
  return compilePick(spec).decode(bytes, 0, bytes.length);
};

test('takes what is asked for and nothing else', () => {
  const pod = '{"metadata":{"name":"a","labels":{"x":"y"},"uid":"1"},"spec":{"containers":[{"name":"c","image":"i"}]}}';
  expect(decode({ metadata: { name: 1, labels: 1 }, spec: { containers: [{ image: 1 }] } }, pod)).toEqual({
    metadata: { name: 'a', labels: { x: 'y' } },
    spec: { containers: [{ image: 'i' }] },
  });
});

test('another shape than expected is given whole', () => {
  expect(decode({ a: { b: 1 }, c: [1], d: [{ e: 1 }] }, '{"a":null,"c":{"x":1},"d":[1,{"e":2,"f":3}]}')).toEqual({
    a: null,
    c: { x: 1 },
    d: [1, { e: 2 }],
  });
});

test('the last of several equal keys counts', () => {
  expect(decode({ a: { b: 1, c: 1 } }, '{"a":{"b":1},"a":{"c":2}}')).toEqual({ a: { c: 2 } });
});

test('__proto__ is a key like any other', () => {
  const got = decode({ ['__proto__']: { polluted: 1 }, a: 1 }, '{"__proto__":{"polluted":true},"a":{"__proto__":1}}');
  expect(Object.keys(got as object)).toEqual(['__proto__', 'a']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('numbers are those of JSON.parse', () => {
  const numbers = '[0,-0,1,-1,1.5,1e3,1E-3,999999999,1234567890,9007199254740993,1e400]';
  expect(decode([1], numbers)).toEqual(JSON.parse(numbers));
  for (const bad of ['01', '1.', '.5', '+1', '1e', 'NaN', '-', 'tru', 'nulll']) {
    expect(() => decode(1, bad)).toThrow(SyntaxError);
    expect(() => decode({ a: 1 }, `{"a":${bad}}`)).toThrow(SyntaxError);
  }
});

test('ten thousand levels are stepped over and, when asked for, read', () => {
  const deep = `${'['.repeat(10_000)}1${']'.repeat(10_000)}`;
  expect(decode({ b: 1 }, `{"a":${deep},"b":2}`)).toEqual({ b: 2 });
  expect(decode({ a: 1 }, `{"a":${deep}}`)).toHaveProperty('a');
});

const managed = [
  { manager: 'kubectl', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:a': { 'k:{"name":"}],\\"x"}': {} } } },
  { manager: 'k', fieldsV1: { 'f:metadata': { '.': {}, 'v:"}],"': {} } } },
];

test.each([
  ['built-in order', { metadata: { name: 'n', managedFields: managed }, spec: { name: 'wrong', x: 1 } }],
  ['sorted order', { metadata: { labels: {}, managedFields: managed.map(sorted), name: 'n' }, spec: { x: 1 } }],
  ['last of all', { spec: { x: 1 }, metadata: { name: 'n', managedFields: managed } }],
  ['empty', { metadata: { name: 'n', managedFields: [] }, spec: { x: 1 } }],
])('managedFields are jumped over: %s', (_order, object) => {
  expect(decode({ metadata: { name: 1 }, spec: { x: 1 } }, JSON.stringify(object))).toEqual({
    metadata: { name: 'n' },
    spec: { x: 1 },
  });
});

function sorted(entry: object): object {
  return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test('managedFields that are asked for are read', () => {
  const json = JSON.stringify({ metadata: { managedFields: managed, name: 'n' } });
  expect(decode({ metadata: { managedFields: 1 } }, json)).toEqual({ metadata: { managedFields: managed } });
});

test('a value with more behind it says where it ended', () => {
  const bytes = Buffer.from('{"a":1},{"a":2}');
  const picker = compilePick({ a: 1 });
  expect(picker.decodePrefix(bytes, 0, bytes.length)).toEqual({ a: 1 });
  expect(picker.next).toBe(7);
  expect(picker.decodePrefix(bytes, 8, 14)).toBe(incomplete);
});

test('equal strings are one string', () => {
  const picker = compilePick({ phase: 1 });
  const line = Buffer.from(JSON.stringify({ phase: 'Running' }));
  expect(picker.decode(line, 0, line.length)).toEqual(picker.decode(line, 0, line.length));
});

test('parts that repeat are one value, and what follows them is read on', () => {
  const picker = compilePick({ labels: 1, owners: [{ uid: 1 }], name: 1 });
  const read = (name: string, app: string) => {
    const object = { labels: { app, tier: 'web' }, owners: [{ uid: '1', kind: 'Set' }], name };
    const line = Buffer.from(JSON.stringify(object));
    return picker.decode(line, 0, line.length) as { labels: object; owners: object; name: string };
  };

  const [a, b, other] = [read('a', 'cart'), read('b', 'cart'), read('c', 'shop')];

  expect(b.labels).toBe(a.labels);
  expect(b.owners).toBe(a.owners);
  expect(b.name).toBe('b');
  expect(other).toEqual({ labels: { app: 'shop', tier: 'web' }, owners: [{ uid: '1' }], name: 'c' });
});

test('keys come in any order, and new ones may come between', () => {
  const picker = compilePick({ a: 1, b: { c: 1 }, d: 1 });
  const lines = [
    '{"a":1,"b":{"c":2},"d":3}',
    '{"a":1,"x":[],"b":{"y":0,"c":2},"d":3}',
    '{"d":3,"b":{"c":2,"y":0},"a":1}',
  ];
  for (const line of [...lines, ...lines]) {
    const bytes = Buffer.from(line);
    expect(picker.decode(bytes, 0, bytes.length)).toEqual({ a: 1, b: { c: 2 }, d: 3 });
  }
});
