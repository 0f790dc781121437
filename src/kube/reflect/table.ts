// Any resource as the server itself shows it: a Table, streamed like everything else.
import { number, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import { type ReflectOptions, type Reflector, reflectShape } from './reflector.ts';
import { tableShape } from './watch-shape.ts';

export type TableColumn = {
  /** As the server writes it: `Name`, `Ready`. Sanitised. */
  readonly name: string;
  /** integer, number, string, boolean, date, as OpenAPI has them. */
  readonly type: 'integer' | 'number' | 'string' | 'boolean' | 'date';
  readonly format: string;
  readonly description: string;
  /** 0 is always shown; more than 0 is what `-o wide` adds. */
  readonly priority: number;
};

export type TableOptions = ReflectOptions & {
  /** `Metadata` (the default) names every row; `None` gives cells alone, for one namespace or for counting. */
  readonly includeObject?: 'Metadata' | 'None';
  /** Comes before the first row, and again when a CRD's columns have changed. */
  onColumns(columns: readonly TableColumn[]): void;
};

/**
 * As `reflectShape`; every object is `{metadata, cells}`, with cells in the order of the columns. Cells are the server's own
 * words and unsanitised. A cell that shows an age is text and does not tick: take creationTimestamp for that.
 */
export function reflectTable(options: TableOptions): Reflector {
  const onFallback = (): void => options.fallbacks('decoder', options.session.context.cluster);
  const onColumns = (columns: readonly unknown[]): void => options.onColumns(columns.map(readColumn));
  return reflectShape(options, tableShape(options.includeObject ?? 'Metadata', onColumns, onFallback));
}

const types = new Set(['integer', 'number', 'string', 'boolean', 'date']);

/** One columnDefinition; an unknown type is text. */
export function readColumn(raw: unknown): TableColumn {
  const type = text(raw, 'type');
  return {
    name: cell(text(raw, 'name')),
    type: types.has(type) ? (type as TableColumn['type']) : 'string',
    format: cell(text(raw, 'format')),
    description: cell(text(raw, 'description')),
    priority: number(raw, 'priority') ?? 0,
  };
}
