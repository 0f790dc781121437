// Steps over JSON in bytes without building anything: the floor of the decoder and of the list splitter. Nothing here
// checks that what it steps over is valid; it only promises to end, and never to look past `end`.

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

/** What the steps return when the bytes end before the value does. */
export const cutOff = -1;

/** First index from `at` on that is no JSON white space, at most `end`. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end) {
    const c = bytes[i] as number;
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return i;
    i++;
  }
  return i;
}

/** `at` is the opening quote; returns the index after the closing one, or `cutOff`. */
export function skipString(bytes: Uint8Array, at: number, end: number): number {
  let i = at + 1;
  while (i < end) {
    const c = bytes[i] as number;
    if (c === quote) return i + 1;
    i += c === backslash ? 2 : 1;
  }
  return cutOff;
}

/** `at` is `{` or `[`; returns the index after its partner, or `cutOff`. Any depth, no recursion. */
export function skipContainer(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  let i = at;
  while (i < end) {
    const c = bytes[i++] as number;
    if (c === quote) {
      let d = 0;
      while (i < end && (d = bytes[i++] as number) !== quote) if (d === backslash) i++;
    } else if (c > 0x5a) {
      // Braces and brackets differ in one bit only, so one comparison finds both.
      if ((c | 0x20) === openBrace) depth++;
      else if ((c | 0x20) === closeBrace && --depth === 0) return i;
    }
  }
  return cutOff;
}

/** Steps over any value; a number or word ends where a delimiter begins (or the bytes end). */
export function skipValue(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return cutOff;
  const c = bytes[at] as number;
  if (c === quote) return skipString(bytes, at, end);
  if (c === openBrace || c === openBracket) return skipContainer(bytes, at, end);
  return skipWord(bytes, at, end);
}

/** Steps over a number or a word. */
export function skipWord(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end) {
    const c = bytes[i] as number;
    if (c === comma || c === closeBrace || c === closeBracket || c <= 0x20) break;
    i++;
  }
  return i;
}
