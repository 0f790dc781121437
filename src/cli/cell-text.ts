// A cell as plain text, for the tables of commands: the same words as on the screen, without colour.
import type { ClusterId } from '../core/ids.ts';
import { age, bytes, clock, count, cpu, shortDigest } from '../core/format.ts';
import type { Cell, ColumnType, TonedText } from '../core/row.ts';

export type CellContext = { readonly now: number; readonly clusterName: (id: ClusterId) => string };

export function cellText(value: Cell, type: ColumnType, context: CellContext): string {
  if (value === null) return '—';
  if (typeof value === 'string') return type === 'clusters' ? context.clusterName(value as ClusterId) : value;
  if (typeof value === 'number') return numberText(value, type, context.now);
  if (isList(value)) {
    return type === 'clusters' ? value.map((id) => context.clusterName(id as ClusterId)).join(',') : value.join(',');
  }
  if ('text' in value) return tonedText(value, context.now);
  if ('of' in value) return `${value.n}/${value.of}`;
  const digest = shortDigest(value.digest);
  return value.tag === '' ? (digest === '' ? '—' : `@${digest}`) : digest === '' ? value.tag : `${value.tag} ${digest}`;
}

/** Words with the time beside them as it is now: `stuck 3m`, `done 12:33`. */
function tonedText(value: TonedText, now: number): string {
  const words = value.text !== '' ? value.text : value.progress ? `${value.progress.n}/${value.progress.of}` : '';
  const time =
    value.since !== undefined
      ? age(now - value.since)
      : value.until !== undefined && value.until > now
        ? `in ${age(value.until - now)}`
        : value.at !== undefined
          ? clock(value.at, now)
          : '';
  return [words, time].filter((part) => part !== '').join(' ');
}

const isList = (value: Cell): value is readonly string[] => Array.isArray(value);

function numberText(value: number, type: ColumnType, now: number): string {
  switch (type) {
    case 'age':
      return age(now - value);
    case 'time':
      return clock(value, now);
    case 'bytes':
      return bytes(value);
    case 'cpu':
      return cpu(value);
    default:
      return count(value);
  }
}
