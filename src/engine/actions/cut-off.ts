// Actions that a crash or a lost line cut: their intent is in the journal and no result. At the next start the object is
// read again by its uid and what is known is said, once.
import { type Author, type IntentLine, type Journal, unfinished } from '../../actions/journal.ts';
import { at, record, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import { ApiError } from '../../kube/api-error.ts';
import { fetchObject } from '../documents/fetch-object.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';

/** A request that is still out may have no result yet: another program of ours may be at work. */
const settledMs = 60_000;

export type CutOffDeps = {
  readonly journal: Journal;
  readonly now: () => number;
  /** Whether the program that wrote a line runs still. */
  readonly isAlive: (by: Author) => boolean;
  /** The cluster when it is connected; null: it is not known, or it does not answer. */
  readonly connected: (cluster: IntentLine['target']['cluster']) => Promise<ClusterUnit | null>;
  readonly tell: (words: string, cluster: IntentLine['target']['cluster']) => void;
};

/** Tells of each; the result that is written then keeps it from being told again. */
export async function tellCutOff(deps: CutOffDeps): Promise<void> {
  const lines = await deps.journal.read();
  const cut = unfinished(lines).filter(
    (line) => deps.now() - Date.parse(line.at) > settledMs && !deps.isAlive(line.by),
  );
  await Promise.all(cut.map((intent) => tellOne(intent, deps)));
}

async function tellOne(intent: IntentLine, { journal, now, connected, tell }: CutOffDeps): Promise<void> {
  const unit = await connected(intent.target.cluster);
  // Said again at the next start: nobody could look.
  if (unit === null)
    return tell(cell(`${intent.title} was cut off, and its cluster cannot be asked`), intent.target.cluster);
  const words = cell(`${intent.title} was cut off at ${intent.at.slice(11, 16)}Z: ${await stateOf(unit, intent)}`);
  tell(words, intent.target.cluster);
  await journal.write({
    v: 1,
    line: 'result',
    at: new Date(now()).toISOString(),
    id: intent.id,
    result: 'unknown',
    text: words,
    auditId: null,
  });
}

async function stateOf(unit: ClusterUnit, { target, verb }: IntentLine): Promise<string> {
  const { connection } = unit;
  if (connection === null) return 'its cluster is not connected';
  try {
    const object = await fetchObject(connection.session, target, unit.signal);
    if (text(object, 'metadata', 'uid') !== target.uid) return 'the object was made anew since';
    const replicas = at(object, 'spec', 'replicas');
    if (verb === 'scale' && typeof replicas === 'number') return `it wants ${replicas} replicas now`;
    const images = Array.isArray(at(object, 'spec', 'template', 'spec', 'containers'))
      ? (at(object, 'spec', 'template', 'spec', 'containers') as readonly unknown[])
      : [];
    return `it wants ${images.map((one) => text(record(one), 'image')).join(', ')} now, generation ${String(at(object, 'metadata', 'generation'))}`;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return 'the object is gone';
    return error instanceof Error ? error.message : String(error);
  }
}
