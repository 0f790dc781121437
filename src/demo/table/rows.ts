// What every table is made of: column definitions from a short notation, and the cells that most rows share.
import { at, number } from '../../core/object.ts';
import type { ApiObject } from '../api/objects.ts';
import { ageOf } from './age.ts';
import type { Cells } from './cells.ts';

export type Column = {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
};

export type Rows = { readonly columns: readonly Column[]; readonly cells: (object: ApiObject, now: number) => Cells };

/** `Name|f Ready Desired|i IP|w`: f = the name, i/b/d = integer/boolean/date, w = wide only. */
export const columns = (spec: string): Column[] =>
  spec.split(' ').map((word) => {
    const [name = '', marks = ''] = word.replaceAll('_', ' ').split('|');
    const type = marks.includes('i')
      ? 'integer'
      : marks.includes('b')
        ? 'boolean'
        : marks.includes('d')
          ? 'date'
          : 'string';
    return {
      name,
      type,
      format: marks.includes('f') ? 'name' : '',
      description: name,
      priority: marks.includes('w') ? 1 : 0,
    };
  });

export const rows = (spec: string, cells: Rows['cells']): Rows => ({ columns: columns(spec), cells });
export const name = (o: ApiObject): string => o.metadata.name;
export const age = (o: ApiObject, now: number): string => ageOf(o.metadata.creationTimestamp, now);
export const n = (o: unknown, ...path: readonly string[]): number => number(o, ...path) ?? 0;
export const template = (o: ApiObject): unknown => at(o, 'spec', 'template', 'spec');
