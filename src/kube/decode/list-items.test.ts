import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePick } from './decoder.ts';
import { splitItems } from './list-items.ts';

const item = fc.record({
  metadata: fc.record({ name: fc.string(), items: fc.array(fc.constant({ items: [] })) }),
  text: fc.string({ unit: 'binary' }),
  odd: fc.constantFrom('"items":[', ']}', '\\"', '{'),
});

function split(text: string, cuts: readonly number[], key = 'items'): { items: unknown[]; envelope: unknown } {
  const bytes = Buffer.from(text);
  const items: unknown[] = [];
  const splitter = splitItems(key, compilePick(1), (one) => items.push(one));
  const places = [0, ...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  places.slice(1).forEach((to, i) => splitter.push(bytes.subarray(places[i], to)));
  return { items, envelope: splitter.finish() };
}

test.each([
  [
    'built-in',
    (items: unknown[]) => ({ kind: 'PodList', metadata: { resourceVersion: '7', x: { items: [1] } }, items }),
  ],
  ['custom', (items: unknown[]) => ({ apiVersion: 'v1', items, kind: 'XList', metadata: { resourceVersion: '7' } })],
  ['with a value that looks like the key', (items: unknown[]) => ({ kind: 'items', items, metadata: { a: 'items' } })],
])('%s order: items and envelope are found wherever the chunks are cut', (_name, listOf) => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 6 }), fc.array(fc.nat()), fc.boolean(), (items, cuts, isPretty) => {
      const text = JSON.stringify(listOf(items), null, isPretty ? 2 : 0);
      const got = split(text, cuts);
      expect(got.items).toEqual(JSON.parse(JSON.stringify(items)));
      expect(got.envelope).toEqual(JSON.parse(JSON.stringify(listOf([]))));
    }),
    { numRuns: 1_500 },
  );
});

test('no items at all', () => {
  expect(split('{"kind":"PodList","items":null,"metadata":{}}', []).items).toEqual([]);
  expect(split('{"kind":"PodList","metadata":{}}', []).items).toEqual([]);
});

test('rows of a Table', () => {
  const table = { kind: 'Table', columnDefinitions: [{ name: 'Name' }], rows: [{ cells: ['a'] }] };
  expect(split(JSON.stringify(table), [30], 'rows').items).toEqual([{ cells: ['a'] }]);
});

test('cut off or broken lists are errors', () => {
  for (const bad of [
    '{"items":[{"a":1}',
    '{"items":[{"a":1',
    '{"items":[1]}',
    '{"items":[{} {}]}',
    '[]',
    '{"items":[{"a":}]}',
  ]) {
    expect(() => split(bad, [])).toThrow(SyntaxError);
  }
});

test('what stands before the items is told before the first of them, wherever the chunks are cut', () => {
  const text = JSON.stringify({ kind: 'Table', columnDefinitions: [{ name: 'rows' }], rows: [{ cells: [1] }], z: 1 });
  for (let cut = 0; cut <= text.length; cut++) {
    const told: unknown[] = [];
    const splitter = splitItems('rows', compilePick(1), (one) => told.push(one), { onHead: (head) => told.push(head) });
    splitter.push(Buffer.from(text.slice(0, cut)));
    splitter.push(Buffer.from(text.slice(cut)));
    splitter.finish();
    expect(told).toEqual([{ kind: 'Table', columnDefinitions: [{ name: 'rows' }], rows: [] }, { cells: [1] }]);
  }
});
