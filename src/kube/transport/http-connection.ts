// What the session needs of a connection, whichever protocol it speaks.
import type { Readable } from 'node:stream';
import type { ApiError } from '../api-error.ts';

export type RawRequest = {
  readonly method: string;
  /** Whole path with the base path of the server. */
  readonly path: string;
  /** Lower-case names; a list is sent as several headers. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** Stays open by intention (a watch, a follow). */
  readonly isLong: boolean;
};

export type RawResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
  /** Null after a whole body; else what cut it off. Asked when the body has ended. */
  ending(): Error | null;
};

export type ConnectionEvents = {
  /** Bytes or a ping answer came in. */
  heard(roundTripMs?: number): void;
  /** A ping was not answered in time. */
  silent(): void;
  /** A request has ended: there may be room again. */
  freed(): void;
  /** No new requests: the server is going away, or the login was refused. */
  draining(): void;
  closed(error: ApiError | null): void;
};

export interface Connection {
  readonly protocol: 'h2' | 'http/1.1';
  /** Requests that are open now. */
  readonly open: number;
  /** Takes new requests, and has room for one of this sort. */
  hasRoom(isLong: boolean): boolean;
  /** False from the first sign that no new request should go here; what is open goes on. */
  readonly isUsable: boolean;
  /** When the last byte or ping answer came, by the clock. */
  readonly lastHeard: number;
  /** Not answering pings at the moment. */
  readonly isSilent: boolean;
  /** Rejects with the transport's error, or the reason of the signal. */
  send(request: RawRequest, signal: AbortSignal): Promise<RawResponse>;
  /** A byte of a body was taken. */
  touch(): void;
  /** No new requests; closes when the open ones have ended. */
  retire(): void;
  /** Ends everything that is open with this error. */
  destroy(error: ApiError): void;
}
