// One way to one cluster: HTTP/2 over TLS with an HTTP/1.1 fall-back, credentials, politeness, and the truth about its
// health as events. It connects when first asked and from then on by itself until it is closed.

import { cell } from '../../core/sanitise.ts';
import { pause } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';
import { errorOf, retryAfterOf } from '../api-status.ts';
import { newBackoff, reflectorSteps, refusedSteps, slowSteps } from '../backoff.ts';
import { bodyOf, collect } from '../transport/body.ts';
import { newSkewMeter } from './clock-skew.ts';
import type { KubeContext } from '../kubeconfig/context.ts';
import { openH1 } from '../transport/h1-connection.ts';
import { bulkWindows, mainWindows, openH2 } from '../transport/h2-connection.ts';
import type { Connection, ConnectionEvents, RawResponse } from '../transport/http-connection.ts';
import { codeOf, transportError, wasLost, wasNeverProcessed } from '../transport/http-error.ts';
import { newTokenBucket } from './politeness.ts';
import type { Session, SessionEvent, SessionRequest, SessionResponse } from './contract.ts';
import type { SessionDeps } from './deps.ts';
import { deadSession } from './dead.ts';
import { addressOf, newDialer, type ServerAddress } from './dial.ts';
import { newLane } from './lane.ts';
import { limited, newRequestLimit, type RequestLimit } from './limit.ts';
import { newSessionLogin } from './login.ts';

const defaultTimeoutMs = 30_000;
const maxWholeBytes = 256 << 20;
const maxRetries = 10;
/** client-go waits this long before it repeats a read whose connection broke (rest/with_retry.go). */
const lostPauseMs = 1_000;
/** HTTP/1.1: eight sockets in all; watches and follows leave one in each lane for calls. */
const h1Places = { main: { all: 5, long: 4 }, bulk: { all: 3, long: 2 } };

/** `GET /api/v1/pods`, for messages. */
const askedOf = (request: SessionRequest): string =>
  `${request.method ?? 'GET'} ${cell(request.path.split('?', 1)[0] ?? '')}`;

/**
 * Opens nothing yet: the first request connects. When the server of the context is no URL, every request fails with an
 * ApiError `unreachable` that says so.
 */
export function openSession(context: KubeContext, deps: SessionDeps): Session {
  try {
    return liveSession(context, addressOf(context), deps);
  } catch (error) {
    if (error instanceof ApiError) return deadSession(context, error);
    throw error;
  }
}

function liveSession(context: KubeContext, address: ServerAddress, deps: SessionDeps): Session {
  const { clock, timings, random } = deps;
  const { where, basePath } = address;
  const dialer = newDialer(context, address, deps);
  const bucket = newTokenBucket(timings.requestsPerSecond, timings.requestBurst, clock);
  const backoff = newBackoff(random);
  const listeners = new Set<(event: SessionEvent) => void>();
  const ending = new AbortController();
  const skew = newSkewMeter();
  let phase: 'new' | 'connected' | 'lost' = 'new';
  let tries = 0;
  let heardAt = 0;
  let redial: Disposable | null = null;
  let failure: { readonly error: ApiError; readonly until: number } | null = null;

  const emit = (event: SessionEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const login = newSessionLogin({
    credentials: deps.credentials,
    clock,
    probeMs: timings.loginProbeMs,
    changed: (error) => emit({ type: 'credentials', error }),
  });

  const heard = (roundTripMs?: number): void => {
    const at = clock.now();
    // Thousands of chunks a second are one sign of life; a measured round trip is always told.
    if (roundTripMs === undefined && at - heardAt < 1_000 && at >= heardAt) return;
    heardAt = at;
    emit(roundTripMs === undefined ? { type: 'heard', at } : { type: 'heard', at, roundTripMs });
  };

  const connect = async (name: 'main' | 'bulk', events: ConnectionEvents): Promise<Connection> => {
    const now = clock.now();
    if (failure !== null && now < failure.until) throw failure.error;
    try {
      const timeoutMs = tries++ === 0 ? timings.firstConnectMs : timings.connectMs;
      const { socket, protocol, connectMs } = await dialer.dial(timeoutMs, ending.signal);
      let connection: Connection;
      if (protocol === 'h2') {
        const windows = name === 'main' ? mainWindows : bulkWindows;
        connection = await openH2(socket, { address, windows, timings, clock, events, settingsMs: timeoutMs });
      } else {
        if (address.isTls) deps.fallbacks('http1', context.cluster);
        connection = openH1(socket, {
          address,
          timings,
          clock,
          events,
          connect: async () => (await dialer.dial(timings.connectMs, ending.signal)).socket,
          probe: async (send, signal) => {
            const { headers } = await login.headers(signal);
            const sent = withCredentials(headers);
            const answer = await send(
              { method: 'GET', path: `${basePath}/version`, headers: sent, isLong: false },
              signal,
            );
            answer.body.resume();
          },
          places: h1Places[name],
        });
        heard(connectMs);
      }
      failure = null;
      return connection;
    } catch (error) {
      const reason = transportError(error, where);
      if (reason.kind === 'login') throw login.failed(reason);
      if (reason.kind === 'aborted') throw reason;
      throw failed(reason);
    }
  };

  /** Remembers a failed connect, tells, and plans the next one. */
  const failed = (error: ApiError): ApiError => {
    const steps = error.kind === 'tls' ? slowSteps : codeOf(error) === 'ECONNREFUSED' ? refusedSteps : reflectorSteps;
    const retryInMs = backoff.next(clock.now(), steps);
    failure = { error, until: clock.now() + retryInMs };
    if (main.connections.length > 0) return error;
    phase = 'lost';
    plan(retryInMs);
    emit({ type: 'lost', error, retryInMs });
    return error;
  };

  const plan = (ms: number): void => {
    redial?.[Symbol.dispose]();
    redial = clock.after(ms, () => {
      redial = null;
      failure = null;
      main.acquire(false, ending.signal).catch(() => undefined);
    });
  };

  const shared = { clock, where, giveUpMs: timings.giveUpMs, idleMs: timings.idleMs };
  const main = newLane({
    ...shared,
    connect: (events) => connect('main', events),
    most: 4,
    keepsOne: true,
    events: {
      opened: (connection) => {
        redial?.[Symbol.dispose]();
        redial = null;
        if (phase === 'connected') return;
        phase = 'connected';
        emit({ type: 'connected', protocol: connection.protocol });
      },
      heard,
      silent: (since) => emit({ type: 'silent', since }),
      lost: (error) => {
        if (ending.signal.aborted) return;
        // Most lost connections are proxies and balancers at work: the first try comes at once.
        const retryInMs = Math.round(random() * 200);
        plan(retryInMs);
        // A farewell (a refused login, a server that goes away) is told only when nobody is there any more.
        if (error === null) return;
        phase = 'lost';
        emit({ type: 'lost', error, retryInMs });
      },
    },
  });
  const bulk = newLane({
    ...shared,
    connect: (events) => connect('bulk', events),
    most: 4,
    keepsOne: false,
    events: { opened: () => undefined, heard, silent: () => undefined, lost: () => undefined },
  });

  // As kubectl: who is asked over plain http gets no credentials (clientcmd only reads them for TLS).
  const withCredentials = (headers: Readonly<Record<string, string | readonly string[]>>) => ({
    'user-agent': deps.userAgent,
    accept: 'application/json',
    ...(address.isTls && headers),
  });

  /** One request with credentials; a 401 is tried once more with renewed ones. */
  const exchange = async (request: SessionRequest, signal: AbortSignal): Promise<RawResponse> => {
    const method = request.method ?? 'GET';
    const isLong = request.timeoutMs === 0;
    const lane = request.lane === 'bulk' ? bulk : main;
    let refusedBefore = false;
    for (let resent = 0; ; ) {
      const { headers, generation } = await login.headers(signal);
      const connection = await lane.acquire(isLong, signal);
      await bucket.take(signal);
      // The place may have gone while waiting for the token.
      if (!connection.hasRoom(isLong)) continue;
      const sent = { ...withCredentials(headers), ...request.headers };
      let response: RawResponse;
      // Logging in, connecting and waiting take their time: somebody may have locked meanwhile.
      const locked = request.permit === undefined ? null : deps.gate.lockOf(context.rawName);
      if (locked !== null) throw new ApiError('locked', `${askedOf(request)} was not sent: ${locked}`);
      const sentAt = clock.now();
      request.onSent?.();
      try {
        response = await connection.send(
          {
            method,
            path: basePath + request.path,
            headers: sent,
            isLong,
            ...(request.body !== undefined && { body: request.body }),
          },
          signal,
        );
      } catch (error) {
        if (signal.aborted || !wasNeverProcessed(error) || resent++ >= 3) throw error;
        connection.retire();
        continue;
      }
      const ahead = skew.take(response.headers['date'], sentAt, clock.now());
      if (ahead !== null) emit({ type: 'skew', ms: ahead });
      if (response.status === 429) bucket.halveFor(60_000);
      if (response.status !== 401) {
        login.accepted();
        return response;
      }
      // The server closes the connection of a refused login for new requests (GOAWAY), so the retry needs another one.
      connection.retire();
      login.refused(generation);
      if (!refusedBefore) {
        refusedBefore = true;
        response.body.destroy();
        continue;
      }
      const body = bodyOf(response, { heard: () => connection.touch(), where });
      const said = errorOf({
        status: 401,
        headers: response.headers,
        body: (await collect(body, 64 << 10, request.path)).toString('utf8'),
        asked: `${method} ${request.path}`,
      });
      const message = `${where} refuses the login of user ${cell(context.user)}: ${said.message}`;
      throw login.failed(new ApiError('login', message, { ...(said.status && { status: said.status }) }));
    }
  };

  /** As `request`, with the signal and the time limit of the whole exchange made by the caller. */
  const send = async (request: SessionRequest, limit: RequestLimit): Promise<SessionResponse> => {
    const refusal = deps.gate.refusal(context.rawName, request);
    if (refusal !== null) throw refusal;
    try {
      const response = await exchange(request, limit.signal);
      const body = bodyOf(response, { heard: () => heard(), where });
      return { status: response.status, headers: response.headers, body: limited(body, limit) };
    } catch (error) {
      limit.end();
      throw limit.signal.reason instanceof ApiError ? limit.signal.reason : transportError(error, where);
    }
  };

  const limitOf = (request: SessionRequest): RequestLimit =>
    newRequestLimit({
      asked: askedOf(request),
      where,
      timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
      signals: [ending.signal, ...(request.signal ? [request.signal] : [])],
      clock,
      why: () => (failure === null || phase === 'connected' ? '' : `: ${failure.error.message}`),
    });

  /** A whole answer; reads are repeated when the server asks to wait, or when the connection broke under them. */
  const whole = async (request: SessionRequest): Promise<{ response: SessionResponse; body: Buffer }> => {
    const limit = limitOf(request);
    const isRead = (request.method ?? 'GET') === 'GET';
    const asked = askedOf(request);
    const keep: RequestLimit = { ...limit, end: () => undefined };
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          const response = await send(request, keep);
          const body = await collect(response.body, maxWholeBytes, asked);
          if (response.status < 300) return { response, body };
          const error = errorOf({ ...response, body: body.toString('utf8'), asked });
          const wait = retryAfterOf(response.headers);
          const mayWait = isRead && wait !== null && (response.status === 429 || response.status >= 500);
          if (!mayWait || !(await waited(wait * 1000, attempt, limit))) throw error;
        } catch (error) {
          const isBroken = isRead && error instanceof ApiError && error.kind === 'unreachable' && wasLost(error.cause);
          if (!isBroken || !(await waited(lostPauseMs, attempt, limit))) throw error;
        }
      }
    } finally {
      limit.end();
    }
  };

  /** Waits before another try; false when there is no time for one. */
  const waited = async (ms: number, attempt: number, limit: RequestLimit): Promise<boolean> => {
    if (attempt >= maxRetries || clock.now() + ms >= limit.deadline) return false;
    await pause(clock, ms, limit.signal);
    return !limit.signal.aborted;
  };

  return {
    context,
    request: (request) => send(request, limitOf(request)),
    async json(request) {
      const { response, body } = await whole(request);
      try {
        return JSON.parse(body.toString('utf8')) as unknown;
      } catch (error) {
        const type = cell(response.headers['content-type'] ?? 'no type');
        const asked = cell(request.path.split('?', 1)[0] ?? '');
        throw new ApiError('protocol', `${where} answered ${asked} with ${type} instead of JSON`, { cause: error });
      }
    },
    async text(request) {
      return (await whole(request)).body.toString('utf8');
    },
    on(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    retryNow() {
      login.retry();
      failure = null;
      if (phase === 'lost') plan(0);
    },
    close() {
      if (ending.signal.aborted) return;
      redial?.[Symbol.dispose]();
      const error = new ApiError('aborted', 'the session was closed');
      ending.abort(error);
      main.close(error);
      bulk.close(error);
      listeners.clear();
    },
  };
}
