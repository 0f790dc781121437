// Events: warnings from the first connect on, because rules read them; the rest when somebody looks.
import type { RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import { field, type KubeObject, type PathSpec, numberOf, textOf, timeOf } from '../../src/plugin-api/read.ts';
import { clusterColumn, column, namespaceColumn } from './cells.ts';
import type { EventFacts } from './facts.ts';
import { createdOf } from './meta.ts';

export const eventTable: TableDefinition = {
  id: 'events',
  title: 'Events',
  columns: [
    column('time', 'TIME', 'time', [5, 5, 5], { priority: 0 }, 'never'),
    clusterColumn(1),
    namespaceColumn(6),
    // Whole or not at all: `Scaling…` says less than the room it takes is worth to the text.
    column('reason', 'REASON', 'text', [8, 12, 20], { priority: 3 }, 'never'),
    column('object', 'OBJECT', 'name', [8, 16, 30], { priority: 5 }, 'middle'),
    column('count', 'COUNT', 'number', [3, 5, 6], { priority: 4 }, 'never'),
    // Before the reason: where there is room for one of them, the text says more.
    column('text', 'TEXT', 'text', [8, 30, Number.POSITIVE_INFINITY], { priority: 2 }, 'end'),
    column('by', 'BY', 'text', [4, 10, 24], { priority: 7, wide: true }, 'end'),
  ],
};

const eventPaths: PathSpec = {
  metadata: { name: 1, namespace: 1, uid: 1, creationTimestamp: 1 },
  type: 1,
  reason: 1,
  message: 1,
  count: 1,
  eventTime: 1,
  firstTimestamp: 1,
  lastTimestamp: 1,
  series: { count: 1, lastObservedTime: 1 },
  involvedObject: { kind: 1, namespace: 1, name: 1, uid: 1 },
  reportingComponent: 1,
  source: { component: 1 },
};

/**
 * When an event was last seen, first seen, and how often. Writers differ: the scheduler fills `eventTime` and no
 * counts, controllers fill the old fields, newer ones a series.
 */
export function eventTimes(event: KubeObject): {
  readonly first: number;
  readonly last: number;
  readonly count: number;
} {
  const series = event['series'];
  const created = createdOf(event['metadata']);
  const at = timeOf(event['eventTime']);
  const oldFirst = timeOf(event['firstTimestamp']);
  const last = timeOf(field(series, 'lastObservedTime')) ?? timeOf(event['lastTimestamp']) ?? at ?? oldFirst ?? created;
  const first = oldFirst ?? at ?? (created === 0 ? last : created);
  const count = numberOf(field(series, 'count'), numberOf(event['count'], 1));
  return { first: Math.min(first, last), last, count: Math.max(1, count) };
}

/** The object an event is about, as `Pod cart-0`; the kind is left out for pods, which most are about. */
const objectName = (kind: string, name: string): string => (kind === 'Pod' || kind === '' ? name : `${kind}/${name}`);

function eventRow(event: KubeObject, isWarning: boolean): RowContent {
  const about = event['involvedObject'];
  const kind = textOf(field(about, 'kind'));
  const name = textOf(field(about, 'name'));
  const reason = textOf(event['reason']);
  const message = textOf(event['message']);
  const { first, last, count } = eventTimes(event);
  const facts: EventFacts | undefined = isWarning
    ? { reason, message, count, first, last, kind, name, uid: textOf(field(about, 'uid')) }
    : undefined;
  return {
    health: isWarning ? 'warn' : 'none',
    app: name,
    owner: textOf(field(about, 'uid')),
    status: isWarning ? 'Warning' : 'Normal',
    created: createdOf(event['metadata']),
    cells: [
      last,
      null,
      textOf(field(event['metadata'], 'namespace')),
      reason,
      objectName(kind, name),
      count === 1 ? null : count,
      message,
      textOf(event['reportingComponent']) || textOf(field(event['source'], 'component')) || null,
    ],
    ...(facts === undefined ? {} : { facts }),
  };
}

const base = { group: '', resource: 'events', versions: ['v1'], pick: eventPaths, into: 'events' } as const;

/** Warnings feed rules; they are few beside the rest. */
export const warningWatch: WatchDefinition = {
  ...base,
  when: 'always',
  fieldSelector: 'type!=Normal',
  toRow: (event) => eventRow(event, true),
};

export const normalEventWatch: WatchDefinition = {
  ...base,
  when: 'visible',
  fieldSelector: 'type=Normal',
  toRow: (event) => eventRow(event, false),
};
