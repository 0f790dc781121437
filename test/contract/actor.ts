// Somebody who writes, through the whole guarded path, on a contract server: the real gate, the real session, a journal in
// memory.
import { randomUUID } from 'node:crypto';
import { Action } from '../../src/actions/action.ts';
import type { ActionCluster } from '../../src/actions/action-cluster.ts';
import { type JournalLine, openJournal } from '../../src/actions/journal.ts';
import type { ActionOutcome, ActionPhase, ActionView, ActionWish } from '../../src/core/action.ts';
import { objectEvents } from '../../src/actions/track/watch-object.ts';
import { clusterId, type ObjectRef } from '../../src/core/ids.ts';
import { text } from '../../src/core/object.ts';
import { newAccess } from '../../src/kube/discovery/access-cache.ts';
import { discover } from '../../src/kube/discovery/discovery.ts';
import { createWriteGate } from '../../src/kube/session/write-gate.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { reflect } from '../support/reflect.ts';
import type { Fixture } from './fixture.ts';
import type { ContractUser } from './server.ts';

export type Actor = Disposable & {
  /** Plans and checks; resolves when the server has said what it thinks of it. */
  prepare(wish: ActionWish): Promise<Action>;
  readonly journal: readonly JournalLine[];
  /** Why writes are locked; null: they are not. */
  lock: string | null;
};

export type ActorOptions = { readonly isProtected?: boolean; readonly holdMs?: number };

export async function openActor(
  fixture: Fixture,
  user: ContractUser,
  { isProtected = false, holdMs = 500 }: ActorOptions = {},
): Promise<Actor> {
  const lines: JournalLine[] = [];
  const actor = { lock: null as string | null };
  const gate = createWriteGate(() => actor.lock);
  const kube = fixture.openKube(user, { gate });
  const { session } = kube;
  const ending = new AbortController();
  const discovery = await discover(session, { fallbacks: kube.countFallback, signal: ending.signal });
  const cluster: ActionCluster = {
    id: clusterId('contract'),
    name: 'contract',
    isProtected,
    session,
    access: newAccess(session),
    discovery,
    uid: null,
    uidNow: () => null,
    phase: () => ({ phase: 'live', since: 0 }),
    signal: ending.signal,
  };
  const journal = openJournal({
    path: 'journal',
    append: (_path, line) => {
      lines.push(JSON.parse(line) as JournalLine);
      return Promise.resolve({ ok: true });
    },
    read: () => Promise.resolve(lines.map((line) => JSON.stringify(line)).join('\n')),
  });
  return {
    journal: lines,
    get lock() {
      return actor.lock;
    },
    set lock(reason) {
      actor.lock = reason;
    },
    async prepare(wish) {
      const action = new Action(wish, cluster, {
        gate,
        journal,
        userAgent: 'flagbridge/contract',
        clock: systemClock,
        newId: randomUUID,
        here: { host: 'contract', pid: 1 },
        holdMs,
        silenceMs: 30_000,
        inverseOf: async (id) => {
          const intent = lines.find((line) => line.line === 'intent' && line.id === id);
          return intent?.line === 'intent' ? intent.inverse : null;
        },
        watchObject: (_cluster, ref, onEvent, signal) =>
          void reflect({
            session,
            resource: { ...ref.type, namespaced: true },
            namespace: ref.namespace,
            fieldSelector: `metadata.name=${ref.name}`,
            pick: 1,
            fallbacks: kube.countFallback,
            signal,
            onEvents: objectEvents(onEvent),
          }),
      });
      await action.prepare();
      return action;
    },
    [Symbol.dispose]() {
      ending.abort();
      kube[Symbol.dispose]();
    },
  };
}

/** Resolves with how it ended. */
export function ended(action: Action): Promise<ActionOutcome> {
  return reached(action, (view) => (view.at.phase === 'ended' ? view.at.outcome : null));
}

/** Resolves when it is in a phase. */
export const inPhase = (action: Action, phase: ActionPhase['phase']): Promise<ActionView> =>
  reached(action, (view) => (view.at.phase === phase ? view : null));

function reached<T>(action: Action, of: (view: ActionView) => T | null): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const look = (): void => {
    const found = of(action.view);
    if (found !== null) resolve(found);
  };
  const listening = action.onChange(look);
  look();
  return promise.finally(() => listening[Symbol.dispose]());
}

/** The object as something to act on. */
export async function refOf(fixture: Fixture, kind: 'Deployment' | 'StatefulSet', name: string): Promise<ObjectRef> {
  const resource = kind === 'Deployment' ? 'deployments' : 'statefulsets';
  const object = await fixture.admin.json(`/apis/apps/v1/namespaces/${fixture.namespace}/${resource}/${name}`);
  return {
    cluster: clusterId('contract'),
    type: { group: 'apps', version: 'v1', resource },
    kind,
    namespace: fixture.namespace,
    name,
    uid: text(object, 'metadata', 'uid'),
  };
}
