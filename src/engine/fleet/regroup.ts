// What a kubeconfig that was read again means for the clusters that are there, as a pure comparison. Only what differs is
// touched: a context that says what it said before is the same object as before.
import { isDeepStrictEqual } from 'node:util';
import type { ClusterId } from '../../core/ids.ts';
import type { KubeContext } from '../../kube/kubeconfig/context.ts';

export type KnownCluster = {
  /** A person or the rules connected it. */
  readonly isConnected: boolean;
  readonly contexts: readonly KubeContext[];
};

export type Regrouped = {
  /** Every cluster there is now, in file order, with its contexts; a context that says the same is the same object. */
  readonly groups: ReadonlyMap<ClusterId, readonly KubeContext[]>;
  readonly gone: readonly ClusterId[];
  /** New clusters under a name that was connected: the same one at another address, most likely. */
  readonly moved: ReadonlySet<ClusterId>;
  /** Nothing differs, not even the order. */
  readonly isSame: boolean;
};

/** `folded` leads from ids that turned out to be another cluster to that one. */
export function regroup(
  contexts: readonly KubeContext[],
  known: ReadonlyMap<ClusterId, KnownCluster>,
  folded: ReadonlyMap<ClusterId, ClusterId>,
): Regrouped {
  const before = new Map<string, KubeContext>();
  const connected = new Set<string>();
  for (const { contexts: list, isConnected } of known.values())
    for (const context of list) {
      before.set(context.rawName, context);
      if (isConnected) connected.add(context.rawName);
    }
  const kept = contexts.map((context) => {
    const old = before.get(context.rawName);
    return old !== undefined && isDeepStrictEqual(old, context) ? old : context;
  });
  const groups = Map.groupBy(kept, ({ cluster }) => {
    const twin = folded.get(cluster);
    return twin !== undefined && known.has(twin) ? twin : cluster;
  });
  const moved = [...groups].flatMap(([id, list]) =>
    !known.has(id) && list.some((context) => connected.has(context.rawName)) ? [id] : [],
  );
  const [was, is] = [[...known], [...groups]];
  const isSame =
    was.length === is.length &&
    was.every(([id, { contexts: list }], i) => {
      const [other, now] = is[i] ?? [];
      return id === other && list.length === now?.length && list.every((context, at) => context === now[at]);
    });
  return { isSame, groups, gone: [...known.keys()].filter((id) => !groups.has(id)), moved: new Set(moved) };
}
