// The body of an answer as chunks: gunzipped, counted as signs of life, and ending in an error when it was cut off.
import type { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { ApiError } from '../api-error.ts';
import type { RawResponse } from './http-connection.ts';
import { transportError } from './http-error.ts';

export type Body = AsyncIterable<Buffer> & {
  /**
   * Gives every chunk away the moment it comes: a loop costs several promises for each, and a watch has a chunk for every
   * change. Nothing holds the sender back. Ends as the loop does.
   */
  pour?(take: (chunk: Buffer) => void): Promise<void>;
};

export type BodyOptions = {
  /** A chunk came from the wire. */
  heard(): void;
  /** `host:port` for messages. */
  readonly where: string;
};

/**
 * Chunks as they come. Not asking for the next one holds the sender back; leaving the loop cancels the request. Throws
 * ApiError when the stream breaks before its end.
 */
export function bodyOf(response: RawResponse, options: BodyOptions): Body {
  const plain = chunks(response.body, options.heard, () => {
    const error = response.ending();
    return error === null ? null : transportError(error, options.where);
  });
  return response.headers['content-encoding'] === 'gzip' ? gunzipped(plain, options.where) : plain;
}

/** Own iteration instead of the stream's: half its cost per chunk, and what ended the stream is asked of its owner. */
function chunks(stream: Readable, heard: () => void, ending: () => ApiError | null): Body {
  const ended = async (): Promise<void> => {
    if (!stream.destroyed) await closed(stream);
    const error = ending();
    if (error !== null) throw error;
  };
  return {
    [Symbol.asyncIterator]() {
      let wake: (() => void) | null = null;
      const rouse = (): void => {
        wake?.();
        wake = null;
      };
      let isOver = false;
      onOver(stream, () => {
        isOver = true;
        rouse();
      });
      stream.on('readable', rouse);
      const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
        for (;;) {
          const chunk = stream.read() as Buffer | null;
          if (chunk !== null) {
            heard();
            return { done: false, value: chunk };
          }
          if (isOver) {
            await ended();
            return { done: true, value: undefined };
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      };
      return {
        next,
        async return() {
          stream.destroy();
          return { done: true, value: undefined };
        },
      };
    },
    pour(take) {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      let isRefused = false;
      onOver(stream, () => resolve(undefined));
      stream.on('data', (chunk: Buffer) => {
        // What was already read from the wire comes all the same.
        if (isRefused) return;
        heard();
        try {
          take(chunk);
        } catch (error) {
          isRefused = true;
          reject(error instanceof Error ? error : new Error(String(error)));
          stream.destroy();
        }
      });
      return promise.then(ended);
    },
  };
}

/** Calls once or more when no chunk will come any more, in whatever way the stream ended. */
function onOver(stream: Readable, over: () => void): void {
  stream.once('end', over);
  stream.once('error', over);
  stream.once('close', over);
  // Errors may come after the end as well; they are asked of the stream's owner.
  stream.on('error', () => undefined);
  if (stream.readableEnded || stream.destroyed) over();
}

/** Gives every chunk to `take`, whatever kind of body it is. What `take` throws cancels the request and is thrown. */
export async function pour(body: Body, take: (chunk: Buffer) => void): Promise<void> {
  if (body.pour !== undefined) return body.pour(take);
  for await (const chunk of body) take(chunk);
}

/** How a stream ended is known for certain only when it has closed. */
function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.once('close', () => resolve());
  });
}

async function* gunzipped(source: AsyncIterable<Buffer>, where: string): AsyncIterable<Buffer> {
  const unzip = zlib.createGunzip({ chunkSize: 64 << 10 });
  let failed: unknown = null;
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of source) {
        if (!unzip.write(chunk))
          await new Promise<void>((resolve) => unzip.once('drain', resolve).once('close', resolve));
        if (unzip.destroyed) return;
      }
      unzip.end();
    } catch (error) {
      failed = error;
      unzip.destroy();
    }
  };
  const feeding = feed();
  try {
    for await (const chunk of unzip) yield chunk as Buffer;
    await feeding;
  } catch (error) {
    if (failed !== null) throw failed;
    throw new ApiError('protocol', `${where}: the compressed answer is damaged`, { cause: error });
  } finally {
    unzip.destroy();
  }
}

/** All chunks as one; throws ApiError `protocol` beyond `maxBytes`. */
export async function collect(body: AsyncIterable<Buffer>, maxBytes: number, asked: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ApiError('protocol', `${asked}: the answer is longer than ${maxBytes >> 20} MB`);
    parts.push(chunk);
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, bytes);
}
