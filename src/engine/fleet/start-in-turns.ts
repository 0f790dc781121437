// The start of a command's fleet: each cluster is connected when its turn comes, and its turn is over when it is read or
// has failed. What was read stays connected, for the rows that the command prints.
import type { ClusterId } from '../../core/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ClusterUnit } from './cluster-unit.ts';
import { inTurns, type Turns } from './turns.ts';

export type StartInTurns = {
  readonly ids: readonly ClusterId[];
  readonly turns: Turns;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  connect(id: ClusterId): ClusterUnit | undefined;
  /** Anything of the fleet changed. */
  onFleet(listener: () => void): Disposable;
};

export async function startInTurns({ ids, turns, clock, signal, connect, onFleet }: StartInTurns): Promise<void> {
  await inTurns(ids, turns, { clock, signal }, (id) => {
    const unit = signal.aborted ? undefined : connect(id);
    return unit === undefined ? Promise.resolve() : whenDone(unit, signal, onFleet);
  });
}

/** Read whole, or failed: there is nothing to wait for. A unit that was folded into its twin is parked, and done as well. */
function isDone({ phase, discovery, watches }: ClusterUnit): boolean {
  if (phase.phase === 'connecting') return false;
  if (phase.phase !== 'live') return true;
  const { synced, wanted } = watches?.counts ?? { synced: 0, wanted: 0 };
  return discovery !== null && synced >= wanted;
}

function whenDone(unit: ClusterUnit, signal: AbortSignal, onFleet: StartInTurns['onFleet']): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!signal.aborted && !isDone(unit)) return;
      listening[Symbol.dispose]();
      signal.removeEventListener('abort', look);
      resolve();
    };
    const listening = onFleet(look);
    signal.addEventListener('abort', look, { once: true });
    look();
  });
}
