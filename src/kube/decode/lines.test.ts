import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineTooLong, splitLines } from './lines.ts';

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, i) => bytes.subarray(places[i], to));
}

test('lines are the same wherever the chunks are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' }).map((s) => s.replaceAll('\n', ''))),
      fc.array(fc.nat()),
      (lines, cuts) => {
        const got: string[] = [];
        const splitter = splitLines((b, s, e) => got.push(b.toString('utf8', s, e)), {
          maxBytes: 1e6,
          onLong: 'throw',
        });
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join('') + 'rest');
        for (const chunk of cutAt(bytes, cuts)) splitter.push(chunk);
        expect(got).toEqual(lines.map((line) => Buffer.from(line).toString()));
        expect(splitter.rest()?.toString()).toBe('rest');
        expect(splitter.rest()).toBeNull();
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a line that is too long is an error, or cut with what was left out told', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30)), fc.array(fc.nat()), (lengths, cuts) => {
      const bytes = Buffer.from(lengths.map((n) => `${'x'.repeat(n)}\n`).join(''));
      const got: number[] = [];
      const cut: number[] = [];
      const splitter = splitLines((_b, s, e) => got.push(e - s), { maxBytes: 10, onLong: (n) => cut.push(n) });
      for (const chunk of cutAt(bytes, cuts)) splitter.push(chunk);
      expect(got).toEqual(lengths.map((n) => Math.min(10, n)));
      expect(cut).toEqual(lengths.filter((n) => n > 10).map((n) => n - 10));
    }),
    { numRuns: 2_000 },
  );
  const strict = splitLines(() => undefined, { maxBytes: 10, onLong: 'throw' });
  strict.push(Buffer.from('12345678'));
  expect(() => strict.push(Buffer.from('901'))).toThrow(LineTooLong);
});

test('a line without an end does not fill the memory', () => {
  const splitter = splitLines(() => undefined, { maxBytes: 1_000, onLong: () => undefined });
  for (let i = 0; i < 1_000; i++) splitter.push(Buffer.alloc(10_000, 120));
  expect(splitter.pending).toBe(1_000);
});
