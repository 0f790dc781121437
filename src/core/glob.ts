// Globs of names: `*` any text, `?` one character. Linear in the text for the short patterns that people type.

/** Whether `text` matches `pattern` as a whole; case is ignored. */
export function matchesGlob(pattern: string, text: string): boolean {
  const p = pattern.toLowerCase();
  const t = text.toLowerCase();
  let i = 0;
  let j = 0;
  // Where to go on after the last `*` when what follows it does not fit.
  let star = -1;
  let from = 0;
  while (j < t.length) {
    if (i < p.length && p[i] === '*') {
      star = i++;
      from = j;
    } else if (i < p.length && (p[i] === '?' || p[i] === t[j])) {
      i++;
      j++;
    } else if (star >= 0) {
      i = star + 1;
      j = ++from;
    } else return false;
  }
  while (i < p.length && p[i] === '*') i++;
  return i === p.length;
}

export const isGlob = (text: string): boolean => text.includes('*') || text.includes('?');

/** Whether any of the patterns matches; an empty list matches everything. */
export const matchesAny = (patterns: readonly string[], text: string): boolean =>
  patterns.length === 0 || patterns.some((p) => matchesGlob(p, text));
