// A cluster to act on without one: what is asked for is answered by a function, what is written is kept.
import type { ActionCluster } from '../../src/actions/action-cluster.ts';
import type { ActionDeps } from '../../src/actions/deps.ts';
import type { JournalLine } from '../../src/actions/journal.ts';
import type { ObjectEvent } from '../../src/actions/track/track.ts';
import { clusterId } from '../../src/core/ids.ts';
import type { SessionRequest, SessionResponse } from '../../src/kube/session/contract.ts';
import { createWriteGate } from '../../src/kube/session/write-gate.ts';
import type { Written } from '../../src/platform/files.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

export const target = {
  cluster: clusterId('a'),
  type: { group: 'apps', version: 'v1', resource: 'deployments' },
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  uid: 'u',
};

export type Answered = { readonly status: number; readonly body: unknown } | Error;

export type Stage = {
  readonly cluster: ActionCluster;
  readonly deps: ActionDeps;
  readonly clock: ManualClock;
  readonly lines: JournalLine[];
  readonly written: SessionRequest[];
  /** Tells whoever watches. */
  hear(event: ObjectEvent): void;
  readonly leave: AbortController;
  journal: Written;
};

type Scripted = {
  /** By path, without its query. */
  read(path: string): unknown;
  /** A write; dry runs too. An error from before a byte left has `isUnsent`. */
  write(request: SessionRequest): Answered & { readonly isUnsent?: true };
};

export function stage({ read, write }: Scripted): Stage {
  const clock = manualClock();
  const lines: JournalLine[] = [];
  const written: SessionRequest[] = [];
  const leave = new AbortController();
  const watchers: ((event: ObjectEvent) => void)[] = [];
  const cluster = {
    id: clusterId('a'),
    name: 'run-eu',
    isProtected: false,
    session: {
      context: { name: 'run-eu', rawName: 'run-eu', server: 'https://run-eu', user: 'ops', impersonate: null },
      json: (request: SessionRequest) => Promise.resolve().then(() => read(request.path.split('?', 1)[0] ?? '')),
      request: async (request: SessionRequest): Promise<SessionResponse> => {
        const answer = write(request);
        if (!('isUnsent' in answer)) request.onSent?.();
        if (answer instanceof Error) throw answer;
        if (!request.path.includes('dryRun')) written.push(request);
        const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
        const body = (async function* () {
          yield Buffer.from(text);
        })();
        return { status: answer.status, headers: {}, body: body as unknown as SessionResponse['body'] };
      },
    },
    access: { ask: () => Promise.resolve('yes'), denied: () => undefined },
    discovery: {
      resources: ['deployments', 'statefulsets'].map((resource) => ({
        ...target.type,
        resource,
        subresources: ['scale'],
      })),
    },
    uid: null,
    uidNow: () => null,
    phase: () => ({ phase: 'live', since: 0 }),
    signal: leave.signal,
  } as unknown as ActionCluster;
  const made: Stage = {
    cluster,
    clock,
    lines,
    written,
    leave,
    journal: { ok: true },
    hear: (event) => {
      for (const watcher of watchers) watcher(event);
    },
    deps: {
      gate: createWriteGate(() => null),
      journal: {
        write: (line: JournalLine): Promise<Written> => {
          if (made.journal.ok) lines.push(line);
          return Promise.resolve(made.journal);
        },
        read: () => Promise.resolve(lines),
      },
      userAgent: 'test',
      clock,
      newId: () => 'a-1',
      here: { host: 'here', pid: 1 },
      holdMs: 60_000,
      silenceMs: 120_000,
      inverseOf: () => Promise.resolve(null),
      watchObject: (_: ActionCluster, __: unknown, onEvent: (event: ObjectEvent) => void) =>
        void watchers.push(onEvent),
    },
  };
  return made;
}
