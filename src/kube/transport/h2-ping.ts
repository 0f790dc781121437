// Tells a quiet connection from a dead one. A half-open TCP connection gives no sign by itself, and a laptop that slept
// wakes up with a dozen of them.
import type { ClientHttp2Session } from 'node:http2';
import type { Clock } from '../../platform/clock.ts';
import type { ConnectionEvents } from './http-connection.ts';
import type { SessionTimings } from '../session/deps.ts';

export interface Pinger {
  readonly lastHeard: number;
  readonly isSilent: boolean;
  /** Bytes came in. */
  touch(): void;
  stop(): void;
}

export type PingOptions = {
  readonly timings: SessionTimings;
  readonly clock: Clock;
  readonly events: ConnectionEvents;
};

/** Pings once at once, to learn the round trip; then after every silence. */
export function newPinger(session: ClientHttp2Session, { timings, clock, events }: PingOptions): Pinger {
  let lastHeard = clock.now();
  let isSilent = false;
  let asked = false;
  let looked = lastHeard;
  let timer: Disposable | null = null;
  let deadline: Disposable | null = null;
  let stopped = false;
  // Timers stand still while a machine sleeps, so the wall clock is looked at more often than pings are due.
  const lookMs = Math.max(1, Math.min(timings.pingAfterMs, timings.sleepGapMs / 4));

  const touch = (roundTripMs?: number): void => {
    lastHeard = clock.now();
    isSilent = false;
    deadline?.[Symbol.dispose]();
    deadline = null;
    events.heard(roundTripMs);
  };

  const ping = (): void => {
    if (stopped || session.destroyed) return;
    // One at a time: a frozen server answers the old one when it wakes up.
    if (!asked) {
      asked = true;
      session.ping((error, duration) => {
        asked = false;
        if (error === null && !stopped) touch(duration);
      });
    }
    if (isSilent) return;
    deadline ??= clock.after(timings.pingAckMs, () => {
      deadline = null;
      if (stopped) return;
      isSilent = true;
      events.silent();
    });
  };

  const look = (): void => {
    const now = clock.now();
    const slept = now - looked > lookMs + timings.sleepGapMs;
    looked = now;
    const quiet = now - lastHeard;
    if (slept || quiet >= timings.pingAfterMs) ping();
    const next = quiet >= timings.pingAfterMs ? lookMs : Math.min(lookMs, timings.pingAfterMs - quiet);
    timer = clock.after(next, look);
  };

  ping();
  timer = clock.after(lookMs, look);
  return {
    get lastHeard() {
      return lastHeard;
    },
    get isSilent() {
      return isSilent;
    },
    touch: () => touch(),
    stop() {
      stopped = true;
      timer?.[Symbol.dispose]();
      deadline?.[Symbol.dispose]();
    },
  };
}
