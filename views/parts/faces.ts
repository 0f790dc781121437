// Names and hues of clusters as rows draw them; the same object while nothing that is drawn has changed.
import type { ClusterId } from '../../src/core/ids.ts';
import type { FleetView } from '../../src/state/data.ts';
import type { ClusterFace } from './pen.ts';

export type Faces = ReadonlyMap<ClusterId, ClusterFace>;

const none: Faces = new Map();
const byFleet = new WeakMap<FleetView, Faces>();
let last: Faces = none;

/** Faces of the fleet; remembered, because what is formatted for rows is thrown away when they change. */
export function facesOf(fleet: FleetView | null): Faces {
  if (fleet === null) return none;
  const known = byFleet.get(fleet);
  if (known !== undefined) return known;
  const made: Faces = new Map(
    fleet.clusters.map((c) => [
      c.id,
      { name: c.name, hue: c.hue, protected: c.protected, isLive: c.state.phase === 'live' },
    ]),
  );
  const same = made.size === last.size && [...made].every(([id, face]) => isSame(last.get(id), face));
  if (!same) last = made;
  byFleet.set(fleet, last);
  return last;
}

const isSame = (a: ClusterFace | undefined, b: ClusterFace): boolean =>
  a !== undefined && a.name === b.name && a.hue === b.hue && a.protected === b.protected && a.isLive === b.isLive;
