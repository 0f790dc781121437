// A third to a half of every object is metadata.managedFields, which nothing here reads. Its end can be found without
// walking it: entries hold objects and strings, never a list (FieldsV1 is a trie of objects, KEP-555), so the first
// `}]` outside of a string closes it. What stands behind proves that it was no string.
import { cutOff } from './json-walk.ts';

export const managedFields = 'managedFields';
// Field order of built-ins, and of custom resources (sorted keys).
const beginnings = [Buffer.from('[{"manager":"'), Buffer.from('[{"apiVersion":"')];

/** Whether the value of `managedFields` is as a server writes it. */
const isUsual = (bytes: Buffer, value: number): boolean =>
  beginnings.some((beginning) => startsWith(bytes, beginning, value));

/** Index after the closing bracket; `cutOff` when it is not certain (the caller then walks). */
export function skipManagedFields(bytes: Buffer, at: number, end: number): number {
  if (!isUsual(bytes, at)) return cutOff;
  // Searching the bracket alone is a memchr: in these bytes it is rare, while `}` is everywhere.
  for (let i = bytes.indexOf(0x5d, at); i !== -1 && i < end - 8; i = bytes.indexOf(0x5d, i + 1)) {
    if (bytes[i - 1] !== 0x7d) continue;
    const behind = i + 1;
    if (bytes[behind] === 0x2c && isKey(bytes, behind + 1, end)) return behind;
    if (bytes[behind] === 0x7d && bytes[behind + 1] === 0x2c && isKey(bytes, behind + 2, end)) return behind;
  }
  return cutOff;
}

/** `"letters":` at `at`. Within a string the 0x22 would end it, and letters cannot follow. */
function isKey(bytes: Buffer, at: number, end: number): boolean {
  if (bytes[at] !== 0x22) return false;
  let i = at + 1;
  while (i < end && isLetter(bytes[i] as number)) i++;
  return i > at + 1 && bytes[i] === 0x22 && bytes[i + 1] === 0x3a;
}

const isLetter = (c: number): boolean => (c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a;

function startsWith(bytes: Buffer, wanted: Buffer, at: number): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}
