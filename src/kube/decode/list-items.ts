// Takes the items out of the body of a LIST while it still comes in, so that a list of any size needs the memory of one
// chunk. The envelope may stand before the items (built-in kinds) or after them (custom resources: sorted keys).

import { incomplete, type Picker } from './decoder.ts';
import { skipSpace } from './json-walk.ts';

export interface ItemSplitter {
  /** Decodes what is complete now. Throws SyntaxError on what is no list. */
  push(chunk: Buffer): void;
  /** The body has ended: everything of the list but its items. Throws SyntaxError when it ended too early. */
  finish(): Record<string, unknown>;
  readonly count: number;
}

export type ItemLimits = {
  /** Bytes of one item. */
  readonly maxItemBytes: number;
  /** Bytes of everything beside the items. */
  readonly maxEnvelopeBytes: number;
};

const defaultLimits: ItemLimits = { maxItemBytes: 16 << 20, maxEnvelopeBytes: 4 << 20 };

/**
 * `key` is `items`, or `rows` of a Table. Every element goes to `onItem` as `picker` sees it; before the first one, what of
 * the envelope stands before them goes to `onHead`.
 */
export function splitItems(
  key: string,
  picker: Picker,
  onItem: (item: unknown) => void,
  { limits = defaultLimits, onHead }: { readonly limits?: ItemLimits; onHead?(head: unknown): void } = {},
): ItemSplitter {
  const envelope: Buffer[] = [];
  let envelopeBytes = 0;
  let count = 0;
  // Where in the list the next byte stands.
  let place: 'envelope' | 'before-item' | 'in-item' | 'after-item' = 'envelope';
  const outside = newEnvelopeScan(key);
  let part: Buffer[] = [];
  let partBytes = 0;
  let inItem = newItemScan();

  const keepEnvelope = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    envelopeBytes += bytes.length;
    if (envelopeBytes > limits.maxEnvelopeBytes) throw new SyntaxError('the envelope of the list is too long');
    // Copied: a chunk of 64 KB must not be held for a few bytes of envelope.
    envelope.push(Buffer.from(bytes));
  };

  const push = (chunk: Buffer): void => {
    const end = chunk.length;
    let i = 0;
    while (i < end) {
      if (place === 'envelope') {
        const to = outside.run(chunk, i, end);
        keepEnvelope(chunk.subarray(i, to));
        i = to;
        if (outside.entered) {
          outside.entered = false;
          place = 'before-item';
          // Cut behind the bracket that opens the items, it is whole again with what closes it.
          onHead?.(JSON.parse(`${Buffer.concat(envelope, envelopeBytes).toString('utf8')}]}`));
        }
        continue;
      }
      if (place === 'in-item') {
        const to = inItem.run(chunk, i, end);
        part.push(chunk.subarray(i, to));
        partBytes += to - i;
        if (partBytes > limits.maxItemBytes) throw new SyntaxError('an item of the list is too long');
        i = to;
        if (!inItem.done) continue;
        const whole = Buffer.concat(part, partBytes);
        part = [];
        count++;
        onItem(picker.decode(whole, 0, whole.length));
        place = 'after-item';
        continue;
      }
      i = skipSpace(chunk, i, end);
      if (i >= end) return;
      const c = chunk[i];
      if (c === 0x5d) {
        // The bracket belongs to the envelope, which continues behind it.
        place = 'envelope';
        continue;
      }
      if (place === 'after-item') {
        if (c !== 0x2c) throw new SyntaxError('items of the list are not separated');
        place = 'before-item';
        i++;
        continue;
      }
      if (c !== 0x7b) throw new SyntaxError('an item of the list is no object');
      const item = picker.decodePrefix(chunk, i, end);
      if (item === incomplete) {
        place = 'in-item';
        inItem = newItemScan();
        partBytes = 0;
        continue;
      }
      count++;
      i = picker.next;
      onItem(item);
      place = 'after-item';
    }
  };

  return {
    push,
    get count() {
      return count;
    },
    finish() {
      if (place !== 'envelope') throw new SyntaxError('the list ended within its items');
      const parsed: unknown = JSON.parse(Buffer.concat(envelope, envelopeBytes).toString('utf8'));
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
        throw new SyntaxError('the list is no object');
      }
      return parsed as Record<string, unknown>;
    },
  };
}

/** Walks the envelope over any chunk border; stops behind the bracket that opens the items of the outermost object. */
function newEnvelopeScan(key: string): {
  entered: boolean;
  run(bytes: Buffer, at: number, end: number): number;
} {
  const wanted = Buffer.from(key);
  let depth = 0;
  let inString = false;
  let escaped = false;
  // How much of the key has matched within the current string of depth 1; -1: it is another string.
  let matched = -1;
  let afterKey = false;
  let afterColon = false;
  const scan = {
    entered: false,
    run(bytes: Buffer, at: number, end: number): number {
      for (let i = at; i < end; i++) {
        const c = bytes[i] as number;
        if (inString) {
          if (escaped) escaped = false;
          else if (c === 0x5c) {
            escaped = true;
            matched = -1;
          } else if (c === 0x22) {
            inString = false;
            afterKey = depth === 1 && !afterColon && matched === wanted.length;
            afterColon = false;
          } else if (matched >= 0) matched = wanted[matched] === c ? matched + 1 : -1;
          continue;
        }
        if (c <= 0x20) continue;
        if (c === 0x22) {
          inString = true;
          matched = 0;
        } else if (c === 0x5b && depth === 1 && afterColon && afterKey) {
          scan.entered = true;
          // The closing bracket comes through here again, so the depth counts it.
          depth++;
          afterKey = false;
          afterColon = false;
          return i + 1;
        } else if (c === 0x3a) {
          afterColon = depth === 1;
          continue;
        } else {
          if (c === 0x7b || c === 0x5b) depth++;
          else if (c === 0x7d || c === 0x5d) depth--;
          afterKey = false;
        }
        if (c !== 0x22) afterColon = false;
      }
      return end;
    },
  };
  return scan;
}

/** Finds the end of one object over any chunk border. */
function newItemScan(): { readonly done: boolean; run(bytes: Buffer, at: number, end: number): number } {
  let depth = 0;
  let inString = false;
  let escaped = false;
  const scan = {
    done: false,
    run(bytes: Buffer, at: number, end: number): number {
      for (let i = at; i < end; i++) {
        const c = bytes[i] as number;
        if (inString) {
          if (escaped) escaped = false;
          else if (c === 0x5c) escaped = true;
          else if (c === 0x22) inString = false;
        } else if (c === 0x22) inString = true;
        else if ((c | 0x20) === 0x7b) depth++;
        else if ((c | 0x20) === 0x7d && --depth === 0) {
          scan.done = true;
          return i + 1;
        }
      }
      return end;
    },
  };
  return scan;
}
