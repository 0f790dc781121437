// What the rest of the program may ask of a connection to one cluster. Implemented by session.ts over HTTP/2 with an
// HTTP/1.1 fall-back; tests and the engine know this page only.
import type { ApiError } from '../api-error.ts';
import type { Body } from '../transport/body.ts';
import type { KubeContext } from '../kubeconfig/context.ts';

/** Leave for one request. Made by the gate (write-gate.ts); anything else that looks like one is none. */
export type WritePermit = { readonly id: symbol };

export type SessionRequest = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query, starting with `/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
  /** Whole request, from the call to the last byte; default 30 s. 0: none (watches, follows). */
  readonly timeoutMs?: number;
  /** `bulk` requests (logs, exec, forwards) go over a second connection with small windows. */
  readonly lane?: 'main' | 'bulk';
  /** Leave to change something; from the write path only (write-gate.ts). */
  readonly permit?: WritePermit;
  /** Called when its first bytes may leave: what fails before was never sent. */
  readonly onSent?: () => void;
};

export type SessionResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Body chunks as they come, already gunzipped; stops and throws ApiError when the stream breaks. Pausing is back-pressure. */
  readonly body: Body;
};

/** Health of the connection, as events. `heard` is any byte or ping answer. */
export type SessionEvent =
  | { readonly type: 'connected'; readonly protocol: 'h2' | 'http/1.1' }
  | { readonly type: 'heard'; readonly at: number; readonly roundTripMs?: number }
  /** A ping was not answered in time: what is shown is stale; the session may still come back. */
  | { readonly type: 'silent'; readonly since: number }
  /** This machine's clock is this far ahead of the server's (negative: behind), to the second. */
  | { readonly type: 'skew'; readonly ms: number }
  /** No connection is left; `retryInMs` is when the next try begins. */
  | { readonly type: 'lost'; readonly error: ApiError; readonly retryInMs?: number }
  | { readonly type: 'credentials'; readonly error: ApiError | null };

export interface Session {
  readonly context: KubeContext;
  /** Sends and resolves with the response head; a status of 400 and more is returned, not thrown. Throws ApiError. */
  request(request: SessionRequest): Promise<SessionResponse>;
  /** Whole JSON answer, parsed; throws ApiError for a status of 400 and more. Reads are retried on Retry-After and reset. */
  json(request: SessionRequest): Promise<unknown>;
  /** Whole text answer; otherwise as `json`. */
  text(request: SessionRequest): Promise<string>;
  on(listener: (event: SessionEvent) => void): Disposable;
  /** Next request tries at once, whatever the back-off says. */
  retryNow(): void;
  close(): void;
}
