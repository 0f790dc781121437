// The decoder against JSON.parse: equal on whatever is JSON, and on what is not it ends, stays inside its bytes and says
// nothing worse than SyntaxError.
import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PathSpec } from '../../src/core/object.ts';
import { compilePick, incomplete } from '../../src/kube/decode/decoder.ts';
import { project } from '../../src/kube/decode/project.ts';

// Few and short keys, so that specs and values meet; some that are dangerous, escaped or long.
const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'name', 'metadata', 'spec', 'labels', 'managedFields', 'items') },
  fc.constantFrom('__proto__', 'constructor', 'toString', '', 'ä', '日本', '😀', 'a"b', 'a\\b', '\u0000', '\ud800'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '}],"name":',
    '}]},"spec":',
    '\\',
    '"',
    '\u2028',
    '\ud83d\ude00',
    '\udc00',
    'Running',
    'x'.repeat(200),
  ),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 9, 10, 999_999_999, 1_000_000_000, 2 ** 53, 2 ** 53 + 2, 1e21, 1e-7, -1),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    number,
    fc.constantFrom(null, true, false, {}, []),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map(fromEntries),
  ),
}));
const { spec } = fc.letrec<{ spec: PathSpec }>((tie) => ({
  spec: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<PathSpec>(1),
    tie('spec').map((inner): PathSpec => [inner]),
    fc.array(fc.tuple(key, tie('spec')), { maxLength: 5 }).map((e) => fromEntries(e) as PathSpec),
  ),
}));

function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, inner] of entries) {
    Object.defineProperty(out, name, { value: inner, enumerable: true, configurable: true, writable: true });
  }
  return out;
}

/** JSON as nobody writes it but everybody may: white space anywhere, keys twice, characters escaped without need. */
function scribble(json: unknown, random: () => number): string {
  const space = (): string => (random() < 0.2 ? [' ', '\n', '\t', '\r\n', '   '][Math.floor(random() * 5)]! : '');
  const word = (raw: string): string => {
    const plain = JSON.stringify(raw);
    if (random() > 0.2) return plain;
    return `"${Array.from({ length: raw.length }, (_, i) => `\\u${raw.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
  };
  const write = (v: unknown): string => {
    if (typeof v === 'string') return word(v);
    if (typeof v === 'number') return random() < 0.1 && Number.isSafeInteger(v) ? `${v}.0e0` : JSON.stringify(v);
    if (typeof v !== 'object' || v === null) return JSON.stringify(v);
    if (Array.isArray(v)) return `[${space()}${v.map((e) => write(e) + space()).join(`,${space()}`)}]`;
    const entries = Object.entries(v);
    if (entries.length > 0 && random() < 0.1) entries.push([entries[0]![0], random() < 0.5 ? 1 : [{}]]);
    return `{${space()}${entries.map(([k, e]) => `${word(k)}${space()}:${space()}${write(e)}${space()}`).join(`,${space()}`)}}`;
  };
  return space() + write(json) + space();
}

describe('decode equals JSON.parse and project', () => {
  test('on compact JSON', () => {
    fc.assert(
      fc.property(value, spec, (json, wanted) => {
        const bytes = Buffer.from(JSON.stringify(json));
        const whole: unknown = JSON.parse(bytes.toString());
        deepStrictEqual(compilePick(wanted).decode(bytes, 0, bytes.length), project(whole, wanted));
      }),
      { numRuns: 12_000 },
    );
  });

  test('on JSON with white space, doubled keys and needless escapes, within other bytes', () => {
    fc.assert(
      fc.property(
        value,
        spec,
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 3 }),
        (json, wanted, dice) => {
          let at = 0;
          const written = scribble(json, () => dice[at++ % dice.length]!);
          const before = Buffer.from('"}]{');
          const body = Buffer.from(written);
          const bytes = Buffer.concat([before, body, Buffer.from('"}],{"a":1}')]);
          const picker = compilePick(wanted);
          const got = picker.decode(bytes, before.length, before.length + body.length);
          deepStrictEqual(got, project(JSON.parse(written), wanted));
          expect(picker.fallbacks).toBe(0);
        },
      ),
      { numRuns: 12_000 },
    );
  });

  test('one picker over many values: strings that are shared stay right', () => {
    const picker = compilePick([{ name: 1, a: 1 }]);
    fc.assert(
      fc.property(fc.array(fc.record({ name: text, a: fc.oneof(text, number) }), { maxLength: 20 }), (rows) => {
        const bytes = Buffer.from(JSON.stringify(rows));
        deepStrictEqual(picker.decode(bytes, 0, bytes.length), JSON.parse(bytes.toString()));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('what is not JSON', () => {
  test('cut off anywhere: a prefix is incomplete or an error, never a wrong value', () => {
    fc.assert(
      fc.property(value, spec, fc.nat(), (json, wanted, cut) => {
        const whole = Buffer.from(JSON.stringify({ a: json, b: json }));
        const end = cut % whole.length;
        expect(compilePick(wanted).decodePrefix(whole, 0, end)).toBe(incomplete);
        expect(() => compilePick({ a: wanted }).decode(whole, 0, end)).toThrow(SyntaxError);
      }),
      { numRuns: 5_000 },
    );
  });

  test('damaged anywhere: it ends, and throws nothing but SyntaxError', () => {
    fc.assert(
      fc.property(
        value,
        spec,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (json, wanted, hits) => {
          const bytes = Buffer.from(JSON.stringify({ a: json, name: 'x' }));
          for (const [at, byte] of hits) bytes[at % bytes.length] = byte;
          attempt(() => compilePick(wanted).decode(bytes, 0, bytes.length));
          attempt(() => compilePick(wanted).decodePrefix(bytes, 0, bytes.length));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test('garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), spec, (raw, wanted) => {
        const bytes = Buffer.from(raw);
        attempt(() => compilePick(wanted).decode(bytes, 0, bytes.length));
        attempt(() => compilePick(wanted).decodePrefix(bytes, 0, bytes.length));
      }),
      { numRuns: 5_000 },
    );
  });

  const attempt = (run: () => unknown): void => {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError);
    }
  };
});
