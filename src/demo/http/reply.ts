// The answer side of one request: headers that every API answer has, back-pressure, and the faults that act on bytes.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';

export type AnyRequest = IncomingMessage | Http2ServerRequest;
export type AnyResponse = ServerResponse | Http2ServerResponse;

/** More than this waiting for a reader that does not read: the stream is cut, as a real server drops slow watchers. */
const mostWaiting = 64 * 1024 * 1024;

const flowschema = '300ecfc1-777c-4d0d-9a65-52469ea3d3f1';
const priorityLevel = '247d29e9-40f7-4ea8-bf9e-2117d7a2c86d';

export class Reply {
  /** Both kinds of response have what is used here; the types of node:http2 differ in overloads only. */
  readonly #response: ServerResponse;
  readonly #h2: boolean;
  readonly #closers: (() => void)[] = [];
  readonly #draining: (() => void)[] = [];
  #started = false;
  #closed = false;
  #throttled: { readonly queue: Buffer[]; readonly perSecond: number; timer: NodeJS.Timeout } | undefined;
  #ending = false;
  /** Requests that priority and fairness does not see (401, logs) carry no level in their headers. */
  fairness = true;
  readonly warnings: string[] = [];

  readonly #hold: (write: () => void) => boolean;

  /** `hold` takes a write for later while the server is frozen, and says whether it did. */
  constructor(response: AnyResponse, h2: boolean, hold: (write: () => void) => boolean = () => false) {
    this.#hold = hold;
    this.#response = response as ServerResponse;
    this.#h2 = h2;
    this.#response.on('close', () => {
      this.#closed = true;
      if (this.#throttled) clearInterval(this.#throttled.timer);
      for (const close of this.#closers) close();
      for (const go of this.#draining.splice(0)) go();
    });
    this.#response.on('error', () => {});
  }

  get closed(): boolean {
    return this.#closed;
  }

  get started(): boolean {
    return this.#started;
  }

  onClose(listener: () => void): void {
    if (this.#closed) listener();
    else this.#closers.push(listener);
  }

  /** Sends the head with the headers that every answer of an API server has. */
  head(status: number, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#started || this.#closed) return;
    this.#started = true;
    if (!this.#hold(() => this.#sendHead(status, headers))) this.#sendHead(status, headers);
  }

  #sendHead(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#closed) return;
    const all: Record<string, string> = {
      'audit-id': randomUUID(),
      'cache-control': 'no-cache, private',
      'content-type': 'application/json',
      ...(this.warnings.length === 0
        ? {}
        : { warning: this.warnings.map((w) => `299 - ${JSON.stringify(w)}`).join(', ') }),
      ...(this.fairness
        ? { 'x-kubernetes-pf-flowschema-uid': flowschema, 'x-kubernetes-pf-prioritylevel-uid': priorityLevel }
        : {}),
      ...headers,
    };
    this.#response.writeHead(status, all);
    if (!this.#h2) this.#response.flushHeaders();
  }

  /** From now on the body leaves at this rate. */
  throttle(bytesPerSecond: number): void {
    const queue: Buffer[] = [];
    const portion = Math.max(1, Math.floor(bytesPerSecond / 10));
    const timer = setInterval(() => {
      let left = portion;
      while (left > 0 && queue.length > 0) {
        const next = queue[0] ?? Buffer.alloc(0);
        this.#response.write(next.subarray(0, left));
        if (next.length > left) queue[0] = next.subarray(left);
        else queue.shift();
        left -= next.length;
      }
      if (queue.length === 0 && this.#ending) {
        clearInterval(timer);
        this.#response.end();
      }
    }, 100);
    this.#throttled = { queue, perSecond: bytesPerSecond, timer };
  }

  /** False when the reader is behind: wait for `drained` before sending much more. */
  write(chunk: Buffer): boolean {
    if (this.#closed || this.#hold(() => this.write(chunk))) return true;
    if (this.#throttled) {
      this.#throttled.queue.push(chunk);
      return true;
    }
    const more = this.#response.write(chunk);
    if (this.#response.writableLength > mostWaiting) this.destroy();
    return more;
  }

  drained(): Promise<void> {
    return new Promise((done) => {
      if (this.#closed) return done();
      this.#draining.push(done);
      if (this.#draining.length === 1)
        this.#response.once('drain', () => {
          for (const go of this.#draining.splice(0)) go();
        });
    });
  }

  end(chunk?: Buffer): void {
    if (this.#closed || this.#hold(() => this.end(chunk))) return;
    if (this.#throttled) {
      if (chunk !== undefined) this.#throttled.queue.push(chunk);
      this.#ending = true;
      return;
    }
    if (chunk === undefined) this.#response.end();
    else this.#response.end(chunk);
  }

  /** Head and a short body at once. */
  send(status: number, body: Buffer | string, headers: Readonly<Record<string, string>> = {}): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.head(status, bytes.length < 4096 ? { ...headers, 'content-length': String(bytes.length) } : headers);
    this.end(bytes);
  }

  json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.send(status, `${JSON.stringify(body)}\n`, headers);
  }

  /** Ends the stream as broken: RST_STREAM on HTTP/2, a closed socket on HTTP/1.1. */
  destroy(): void {
    if (this.#closed) return;
    if (this.#h2) (this.#response as unknown as Http2ServerResponse).stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else this.#response.socket?.destroy();
  }
}

/** The whole request body; undefined when there is none. More than 3 MiB is refused with 413 by the caller. */
export async function bodyOf(request: AnyRequest, most = 3 * 1024 * 1024): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) return 'too-large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
