// Cuts a stream of chunks into lines without copying what lies within one chunk.

export type LineSink = (buffer: Buffer, start: number, end: number) => void;

export interface LineSplitter {
  /** Calls the sink for every line that is complete now; the bytes are valid until the sink returns. */
  push(chunk: Buffer): void;
  /** Bytes of a line that has no end yet. */
  readonly pending: number;
  /** The line without an end, when the stream has ended; null when there is none. */
  rest(): Buffer | null;
}

/** A line was longer than allowed: the stream is not what it should be, or an object is beyond all limits. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
  constructor(limit: number) {
    super(`a line of more than ${limit} bytes`);
  }
}

export type LineLimit = {
  /** Bytes of a line without its line feed. */
  readonly maxBytes: number;
  /** `throw` gives LineTooLong from `push`; `cut` gives the first `maxBytes` and calls this with what was left out. */
  readonly onLong: 'throw' | ((cutBytes: number) => void);
};

const lineFeed = 0x0a;

/** Splits at line feeds only; a carriage return stays part of its line. Empty lines are given too. */
export function splitLines(sink: LineSink, limit: LineLimit): LineSplitter {
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let dropped = 0;

  const keep = (part: Buffer): void => {
    const room = limit.maxBytes - carriedBytes;
    if (part.length <= room) {
      if (part.length > 0) carried.push(part);
      carriedBytes += part.length;
      return;
    }
    if (limit.onLong === 'throw') throw new LineTooLong(limit.maxBytes);
    // Only the part within the limit is held: a line without an end must not fill the memory.
    if (room > 0) carried.push(Buffer.from(part.subarray(0, room)));
    carriedBytes = limit.maxBytes;
    dropped += part.length - Math.max(0, room);
  };

  const give = (buffer: Buffer, start: number, end: number): void => {
    if (end - start <= limit.maxBytes) return sink(buffer, start, end);
    if (limit.onLong === 'throw') throw new LineTooLong(limit.maxBytes);
    sink(buffer, start, start + limit.maxBytes);
    limit.onLong(end - start - limit.maxBytes);
  };

  const forget = (): void => {
    carried = [];
    carriedBytes = 0;
  };

  /** The line that is complete now, put together where the one before was. */
  const giveCarried = (): void => {
    const length = carriedBytes;
    const cut = dropped;
    const whole = carried.length === 1 ? (carried[0] as Buffer) : joined(carried, length);
    forget();
    dropped = 0;
    sink(whole, 0, length);
    if (cut > 0 && limit.onLong !== 'throw') limit.onLong(cut);
  };

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
        if (carriedBytes === 0) give(chunk, start, end);
        else {
          keep(chunk.subarray(start, end));
          giveCarried();
        }
        start = end + 1;
      }
      if (start < chunk.length) keep(start === 0 ? chunk : chunk.subarray(start));
    },
    get pending() {
      return carriedBytes;
    },
    rest() {
      if (carriedBytes === 0) return null;
      const whole = Buffer.concat(carried, carriedBytes);
      dropped = 0;
      forget();
      return whole;
    },
  };
}

/** Lines that are cut by the borders of chunks are valid until the sink returns, so one place is enough for all. */
let place = Buffer.alloc(0);
const keptPlace = 1 << 18;

function joined(parts: readonly Buffer[], length: number): Buffer {
  const fits = length <= keptPlace;
  if (fits && place.length < length) place = Buffer.allocUnsafeSlow(Math.min(keptPlace, length * 2));
  const whole = fits ? place : Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
