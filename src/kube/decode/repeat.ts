// Objects of one owner come one after another and are alike: the same labels, owners, containers. A part whose bytes are
// those of the object before is not read again, and its value is shared: nothing may change what was decoded.

/** The last value of one place in the JSON, with the bytes it was read from. */
export type Repeat = {
  bytes: Buffer;
  length: number;
  value: unknown;
  asked: number;
  found: number;
  isWorthIt: boolean;
};

/** Longer parts seldom repeat, and a copy of each has to be kept. */
const longest = 2_048;
/** After this many values a place has to have earned its keep. */
const trial = 256;
const worth = 4;

const nothing = Buffer.alloc(0);

export const newRepeat = (): Repeat => ({
  bytes: nothing,
  length: 0,
  value: undefined,
  asked: 0,
  found: 0,
  isWorthIt: true,
});

/** Whether the bytes at `at` are those of the last value; what was one whole value then is one now. */
export function isRepeated(repeat: Repeat, bytes: Buffer, at: number, end: number): boolean {
  const { bytes: known, length } = repeat;
  repeat.asked++;
  if (length === 0 || at + length > end) return false;
  for (let i = 0; i < length; i++) if (known[i] !== bytes[at + i]) return false;
  repeat.found++;
  return true;
}

/** Keeps a value for the next object; gives up where nearly every value is new. */
export function keepForRepeat(repeat: Repeat, bytes: Buffer, from: number, to: number, value: unknown): void {
  if (repeat.asked > trial && repeat.found * worth < repeat.asked) {
    Object.assign(repeat, newRepeat(), { isWorthIt: false });
    return;
  }
  const length = to - from;
  if (length > longest) return;
  if (repeat.bytes.length < length) repeat.bytes = Buffer.allocUnsafeSlow(length + (length >> 1));
  repeat.bytes.set(bytes.subarray(from, to));
  repeat.length = length;
  repeat.value = value;
}
