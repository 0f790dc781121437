// Gives the same string object for the same bytes: phases, nodes, namespaces and images repeat thousands of times, and
// one string for all of them is both less memory and less work than making each anew.

/** Strings of one place in the JSON. It gives up where nearly every value is new (uids, resource versions). */
export type InternTable = {
  slots: (string | undefined)[] | null;
  /** By slot: the slot of what came behind it the last time. Lists repeat their order, siblings repeat their values. */
  readonly followers: Uint16Array;
  /** Slot of the value before. */
  last: number;
  asked: number;
  found: number;
};

const slotCount = 512;
const longest = 96;
/** After this many values a table has to have earned its keep. */
const trial = 512;

export const newInternTable = (): InternTable => ({
  slots: [],
  followers: new Uint16Array(slotCount),
  last: 0,
  asked: 0,
  found: 0,
});

/**
 * The string that is expected next, if it stands at `from` with its closing quote: one comparison instead of looking for
 * the end, hashing and comparing. What is kept holds no quote and no escape, so equal bytes and a quote prove the end.
 */
export function expected(table: InternTable, bytes: Buffer, from: number, end: number): string | undefined {
  const { slots } = table;
  if (slots === null) return undefined;
  const slot = table.followers[table.last] as number;
  const guess = slots[slot];
  if (guess === undefined) return undefined;
  const { length } = guess;
  if (from + length >= end || bytes[from + length] !== 0x22) return undefined;
  for (let i = 0; i < length; i++) if (guess.charCodeAt(i) !== bytes[from + i]) return undefined;
  table.last = slot;
  table.asked++;
  table.found++;
  return guess;
}

/** The string of the ASCII bytes between `from` and `to`. */
export function intern(table: InternTable, bytes: Buffer, from: number, to: number): string {
  const length = to - from;
  const slots = table.slots;
  if (slots === null || length > longest) return bytes.toString('latin1', from, to);
  if (length === 0) return '';
  // A sample is enough: names that differ in one place only cost a comparison.
  const step = 1 + (length >> 4);
  let hash = length;
  for (let i = from; i < to; i += step) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
  hash = (Math.imul(hash, 31) + (bytes[to - 1] as number)) | 0;
  const slot = (hash ^ (hash >>> 9)) & (slotCount - 1);
  const known = slots[slot];
  table.asked++;
  table.followers[table.last] = slot;
  table.last = slot;
  if (known !== undefined && known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[from + i]) i++;
    if (i === length) {
      table.found++;
      return known;
    }
  }
  const made = bytes.toString('latin1', from, to);
  if (table.asked > trial && table.found * 3 < table.asked) table.slots = null;
  else slots[slot] = made;
  return made;
}
