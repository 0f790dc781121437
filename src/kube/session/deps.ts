// What a session is given: everything that is not a connection to this one cluster.
import type { Socket } from 'node:net';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Credentials } from '../credentials/contract.ts';
import { type Gate, newGate } from './politeness.ts';
import type { WriteGate } from './write-gate.ts';
import type { TlsOptions } from '../transport/tls.ts';
import type { FallbackCounter } from '../reflect/watch-event.ts';

export type SessionDeps = {
  readonly credentials: Credentials;
  /** Trust: ca, servername, rejectUnauthorized. Asked for at every handshake, so that a renewed file is seen. */
  readonly tls: TlsOptions;
  /** A connection through a proxy (CONNECT or SOCKS); throws ApiError. */
  tunnel(proxy: string, host: string, port: number, options: { readonly signal: AbortSignal }): Promise<Socket>;
  /** `flagbridge/1.2.3 (linux/amd64)`, on every request. */
  readonly userAgent: string;
  readonly gate: WriteGate;
  /** Shared by all sessions of the process: at most 16 connects begin at a time (see `newConnectGate`). */
  readonly connects: Gate;
  readonly fallbacks: FallbackCounter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timings: SessionTimings;
};

export type SessionTimings = {
  /** Silence after which a ping is sent. client-go waits 30 s. */
  readonly pingAfterMs: number;
  /** Time for its answer. client-go gives 15 s. */
  readonly pingAckMs: number;
  /** Wall clock may jump this far between two looks before it counts as sleep, which is followed by a ping at once. */
  readonly sleepGapMs: number;
  /** An HTTP/1.1 connection has no ping: after this silence a small request asks instead. */
  readonly probeAfterMs: number;
  /** Connect and TLS handshake: the first try, and those after it. */
  readonly firstConnectMs: number;
  readonly connectMs: number;
  /** A connection that does not answer is given up after this long, when no new one could be made. */
  readonly giveUpMs: number;
  /** Connections beside the first are closed after this time without a request. */
  readonly idleMs: number;
  /** A refused login is not tried again before. */
  readonly loginProbeMs: number;
  readonly requestsPerSecond: number;
  /** As many may leave at once: a whole start must not wait for it (docs/decisions/0032). */
  readonly requestBurst: number;
};

export const sessionTimings: SessionTimings = {
  pingAfterMs: 15_000,
  pingAckMs: 10_000,
  sleepGapMs: 20_000,
  probeAfterMs: 30_000,
  firstConnectMs: 5_000,
  connectMs: 10_000,
  giveUpMs: 120_000,
  idleMs: 10_000,
  loginProbeMs: 60_000,
  requestsPerSecond: 10,
  requestBurst: 60,
};

/** The gate for `connects`; one for the whole process. */
export const newConnectGate = (clock: Clock = systemClock): Gate => newGate(16, clock);
