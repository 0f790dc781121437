import { expect, test } from 'vitest';
import { ApiError } from '../../kube/api-error.ts';
import { clusterFindings } from './cluster-problems.ts';
import { contact, type Contact, type ContactEvent, parked } from './contact.ts';

const refused = new ApiError('unreachable', 'connect ECONNREFUSED: connection refused');
const mute = new ApiError('unreachable', 'no answer to the TLS handshake within 10 s');
const login = new ApiError('login', 'token expired', { command: 'aws sso login' });

/** Runs events, each a second after the one before. */
function after(events: readonly ContactEvent[], from: Contact = parked, start = 0): Contact {
  return events.reduce((now, event, i) => contact(now, event, start + i * 1000), from);
}

const connect: ContactEvent = { type: 'connect', doing: 'connecting' };
const live = after([connect, { type: 'proven' }]);
const lost = (error: ApiError): ContactEvent => ({ type: 'failed', error, nextTryAt: null });

test('only an answer makes a cluster live; bytes alone do not', () => {
  expect(after([connect, { type: 'heard', at: 500 }]).phase.phase).toBe('connecting');
  expect(live.phase).toEqual({ phase: 'live', since: 1000 });
});

test('a cluster that never answered is offline with the reason', () => {
  expect(after([connect, lost(mute)]).phase).toMatchObject({ phase: 'offline', reason: mute.message });
});

test('a silence is stale and ends with the next sign of life', () => {
  const silent = contact(live, { type: 'silent', since: 2_000 }, 27_000);
  expect(silent.phase).toEqual({ phase: 'stale', lastHeard: 1_000, reason: 'no answer for 26s', nextTryAt: null });
  expect(contact(silent, { type: 'heard', at: 28_000 }, 28_000).phase.phase).toBe('live');
});

test('a connection that broke is stale first, offline when nothing is there, live only when proven again', () => {
  const broken = contact(live, lost(refused), 5_000);
  expect(broken.phase).toMatchObject({ phase: 'stale', lastHeard: 1_000 });
  const gone = contact(broken, lost(refused), 6_000);
  expect(gone.phase).toMatchObject({ phase: 'offline', since: 1_000 });
  expect(contact(gone, { type: 'heard', at: 7_000 }, 7_000).phase.phase).toBe('offline');
  expect(contact(gone, { type: 'proven' }, 8_000).phase.phase).toBe('live');
});

test('a server that accepts and stays mute is stale for two minutes, then offline', () => {
  const mutely = contact(contact(live, lost(mute), 5_000), lost(mute), 60_000);
  expect(mutely.phase.phase).toBe('stale');
  expect(contact(mutely, lost(mute), 122_000).phase).toMatchObject({ phase: 'offline', since: 1_000 });
});

test('a refused login keeps the time since when, and the command', () => {
  const out = contact(live, lost(login), 5_000);
  expect(contact(out, lost(login), 65_000).phase).toEqual({
    phase: 'login',
    message: 'token expired',
    command: 'aws sso login',
    since: 5_000,
  });
});

test('everything denied is a phase of a live cluster, and ends with a right', () => {
  const denied = contact(live, { type: 'denied', rules: ['list pods at the cluster scope'] }, 2_000);
  expect(denied.phase.phase).toBe('denied');
  expect(contact(denied, { type: 'proven' }, 3_000).phase.phase).toBe('denied');
  expect(contact(denied, { type: 'denied', rules: [] }, 4_000).phase.phase).toBe('live');
});

test('what is denied is denied since it began, whatever rules come and go', () => {
  const denied = contact(live, { type: 'denied', rules: ['list pods'] }, 2_000);
  const more = contact(denied, { type: 'denied', rules: ['list pods', 'list nodes'] }, 60_000);
  expect(more.phase).toEqual({ phase: 'denied', what: ['list pods', 'list nodes'], since: 2_000 });
  expect(clusterFindings(more.phase)[0]?.since).toBe(2_000);
});

test('what we stop ourselves changes nothing, and a parked cluster does not fail', () => {
  expect(contact(live, lost(new ApiError('aborted', 'stopped')), 2_000)).toBe(live);
  expect(contact(parked, lost(refused), 2_000)).toBe(parked);
});
