// How a command asks many clusters: some at a time, in file order, within the time that the person gave. The limit is on
// what is busy, not on what waits: who does not answer gives the place back after a fair share of the time and goes on
// beside the others, so that the last cluster of a long file is asked even when the first fifty are dead.
import { enterFor, newGate } from '../../kube/session/politeness.ts';
import type { Clock } from '../../platform/clock.ts';

export type Turns = {
  /** As many are asked at a time. */
  readonly places: number;
  /** All have begun within this time, the last with as much of it left as any other had to itself. */
  readonly withinMs: number;
};

/**
 * How long one of `count` may keep its place: the time is cut into as many rounds as are needed when nobody is done
 * early. Ten seconds for 200 clusters are four rounds of 2.5 s.
 */
export const shareMs = (count: number, { places, withinMs }: Turns): number =>
  Math.max(1, Math.floor(withinMs / Math.max(1, Math.ceil(count / places))));

/**
 * Asks every item when its turn comes; resolves with all answers, in the order of the items. When the signal aborts,
 * who still waits is asked at once and has to see for itself that the time is over.
 */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  turns: Turns,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  ask: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const gate = newGate(turns.places, clock);
  const share = shareMs(items.length, turns);
  return Promise.all(
    items.map(async (item) => {
      // It fails by the signal alone.
      const place = await enterFor(gate, share, clock, signal).catch(() => null);
      try {
        return await ask(item);
      } finally {
        place?.[Symbol.dispose]();
      }
    }),
  );
}
