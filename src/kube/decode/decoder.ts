// Reads out of JSON bytes only what a spec asks for and steps over the rest: about three times as fast as JSON.parse
// and free of its garbage. Whatever it does not expect goes to JSON.parse, and is counted. Bytes stand here as numbers,
// for the reason given in json-walk.ts.
import type { PathSpec } from '../../core/object.ts';
import { expected, type InternTable, intern, newInternTable } from './intern.ts';
import { findKey, isAt, type Key, type Keys, newKeys } from './keys.ts';
import { skipManagedFields } from './managed.ts';
import { project } from './project.ts';
import { isRepeated, keepForRepeat, newRepeat, type Repeat } from './repeat.ts';
import { cutOff, skipContainer, skipSpace, skipString, skipValue, skipWord } from './json-walk.ts';

/** What `decodePrefix` returns when the bytes end before the value does. */
export const incomplete: unique symbol = Symbol('incomplete');

export interface Picker {
  /**
   * The wanted parts of the one value between `start` and `end`, as JSON.parse would give them. Where the JSON has
   * another shape than the spec expects, the value is given whole. Throws SyntaxError on what is not JSON, as far as it
   * is looked at: the parts that nobody asked for are not checked.
   */
  decode(buffer: Buffer, start: number, end: number): unknown;
  /** As `decode` for an object with more behind it; `next` says where it ended. `incomplete`: it needs more bytes. */
  decodePrefix(buffer: Buffer, start: number, end: number): unknown;
  /** Index after the value that was decoded last. */
  readonly next: number;
  /** How often JSON.parse had to be asked. */
  readonly fallbacks: number;
}

type PickNode = {
  readonly kind: 'whole' | 'keys' | 'each';
  readonly keys: Keys<PickNode>;
  readonly each: PickNode | null;
  readonly strings: InternTable;
  readonly repeat: Repeat;
};

/** Compiles a spec once; a picker may be used for any number of values, by one caller at a time. */
export function compilePick(spec: PathSpec, onFallback?: () => void): Picker {
  const root = compileNode(spec);
  const picker = {
    next: 0,
    fallbacks: 0,
    decode(buffer: Buffer, start: number, end: number): unknown {
      const limit = Math.min(end, buffer.length);
      try {
        const value = read(root, buffer, skipSpace(buffer, start, limit), limit);
        if (skipSpace(buffer, after, limit) !== limit) throw surprise;
        picker.next = limit;
        return value;
      } catch (error) {
        if (!isExpected(error)) throw error;
      }
      const whole: unknown = JSON.parse(buffer.toString('utf8', start, limit));
      picker.next = limit;
      picker.fallbacks++;
      onFallback?.();
      return project(whole, spec);
    },
    decodePrefix(buffer: Buffer, start: number, end: number): unknown {
      const limit = Math.min(end, buffer.length);
      try {
        const value = read(root, buffer, start, limit);
        picker.next = after;
        return value;
      } catch (error) {
        if (error === tooShort) return incomplete;
        if (!isExpected(error)) throw error;
      }
      const close = skipValue(buffer, start, limit);
      return close === cutOff ? incomplete : picker.decode(buffer, start, close);
    },
  };
  return picker;
}

// Thrown and caught in this file only; made once because a stack trace costs more than the decode.
const surprise = new SyntaxError('unexpected JSON');
const tooShort = new SyntaxError('JSON ends too early');
const isExpected = (error: unknown): boolean => error instanceof SyntaxError;

// Register of the walk: where the value read last ended. The walk is synchronous, so one is enough for all pickers.
let after = 0;

function compileNode(spec: PathSpec): PickNode {
  const kind = spec === 1 ? 'whole' : isEach(spec) ? 'each' : 'keys';
  const keys = spec === 1 || isEach(spec) ? [] : Object.entries(spec).map(([k, v]) => [k, compileNode(v)] as const);
  const each = spec !== 1 && isEach(spec) ? compileNode(spec[0]) : null;
  return { kind, keys: newKeys(keys), each, strings: newInternTable(), repeat: newRepeat() };
}

const isEach = (spec: PathSpec): spec is readonly [PathSpec] => Array.isArray(spec);

function read(node: PickNode, bytes: Buffer, at: number, end: number): unknown {
  if (at >= end) throw tooShort;
  const c = bytes[at];
  if (c !== 0x7b && c !== 0x5b) return readWhole(node.strings, bytes, at, end, 0);
  const { repeat } = node;
  if (!repeat.isWorthIt) return readContainer(node, bytes, at, end);
  if (isRepeated(repeat, bytes, at, end)) {
    after = at + repeat.length;
    return repeat.value;
  }
  const value = readContainer(node, bytes, at, end);
  keepForRepeat(repeat, bytes, at, after, value);
  return value;
}

function readContainer(node: PickNode, bytes: Buffer, at: number, end: number): unknown {
  if (node.kind === 'keys' && bytes[at] === 0x7b) return readKeys(node.keys, bytes, at, end);
  if (node.kind === 'each' && bytes[at] === 0x5b) return readEach(node.each as PickNode, bytes, at, end);
  return readWhole(node.strings, bytes, at, end, 0);
}

function readKeys(keys: Keys<PickNode>, bytes: Buffer, at: number, end: number): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  let i = skipSpace(bytes, at + 1, end);
  if (i < end && bytes[i] === 0x7d) {
    after = i + 1;
    return out;
  }
  let previous = keys.head;
  for (;;) {
    let key: Key<PickNode> | undefined;
    const { next } = previous;
    if (next !== null && isAt(next, bytes, i, end)) {
      key = next;
      i += next.token.length;
      previous = next;
    } else {
      key = readKey(keys, bytes, i, end);
      i = after;
      if (key !== undefined) {
        previous.next = key;
        previous = key;
      }
    }
    i = skipSpace(bytes, i, end);
    if (key === undefined || key.node === null) {
      const jump = key?.isManaged === true ? skipManagedFields(bytes, i, end) : cutOff;
      i = jump === cutOff ? skipValue(bytes, i, end) : jump;
      if (i === cutOff) throw tooShort;
    } else {
      const value = read(key.node, bytes, i, end);
      i = after;
      if (key.name === '__proto__') define(out, value);
      else out[key.name] = value;
    }
    i = skipSpace(bytes, i, end);
    if (i >= end) throw tooShort;
    if (bytes[i] === 0x7d) {
      after = i + 1;
      return out;
    }
    if (bytes[i] !== 0x2c) throw surprise;
    i = skipSpace(bytes, i + 1, end);
  }
}

/** Reads a key with its colon, whatever it is. */
function readKey(keys: Keys<PickNode>, bytes: Buffer, at: number, end: number): Key<PickNode> | undefined {
  if (at >= end) throw tooShort;
  if (bytes[at] !== 0x22) throw surprise;
  const from = at + 1;
  let i = from;
  while (i < end && bytes[i] !== 0x22 && bytes[i] !== 0x5c) i++;
  if (i >= end) throw tooShort;
  let key: Key<PickNode> | undefined;
  if (bytes[i] === 0x22) {
    key = findKey(keys, bytes, from, i);
    i++;
  } else {
    i = skipString(bytes, at, end);
    if (i === cutOff) throw tooShort;
    key = keys.byName.get(JSON.parse(bytes.toString('utf8', at, i)) as string);
  }
  after = readColon(bytes, i, end);
  return key;
}

function readColon(bytes: Buffer, at: number, end: number): number {
  const i = skipSpace(bytes, at, end);
  if (i >= end) throw tooShort;
  if (bytes[i] !== 0x3a) throw surprise;
  return i + 1;
}

/** An own property, as JSON.parse makes it; an assignment would change the prototype. */
const define = (out: object, value: unknown): unknown =>
  Object.defineProperty(out, '__proto__', { value, enumerable: true, configurable: true, writable: true });

function readEach(node: PickNode, bytes: Buffer, at: number, end: number): unknown[] {
  const out: unknown[] = [];
  let i = skipSpace(bytes, at + 1, end);
  if (i < end && bytes[i] === 0x5d) {
    after = i + 1;
    return out;
  }
  for (;;) {
    out.push(read(node, bytes, i, end));
    i = skipSpace(bytes, after, end);
    if (i >= end) throw tooShort;
    if (bytes[i] === 0x5d) {
      after = i + 1;
      return out;
    }
    if (bytes[i] !== 0x2c) throw surprise;
    i = skipSpace(bytes, i + 1, end);
  }
}

function readWhole(strings: InternTable, bytes: Buffer, at: number, end: number, depth: number): unknown {
  const c = bytes[at] as number;
  if (c === 0x22) return readString(strings, bytes, at, end);
  if (c === 0x7b || c === 0x5b) {
    if (depth < deepest) {
      return c === 0x7b ? readObject(strings, bytes, at, end, depth + 1) : readList(strings, bytes, at, end, depth + 1);
    }
    const to = skipContainer(bytes, at, end);
    if (to === cutOff) throw tooShort;
    after = to;
    return JSON.parse(bytes.toString('utf8', at, to));
  }
  const to = skipWord(bytes, at, end);
  after = to;
  return c >= 0x30 && c <= 0x39 ? readNumber(bytes, at, to) : readWord(bytes, at, to);
}

/** What lies deeper is left to JSON.parse, which needs no stack of ours. */
const deepest = 8;

/** Labels and the like: their keys and values repeat as well. */
function readObject(strings: InternTable, bytes: Buffer, at: number, end: number, depth: number): object {
  const out: Record<string, unknown> = {};
  let i = skipSpace(bytes, at + 1, end);
  if (i < end && bytes[i] === 0x7d) {
    after = i + 1;
    return out;
  }
  for (;;) {
    if (i >= end) throw tooShort;
    if (bytes[i] !== 0x22) throw surprise;
    const key = readString(strings, bytes, i, end);
    i = skipSpace(bytes, readColon(bytes, after, end), end);
    if (i >= end) throw tooShort;
    const value = readWhole(strings, bytes, i, end, depth);
    if (key === '__proto__') define(out, value);
    else out[key] = value;
    i = skipSpace(bytes, after, end);
    if (i >= end) throw tooShort;
    if (bytes[i] === 0x7d) {
      after = i + 1;
      return out;
    }
    if (bytes[i] !== 0x2c) throw surprise;
    i = skipSpace(bytes, i + 1, end);
  }
}

function readList(strings: InternTable, bytes: Buffer, at: number, end: number, depth: number): unknown[] {
  const out: unknown[] = [];
  let i = skipSpace(bytes, at + 1, end);
  if (i < end && bytes[i] === 0x5d) {
    after = i + 1;
    return out;
  }
  for (;;) {
    if (i >= end) throw tooShort;
    out.push(readWhole(strings, bytes, i, end, depth));
    i = skipSpace(bytes, after, end);
    if (i >= end) throw tooShort;
    if (bytes[i] === 0x5d) {
      after = i + 1;
      return out;
    }
    if (bytes[i] !== 0x2c) throw surprise;
    i = skipSpace(bytes, i + 1, end);
  }
}

function readString(strings: InternTable, bytes: Buffer, at: number, end: number): string {
  const guess = expected(strings, bytes, at + 1, end);
  if (guess !== undefined) {
    after = at + guess.length + 2;
    return guess;
  }
  // One bit of each tells afterwards whether any byte was beyond ASCII, or a control character.
  let seen = 0;
  let low = 0;
  let i = at + 1;
  let c = 0;
  while (i < end && (c = bytes[i] as number) !== 0x22 && c !== 0x5c) {
    seen |= c;
    low |= c - 0x20;
    i++;
  }
  if (i >= end) throw tooShort;
  if (c === 0x5c) {
    const to = skipString(bytes, at, end);
    if (to === cutOff) throw tooShort;
    after = to;
    return JSON.parse(bytes.toString('utf8', at, to)) as string;
  }
  // JSON allows no control characters in strings; JSON.parse says so better.
  if (low < 0) throw surprise;
  after = i + 1;
  if (seen >= 0x80) return bytes.toString('utf8', at + 1, i);
  return intern(strings, bytes, at + 1, i);
}

/** Up to nine digits at once; everything else the slow and exact way. */
function readNumber(bytes: Buffer, at: number, to: number): number {
  const length = to - at;
  if (length <= 9 && (bytes[at] !== 0x30 || length === 1)) {
    let value = 0;
    let i = at;
    while (i < to) {
      const digit = (bytes[i] as number) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      i++;
    }
    if (i === to) return value;
  }
  return JSON.parse(bytes.toString('latin1', at, to)) as number;
}

function readWord(bytes: Buffer, at: number, to: number): unknown {
  if (
    to === at + 4 &&
    bytes[at] === 0x74 &&
    bytes[at + 1] === 0x72 &&
    bytes[at + 2] === 0x75 &&
    bytes[at + 3] === 0x65
  ) {
    return true;
  }
  const word = bytes.toString('latin1', at, to);
  if (word === 'false') return false;
  if (word === 'null') return null;
  return JSON.parse(word);
}
