// One line of a watch: what happened to which object. The frame that servers write is recognised by its bytes; any
// other JSON that means the same is understood too, the slow way.
import { type KubeObject, number, record, text } from '../../core/object.ts';
import type { ApiStatus } from '../api-error.ts';
import { statusOf } from '../api-status.ts';
import { incomplete } from '../decode/decoder.ts';
import { skipSpace } from '../decode/json-walk.ts';
import type { WatchShape } from './watch-shape.ts';

export type WatchLine =
  | {
      readonly type: 'added' | 'modified' | 'deleted';
      readonly objects: readonly KubeObject[];
      readonly resourceVersion: string;
    }
  /** `isEnd`: everything that there was at the beginning has been said. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly isEnd: boolean }
  | { readonly type: 'error'; readonly status: ApiStatus; readonly retryAfter: number | null }
  /** A blank line, or a type that does not exist yet. */
  | { readonly type: 'nothing' };

const frames = [
  { type: 'modified', bytes: Buffer.from('{"type":"MODIFIED","object":') },
  { type: 'added', bytes: Buffer.from('{"type":"ADDED","object":') },
  { type: 'deleted', bytes: Buffer.from('{"type":"DELETED","object":') },
] as const;

/** Throws SyntaxError on what is not JSON. `onFallback` is called when the frame was not the usual one. */
export function readWatchLine(
  shape: WatchShape,
  buffer: Buffer,
  start: number,
  end: number,
  onFallback: () => void,
): WatchLine {
  // The tenth byte tells them apart: `{"type":"A`.
  const letter = buffer[start + 9];
  for (const frame of frames) {
    if (frame.bytes[9] !== letter || !startsWith(buffer, frame.bytes, start, end)) continue;
    const value = shape.event.decodePrefix(buffer, start + frame.bytes.length, end);
    if (value === incomplete) break;
    const close = skipSpace(buffer, shape.event.next, end);
    if (buffer[close] !== 0x7d || skipSpace(buffer, close + 1, end) !== end) break;
    return change(shape, frame.type, value);
  }
  if (skipSpace(buffer, start, end) === end) return { type: 'nothing' };
  return readSlowly(shape, buffer.subarray(start, end), onFallback);
}

function readSlowly(shape: WatchShape, line: Buffer, onFallback: () => void): WatchLine {
  const event: unknown = JSON.parse(line.toString('utf8'));
  const object = record(event, 'object');
  switch (text(event, 'type')) {
    case 'BOOKMARK': {
      // A Table's bookmark carries a made-up row, whose object has the metadata of the bookmark.
      const inRow = record(object, 'rows', 0, 'object');
      const mark = 'k8s.io/initial-events-end';
      const isEnd = [object, inRow].some((o) => text(o, 'metadata', 'annotations', mark) === 'true');
      shape.onEnvelope?.(object);
      return { type: 'bookmark', resourceVersion: text(object, 'metadata', 'resourceVersion'), isEnd };
    }
    case 'ERROR':
      return {
        type: 'error',
        status: statusOf(object, 0),
        retryAfter: number(object, 'details', 'retryAfterSeconds') ?? null,
      };
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED': {
      onFallback();
      const bytes = Buffer.from(JSON.stringify(object));
      const type = text(event, 'type').toLowerCase() as 'added' | 'modified' | 'deleted';
      return change(shape, type, shape.event.decode(bytes, 0, bytes.length));
    }
    default:
      // A word of a protocol that does not exist yet is no reason to stop; something without one is no watch.
      if (text(event, 'type') === '') throw new SyntaxError('not a watch event');
      return { type: 'nothing' };
  }
}

function change(shape: WatchShape, type: 'added' | 'modified' | 'deleted', value: unknown): WatchLine {
  const objects = shape.objectsOf(value);
  const own = text(value, 'metadata', 'resourceVersion');
  return { type, objects, resourceVersion: own || text(objects[0], 'metadata', 'resourceVersion') };
}

function startsWith(buffer: Buffer, wanted: Buffer, at: number, end: number): boolean {
  if (end - at < wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (buffer[at + i] !== wanted[i]) return false;
  return true;
}
