// What a watch tells, as what is to be known of its one object: how it is, that it is gone, that nothing is heard.
import { record } from '../../core/object.ts';
import type { WatchEvent } from '../../kube/reflect/watch-event.ts';
import type { ObjectEvent } from './track.ts';

/** Takes the events of a watch by name. */
export function objectEvents(onEvent: (event: ObjectEvent) => void): (events: readonly WatchEvent[]) => void {
  let isThere = false;
  return (events) => {
    for (const event of events)
      switch (event.type) {
        case 'sync-started':
          isThere = false;
          break;
        case 'upsert':
          isThere = true;
          onEvent({ type: 'now', object: record(event.object) });
          break;
        case 'delete':
          onEvent({ type: 'gone' });
          break;
        case 'synced':
          // Deleted while nothing was heard: a new set does not tell what is not in it.
          onEvent(isThere ? { type: 'heard' } : { type: 'gone' });
          break;
        case 'resumed':
          onEvent({ type: 'heard' });
          break;
        case 'interrupted':
        case 'denied':
          onEvent({ type: 'silent', reason: event.error.message });
          break;
        case 'polled':
          onEvent({ type: 'silent', reason: 'it may not be watched' });
          break;
        case 'absent':
          onEvent({ type: 'silent', reason: 'the cluster does not serve its kind' });
      }
  };
}
