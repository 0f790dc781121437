// A stored row as the filter grammar asks for it. One object is moved from row to row, so that filtering 100,000 rows
// makes no garbage.
import type { FilterRow } from '../../core/filter/match.ts';
import type { FilterKey, Measure } from '../../core/filter/terms.ts';
import type { Cell } from '../../core/row.ts';
import { cellAt } from '../tables/shape.ts';
import { serverTime, type StoredRow } from '../tables/stored-row.ts';

/** The words of a cell, for filters and sorting; numbers are not searched. */
export function cellWords(cell: Cell): string {
  if (cell === null || typeof cell === 'number') return '';
  if (typeof cell === 'string') return cell;
  if (Array.isArray(cell)) return cell.join(' ');
  if ('tag' in cell) return cell.tag;
  return 'text' in cell ? cell.text : '';
}

export class StoredFilterRow implements FilterRow {
  #row: StoredRow | null = null;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  at(row: StoredRow): this {
    this.#row = row;
    return this;
  }

  text(): string {
    const row = this.#row;
    if (row === null) return '';
    let words = `${row.name} ${row.namespace} ${row.app} ${row.source.face.name} ${row.status} ${row.image}`;
    const { shape } = row.source;
    if (shape !== null)
      for (let i = 0; i < shape.columns.length; i++) {
        const cell = cellAt(shape, row, i);
        // The name is there already; what repeats it would only make fuzzy hits out of accidents.
        if (cell !== row.name && cell !== null && typeof cell !== 'number') words += ` ${cellWords(cell)}`;
      }
    return words;
  }

  values(key: FilterKey): readonly string[] {
    const row = this.#row;
    if (row === null) return [];
    switch (key) {
      case 'cluster':
        return row.source.face.names;
      case 'namespace':
        return [row.namespace];
      case 'kind':
        return [row.source.kind, row.source.type.resource];
      case 'app':
        return [row.app];
      case 'status':
        return [row.status, row.shownHealth];
      case 'image':
        return [row.image];
      case 'node':
        return [row.node];
      case 'owner':
        return [managerOf(row.labels), row.owner];
      case 'role':
        return [row.source.face.role];
      case 'stage':
        return [row.source.face.stage];
    }
  }

  label(name: string): string | undefined {
    return this.#row?.labels[name];
  }

  measure(measure: Measure, relative: boolean): number | undefined {
    const row = this.#row;
    if (row === null) return undefined;
    if (measure === 'age')
      return row.createdSeconds === 0 ? undefined : serverTime(row.source.face, this.#now()) - row.created;
    const column = row.source.shape?.columns.findIndex((c) => c.id === measure) ?? -1;
    const cell = row.source.shape === null || column < 0 ? null : cellAt(row.source.shape, row, column);
    if (typeof cell === 'number') return relative ? undefined : cell;
    if (typeof cell === 'object' && cell !== null && 'n' in cell) return relative ? cell.n / cell.of : cell.n;
    return measure === 'restarts' ? row.restarts : undefined;
  }
}

/** Who keeps an object the way it is, in one word, from the labels that such tools set; empty when nobody says so. */
export function managerOf(labels: Readonly<Record<string, string>>): string {
  if ('kustomize.toolkit.fluxcd.io/name' in labels || 'helm.toolkit.fluxcd.io/name' in labels) return 'flux';
  if ('argocd.argoproj.io/instance' in labels) return 'argo';
  const by = labels['app.kubernetes.io/managed-by'] ?? '';
  return by.toLowerCase().slice(0, 12);
}
