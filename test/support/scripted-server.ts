// An API server that says exactly what a test wants it to say, over real sockets: HTTP/2 or HTTP/1.1, TLS or plain, and
// with the faults of the real world (frozen, killed, going away, mute, cut off).
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import { makeCertificate, type ScriptedCertificate } from './scripted-certificate.ts';

export type Scripted = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Number of this request to this path, from 1. */
  readonly nth: number;
  readonly session: http2.ServerHttp2Session | null;
  /** Whole answer. Objects are sent as JSON. */
  reply(status: number, body: unknown, headers?: Record<string, string>): void;
  /** Opens a streamed answer. */
  stream(headers?: Record<string, string>): ScriptedStream;
};

export interface ScriptedStream {
  write(text: string | Buffer): void;
  /** One watch event. */
  event(type: string, object: unknown): void;
  end(): void;
  /** Cuts the connection or stream without an end. */
  cut(): void;
  readonly isClosed: boolean;
}

export type ScriptedOptions = {
  readonly protocol?: 'h2' | 'http/1.1';
  readonly tls?: boolean;
  readonly maxConcurrentStreams?: number;
};

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly ca: Buffer;
  /** `GET /api/v1/pods?watch=1` in order of arrival. */
  readonly requests: readonly string[];
  /** TCP connections that are open, and that were made in all. */
  readonly connections: { readonly open: number; readonly made: number; readonly resumed: number };
  readonly streams: readonly ScriptedStream[];
  /** Answers paths that begin with this; the longest match wins, a later one replaces an earlier. */
  on(prefix: string, handler: (request: Scripted) => void): void;
  /** Farewell on all connections; open streams go on. */
  goaway(code?: number): void;
  /** Keeps connections open and says nothing more, as a stopped process or a cut cable. */
  freeze(): void;
  thaw(): void;
  /** What is frozen stays so for ever (a half-open connection); who connects from now on is served. */
  dropFrozen(): void;
  /** As SIGKILL: all sockets are closed and the port refuses. */
  kill(): Promise<void>;
  /** Listens again on the same port. */
  restart(): Promise<void>;
  /** New connections are accepted and never answered. */
  mute(isMute: boolean): void;
}

let certificate: ScriptedCertificate | undefined;

export async function startScriptedServer(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const { protocol = 'h2', tls: isTls = true } = options;
  // Made once per process.
  certificate ??= makeCertificate();
  const { key, cert } = certificate;
  const handlers = new Map<string, (request: Scripted) => void>();
  const requests: string[] = [];
  const streams: ScriptedStream[] = [];
  const sessions = new Set<http2.ServerHttp2Session>();
  const counts = new Map<string, number>();
  const connections = { open: 0, made: 0, resumed: 0 };

  type Incoming = http.IncomingMessage | http2.Http2ServerRequest;
  type Outgoing = http.ServerResponse | http2.Http2ServerResponse;
  const onRequest = (request: Incoming, response: Outgoing): void => {
    const url = new URL(request.url ?? '/', 'http://x');
    requests.push(`${request.method} ${request.url}`);
    const nth = (counts.get(url.pathname) ?? 0) + 1;
    counts.set(url.pathname, nth);
    const out = response as http.ServerResponse;
    out.on('error', () => undefined);
    const parts: Buffer[] = [];
    request.on('data', (chunk: Buffer) => parts.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const found = [...handlers.keys()]
        .filter((prefix) => url.pathname.startsWith(prefix))
        .sort((a, b) => b.length - a.length)[0];
      const scripted: Scripted = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
        nth,
        session: 'stream' in request ? (request.stream.session as http2.ServerHttp2Session) : null,
        reply(status, body, headers = {}) {
          const isText = typeof body === 'string' || Buffer.isBuffer(body);
          out.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
          out.end(isText ? body : JSON.stringify(body));
        },
        stream: (headers = {}) => openStream(request, response, headers),
      };
      if (found === undefined) scripted.reply(404, '404 page not found\n');
      else handlers.get(found)?.(scripted);
    });
  };

  const openStream = (request: Incoming, response: Outgoing, headers: Record<string, string>): ScriptedStream => {
    const out = response as http.ServerResponse;
    out.writeHead(200, { 'content-type': 'application/json', ...headers });
    if ('flushHeaders' in out) out.flushHeaders();
    let isClosed = false;
    out.on('close', () => {
      isClosed = true;
    });
    const stream: ScriptedStream = {
      write: (text) => void (isClosed || out.write(text)),
      event: (type, object) => stream.write(`${JSON.stringify({ type, object })}\n`),
      end: () => void (isClosed || out.end()),
      cut() {
        if ('stream' in response) response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
        else request.socket.destroy();
      },
      get isClosed() {
        return isClosed;
      },
    };
    streams.push(stream);
    return stream;
  };

  const plain = http.createServer({ keepAliveTimeout: 60_000 }, onRequest);
  plain.on('clientError', () => undefined);
  const h2 = http2.createServer({ settings: { maxConcurrentStreams: options.maxConcurrentStreams ?? 100 } }, onRequest);
  h2.on('sessionError', () => undefined);
  h2.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  const secure = tls.createServer({ key, cert, ALPNProtocols: [protocol] }, (socket) => {
    if (socket.isSessionReused()) connections.resumed++;
    socket.on('error', () => undefined);
    (protocol === 'h2' ? h2 : plain).emit('connection', socket);
  });
  secure.on('tlsClientError', () => undefined);
  const inner: net.Server = isTls ? secure : protocol === 'h2' ? h2 : plain;
  const front = await startFront(await listen(inner, 0), connections);

  return {
    ...front,
    url: `${isTls ? 'https' : 'http'}://127.0.0.1:${front.port}`,
    ca: Buffer.from(cert),
    requests,
    connections,
    streams,
    on: (prefix, handler) => void handlers.set(prefix, handler),
    goaway(code = 0) {
      for (const session of sessions) session.goaway(code);
    },
    async [Symbol.asyncDispose]() {
      await front.kill();
      for (const session of sessions) session.destroy();
      await new Promise<void>((resolve) => inner.close(() => resolve()));
    },
  };
}

const listen = (server: net.Server, port: number): Promise<number> =>
  new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port)));

type Front = Pick<ScriptedServer, 'port' | 'freeze' | 'thaw' | 'dropFrozen' | 'kill' | 'restart' | 'mute'>;

/** A server in front that passes bytes on, so that it can stop doing so. */
async function startFront(innerPort: number, connections: { open: number; made: number }): Promise<Front> {
  const sockets = new Set<net.Socket>();
  let frozen = false;
  let muted = false;
  const track = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    if (frozen) socket.pause();
  };
  const accept = (client: net.Socket): void => {
    connections.open++;
    connections.made++;
    client.on('close', () => connections.open--);
    track(client);
    if (muted) return;
    const server = net.connect(innerPort, '127.0.0.1');
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => client.write(bytes));
    track(server);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  };
  let outer = net.createServer(accept);
  const port = await listen(outer, 0);
  return {
    port,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    dropFrozen() {
      frozen = false;
    },
    kill: () =>
      new Promise((resolve) => {
        frozen = false;
        outer.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    async restart() {
      outer = net.createServer(accept);
      await listen(outer, port);
    },
    mute(isMute) {
      muted = isMute;
    },
  };
}
