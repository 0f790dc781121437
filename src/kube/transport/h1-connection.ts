// HTTP/1.1, for servers and proxies that offer nothing better: a handful of sockets that count as one connection. There is no
// ping, so after a silence a small request asks whether anybody is there.
import http from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';
import type { Connection, ConnectionEvents, RawRequest, RawResponse } from './http-connection.ts';
import { lost, transportError } from './http-error.ts';
import type { SessionTimings } from '../session/deps.ts';
import type { ServerAddress } from '../session/dial.ts';

export type H1Options = {
  readonly address: ServerAddress;
  readonly timings: SessionTimings;
  readonly clock: Clock;
  readonly events: ConnectionEvents;
  /** Makes another socket to the same server. */
  connect(): Promise<Socket>;
  /** A small request with credentials; resolves when any answer came. */
  probe(send: Connection['send'], signal: AbortSignal): Promise<void>;
  /** Requests that may be open at once, and how many of them may stay open by intention. */
  readonly places: { readonly all: number; readonly long: number };
};

/** Takes over the first socket. */
export function openH1(first: Socket, options: H1Options): Connection {
  const { address, clock, timings, events } = options;
  const sockets = new Set<Socket>();
  let spare: Socket | null = first;
  let open = 0;
  let openLong = 0;
  /** Sockets that are being made. */
  let connecting = 0;
  let retired = false;
  let isClosed = false;
  let isSilent = false;
  let lastHeard = clock.now();
  let cause: ApiError | null = null;
  let timer: Disposable | null = null;
  const ending = new AbortController();

  const watchSocket = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      endIfBare();
    });
    return socket;
  };

  /**
   * The last socket is gone and none is on its way: a killed server shows like this. A keep-alive that ran out does too;
   * the next request connects again and is told the truth.
   */
  const endIfBare = (): void => {
    if (sockets.size > 0 || connecting > 0) return;
    if (open > 0) cause ??= transportError(lost('the connection was closed'), address.where);
    end();
  };

  type Supplied = (error: Error | null, socket: Socket) => void;
  const supply = async (done: Supplied): Promise<void> => {
    // The agent looks at the error first; its type knows no call without a socket.
    const fail = (error: unknown): void =>
      done(error instanceof Error ? error : lost('no connection'), undefined as never);
    connecting++;
    let socket: Socket;
    try {
      socket = await options.connect();
    } catch (error) {
      connecting--;
      fail(error);
      return endIfBare();
    }
    connecting--;
    // Ended meanwhile: nobody would ever close it.
    if (isClosed) {
      socket.destroy();
      return fail(null);
    }
    done(null, watchSocket(socket));
  };

  const agent = new http.Agent({ keepAlive: true, maxSockets: options.places.all, maxFreeSockets: options.places.all });
  agent.createConnection = (_options, done) => {
    if (spare !== null && !spare.destroyed) {
      const socket = spare;
      spare = null;
      return socket;
    }
    if (done !== undefined) void supply(done);
    return undefined;
  };
  watchSocket(first);

  const end = (): void => {
    if (isClosed) return;
    isClosed = true;
    timer?.[Symbol.dispose]();
    ending.abort();
    agent.destroy();
    for (const socket of sockets) socket.destroy();
    events.closed(cause);
  };

  const touch = (): void => {
    lastHeard = clock.now();
    isSilent = false;
    events.heard();
  };

  const isUsable = (): boolean => !retired && !isClosed && !isSilent;

  const send = (request: RawRequest, signal: AbortSignal): Promise<RawResponse> => {
    open++;
    if (request.isLong) openLong++;
    return exchange(agent, address, request, signal, {
      heard: touch,
      ended: () => {
        open--;
        if (request.isLong) openLong--;
        events.freed();
        if (retired && open === 0) end();
      },
    });
  };

  const look = async (): Promise<void> => {
    if (clock.now() - lastHeard >= timings.probeAfterMs) await ask();
    if (!isClosed)
      timer = clock.after(Math.max(1, timings.probeAfterMs - (clock.now() - lastHeard)), () => void look());
  };

  const ask = async (): Promise<void> => {
    const began = clock.now();
    const limit = new AbortController();
    using _deadline = clock.after(timings.pingAckMs, () => limit.abort());
    try {
      await options.probe(send, AbortSignal.any([limit.signal, ending.signal]));
      events.heard(clock.now() - began);
    } catch {
      // What the probe met does not matter: answers are heard in `send`, and silence shows in the time.
      if (isClosed || isSilent || clock.now() - lastHeard < timings.probeAfterMs) return;
      isSilent = true;
      events.silent();
    }
  };

  timer = clock.after(timings.probeAfterMs, () => void look());
  return {
    protocol: 'http/1.1',
    get open() {
      return open;
    },
    get isUsable() {
      return isUsable();
    },
    get lastHeard() {
      return lastHeard;
    },
    get isSilent() {
      return isSilent;
    },
    hasRoom: (isLong) => isUsable() && open < options.places.all && (!isLong || openLong < options.places.long),
    touch,
    retire() {
      if (retired) return;
      retired = true;
      events.draining();
      if (open === 0) end();
    },
    destroy(error) {
      cause = error;
      end();
    },
    send,
  };
}

type ExchangeEvents = { heard(): void; ended(): void };

function exchange(
  agent: http.Agent,
  address: ServerAddress,
  request: RawRequest,
  signal: AbortSignal,
  events: ExchangeEvents,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let broken: Error | null = null;
    const outgoing = http.request({
      agent,
      host: address.host,
      port: address.port,
      method: request.method,
      path: request.path,
      headers: { host: address.authority, ...(request.headers as Record<string, string>) },
    });
    const onAbort = (): void => {
      const reason: unknown = signal.reason;
      broken ??= reason instanceof Error ? reason : new ApiError('aborted', 'stopped');
      outgoing.destroy(broken);
    };
    outgoing.on('error', (error) => {
      broken ??= error;
      reject(error);
    });
    outgoing.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      events.ended();
      reject(broken ?? lost('the connection was closed without an answer'));
    });
    outgoing.once('response', (response) => {
      events.heard();
      response.on('error', (error) => {
        broken ??= error;
      });
      const flat: Record<string, string | undefined> = {};
      for (const [name, value] of Object.entries(response.headers)) {
        flat[name] = Array.isArray(value) ? value.join(', ') : value;
      }
      resolve({
        status: response.statusCode ?? 0,
        headers: flat,
        body: response,
        ending: () => broken ?? (response.complete ? null : lost('the connection was lost')),
      });
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    outgoing.end(request.body);
  });
}
