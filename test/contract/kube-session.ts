// Our own session to a contract server, as one of its users: the real transport with credentials that need no files.
import { clusterId } from '../../src/core/ids.ts';
import type { KubeContext } from '../../src/kube/kubeconfig/context.ts';
import type { Credentials } from '../../src/kube/credentials/contract.ts';
import { openSession } from '../../src/kube/session/session.ts';
import type { Session, SessionEvent } from '../../src/kube/session/contract.ts';
import type { WriteGate } from '../../src/kube/session/write-gate.ts';
import { newConnectGate, sessionTimings } from '../../src/kube/session/deps.ts';
import { createTlsOptions } from '../../src/kube/transport/tls.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import type { Identity } from './wire.ts';
import { lockedGate, openGate } from '../support/write-gates.ts';

export type KubeSession = Disposable & {
  readonly session: Session;
  readonly events: readonly SessionEvent[];
  /** What was done in the second-best way, by name. */
  readonly fallbacks: readonly string[];
  readonly countFallback: (what: string) => void;
};

export type KubeOptions = { readonly locked?: boolean; readonly gate?: WriteGate };

export function openKubeSession(identity: Identity, options: KubeOptions = {}): KubeSession {
  const events: SessionEvent[] = [];
  const fallbacks: string[] = [];
  const countFallback = (what: string): void => void fallbacks.push(what);
  const { cert, key, token } = identity;
  const credentials: Credentials = {
    headers: async () => (token === undefined ? {} : { authorization: `Bearer ${token}` }),
    clientCertificate: async () =>
      cert === undefined || key === undefined ? null : { cert, key, fingerprint: 'contract' },
    rejected: () => undefined,
    accepted: () => undefined,
    retry: () => undefined,
    state: { status: 'unused' },
    describe: () => 'contract',
  };
  const context: KubeContext = {
    name: 'contract',
    rawName: 'contract',
    cluster: clusterId('contract'),
    server: identity.server,
    namespace: 'default',
    tls: { ca: { pem: identity.ca }, serverName: null, insecure: false },
    proxy: null,
    auth: { type: 'none' },
    user: 'contract',
    impersonate: null,
    file: 'contract',
    disableCompression: false,
  };
  const session = openSession(context, {
    credentials,
    tls: createTlsOptions(nodeFiles),
    tunnel: () => Promise.reject(new Error('no proxy here')),
    userAgent: 'flagbridge/contract',
    gate: options.gate ?? (options.locked ? lockedGate('the contract suite locked it') : openGate),
    connects: newConnectGate(),
    fallbacks: countFallback,
    clock: systemClock,
    random: Math.random,
    timings: { ...sessionTimings, requestsPerSecond: 200, requestBurst: 200 },
  });
  session.on((event) => events.push(event));
  return { session, events, fallbacks, countFallback, [Symbol.dispose]: () => session.close() };
}
