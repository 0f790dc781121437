// The types of the built-in kinds, condensed from a real server's OpenAPI: which fields there are, how lists merge.
// Custom resources have no types here; whatever they carry is kept.
import recorded from '../recorded/schema.generated.json' with { type: 'json' };
import type { Json } from './objects.ts';
import { isJson } from './objects.ts';

const kinds = recorded.kinds as Readonly<Record<string, string>>;
const types = recorded.types as unknown as Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A type: a struct with fields, a list, a map, or something without structure. */
export type FieldType =
  | { readonly is: 'struct'; readonly name: string; readonly fields: Readonly<Record<string, string>> }
  | {
      readonly is: 'list';
      readonly of: FieldType;
      /** Key by which a strategic merge patch joins elements; null: the list is replaced. */
      readonly mergeKey: string | null;
      /** Keys by which server-side apply tells elements apart. */
      readonly mapKeys: readonly string[] | null;
      readonly set: boolean;
    }
  | { readonly is: 'map'; readonly of: FieldType }
  | { readonly is: 'scalar'; readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string' }
  | { readonly is: 'any' };

const scalars: Readonly<Record<string, FieldType>> = {
  s: { is: 'scalar', type: 'string' },
  i: { is: 'scalar', type: 'integer' },
  n: { is: 'scalar', type: 'number' },
  b: { is: 'scalar', type: 'boolean' },
  q: { is: 'scalar', type: 'int-or-string' },
};

const memo = new Map<string, FieldType>();

function parse(code: string): FieldType {
  const known = memo.get(code);
  if (known !== undefined) return known;
  const parsed = parseNew(code.endsWith('!') ? code.slice(0, -1) : code);
  memo.set(code, parsed);
  return parsed;
}

function parseNew(code: string): FieldType {
  if (code.startsWith('@')) {
    const name = code.slice(1);
    const fields = types[name];
    return fields === undefined ? { is: 'any' } : { is: 'struct', name, fields };
  }
  if (code.startsWith('[')) {
    const [item = '', ...marks] = code.slice(1).split(';');
    const mark = (key: string): string | undefined => marks.find((m) => m.startsWith(`${key}=`))?.slice(2);
    return {
      is: 'list',
      of: parse(item),
      mergeKey: mark('m') ?? null,
      mapKeys: mark('k')?.split(',') ?? null,
      set: marks.includes('set'),
    };
  }
  if (code.startsWith('{')) return { is: 'map', of: parse(code.slice(1)) };
  return scalars[code] ?? { is: 'any' };
}

const any: FieldType = { is: 'any' };

/** The type of a kind (`apps/v1`, `Deployment`); `any` for custom resources. */
export function typeOf(apiVersion: string, kind: string): FieldType {
  const name = kinds[`${apiVersion}/${kind}`];
  return name === undefined ? any : parse(`@${name}`);
}

/** The type of a field; `any` below maps of anything and custom resources, undefined when there is no such field. */
export function fieldOf(type: FieldType, field: string): FieldType | undefined {
  if (type.is === 'struct') {
    const code = type.fields[field];
    if (code !== undefined) return parse(code);
    return field === 'kind' || field === 'apiVersion' ? scalars.s : undefined;
  }
  return type.is === 'map' ? type.of : any;
}

/** Paths of fields that the type does not have, as `spec.replicaz` or `spec.containers[0].imagee`. */
export function unknownFields(value: unknown, type: FieldType, path = ''): string[] {
  if (Array.isArray(value))
    return type.is === 'list' ? value.flatMap((item, i) => unknownFields(item, type.of, `${path}[${i}]`)) : [];
  if (!isJson(value) || type.is === 'any' || type.is === 'scalar') return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = path === '' ? key : `${path}.${key}`;
    const field = fieldOf(type, key);
    return field === undefined ? [here] : unknownFields(inner, field, here);
  });
}

/** The value without what the type does not have: unknown fields are dropped, as a real server does. */
export function pruned(value: unknown, type: FieldType): unknown {
  if (Array.isArray(value)) return type.is === 'list' ? value.map((item) => pruned(item, type.of)) : value;
  if (!isJson(value) || type.is === 'any' || type.is === 'scalar') return value;
  const out: Json = {};
  for (const [key, inner] of Object.entries(value)) {
    const field = fieldOf(type, key);
    if (field !== undefined && inner !== null) out[key] = pruned(inner, field);
    else if (field !== undefined && nullable.has(key)) out[key] = null;
  }
  return out;
}

/** Times that Go writes as null when they are not set. */
const nullable = new Set(['eventTime', 'firstTimestamp', 'lastTimestamp', 'lastProbeTime']);

/** All types by name, for the OpenAPI documents. */
export const schemaTypes = types;
export const schemaKinds = kinds;
