// One HTTP/2 connection: streams, their number, and pings that tell a quiet server from a gone one.

import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import http2 from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';
import { newPinger } from './h2-ping.ts';
import type { Connection, ConnectionEvents, RawRequest, RawResponse } from './http-connection.ts';
import { lost, transportError } from './http-error.ts';
import type { SessionTimings } from '../session/deps.ts';
import type { ServerAddress } from '../session/dial.ts';

/** Flow-control windows in bytes: of one stream, and of the whole connection. */
export type Windows = { readonly stream: number; readonly connection: number };

/**
 * Node's default of 64 KB caps a list at 1.3 MB/s over 50 ms. A stream that waits for its turn to be read holds a whole
 * window, which is why first-sets.ts bounds how many do. An API server's own windows are as large.
 */
export const mainWindows: Windows = { stream: 256 << 10, connection: 8 << 20 };

/** Streams here are paused by intention: 200 of them must not hold 200 MB. */
export const bulkWindows: Windows = { stream: 64 << 10, connection: 1 << 20 };

export type H2Options = {
  readonly address: ServerAddress;
  readonly windows: Windows;
  readonly timings: SessionTimings;
  readonly clock: Clock;
  readonly events: ConnectionEvents;
  /** Time for the server's first SETTINGS frame. */
  readonly settingsMs: number;
};

/** Part of the server's stream limit that we use; beyond it, node:http2 queues without a word. */
const fill = 0.8;

/** Takes over the socket; resolves when the server has said how many streams it allows. Throws ApiError. */
export async function openH2(socket: Socket, options: H2Options): Promise<Connection> {
  const { address, windows, events, clock } = options;
  const session = http2.connect(`${address.isTls ? 'https' : 'http'}://${address.authority}`, {
    createConnection: () => socket,
    settings: { initialWindowSize: windows.stream, enablePush: false },
    // In MB; the default of 10 is less than what large windows may hold.
    maxSessionMemory: 64,
  });
  await firstSettings(session, options);
  session.setLocalWindowSize(windows.connection);

  let open = 0;
  let retired = false;
  let cause: ApiError | null = null;
  const pinger = newPinger(session, options);

  const limit = (): number => {
    const allowed = session.remoteSettings.maxConcurrentStreams ?? 100;
    return Math.max(1, Math.floor(Math.min(allowed, 10_000) * fill));
  };
  const isUsable = (): boolean => !retired && !pinger.isSilent && !session.closed && !session.destroyed;
  const retire = (): void => {
    if (retired) return;
    retired = true;
    events.draining();
    if (!session.closed && !session.destroyed) session.close();
  };

  session.on('goaway', (code: number) => {
    // NO_ERROR is a farewell: open streams go on, and Node closes the session behind them. Anything else ends it now.
    if (code !== http2.constants.NGHTTP2_NO_ERROR) cause ??= transportError(lost(`GOAWAY ${code}`), address.where);
    retire();
  });
  session.on('error', (error) => {
    cause ??= transportError(error, address.where);
  });
  session.on('close', () => {
    pinger.stop();
    // Without a farewell it was broken off, even when the socket was closed politely.
    events.closed(cause ?? (retired ? null : transportError(lost('the connection was closed'), address.where)));
  });

  return {
    protocol: 'h2',
    get open() {
      return open;
    },
    get isUsable() {
      return isUsable();
    },
    get lastHeard() {
      return pinger.lastHeard;
    },
    get isSilent() {
      return pinger.isSilent;
    },
    hasRoom: () => isUsable() && open < limit(),
    touch: () => pinger.touch(),
    retire,
    destroy(error) {
      cause = error;
      session.destroy(error);
    },
    send(request, signal) {
      open++;
      return exchange(session, request, signal, {
        heard: () => pinger.touch(),
        ended: () => {
          open--;
          events.freed();
        },
      });
    },
  };

  function firstSettings(session: ClientHttp2Session, { settingsMs }: H2Options): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = clock.after(settingsMs, () => fail(lost('no HTTP/2 settings came')));
      const done = (): void => {
        timer[Symbol.dispose]();
        session.off('remoteSettings', succeed);
        session.off('close', onClose);
      };
      const succeed = (): void => {
        done();
        session.off('error', fail);
        resolve();
      };
      const fail = (error: unknown): void => {
        done();
        session.destroy();
        reject(transportError(error, address.where));
      };
      const onClose = (): void => fail(lost('closed before it said anything'));
      session.once('remoteSettings', succeed);
      session.on('error', fail);
      session.once('close', onClose);
    });
  }
}

type StreamEvents = { heard(): void; ended(): void };

function exchange(
  session: ClientHttp2Session,
  request: RawRequest,
  signal: AbortSignal,
  events: StreamEvents,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(
        { ':method': request.method, ':path': request.path, ...(request.headers as Record<string, string>) },
        { endStream: request.body === undefined },
      );
    } catch (error) {
      events.ended();
      reject(error instanceof Error ? error : lost('the request could not be sent'));
      return;
    }
    let broken: Error | null = null;
    let aborted = false;
    const onAbort = (): void => {
      const reason: unknown = signal.reason;
      broken ??= reason instanceof Error ? reason : new ApiError('aborted', 'stopped');
      stream.close(http2.constants.NGHTTP2_CANCEL);
      stream.destroy(broken);
    };
    stream.on('aborted', () => {
      aborted = true;
    });
    stream.on('error', (error: Error) => {
      // A farewell and a request may cross on the way; the server has not looked at a refused stream.
      const isRefused = stream.rstCode === http2.constants.NGHTTP2_REFUSED_STREAM;
      broken ??= isRefused ? lost('the stream was refused', 'FB_REFUSED_STREAM') : error;
      reject(broken);
    });
    let isAnswered = false;
    stream.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      events.ended();
      // An error is dear to make, and nobody hears it once there was an answer.
      if (!isAnswered) reject(ending() ?? lost('the stream was closed without an answer'));
    });
    const ending = (): Error | null => {
      if (broken !== null) return broken;
      const code = stream.rstCode;
      if (code !== undefined && code !== http2.constants.NGHTTP2_NO_ERROR)
        return lost(`the stream was reset (${code})`);
      return aborted ? lost('the connection was lost') : null;
    };
    stream.once('response', (headers) => {
      isAnswered = true;
      events.heard();
      const { ':status': status = 0, ...rest } = headers;
      resolve({ status, headers: flat(rest), body: stream, ending });
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    if (request.body !== undefined) stream.end(request.body);
  });
}

/** Several headers of one name as one, as HTTP allows. */
function flat(headers: http2.IncomingHttpHeaders): Record<string, string | undefined> {
  const out: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) out[name] = Array.isArray(value) ? value.join(', ') : value;
  return out;
}
