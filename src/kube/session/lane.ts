// The connections of one lane (`main` or `bulk`): picks one with room, makes more when the server's stream limit is near,
// replaces those that drain or fall silent, and closes what idles.
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';
import type { Connection, ConnectionEvents } from '../transport/http-connection.ts';

export type LaneEvents = {
  opened(connection: Connection): void;
  heard(roundTripMs?: number): void;
  /** No connection answers; the oldest sign of life is `since`. */
  silent(since: number): void;
  /** The last connection is gone: broken (an error), or ended in good order (null). */
  lost(error: ApiError | null): void;
};

export type LaneOptions = {
  readonly clock: Clock;
  readonly events: LaneEvents;
  /** Makes a connection; throws ApiError. */
  connect(events: ConnectionEvents): Promise<Connection>;
  /** Most connections at a time; a request beyond their room waits. */
  readonly most: number;
  /** The first connection stays when idle. */
  readonly keepsOne: boolean;
  readonly idleMs: number;
  readonly giveUpMs: number;
  readonly where: string;
};

export interface Lane {
  /** A connection with room. Throws ApiError of the connect, or `aborted`. */
  acquire(isLong: boolean, signal: AbortSignal): Promise<Connection>;
  readonly connections: readonly Connection[];
  close(error: ApiError): void;
}

export function newLane(options: LaneOptions): Lane {
  const { clock, events } = options;
  const members = new Set<Connection>();
  const idle = new Map<Connection, Disposable>();
  const givingUp = new Map<Connection, Disposable>();
  let dialling: Promise<Connection> | null = null;
  let waiting: (() => void)[] = [];
  let isClosed = false;

  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };

  const watchIdle = (connection: Connection): void => {
    idle.get(connection)?.[Symbol.dispose]();
    idle.delete(connection);
    if (connection.open > 0 || isClosed) return;
    const isSpare = !options.keepsOne || [...members].some((other) => other !== connection && other.isUsable);
    if (!isSpare) return;
    idle.set(
      connection,
      clock.after(options.idleMs, () => {
        if (connection.open === 0) connection.retire();
      }),
    );
  };

  const onSilent = (connection: Connection): void => {
    events.silent(connection.lastHeard);
    // It may come back (a frozen server keeps its streams). A new connection that works proves that this one is dead.
    givingUp.set(
      connection,
      clock.after(options.giveUpMs, () => connection.destroy(noAnswer())),
    );
    dial().catch(() => undefined);
  };
  const noAnswer = (): ApiError => new ApiError('unreachable', `${options.where} stopped answering`);
  const recovered = (connection: Connection): void => {
    givingUp.get(connection)?.[Symbol.dispose]();
    givingUp.delete(connection);
  };

  const dial = (): Promise<Connection> => {
    dialling ??= connect().finally(() => {
      dialling = null;
      wake();
    });
    return dialling;
  };

  const connect = async (): Promise<Connection> => {
    let connection: Connection | null = null;
    let early: ApiError | null = null;
    const made = await options.connect({
      heard: (roundTripMs) => {
        if (connection !== null && givingUp.has(connection)) recovered(connection);
        events.heard(roundTripMs);
      },
      silent: () => {
        if (connection !== null) onSilent(connection);
      },
      freed: () => {
        if (connection !== null) watchIdle(connection);
        wake();
      },
      draining: wake,
      closed: (error) => {
        early = error ?? new ApiError('unreachable', `${options.where} closed the connection`);
        if (connection === null) return;
        members.delete(connection);
        recovered(connection);
        idle.get(connection)?.[Symbol.dispose]();
        idle.delete(connection);
        wake();
        if (members.size === 0 && !isClosed) events.lost(error);
      },
    });
    if (early !== null) throw early;
    if (isClosed) {
      const error = new ApiError('aborted', 'the session was closed');
      made.destroy(error);
      throw error;
    }
    connection = made;
    members.add(made);
    for (const other of members) if (other.isSilent) other.destroy(noAnswer());
    for (const other of members) if (other !== made) watchIdle(other);
    watchIdle(made);
    events.opened(made);
    return made;
  };

  const withRoom = (isLong: boolean): Connection | undefined => {
    for (const connection of members) if (connection.hasRoom(isLong)) return connection;
    return undefined;
  };

  return {
    async acquire(isLong, signal) {
      for (;;) {
        if (isClosed) throw new ApiError('aborted', 'the session was closed');
        if (signal.aborted) throw reasonOf(signal);
        const found = withRoom(isLong);
        if (found !== undefined) {
          idle.get(found)?.[Symbol.dispose]();
          idle.delete(found);
          return found;
        }
        const usable = [...members].filter((connection) => connection.isUsable);
        // HTTP/1.1 opens its sockets itself; one of it is all.
        const isFull = usable.length >= options.most || usable.some((connection) => connection.protocol === 'http/1.1');
        await orAborted(isFull ? new Promise<void>((resolve) => waiting.push(resolve)) : dial(), signal);
      }
    },
    get connections() {
      return [...members];
    },
    close(error) {
      isClosed = true;
      for (const timer of [...idle.values(), ...givingUp.values()]) timer[Symbol.dispose]();
      for (const connection of members) connection.destroy(error);
      wake();
    },
  };
}

const reasonOf = (signal: AbortSignal): ApiError =>
  signal.reason instanceof ApiError ? signal.reason : new ApiError('aborted', 'stopped');

/** The promise, or the reason of the signal if that comes first; the promise itself goes on. */
function orAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(reasonOf(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(
      () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        reject(error instanceof Error ? error : new Error('connect failed'));
      },
    );
    if (signal.aborted) onAbort();
  });
}
