// Follows an applied change until it is done and stayed done, or until it is known why not. One watch of one object.
import type { ActionOutcome, ActionPhase } from '../../core/action.ts';
import type { ObjectRef } from '../../core/ids.ts';
import { duration } from '../../core/format.ts';
import { type KubeObject, number, text } from '../../core/object.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ActionCluster } from '../action-cluster.ts';
import type { Plan } from '../plan.ts';
import { type Applied, judge } from './judge.ts';

/** What a watch of one object tells. */
export type ObjectEvent =
  | { readonly type: 'now'; readonly object: KubeObject }
  | { readonly type: 'gone' }
  /** It is heard (again), and is as it was told last. */
  | { readonly type: 'heard' }
  /** Nothing is heard; `reason` says why. It goes on by itself. */
  | { readonly type: 'silent'; readonly reason: string };

export type TrackDeps = {
  readonly clock: Clock;
  watchObject(cluster: ActionCluster, ref: ObjectRef, onEvent: (event: ObjectEvent) => void, signal: AbortSignal): void;
  /** How long it has to stay done. */
  readonly holdMs: number;
  /** How long silence is borne before nobody knows. */
  readonly silenceMs: number;
};

/** As the API's default for Deployments. */
const defaultDeadlineSeconds = 600;

/** Resolves with how it ended; `onPhase` hears of every step. An abort, the cluster's too, ends it as `unknown`. */
export function track(
  cluster: ActionCluster,
  plan: Plan,
  applied: Applied,
  deps: TrackDeps,
  onPhase: (phase: Extract<ActionPhase, { phase: 'tracking' | 'holding' }>) => void,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  const { promise, resolve } = Promise.withResolvers<ActionOutcome>();
  const ending = new AbortController();
  const { clock, holdMs, silenceMs } = deps;
  let holding: { readonly until: number; readonly timer: Disposable } | null = null;
  let silence: Disposable | null = null;
  let standstill: { readonly ready: number; readonly timer: Disposable } | null = null;
  let last: KubeObject | null = null;
  const end = (outcome: ActionOutcome): void => {
    holding?.timer[Symbol.dispose]();
    silence?.[Symbol.dispose]();
    standstill?.timer[Symbol.dispose]();
    ending.abort();
    resolve(outcome);
  };
  const { target } = plan.wish;

  // StatefulSets have no deadline, and a Deployment that was stuck before does not get a new one: ours stands in.
  const awaitProgress = (ready: number, of: number, object: KubeObject): void => {
    if (standstill?.ready === ready) return;
    standstill?.timer[Symbol.dispose]();
    const seconds = number(object, 'spec', 'progressDeadlineSeconds') ?? defaultDeadlineSeconds;
    const text = `${ready} of ${of} ready, and nothing moved for ${duration(seconds * 1_000)}`;
    standstill = { ready, timer: clock.after(seconds * 1_000, () => end({ result: 'failed', text })) };
  };

  const stayed = (ready: number, of: number): void => {
    const { phase } = cluster.phase();
    // Nobody said that it changed, but nobody was heard either.
    if (phase !== 'live' && phase !== 'denied') return fallSilent(`${cluster.name} is ${phase}`);
    end({ result: 'done', text: of === 0 ? 'done and stayed' : `done and stayed, ${ready}/${of} ready` });
  };

  const see = (object: KubeObject): void => {
    // The first list may come from a cache that has not seen the change yet.
    if (isOlder(text(object, 'metadata', 'resourceVersion'), applied.resourceVersion)) return;
    last = object;
    silence?.[Symbol.dispose]();
    silence = null;
    if (text(object, 'metadata', 'uid') !== target.uid)
      return end({ result: 'failed', text: 'it was deleted and made anew' });
    const now = judge(plan, applied, object);
    switch (now.state) {
      case 'reverted':
        return end({ result: 'reverted', by: now.by, text: `reverted by ${now.by}` });
      case 'superseded':
        return end({ result: 'superseded', by: now.by, text: `changed to ${now.now} by ${now.by}` });
      case 'stuck':
        return end({ result: 'failed', text: `${now.ready} of ${now.of} ready, past its progress deadline` });
      case 'untold':
        return end({ result: 'done', text: 'applied; its object does not tell how far it is' });
      case 'held':
        return end({ result: 'done', text: `${now.text}: ${now.ready} of ${now.of} are new` });
      case 'rolling':
        holding?.timer[Symbol.dispose]();
        holding = null;
        awaitProgress(now.ready, now.of, object);
        return onPhase({ phase: 'tracking', ready: now.ready, of: now.of, text: now.text });
      case 'there': {
        standstill?.timer[Symbol.dispose]();
        standstill = null;
        holding ??= {
          until: clock.now() + holdMs,
          timer: clock.after(holdMs, () => stayed(now.ready, now.of)),
        };
        onPhase({ phase: 'holding', until: holding.until, ready: now.ready, of: now.of });
      }
    }
  };

  const hear = (event: ObjectEvent): void => {
    if (ending.signal.aborted) return;
    if (event.type === 'now') return see(event.object);
    if (event.type === 'gone') return end({ result: 'failed', text: 'it was deleted' });
    if (event.type === 'silent') return fallSilent(event.reason);
    if (last !== null) see(last);
  };
  /** What nobody sees neither stays done nor stands still: both times begin anew when it is heard again. */
  const fallSilent = (reason: string): void => {
    holding?.timer[Symbol.dispose]();
    holding = null;
    standstill?.timer[Symbol.dispose]();
    standstill = null;
    silence ??= clock.after(silenceMs, () =>
      end({ result: 'unknown', text: `applied; nothing is heard of it since: ${reason}` }),
    );
  };
  const stop = (): void => end({ result: 'unknown', text: 'applied; nobody watched it to its end' });
  const stopping = AbortSignal.any([signal, cluster.signal]);
  stopping.addEventListener('abort', stop, { once: true, signal: ending.signal });
  if (stopping.aborted) stop();
  else {
    fallSilent('it was never told');
    deps.watchObject(cluster, target, hear, ending.signal);
  }
  return promise;
}

/** By resource versions, where both are numbers (all of them are from Kubernetes 1.35 on). */
const isOlder = (version: string, than: string): boolean =>
  /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) < BigInt(than);
