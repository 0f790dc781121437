// Events of one object, newest first. Writers fill different fields for the same thing: the rules follow what the
// scheduler, the controller manager and the kubelet really send.
import { duration } from '../../core/format.ts';
import { type KubeObject, number, text, time } from '../../core/object.ts';
import type { DocumentLine } from '../../protocol/messages.ts';
import { heading, line } from './document-line.ts';

const mostEvents = 50;

export function eventLines(events: readonly KubeObject[], now: number): DocumentLine[] {
  if (events.length === 0) return [];
  const sorted = [...events].sort((a, b) => lastSeen(b) - lastSeen(a)).slice(0, mostEvents);
  return [
    heading('Events'),
    ...sorted.map((event) => {
      const count = number(event, 'series', 'count') ?? number(event, 'count') ?? 1;
      const seen = lastSeen(event);
      const words = [
        seen === 0 ? '' : `${duration(now - seen)} ago`,
        count > 1 ? `×${count}` : '',
        text(event, 'message') || text(event, 'note'),
        writer(event) === '' ? '' : `(${writer(event)})`,
      ];
      return line(
        2,
        text(event, 'reason'),
        words.filter((word) => word !== '').join('  '),
        text(event, 'type') === 'Warning' ? 'warn' : 'text',
      );
    }),
  ];
}

const writer = (event: KubeObject): string => text(event, 'reportingComponent') || text(event, 'source', 'component');

/** When an event was last seen, in milliseconds since the epoch; 0 when nothing says so. */
export const lastSeen = (event: KubeObject): number =>
  time(event, 'series', 'lastObservedTime') ??
  time(event, 'lastTimestamp') ??
  time(event, 'eventTime') ??
  time(event, 'firstTimestamp') ??
  time(event, 'metadata', 'creationTimestamp') ??
  0;
