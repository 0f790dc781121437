// What an object hangs together with: who owns it, what it owns, what it uses. Owners and uses are in objects, which are
// read when somebody looks; what is owned is in the rows that the watches keep.
import { at, flag, type KubeObject, list, text, time } from '../../core/object.ts';
import { type ObjectRef, resourceName } from '../../core/ids.ts';
import { cell } from '../../core/sanitise.ts';
import type { Discovery } from '../../kube/discovery/contract.ts';
import type { RelatedView } from '../../protocol/messages.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import type { StoredRow } from '../tables/stored-row.ts';
import { fetchObject } from './fetch-object.ts';
import { usesOf } from './uses.ts';

const longestChain = 6;
/** A namespace's worth of Jobs is more than anybody reads; the list says that there is more. */
const mostOwned = 200;

/** Owners from the outermost in, the object, what it owns, what it uses. Throws ApiError when it cannot be read at all. */
export async function relatedTo(unit: ClusterUnit, ref: ObjectRef): Promise<readonly RelatedView[]> {
  const known = unit.rows.data.find(ref.uid);
  const object = await read(unit, ref, known !== undefined);
  const owners = await ownersOf(unit, ref, object);
  const own: RelatedView = known === undefined ? viewOfObject('this', ref, object) : viewOfRow('this', known, 0);
  const uses = object === null ? [] : usesOf(object, ref);
  return [
    ...owners,
    own,
    ...ownedBy(unit, ref.uid),
    ...uses.map((used) => {
      const row = byName(unit, used);
      return row === undefined ? viewOfObject('uses', used, null) : viewOfRow('uses', row, 0);
    }),
  ];
}

function byName({ rows }: ClusterUnit, { type, namespace, name }: ObjectRef): StoredRow | undefined {
  for (const feed of rows.data.feeds(resourceName(type)))
    for (const row of feed.rows.values()) if (row.name === name && row.namespace === namespace) return row;
  return undefined;
}

/** Null when it cannot be read but something of it is known anyway. */
async function read(unit: ClusterUnit, ref: ObjectRef, isKnown: boolean): Promise<KubeObject | null> {
  const { connection } = unit;
  try {
    if (connection === null) return null;
    return await fetchObject(connection.session, ref, unit.signal);
  } catch (error) {
    if (isKnown) return null;
    throw error;
  }
}

async function ownersOf(unit: ClusterUnit, ref: ObjectRef, first: KubeObject | null): Promise<readonly RelatedView[]> {
  const chain: RelatedView[] = [];
  const seen = new Set([ref.uid]);
  let object = first;
  let here = ref;
  while (object !== null && chain.length < longestChain) {
    const owner = ownerRef(unit.discovery, here, object);
    if (owner === null || seen.has(owner.uid)) break;
    seen.add(owner.uid);
    const row = unit.rows.data.find(owner.uid);
    const next: KubeObject | null = await read(unit, owner, true);
    chain.unshift(row === undefined ? viewOfObject('owner', owner, next) : viewOfRow('owner', row, 0));
    object = next;
    here = owner;
  }
  return chain;
}

/** The owner that controls it, else its first one. Null: none, or of a kind that the server does not serve. */
function ownerRef(discovery: Discovery | null, owned: ObjectRef, object: KubeObject): ObjectRef | null {
  const owners = list(object, 'metadata', 'ownerReferences');
  // An event has no owner: it is about something.
  const owner = owners.find((one) => flag(one, 'controller')) ?? owners[0] ?? at(object, 'involvedObject');
  const [group, version] = groupVersion(text(owner, 'apiVersion'));
  const served = discovery?.resources.find(
    (r) => r.group === group && r.version === version && r.kind === text(owner, 'kind'),
  );
  if (served === undefined) return null;
  return {
    cluster: owned.cluster,
    type: { group, version, resource: served.resource },
    kind: served.kind,
    namespace: served.namespaced ? owned.namespace : '',
    name: text(owner, 'name'),
    uid: text(owner, 'uid'),
  };
}

const groupVersion = (apiVersion: string): readonly [string, string] => {
  const [group, version] = apiVersion.split('/');
  return version === undefined ? ['', group ?? ''] : [group ?? '', version];
};

/** Everything below an object, each under its own owner. */
function ownedBy({ rows }: ClusterUnit, uid: string): readonly RelatedView[] {
  const { data } = rows;
  const below = new Map<string, StoredRow[]>();
  for (const resource of data.resources()) {
    // What happened to it has a line of its own.
    if (resource === 'events') continue;
    for (const feed of data.feeds(resource))
      for (const row of feed.rows.values()) {
        if (row.owner === '') continue;
        const siblings = below.get(row.owner);
        if (siblings === undefined) below.set(row.owner, [row]);
        else siblings.push(row);
      }
  }
  const out: RelatedView[] = [];
  const seen = new Set<string>([uid]);
  const add = (owner: string, depth: number): void => {
    const children = (below.get(owner) ?? []).toSorted((a, b) => a.rank - b.rank || b.created - a.created);
    for (const row of children) {
      if (seen.has(row.uid) || out.length >= mostOwned || depth > longestChain) continue;
      seen.add(row.uid);
      out.push(viewOfRow('owned', row, depth));
      add(row.uid, depth + 1);
    }
  };
  if (uid !== '') add(uid, 1);
  return out;
}

const viewOfRow = (relation: RelatedView['relation'], row: StoredRow, depth: number): RelatedView => ({
  relation,
  depth,
  ref: {
    cluster: row.cluster,
    type: row.source.type,
    kind: row.source.kind,
    namespace: row.namespace,
    name: row.name,
    uid: row.uid,
  },
  health: row.shownHealth,
  isStale: row.isStale,
  status: row.status,
  created: row.created === 0 ? null : row.created,
});

const viewOfObject = (relation: RelatedView['relation'], ref: ObjectRef, object: KubeObject | null): RelatedView => ({
  relation,
  depth: 0,
  ref: { ...ref, name: cell(ref.name) },
  health: 'none',
  isStale: false,
  status: cell(text(object, 'status', 'phase')),
  created: time(object, 'metadata', 'creationTimestamp') ?? null,
});
