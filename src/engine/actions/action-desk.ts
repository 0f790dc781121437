// Where wishes come in: finds the cluster that a wish is about, freezes the way to it, and keeps every action until it
// ends.
import type { ActionRecord, ActionWish, RevisionView } from '../../core/action.ts';
import type { ClusterId, ObjectRef } from '../../core/ids.ts';
import { Action } from '../../actions/action.ts';
import type { ActionCluster } from '../../actions/action-cluster.ts';
import { type Author, type Journal, recordsOf } from '../../actions/journal.ts';
import type { Locks } from '../../actions/locks.ts';
import { readTarget } from '../../actions/read-target.ts';
import { historyOf, revisionView } from '../../actions/rollback/history.ts';
import type { Inverse } from '../../actions/plan.ts';
import type { ObjectEvent } from '../../actions/track/track.ts';
import { objectEvents } from '../../actions/track/watch-object.ts';
import type { WriteGate } from '../../kube/session/write-gate.ts';
import { isProcessAlive } from '../../platform/processes.ts';
import { type Clock, pause } from '../../platform/clock.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { tellCutOff } from './cut-off.ts';
import type { KubePort } from '../kube-port.ts';

/** What an engine that may write is given. */
export type Writes = {
  readonly gate: WriteGate;
  readonly locks: Locks;
  readonly journal: Journal;
  readonly userAgent: string;
  readonly newId: () => string;
  readonly here: { readonly host: string; readonly pid: number };
  /** How long a change has to stay before it counts as done. */
  readonly holdMs: number;
};

export type DeskDeps = {
  readonly fleet: Fleet;
  readonly kube: KubePort;
  readonly clock: Clock;
  /** Null: this engine only reads. */
  readonly writes: Writes | null;
};

export type Opened = { readonly ok: true; readonly action: Action } | { readonly ok: false; readonly reason: string };

const silenceMs = 120_000;
/** How long a cluster of an action that was cut off may take to connect. */
const connectMs = 30_000;
const lookMs = 500;

export class ActionDesk {
  readonly #deps: DeskDeps;
  readonly #actions = new Map<string, Action>();

  constructor(deps: DeskDeps) {
    this.#deps = deps;
    const { writes, fleet } = deps;
    if (writes === null) return;
    writes.locks.clusterOf = (context) => {
      const unit = fleet.units.find((one) => one.context.rawName === context);
      return unit === undefined
        ? null
        : { id: unit.face.id, name: unit.face.name, isProtected: fleet.isProtected(unit.face.id) };
    };
  }

  now(): number {
    return this.#deps.clock.now();
  }

  /** Null: this engine only reads. */
  get locks(): Locks | null {
    return this.#deps.writes?.locks ?? null;
  }

  /** What was done here, by this run and earlier ones; the newest first. */
  async records(): Promise<readonly ActionRecord[]> {
    const { writes } = this.#deps;
    return writes === null ? [] : recordsOf(await writes.journal.read());
  }

  /** What a workload can go back to, the newest first. */
  async revisions(ref: ObjectRef): Promise<readonly RevisionView[] | string> {
    const cluster = this.#frozen(ref.cluster);
    if (cluster === null) return 'this cluster is not connected';
    const read = await readTarget(cluster, ref);
    if (!read.ok) return read.reason;
    return (await historyOf(cluster, ref, read.object)).map(revisionView);
  }

  get actions(): readonly Action[] {
    return [...this.#actions.values()];
  }

  /** Says what became of actions that an earlier run could not follow to their end. */
  async tellCutOff(tell: (words: string, cluster: ClusterId) => void, signal: AbortSignal): Promise<void> {
    const { writes, clock, fleet } = this.#deps;
    if (writes === null) return;
    const connected = async (id: ClusterId): Promise<ClusterUnit | null> => {
      for (let waited = 0; waited < connectMs && !signal.aborted; waited += lookMs) {
        const unit = fleet.unit(id);
        if (unit !== undefined && unit.discovery !== null && unit.connection !== null) return unit;
        await pause(clock, lookMs, signal);
      }
      return null;
    };
    const isAlive = ({ host, pid }: Author): boolean =>
      host === writes.here.host && pid !== writes.here.pid && isProcessAlive(pid);
    await tellCutOff({ journal: writes.journal, now: () => clock.now(), isAlive, connected, tell });
  }

  /** Begins to plan. The action is the caller's to lead; whatever becomes of the caller, what was sent goes on. */
  open(wish: ActionWish): Opened {
    const { writes, clock } = this.#deps;
    if (writes === null) return { ok: false, reason: 'this program was started to read only' };
    const cluster = this.#frozen(wish.target.cluster);
    if (cluster === null) return { ok: false, reason: 'this cluster is not connected' };
    const action = new Action(wish, cluster, {
      ...writes,
      clock,
      silenceMs,
      inverseOf: (id) => inverseOf(writes.journal, id),
      watchObject: (of, ref, onEvent, signal) => this.#watch(of, ref, onEvent, signal),
    });
    this.#actions.set(action.id, action);
    // What is over is in the journal; plans hold whole templates, and every digit of a number makes one.
    action.onChange(() => {
      const { phase } = action.view.at;
      if (phase === 'ended' || phase === 'impossible') this.#actions.delete(action.id);
    });
    return { ok: true, action };
  }

  /** The connection of now, for as long as the action lives. */
  #frozen(id: ClusterId): ActionCluster | null {
    const { fleet } = this.#deps;
    const unit = fleet.unit(id);
    if (unit === undefined) return null;
    const { connection, access, discovery } = unit;
    if (connection === null || access === null || discovery === null) return null;
    return {
      id: unit.face.id,
      name: unit.face.name,
      isProtected: fleet.isProtected(unit.face.id),
      session: connection.session,
      access,
      discovery,
      uid: unit.uid,
      uidNow: () => unit.uid,
      phase: () => phaseOf(unit, connection),
      signal: unit.signal,
    };
  }

  #watch(cluster: ActionCluster, ref: ObjectRef, onEvent: (event: ObjectEvent) => void, signal: AbortSignal): void {
    this.#deps.kube.watch({
      session: cluster.session,
      type: ref.type,
      namespaced: ref.namespace !== '',
      namespace: ref.namespace,
      fieldSelector: `metadata.name=${ref.name}`,
      pick: 1,
      canWatch: true,
      signal,
      onEvents: objectEvents(onEvent),
    });
  }
}

/** From the journal, so that what an earlier run did can be taken back as well. */
async function inverseOf(journal: Journal, id: string): Promise<Inverse | null> {
  const lines = await journal.read();
  const intent = lines.find((line) => line.line === 'intent' && line.id === id);
  return intent?.line === 'intent' ? (intent.inverse ?? null) : null;
}

/** A connection that was replaced meanwhile is none to act through. */
const phaseOf = (unit: ClusterUnit, connection: NonNullable<ClusterUnit['connection']>): ClusterUnit['phase'] =>
  unit.connection === connection ? unit.phase : { phase: 'parked' };
