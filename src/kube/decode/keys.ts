// Which key stands here? A server writes the fields of a kind in one order, so the key that came next the last time is
// nearly always the one that comes next now: one comparison, instead of looking for its end and searching a table.
import { managedFields } from './managed.ts';

/** A key of one place in the JSON, wanted (`node`) or only known. */
export type Key<Node> = {
  readonly name: string;
  /** As it is written: `"name":`. */
  readonly token: Buffer;
  /** Null: nobody asked for it. */
  readonly node: Node | null;
  /** The whole of it may be jumped over by other means. */
  readonly isManaged: boolean;
  /** What came behind it the last time. */
  next: Key<Node> | null;
};

export type Keys<Node> = {
  /** Stands before the first key. */
  readonly head: Key<Node>;
  /** By length of the name in bytes: few comparisons find it. */
  readonly byLength: Key<Node>[][];
  readonly byName: ReadonlyMap<string, Key<Node>>;
  unwanted: number;
};

/** Keys beyond these are read but not remembered: a map with a thousand entries has no order to learn. */
const mostUnwanted = 48;
const longestUnwanted = 48;

export const newKey = <Node>(name: string, raw: Uint8Array, node: Node | null): Key<Node> => ({
  name,
  token: Buffer.concat([quote, raw, quoteColon]),
  node,
  isManaged: name === managedFields,
  next: null,
});

const quote = Buffer.from('"');
const quoteColon = Buffer.from('":');

export function newKeys<Node>(wanted: readonly (readonly [name: string, node: Node])[]): Keys<Node> {
  const keys = wanted.map(([name, node]) => newKey(name, Buffer.from(name), node));
  const byLength: Key<Node>[][] = [];
  // Bytes with a quote or an escape in them are no name; such names are found when the escapes are read.
  for (const key of keys) if (!/["\\]/.test(key.name)) (byLength[key.token.length - 3] ??= []).push(key);
  return {
    head: newKey<Node>('', nothing, null),
    byLength,
    byName: new Map(keys.map((key) => [key.name, key])),
    unwanted: 0,
  };
}

const nothing = new Uint8Array();

/** Whether the key stands at `at` as servers write it. */
export function isAt<Node>(key: Key<Node>, bytes: Buffer, at: number, end: number): boolean {
  const { token } = key;
  const { length } = token;
  if (at + length > end) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== token[i]) return false;
  return true;
}

/** The key whose name is the bytes between `from` and `to`, without escapes; undefined when nobody asked for it. */
export function findKey<Node>(keys: Keys<Node>, bytes: Buffer, from: number, to: number): Key<Node> | undefined {
  const length = to - from;
  const candidates = keys.byLength[length];
  if (candidates !== undefined)
    for (const candidate of candidates) {
      const { token } = candidate;
      let i = 0;
      while (i < length && bytes[from + i] === token[i + 1]) i++;
      if (i === length) return candidate;
    }
  if (keys.unwanted >= mostUnwanted || length > longestUnwanted) return undefined;
  keys.unwanted++;
  const made = newKey<Node>(bytes.toString('latin1', from, to), bytes.subarray(from, to), null);
  (keys.byLength[length] ??= []).push(made);
  return made;
}
