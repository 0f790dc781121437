// Keeps the hues of clusters from run to run: by the UID that a cluster has whatever it is reached by, and by the id that
// is known before it has answered, so that a swatch has its colour from the first frame on.
import { type StateStore, withHues } from '../config/state.ts';
import type { ClusterSummary } from '../core/cluster.ts';
import type { Clock } from '../platform/clock.ts';
import type { Engine } from '../protocol/engine.ts';

/** Clusters answer one after the other: their hues are written together. */
const togetherMs = 2_000;

export interface HueMemory extends Disposable {
  /** Resolves when everything that was to be written is. Disposing writes what waits. */
  written(): Promise<void>;
}

export function rememberHues(engine: Engine, store: StateStore, clock: Clock): HueMemory {
  let news: ReadonlyMap<string, number> = new Map();
  let timer: Disposable | null = null;
  let writing: Promise<void> = Promise.resolve();
  const write = (): void => {
    timer?.[Symbol.dispose]();
    timer = null;
    const hues = Object.fromEntries(news);
    if (news.size > 0) writing = store.update((before) => withHues(before, hues));
    news = new Map();
  };
  const listening = engine.onFleet(({ clusters }) => {
    const known = store.state.hues;
    const found = clusters.flatMap((one) => keysOf(one).map((key) => [key, one.hue] as const));
    news = new Map(found.filter(([key, hue]) => !Object.hasOwn(known, key) || known[key] !== hue));
    if (news.size > 0) timer ??= clock.after(togetherMs, write);
  });
  return {
    written: () => writing,
    [Symbol.dispose]: () => {
      listening[Symbol.dispose]();
      write();
    },
  };
}

/** What a hue is kept by; nothing as long as the cluster's UID may still come and change it. */
function keysOf({ id, uid, watches }: ClusterSummary): readonly string[] {
  if (uid !== null) return [uid, id];
  return watches.wanted > 0 ? [id] : [];
}
