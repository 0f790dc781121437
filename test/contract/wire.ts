// A plain HTTP/2 client for the contract suite. It shares no code with src/kube on purpose: it is what tells whether
// our own client and our own double are right.
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type Settings } from 'node:http2';
import { gunzipSync } from 'node:zlib';

export type Identity = {
  readonly server: string;
  readonly ca: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Bytes as they came over the wire. */
  readonly size: number;
  readonly text: string;
  json<T = Json>(): T;
};

// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

export type WatchLine = { readonly type: string; readonly object: Json };

export type LineStream = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The next line, or null at the end. Rejects when none comes within the time. */
  next(timeoutMs?: number): Promise<string | null>;
  /** The next line as a watch event. */
  event(timeoutMs?: number): Promise<WatchLine>;
  /** All events up to the first that satisfies; that one included. */
  until(done: (event: WatchLine) => boolean, timeoutMs?: number): Promise<WatchLine[]>;
  /** All lines up to the end. */
  rest(timeoutMs?: number): Promise<string[]>;
  close(): void;
};

export type RequestOptions = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
};

export type Wire = {
  readonly session: ClientHttp2Session;
  /** Settings of the server as first received. */
  readonly settings: Settings;
  /** Resolves with the GOAWAY code when one comes. */
  readonly goaway: Promise<number>;
  send(path: string, options?: RequestOptions): Promise<Answer>;
  /** As `send`, parsed; throws for a status of 400 and more. */
  json<T = Json>(path: string, options?: RequestOptions): Promise<T>;
  open(path: string, options?: RequestOptions): Promise<LineStream>;
  close(): void;
};

/** Opens one session as one identity. */
export async function openWire(identity: Identity, timeoutMs = 10_000): Promise<Wire> {
  const session = connect(identity.server, {
    ca: identity.ca,
    ...(identity.cert === undefined ? {} : { cert: identity.cert }),
    ...(identity.key === undefined ? {} : { key: identity.key }),
    ALPNProtocols: ['h2'],
  });
  const settings = await within(
    timeoutMs,
    'settings of the server',
    new Promise<Settings>((resolve, reject) => {
      session.once('remoteSettings', resolve);
      session.once('error', reject);
    }),
  );
  session.on('error', () => undefined);
  const goaway = new Promise<number>((resolve) => {
    session.once('goaway', (code: number) => resolve(code));
  });

  const start = (path: string, options: RequestOptions): ClientHttp2Stream => {
    const body =
      options.body === undefined
        ? null
        : Buffer.from(typeof options.body === 'string' ? options.body : JSON.stringify(options.body));
    const stream = session.request(
      {
        [constants.HTTP2_HEADER_METHOD]: options.method ?? (body === null ? 'GET' : 'POST'),
        [constants.HTTP2_HEADER_PATH]: path,
        accept: 'application/json',
        'user-agent': 'contract/1',
        ...(identity.token === undefined ? {} : { authorization: `Bearer ${identity.token}` }),
        ...(body === null ? {} : { 'content-type': options.contentType ?? 'application/json' }),
        ...options.headers,
      },
      { endStream: body === null },
    );
    if (body !== null) stream.end(body);
    return stream;
  };

  const head = (stream: ClientHttp2Stream): Promise<Record<string, string | undefined>> =>
    new Promise((resolve, reject) => {
      stream.once('response', (headers) => resolve(headers as unknown as Record<string, string | undefined>));
      stream.once('error', reject);
      stream.once('close', () => reject(new Error('the stream was closed before an answer')));
    });

  const send = async (path: string, options: RequestOptions = {}): Promise<Answer> => {
    const stream = start(path, options);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise<void>((resolve, reject) => {
      stream.once('end', resolve);
      stream.once('error', reject);
    });
    ended.catch(() => undefined);
    const headers = await within(timeoutMs, `an answer to ${path}`, head(stream));
    await within(timeoutMs, `the end of ${path}`, ended);
    const bytes = Buffer.concat(chunks);
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    return { status: Number(headers[':status']), headers, size: bytes.length, text, json: () => JSON.parse(text) };
  };

  return {
    session,
    settings,
    goaway,
    send,
    async json(path, options) {
      const answer = await send(path, options);
      if (answer.status >= 400)
        throw new Error(`${options?.method ?? 'GET'} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`);
      return answer.json();
    },
    async open(path, options = {}) {
      const stream = start(path, options);
      const headers = await within(timeoutMs, `an answer to ${path}`, head(stream));
      return lineStream(stream, Number(headers[':status']), headers);
    },
    close: () => session.destroy(),
  };
}

function lineStream(
  stream: ClientHttp2Stream,
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
): LineStream {
  const lines: string[] = [];
  let rest = '';
  let over = false;
  let wake: () => void = () => undefined;
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    wake();
  });
  const end = (): void => {
    if (!over && rest !== '') lines.push(rest);
    over = true;
    wake();
  };
  stream.once('end', end);
  stream.once('close', end);
  stream.on('error', end);

  const next = async (timeoutMs = 10_000): Promise<string | null> => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const line = lines.shift();
      if (line !== undefined) return line;
      if (over) return null;
      await within(
        Math.max(1, deadline - Date.now()),
        'a line',
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
      );
    }
  };
  const event = async (timeoutMs?: number): Promise<WatchLine> => {
    const line = await next(timeoutMs);
    if (line === null) throw new Error('the watch ended');
    return JSON.parse(line) as WatchLine;
  };
  return {
    status,
    headers,
    next,
    event,
    async until(done, timeoutMs) {
      const events: WatchLine[] = [];
      for (;;) {
        const each = await event(timeoutMs);
        events.push(each);
        if (done(each)) return events;
      }
    },
    async rest(timeoutMs) {
      const all: string[] = [];
      for (;;) {
        const line = await next(timeoutMs);
        if (line === null) return all;
        all.push(line);
      }
    },
    close: () => stream.close(constants.NGHTTP2_CANCEL),
  };
}

/** Rejects with what was waited for when it does not come in time. */
export async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeoutMs} ms for ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
