// A regex that a user typed, in linear time whatever it is: V8's engine never sees it. A pattern without a capital
// ignores case, and the library that runs it looks for the pattern's fixed words first only where case counts: such a
// pattern is run over the text in small letters instead, wherever that answers the same.
import { RE2JS } from 're2js';

export interface Pattern {
  test(text: string): boolean;
}

/** Compiles what stands between the slashes. Throws with the library's words when it is no regex. */
export function compilePattern(pattern: string): Pattern {
  if (hasCapital(pattern)) return RE2JS.compile(pattern);
  const folding = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  if (!answersInSmallLetters(pattern)) return folding;
  const small = RE2JS.compile(pattern);
  return { test: (text) => (oddlyCased.test(text) ? folding.test(text) : small.test(text.toLowerCase())) };
}

/** A capital ignores no case; those of classes (`\S`) are none. */
export const hasCapital = (text: string): boolean => /\p{Lu}/u.test(text.replace(/\\[A-Z]/g, ''));

/** Letters that fold to one of ASCII or do not become exactly one small letter: `ſ`, `İ` and the Kelvin sign. */
const oddlyCased = /[\u017f\u0130\u212a]/;

/**
 * Whether a pattern asks the same of a text in small letters as it asks of the text when case is ignored. Not known of
 * what can name capitals without writing them: code points, Unicode classes, groups with flags, a range like `!-^`.
 */
function answersInSmallLetters(pattern: string): boolean {
  if (!/^[\x20-\x7e]*$/.test(pattern)) return false;
  if (/\\[^dDwWsSbBtnr.*+?()[\]{}|^$/\\"'\-_:;,=!<>@#%&~` ]/.test(pattern)) return false;
  if (/\(\?(?!:)|\[:/.test(pattern)) return false;
  // Every hyphen counts, also one that makes no range: where it stands is not looked at.
  return [...pattern.matchAll(/-/g)].every(({ index }) =>
    spansNoCapital(pattern.slice(Math.max(0, index - 2), index + 2)),
  );
}

/** Around a hyphen: it ends before the capitals, or joins two small letters. */
function spansNoCapital(around: string): boolean {
  const at = around.lastIndexOf('-', around.length - 2);
  const to = around[at + 1];
  if (to === undefined || to < 'A') return true;
  return /^[^\\]?[a-z]-[a-z]$/.test(around);
}
