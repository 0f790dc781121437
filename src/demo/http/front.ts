// The sockets of one API server: HTTP/2 and HTTP/1.1 over TLS on loopback, with the settings of a real server, and the
// faults that act on connections.

import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { type AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type AnyRequest, type AnyResponse, Reply } from './reply.ts';
import type { ApiServer } from './server.ts';

/** SETTINGS as kube-apiserver 1.36 sends them. */
const settings = {
  maxConcurrentStreams: 100,
  initialWindowSize: 262_144,
  maxFrameSize: 262_144,
  maxHeaderListSize: 1_048_896,
  enableConnectProtocol: false,
} as const;

export type TlsMaterial = { readonly cert: string; readonly key: string; readonly ca: string };

/**
 * Reading of a TCP socket below its TLS and HTTP/2 layers cannot be stopped through the public API: those layers take
 * the handle over. Stopping it there is what a frozen process looks like from outside: the kernel accepts, nobody reads.
 */
type Handle = { readStart(): void; readStop(): void };
const handleOf = (socket: Socket): Handle | null => (socket as unknown as { _handle: Handle | null })._handle;

export class Front {
  readonly #server: ApiServer;
  readonly #tls: TlsMaterial;
  #listener: Http2SecureServer | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #held: (() => void)[] = [];
  #frozen = false;
  port = 0;

  constructor(server: ApiServer, tls: TlsMaterial) {
    this.#server = server;
    this.#tls = tls;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Listens on loopback; the same port again after `down`. */
  async listen(): Promise<number> {
    const listener = createSecureServer({
      ...this.#tls,
      requestCert: true,
      rejectUnauthorized: false,
      allowHTTP1: true,
      settings,
      maxSessionMemory: 1000,
    });
    this.#listener = listener;
    listener.on('connection', (socket: Socket) => this.#connected(socket));
    listener.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => {});
    });
    listener.on('sessionError', () => {});
    listener.on('tlsClientError', () => {});
    listener.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
    listener.on('request', (request: AnyRequest, response: AnyResponse) => void this.#answer(request, response));
    listener.setTimeout(0);
    await new Promise<void>((done, fail) => {
      listener.once('error', fail);
      listener.listen(this.port, '127.0.0.1', done);
    });
    this.port = (listener.address() as AddressInfo).port;
    return this.port;
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    // After the TLS layer has started to read.
    if (this.#frozen) setImmediate(() => handleOf(socket)?.readStop());
  }

  async #answer(request: AnyRequest, response: AnyResponse): Promise<void> {
    const h2 = request.httpVersionMajor === 2;
    const reply = new Reply(response, h2, (write) => (this.#frozen ? (this.#held.push(write), true) : false));
    request.on('error', () => {});
    const after = await this.#server.handle(request, reply);
    if (after === 'keep') return;
    if (h2) (request as { stream?: { session?: ServerHttp2Session } }).stream?.session?.close();
    else reply.onClose(() => (request.socket as TLSSocket | undefined)?.end());
  }

  /** A frozen process: nothing is read, nothing is answered, connections stay. */
  freeze(): void {
    this.#frozen = true;
    for (const socket of this.#sockets) handleOf(socket)?.readStop();
  }

  /** Goes on where it stopped: what came in is answered, what was to go out goes. */
  thaw(): void {
    this.#frozen = false;
    for (const socket of this.#sockets) handleOf(socket)?.readStart();
    for (const write of this.#held.splice(0)) write();
  }

  /** GOAWAY on every session; streams that run go on, the session closes with the last of them. */
  goAway(): void {
    for (const session of this.#sessions) session.close();
  }

  /** RST on every connection. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Closes the port and every connection. */
  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener === undefined) return;
    const closed = new Promise<void>((done) => listener.close(() => done()));
    this.reset();
    for (const session of this.#sessions) session.destroy();
    await closed;
  }
}
