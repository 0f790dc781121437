// Makes one connection to an API server: directly or through a proxy, TLS with ALPN, within a time limit and within the
// number of connects that may be in flight.
import net from 'node:net';
import tls from 'node:tls';
import { ApiError } from '../api-error.ts';
import type { KubeContext } from '../kubeconfig/context.ts';
import { transportError } from '../transport/http-error.ts';
import { enterFor } from './politeness.ts';
import type { SessionDeps } from './deps.ts';

export type ServerAddress = {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** As it stands in `:authority`. */
  readonly authority: string;
  /** `host:port` for messages. */
  readonly where: string;
  /** Base path of a server behind a path (Rancher, some proxies), without a slash at the end. */
  readonly basePath: string;
};

/** Throws ApiError `unreachable` for what is no http(s) URL. */
export function addressOf(context: KubeContext): ServerAddress {
  let url: URL;
  try {
    url = new URL(context.server.includes('://') ? context.server : `https://${context.server}`);
  } catch (error) {
    throw new ApiError('unreachable', `the server of context ${context.name} is no URL`, { cause: error });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new ApiError('unreachable', `the server of context ${context.name} is neither https:// nor http://`);
  }
  const isTls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const where = `${url.hostname}:${port}`;
  return { isTls, host, port, authority: url.host, where, basePath: url.pathname.replace(/\/+$/, '') };
}

export type Dialled = {
  readonly socket: net.Socket;
  readonly protocol: 'h2' | 'http/1.1';
  /** TCP connect (or the proxy's answer) took this long: a first guess of the round trip. */
  readonly connectMs: number;
  /** Of the client certificate that was shown; empty without one. */
  readonly fingerprint: string;
};

export interface Dialer {
  /** Throws ApiError; `timeoutMs` covers waiting for nothing but the network. */
  dial(timeoutMs: number, signal: AbortSignal): Promise<Dialled>;
}

/**
 * A connect that nobody answers costs nothing but time: it gives its place in the gate back after this long, so that dead
 * servers hold up no other. What answers has shaken hands by then.
 */
const placeMs = 500;

/** Keeps the TLS ticket of the last connection, so that the next handshake costs half. */
export function newDialer(context: KubeContext, address: ServerAddress, deps: SessionDeps): Dialer {
  let ticket: { readonly fingerprint: string; readonly session: Buffer } | null = null;
  const { where } = address;

  const secure = async (
    raw: net.Socket,
    signal: AbortSignal,
  ): Promise<{ socket: tls.TLSSocket; fingerprint: string }> => {
    const certificate = await deps.credentials.clientCertificate(signal);
    const fingerprint = certificate?.fingerprint ?? '';
    const options = await deps.tls(context, certificate);
    const socket = tls.connect({
      ...options,
      socket: raw,
      ALPNProtocols: ['h2', 'http/1.1'],
      ...(ticket?.fingerprint === fingerprint && { session: ticket.session }),
    });
    socket.on('session', (session: Buffer) => {
      ticket = { fingerprint, session };
    });
    await settled(socket, 'secureConnect', signal);
    return { socket, fingerprint };
  };

  const reach = async (signal: AbortSignal): Promise<net.Socket> => {
    const { host, port } = address;
    if (context.proxy !== null) return deps.tunnel(context.proxy, host, port, { signal });
    const socket = net.connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
    await settled(socket, 'connect', signal);
    return socket;
  };

  return {
    async dial(timeoutMs, signal) {
      using _place = await enterFor(deps.connects, placeMs, deps.clock, signal);
      const limit = new AbortController();
      const stop = (): void => limit.abort();
      signal.addEventListener('abort', stop, { once: true });
      using _timer = deps.clock.after(timeoutMs, stop);
      const began = deps.clock.now();
      let raw: net.Socket | undefined;
      try {
        raw = await reach(limit.signal);
        const connectMs = Math.max(0, deps.clock.now() - began);
        if (!address.isTls) return { socket: raw, protocol: 'http/1.1', connectMs, fingerprint: '' };
        const { socket, fingerprint } = await secure(raw, limit.signal);
        const protocol = socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1';
        return { socket, protocol, connectMs, fingerprint };
      } catch (error) {
        raw?.destroy();
        if (signal.aborted) throw new ApiError('aborted', `connecting to ${where} was stopped`, { cause: error });
        if (limit.signal.aborted && !isLogin(error)) {
          const stage =
            raw === undefined ? 'does not answer' : 'accepts connections but does not finish the TLS handshake';
          const seconds = Math.round(timeoutMs / 100) / 10;
          throw new ApiError('unreachable', `${where} ${stage} (${seconds} s)`, { cause: error });
        }
        throw transportError(error, where);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

const isLogin = (error: unknown): boolean => error instanceof ApiError && error.kind === 'login';

/** Resolves on the event, rejects on error, close or abort; destroys the socket when it rejects. */
function settled(socket: net.Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: unknown): void => {
      socket.off(event, finish);
      socket.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) {
        socket.off('error', finish);
        resolve();
        return;
      }
      // The error listener stays: a socket may fail again while it is torn down.
      socket.destroy();
      reject(error instanceof Error ? error : new Error('connection failed'));
    };
    const onClose = (): void => finish(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    const onAbort = (): void => finish(new Error('took too long'));
    socket.once(event, () => finish());
    socket.on('error', finish);
    socket.once('close', onClose);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
