// What is known of the connection to one cluster, as a pure function of what happened. The screen shows its phase, so it
// errs on the side of stale: only an answer that came with our identity makes it live.
import { duration } from '../../core/format.ts';
import type { ClusterPhase } from '../../core/cluster.ts';
import type { ApiError } from '../../kube/api-error.ts';

export type Contact = {
  readonly phase: ClusterPhase;
  readonly lastHeard: number | null;
  /** Was live with this identity. */
  readonly wasLive: boolean;
  /** The connection broke since it was last live: bytes alone do not make it live again. */
  readonly isBroken: boolean;
};

export type ContactEvent =
  | { readonly type: 'connect'; readonly doing: string }
  /** Any sign of life on the connection. */
  | { readonly type: 'heard'; readonly at: number }
  /** An answer to a request of ours. */
  | { readonly type: 'proven' }
  | { readonly type: 'silent'; readonly since: number }
  | { readonly type: 'failed'; readonly error: ApiError; readonly nextTryAt: number | null }
  /** Connected, but everything that is watched is denied; an empty list: something may be read after all. */
  | { readonly type: 'denied'; readonly rules: readonly string[] }
  | { readonly type: 'park' };

export const parked: Contact = { phase: { phase: 'parked' }, lastHeard: null, wasLive: false, isBroken: false };

/** A cluster that was live is stale for this long before it counts as offline, unless something says so at once. */
const staleForMs = 120_000;

/** Failures that are an answer: there is nothing behind that address, or nothing that we may talk to. */
const definite = /refused|not found|ENOTFOUND|no such host|unreachable|no route|name resolution|certificate/i;

export function contact(before: Contact, event: ContactEvent, now: number): Contact {
  switch (event.type) {
    case 'park':
      return { ...parked, lastHeard: before.lastHeard };
    case 'connect':
      return { ...before, isBroken: true, phase: { phase: 'connecting', since: now, doing: event.doing } };
    case 'heard':
      return heard(before, Math.max(event.at, before.lastHeard ?? 0), now);
    case 'proven':
      return live({ ...before, isBroken: false, lastHeard: now }, now);
    case 'silent':
      return silent(before, event.since, now);
    case 'failed':
      return failed(before, event.error, event.nextTryAt, now);
    case 'denied':
      return denied(before, event.rules, now);
  }
}

function live(before: Contact, now: number): Contact {
  const { phase } = before;
  if (phase.phase === 'parked' || phase.phase === 'denied') return { ...before, wasLive: true };
  return phase.phase === 'live' ? before : { ...before, wasLive: true, phase: { phase: 'live', since: now } };
}

function heard(before: Contact, at: number, now: number): Contact {
  const next = { ...before, lastHeard: at };
  // Only a silence ends by itself; what broke has to be proven anew.
  return before.phase.phase === 'stale' && !before.isBroken ? live(next, now) : next;
}

function silent(before: Contact, since: number, now: number): Contact {
  const { phase } = before;
  if (phase.phase !== 'live' && phase.phase !== 'denied') return before;
  const lastHeard = before.lastHeard ?? since;
  const reason = `no answer for ${duration(now - Math.min(since, lastHeard))}`;
  return { ...before, phase: { phase: 'stale', lastHeard, reason, nextTryAt: null } };
}

function failed(before: Contact, error: ApiError, nextTryAt: number | null, now: number): Contact {
  const { phase } = before;
  if (phase.phase === 'parked' || error.kind === 'aborted') return before;
  const base = { ...before, isBroken: true };
  if (error.kind === 'login' || error.code === 401) {
    const since = phase.phase === 'login' ? phase.since : now;
    return { ...base, phase: { phase: 'login', message: error.message, command: error.command, since } };
  }
  const wasHeardLately = before.wasLive && before.lastHeard !== null && now - before.lastHeard < staleForMs;
  const isDefinite = error.kind === 'tls' || definite.test(error.message);
  // The first failure after being live is the connection that broke; what a new one is told decides.
  if (wasHeardLately && before.lastHeard !== null && (!isDefinite || phase.phase === 'live'))
    return { ...base, phase: { phase: 'stale', lastHeard: before.lastHeard, reason: error.message, nextTryAt } };
  const since = phase.phase === 'offline' ? phase.since : (before.lastHeard ?? now);
  return { ...base, phase: { phase: 'offline', reason: error.message, since, nextTryAt } };
}

function denied(before: Contact, rules: readonly string[], now: number): Contact {
  const { phase } = before;
  if (rules.length === 0)
    return phase.phase === 'denied' ? { ...before, phase: { phase: 'live', since: now } } : before;
  if (phase.phase !== 'live' && phase.phase !== 'denied') return before;
  // Other rules are still the same denial: it lasts since it began.
  const since = phase.phase === 'denied' ? phase.since : now;
  return { ...before, phase: { phase: 'denied', what: rules, since } };
}

/** Whether rows of a cluster in this phase may look fresh. */
export const isFresh = (phase: ClusterPhase): boolean => phase.phase === 'live' || phase.phase === 'denied';
