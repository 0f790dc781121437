import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { compilePattern } from './pattern.ts';

const pieces =
  'a k s i é σ 0 - . .* + ? | ^ $ {2} { ! ( ) (?: (?i) (?P<n> [ ] [^ [a-z] [!-^] [^-z] [\\t-z] [a- [[:upper:]] ' +
  '\\d \\W \\w \\S \\b \\B \\pL \\p{Lu} \\x41 \\Qa\\E \\. \\- \\t \\A \\z';
const piece = fc.constantFrom(' ', '[ -~]', ...pieces.split(' '));
const letter = fc.constantFrom(...'aAkKsSiIzZ09-._ \t[]^|\\éÉſİı\u212aßẞσςΣ日😀');

/** Whether the text matches; null when the pattern is none. */
function found(pattern: string, test: (pattern: string) => boolean): boolean | null {
  try {
    return test(pattern);
  } catch {
    return null;
  }
}

/** Without a capital a pattern ignores case; a capital that names a class is none. */
const flagsOf = (pattern: string): number =>
  /\p{Lu}/u.test(pattern.replace(/\\[A-Z]/g, '')) ? 0 : RE2JS.CASE_INSENSITIVE;

test('a pattern finds what the library finds with the flag that ignores case', () => {
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 6 }),
      fc.array(letter, { maxLength: 8 }),
      (written, letters) => {
        const text = letters.join('');
        const ours = found(written.join(''), (pattern) => compilePattern(pattern).test(text));
        const theirs = found(written.join(''), (p) => RE2JS.compile(p, flagsOf(p)).matcher(text).find());
        expect(ours).toBe(theirs);
      },
    ),
    { numRuns: 3_000 },
  );
});

test.each([
  ['upstream (timeout|reset)', 'Upstream RESET by peer', true],
  ['Upstream', 'upstream', false],
  ['[!-^]x', 'ax', true],
  ['[\\t-z]x', 'QX', true],
  ['mass', 'maſs', true],
  ['\\S+\\d', 'A1', true],
])('/%s/ in %s: %s', (pattern, text, isFound) => expect(compilePattern(pattern).test(text)).toBe(isFound));
