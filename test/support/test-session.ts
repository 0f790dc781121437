// Sessions for tests against a scripted server: real sockets, short times, credentials that the test controls.
import { clusterId } from '../../src/core/ids.ts';
import type { KubeContext } from '../../src/kube/kubeconfig/context.ts';
import type { Credentials } from '../../src/kube/credentials/contract.ts';
import { openSession } from '../../src/kube/session/session.ts';
import type { Session, SessionEvent } from '../../src/kube/session/contract.ts';
import { newConnectGate, type SessionDeps, type SessionTimings, sessionTimings } from '../../src/kube/session/deps.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { ScriptedServer } from './scripted-server.ts';
import { openGate } from './write-gates.ts';

export type TestSession = Disposable & {
  readonly session: Session;
  readonly events: SessionEvent[];
  readonly calls: { headers: number; rejected: number; accepted: number };
  readonly fallbacks: string[];
  /** Token that the credentials give, and what they give after a refusal. */
  token: string;
  renewed: string | null;
};

export const contextOf = (server: string, more: Partial<KubeContext> = {}): KubeContext => ({
  name: 'test',
  rawName: 'test',
  cluster: clusterId('test'),
  server,
  namespace: 'default',
  tls: { ca: null, serverName: null, insecure: false },
  proxy: null,
  auth: { type: 'none' },
  user: 'tester',
  impersonate: null,
  file: 'test',
  disableCompression: false,
  ...more,
});

export function openTestSession(
  server: Pick<ScriptedServer, 'url' | 'ca'>,
  more: { timings?: Partial<SessionTimings>; deps?: Partial<SessionDeps>; context?: Partial<KubeContext> } = {},
): TestSession {
  const events: SessionEvent[] = [];
  const fallbacks: string[] = [];
  const calls = { headers: 0, rejected: 0, accepted: 0 };
  const credentials: Credentials = {
    async headers() {
      calls.headers++;
      return { authorization: `Bearer ${test.token}` };
    },
    clientCertificate: async () => null,
    rejected() {
      calls.rejected++;
      if (test.renewed !== null) test.token = test.renewed;
    },
    accepted: () => void calls.accepted++,
    retry: () => undefined,
    state: { status: 'unused' },
    describe: () => 'test token',
  };
  const deps: SessionDeps = {
    credentials,
    tls: async () => ({ ca: server.ca, rejectUnauthorized: true, servername: 'localhost' }),
    tunnel: async () => {
      throw new Error('no proxy in this test');
    },
    userAgent: 'flagbridge/test',
    gate: openGate,
    connects: newConnectGate(),
    fallbacks: (what) => void fallbacks.push(what),
    clock: systemClock,
    random: Math.random,
    timings: { ...sessionTimings, requestsPerSecond: 1_000, requestBurst: 1_000, ...more.timings },
    ...more.deps,
  };
  const session = openSession(contextOf(server.url, more.context), deps);
  session.on((event) => events.push(event));
  const test: TestSession = {
    session,
    events,
    calls,
    fallbacks,
    token: 'good',
    renewed: null,
    [Symbol.dispose]: () => session.close(),
  };
  return test;
}

/** Waits until `check` gives something; fails with `what` after 10 s. */
export async function until<T>(what: string, check: () => T | undefined | null | false): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = check();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
