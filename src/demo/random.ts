// Randomness that a seed repeats: one generator per purpose, so that a new use does not move the others.

/** A 32-bit hash of a text (FNV-1a with a final mix). */
export function hashOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h ^= h >>> 16;
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomOf(seed: string): () => number {
  let state = hashOf(seed);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lower-case hex digits of a text, as many as asked for. */
export function hexOf(text: string, digits: number): string {
  let a = hashOf(text);
  let b = hashOf(`${text}~`);
  let out = '';
  while (out.length < digits) {
    a = mixed((a + 0x6d2b79f5) >>> 0);
    b = mixed((b + 0x9e3779b9) >>> 0);
    out += ((a ^ b) >>> 0).toString(16).padStart(8, '0');
  }
  return out.slice(0, digits);
}

function mixed(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Order of strings by code units: the order of the API, and much cheaper than a locale's. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A uid that belongs to a text. */
export function uidOf(text: string): string {
  const h = hexOf(text, 32);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`;
}

const safe = 'bcdfghjklmnpqrstvwxz2456789';

/** Letters and digits as generated names use them. */
export const wordOf = (text: string, length: number): string =>
  Array.from({ length }, (_, i) => safe[hashOf(`${text}~${i}`) % safe.length]).join('');
