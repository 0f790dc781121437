import fc from 'fast-check';
import fuzzysort from 'fuzzysort';
import { expect, test } from 'vitest';
import { formatScope, parseScope } from '../scope.ts';
import { compileFilter, type FilterRow } from './match.ts';
import type { FilterKey, Measure } from './terms.ts';
import { parseTerms } from './terms.ts';

type Given = {
  text?: string;
  values?: Partial<Record<FilterKey, string[]>>;
  labels?: Record<string, string>;
  measures?: Partial<Record<Measure, number>>;
  shares?: Partial<Record<Measure, number>>;
};
const row = (given: Given): FilterRow => ({
  text: () => given.text ?? '',
  values: (key) => given.values?.[key] ?? [],
  label: (name) => given.labels?.[name],
  measure: (m, relative) => (relative ? given.shares?.[m] : given.measures?.[m]),
});
const cart = row({
  text: 'cart-7d9f-x2v8k shop run-eu CrashLoopBackOff',
  values: {
    cluster: ['run-eu'],
    namespace: ['shop'],
    kind: ['Pod'],
    app: ['cart'],
    status: ['CrashLoopBackOff', 'fail'],
    image: ['registry/shop/cart:2.4.0'],
    role: ['run'],
  },
  labels: { 'app.kubernetes.io/part-of': 'shop', tier: 'web' },
  measures: { age: 240_000, restarts: 9, memory: 488 * 2 ** 20 },
  shares: { memory: 0.95 },
});
const matches = (filter: string, on = cart) => compileFilter(filter).matches(on);

test.each([
  ['cart'],
  ['CART'],
  ['crtx2v'],
  ['"cart-7d9f"'],
  ['/cart-[0-9a-f]+/'],
  ['/crashloop/'],
  ['cluster:run-eu'],
  ['c:run-*'],
  ['c:run-us,run-eu'],
  ['ns:shop kind:po status:crash'],
  ['image:cart:2.4'],
  ['label.tier:web'],
  ['label.app.kubernetes.io/part-of:sh*'],
  ['!c:build-1'],
  ['!wallet'],
  ['age<10m'],
  ['age>=4m'],
  ['restarts>3'],
  ['memory>80%'],
  ['memory>400Mi'],
  [''],
  ['   '],
])('%s finds the pod', (filter) => expect(matches(filter)).toBe(true));

test.each([
  ['checkout'],
  ['"Cart"'],
  ['"cart 7d9f"'],
  ['/CrashloopB/'],
  ['c:run-us'],
  ['c:run'],
  ['ns:sho'],
  ['kind:deploy'],
  ['label.tier:db'],
  ['label.none:x'],
  ['!cart'],
  ['age<2m'],
  ['restarts>9'],
  ['cpu>1%'],
  ['cart c:run-us'],
])('%s does not find the pod', (filter) => expect(matches(filter)).toBe(false));

test.each([
  ['cart /abc', 5, 9, /closed/],
  ['x "abc', 2, 6, /closed/],
  ['/(/', 0, 3, /regex/],
  ['a !', 2, 3, /negate/],
  ['color:red', 0, 9, /no key color/],
  ['age<soon', 0, 8, /age<10m/],
  ['restarts>', 0, 9, /missing/],
  ['size>3', 0, 6, /compared/],
  ['ns:', 0, 3, /value/],
])('%s has its bad term underlined', (filter, from, to, reason) => {
  const { bad } = parseTerms(filter);
  expect(bad).toMatchObject({ from, to });
  expect(bad?.reason).toMatch(reason);
});

test('with a bad term the good ones stay in force', () => {
  expect(compileFilter('c:run-eu /(').matches(cart)).toBe(true);
  expect(compileFilter('c:run-us /(').matches(cart)).toBe(false);
});

test('a word is near what the fuzzy search says is near, in one part of the row', () => {
  const letter = fc.constantFrom(...'abcABC 1-é日K');
  fc.assert(
    fc.property(fc.stringMatching(/^[abcABé]{3,4}$/), fc.array(letter, { maxLength: 12 }), (word, letters) => {
      const text = letters.join('');
      const isNear = text.split(' ').some((part) => (fuzzysort.single(word, part)?.score ?? 0) > 0.25);
      const has = text.toLowerCase().includes(word.toLowerCase());
      expect(matches(word, row({ text }))).toBe(has || isNear);
    }),
    { numRuns: 2000 },
  );
});

test('a pattern that hangs a backtracking engine answers at once', () => {
  const evil = row({ text: 'a'.repeat(5000) });
  expect(compileFilter('/(a+)+$b/').matches(evil)).toBe(false);
});

test('any text is read without a throw, every term lies where it was written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      const { terms, bad } = parseTerms(text);
      for (const term of terms) expect(text.slice(term.from, term.to)).toBe(term.source);
      if (bad) expect(bad.to).toBeGreaterThan(bad.from);
      compileFilter(text).matches(cart);
    }),
    { numRuns: 2000 },
  );
});

test('a scope sets clusters and namespaces apart and reads back what it wrote', () => {
  expect(parseScope('c:run-* ns:shop,"a b" cart !c:run-ap').scope).toEqual({
    clusters: ['run-*'],
    namespaces: ['shop', 'a b'],
    filter: 'cart !c:run-ap',
  });
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}\*?$/);
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 3 }),
      fc.array(name, { maxLength: 3 }),
      fc.constantFrom('', 'cart', '"x y" !z'),
      (clusters, namespaces, filter) => {
        expect(parseScope(formatScope({ clusters, namespaces, filter })).scope).toEqual({
          clusters,
          namespaces,
          filter,
        });
      },
    ),
  );
});
