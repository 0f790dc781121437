// Views whose content is the answer to a question, asked again while they are in sight: containers, related objects, why.
import type { ObjectRef } from '../core/ids.ts';
import type { Problem } from '../core/problem.ts';
import type { Row } from '../core/row.ts';
import type { ContainerView, Question, RelatedView } from '../protocol/messages.ts';
import type { DataState } from './data.ts';
import { whyOf } from './targets.ts';
import type { ViewState } from './view.ts';

export type Asked = {
  readonly question: Question;
  /** The answers are typed by the protocol: a list of what was asked for. */
  readonly take: (data: DataState, answer: readonly unknown[]) => Partial<DataState>;
};

/** What a view asks; null when it shows something else. */
export function askedOf({ id, content }: ViewState): Asked | null {
  const rows = (data: DataState, made: readonly Row[]): Partial<DataState> => ({ rows: { ...data.rows, [id]: made } });
  switch (content.type) {
    case 'containers': {
      const { ref } = content;
      const rowOf = (entry: unknown): Row => containerRow(entry as ContainerView, id, ref.cluster);
      return { question: { ask: 'containers', ref }, take: (data, answer) => rows(data, answer.map(rowOf)) };
    }
    case 'related': {
      const { ref } = content;
      const rowOf = (entry: unknown): Row => relatedRow(entry as RelatedView);
      return {
        question: { ask: 'related', ref },
        take: (data, answer) => rows(data, [...answer.map(rowOf), eventsRow(ref)]),
      };
    }
    case 'why':
      return {
        question: { ask: 'why', about: whyOf(content.table, content.row) },
        take: (data, answer) => ({
          problems: { ...data.problems, [id]: { key: id, problems: answer as readonly Problem[] } },
        }),
      };
    default:
      return null;
  }
}

const plain: Omit<Row, 'key' | 'ref' | 'clusters' | 'name' | 'cells'> = {
  namespace: '',
  app: '',
  health: 'none',
  stale: false,
  staleMembers: 0,
  depth: 0,
  open: null,
};

/** A row for an object of which no more is known than its name. */
export const rowOfRef = (ref: ObjectRef): Row => ({
  ...plain,
  key: `${ref.cluster}|${ref.kind}|${ref.namespace}|${ref.name}`,
  ref,
  clusters: [ref.cluster],
  namespace: ref.namespace,
  name: ref.name,
  cells: [],
});

const containerRow = (entry: ContainerView, viewId: string, cluster: Row['clusters'][number]): Row => ({
  ...plain,
  key: `${viewId} ${entry.role} ${entry.name}`,
  ref: null,
  clusters: [cluster],
  name: entry.name,
  health: entry.health,
  cells: [
    entry.name,
    { text: entry.role === 'container' ? 'main' : entry.role, tone: 'muted' },
    entry.state,
    entry.isReady ? 'yes' : { text: 'no', tone: entry.health === 'fail' || entry.health === 'warn' ? 'warn' : 'muted' },
    entry.restarts,
    entry.since,
    entry.last === '' ? null : entry.last,
    { text: entry.image, tone: 'muted' },
  ],
});

function relatedRow(entry: RelatedView): Row {
  const { ref, relation, depth } = entry;
  return {
    ...rowOfRef(ref),
    health: entry.health,
    stale: entry.isStale,
    depth: depth > 0 ? 1 : 0,
    cells: [
      // Deeper ones stand under the one that owns them.
      `${'  '.repeat(Math.max(0, depth - 1))}${ref.name}`,
      ref.kind,
      { text: relation, tone: relation === 'this' ? 'accent' : 'muted' },
      entry.status === '' ? null : entry.status,
      entry.created,
    ],
  };
}

/** Stands for what happened to the object; Enter opens it. */
const eventsRow = (ref: ObjectRef): Row => ({
  ...plain,
  key: `${ref.uid} events`,
  ref: null,
  clusters: [ref.cluster],
  namespace: ref.namespace,
  name: 'its events',
  cells: ['its events', 'Event', { text: 'events', tone: 'muted' }, null, null],
});
