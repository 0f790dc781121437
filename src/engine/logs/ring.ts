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

const linesPerSlab = 8192;

type Slab = {
  readonly bytes: Buffer;
  used: number;
  count: number;
  readonly times: Float64Array;
  readonly ends: Uint32Array;
  readonly streams: Uint16Array;
  readonly kinds: Uint8Array;
};

/** Bytes that the index of one line takes beside its text. */
const indexBytes = 8 + 4 + 2 + 1;

export class LogRing {
  readonly limitBytes: number;
  readonly #slabBytes: number;
  #slabs: Slab[] = [];
  /** Number of the first slab that is still kept. */
  #firstSlab = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
    // At least eight slabs, so that little is lost at once.
    this.#slabBytes = Math.max(16 * 1024, Math.min(1 << 20, Math.floor(limitBytes / 8)));
  }

  /** Bytes that are held, texts and index. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Lines that are gone because the ring was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Handles below this are gone. */
  get oldest(): LineHandle {
    return this.#firstSlab * linesPerSlab;
  }

  /** Adds a line; a text longer than a slab is cut. `late` and `mark` as in `RingLine`. */
  add(text: string, time: number, stream: number, level: number, mark = 0, isLate = false): LineHandle {
    const most = Math.min(this.#slabBytes, 64 * 1024);
    const size = Buffer.byteLength(text);
    let slab = this.#slabs[this.#slabs.length - 1];
    const need = Math.min(size, most);
    if (!slab || slab.count === linesPerSlab || slab.used + need > slab.bytes.length) {
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
    return (this.#firstSlab + this.#slabs.length - 1) * linesPerSlab + i;
  }

  has(handle: LineHandle): boolean {
    return handle >= this.oldest && this.#slabOf(handle) !== undefined;
  }

  /** The text of a line; empty when it is gone. */
  text(handle: LineHandle): string {
    const slab = this.#slabOf(handle);
    if (!slab) return '';
    const i = handle % linesPerSlab;
    return slab.bytes.toString('utf8', i === 0 ? 0 : (slab.ends[i - 1] ?? 0), slab.ends[i] ?? 0);
  }

  time(handle: LineHandle): number {
    return this.#slabOf(handle)?.times[handle % linesPerSlab] ?? Number.NaN;
  }

  line(handle: LineHandle): RingLine | null {
    const slab = this.#slabOf(handle);
    if (!slab) return null;
    const i = handle % linesPerSlab;
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
    const slab = this.#slabs[Math.floor(handle / linesPerSlab) - this.#firstSlab];
    return slab && handle % linesPerSlab < slab.count ? slab : undefined;
  }

  #grow(): Slab {
    const slab: Slab = {
      bytes: Buffer.allocUnsafeSlow(this.#slabBytes),
      used: 0,
      count: 0,
      times: new Float64Array(linesPerSlab),
      ends: new Uint32Array(linesPerSlab),
      streams: new Uint16Array(linesPerSlab),
      kinds: new Uint8Array(linesPerSlab),
    };
    this.#slabs.push(slab);
    this.#bytes += this.#slabBytes + linesPerSlab * indexBytes;
    while (this.#bytes > this.limitBytes && this.#slabs.length > 1) {
      const gone = this.#slabs.shift();
      this.#firstSlab++;
      this.#dropped += gone?.count ?? 0;
      this.#bytes -= this.#slabBytes + linesPerSlab * indexBytes;
    }
    return slab;
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
