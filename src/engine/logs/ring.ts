// Log lines in slabs of bytes, bounded: the oldest slab goes when the limit is reached. Lines are strings only while
// somebody looks at them. A handle names a line for as long as its slab is kept.

/** Slab number x lines per slab + place in the slab; rises with arrival. */
export type LineHandle = number;

export type RingLine = {
  /** Milliseconds since the epoch, with fractions down to the microsecond; NaN when the server gave none. */
  readonly time: number;
  readonly stream: number;
  /** Index into `logLevels`. */
  readonly level: number;
  /** A mark (joined, ended, gap …) and not a line of the container: index + 1 into the marks; 0 for a line. */
  readonly mark: number;
  readonly isLate: boolean;
};

type Slab = {
  readonly bytes: Buffer;
  used: number;
  count: number;
  readonly times: Float64Array;
  readonly ends: Uint32Array;
  readonly streams: Uint32Array;
  readonly kinds: Uint8Array;
};

/** Bytes that one line takes beside its text: the index here, and its places in two orders, all and matched. */
const lineBytes = 8 + 4 + 4 + 1 + 2 * 16;
/** A slab has room for the index of lines of this length; with shorter ones it is full before its bytes are used. */
const usualLine = 128;
const largestSlab = 1 << 20;
const smallestSlab = 16 * 1024;
const slabsAtLeast = 8;

export class LogRing {
  readonly limitBytes: number;
  readonly #slabBytes: number;
  readonly #linesPerSlab: number;
  #slabs: Slab[] = [];
  /** Number of the first slab that is still kept. */
  #firstSlab = 0;
  #dropped = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
    // Many slabs, so that little is lost at once.
    const share = Math.floor(limitBytes / slabsAtLeast / (1 + lineBytes / usualLine));
    this.#slabBytes = Math.max(smallestSlab, Math.min(largestSlab, share));
    this.#linesPerSlab = Math.floor(this.#slabBytes / usualLine);
  }

  /** Bytes that are held: texts, index, and what stands for their lines elsewhere. */
  get bytes(): number {
    return this.#slabs.length * this.#slabCost;
  }

  /** Lines that are gone because the ring was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Handles below this are gone. */
  get oldest(): LineHandle {
    return this.#firstSlab * this.#linesPerSlab;
  }

  /** Whether the line goes when the next slab is begun. */
  isNextToGo(handle: LineHandle): boolean {
    return Math.floor(handle / this.#linesPerSlab) === this.#firstSlab && this.#isFull;
  }

  /** Adds a line; a text longer than a slab is cut. `late` and `mark` as in `RingLine`. */
  add(text: string, time: number, stream: number, level: number, mark = 0, isLate = false): LineHandle {
    const most = Math.min(this.#slabBytes, 64 * 1024);
    const size = Buffer.byteLength(text);
    let slab = this.#slabs[this.#slabs.length - 1];
    const need = Math.min(size, most);
    if (!slab || slab.count === this.#linesPerSlab || slab.used + need > slab.bytes.length) {
      slab = this.#grow();
    }
    const written =
      size <= most ? slab.bytes.write(text, slab.used) : slab.bytes.write(cutToBytes(text, most), slab.used, most);
    slab.used += written;
    const i = slab.count++;
    slab.times[i] = time;
    slab.ends[i] = slab.used;
    slab.streams[i] = stream;
    // Three bits of level, one of lateness, four of mark.
    slab.kinds[i] = level | (isLate ? 8 : 0) | (mark << 4);
    return (this.#firstSlab + this.#slabs.length - 1) * this.#linesPerSlab + i;
  }

  has(handle: LineHandle): boolean {
    return handle >= this.oldest && this.#slabOf(handle) !== undefined;
  }

  /** The text of a line; empty when it is gone. */
  text(handle: LineHandle): string {
    const slab = this.#slabOf(handle);
    if (!slab) return '';
    const i = handle % this.#linesPerSlab;
    return slab.bytes.toString('utf8', i === 0 ? 0 : (slab.ends[i - 1] ?? 0), slab.ends[i] ?? 0);
  }

  time(handle: LineHandle): number {
    return this.#slabOf(handle)?.times[handle % this.#linesPerSlab] ?? Number.NaN;
  }

  line(handle: LineHandle): RingLine | null {
    const slab = this.#slabOf(handle);
    if (!slab) return null;
    const i = handle % this.#linesPerSlab;
    const kind = slab.kinds[i] ?? 0;
    return {
      time: slab.times[i] ?? Number.NaN,
      stream: slab.streams[i] ?? 0,
      level: kind & 7,
      isLate: (kind & 8) !== 0,
      mark: kind >> 4,
    };
  }

  #slabOf(handle: LineHandle): Slab | undefined {
    const slab = this.#slabs[Math.floor(handle / this.#linesPerSlab) - this.#firstSlab];
    return slab && handle % this.#linesPerSlab < slab.count ? slab : undefined;
  }

  get #slabCost(): number {
    return this.#slabBytes + this.#linesPerSlab * lineBytes;
  }

  get #isFull(): boolean {
    return this.#slabs.length > 1 && this.bytes + this.#slabCost > this.limitBytes;
  }

  /** A slab for what comes next: the oldest one when the limit is reached, for what is allocated anew waits to be collected. */
  #grow(): Slab {
    const oldest = this.#isFull ? this.#slabs.shift() : undefined;
    if (oldest === undefined) {
      const lines = this.#linesPerSlab;
      const slab: Slab = {
        bytes: Buffer.allocUnsafeSlow(this.#slabBytes),
        used: 0,
        count: 0,
        times: new Float64Array(lines),
        ends: new Uint32Array(lines),
        streams: new Uint32Array(lines),
        kinds: new Uint8Array(lines),
      };
      this.#slabs.push(slab);
      return slab;
    }
    this.#firstSlab++;
    this.#dropped += oldest.count;
    oldest.used = 0;
    oldest.count = 0;
    this.#slabs.push(oldest);
    return oldest;
  }
}

/** The longest beginning of a text that takes at most `most` bytes, with a mark that it was cut. */
function cutToBytes(text: string, most: number): string {
  const mark = '…';
  const bytes = Buffer.from(text.slice(0, most));
  // A multi-byte character that is cut in two becomes one replacement character, which is dropped.
  return (
    bytes
      .subarray(0, most - Buffer.byteLength(mark))
      .toString()
      .replace(/\ufffd$/, '') + mark
  );
}
