// Turns what the schema checker found into what a person can act on: where, what, what next.
import { nearest } from '../core/near.ts';
import { cell } from '../core/sanitise.ts';
import type { Schema } from './schema.ts';

/** One finding of the checker, as far as it is used (ajv's ErrorObject with `verbose`). */
export type SchemaFinding = {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly schema?: unknown;
  readonly parentSchema?: unknown;
  readonly data?: unknown;
};

export type Explained = {
  /** Keys from the root to what is wrong. */
  readonly path: readonly string[];
  /** The key itself is wrong, not its value. */
  readonly isKey: boolean;
  readonly what: string;
  readonly next: string;
};

/** Null for findings that only repeat another one (the branches of an `anyOf`). */
export function explain(finding: SchemaFinding): Explained | null {
  const path = finding.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const name = path.length === 0 ? 'the file' : cell(path.join('.'));
  const value = (what: string, next: string): Explained => ({ path, isKey: false, what: `${name} ${what}`, next });
  switch (finding.keyword) {
    case 'additionalProperties': {
      const key = String(finding.params['additionalProperty']);
      const known = Object.keys(schemaOf(finding.parentSchema).properties ?? {});
      const near = nearest(key, known);
      const next = near === null ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
      return { path: [...path, key], isKey: true, what: `unknown key ${cell([...path, key].join('.'))}`, next };
    }
    case 'enum': {
      const allowed = Array.isArray(finding.schema) ? finding.schema.map(String) : [];
      const near = typeof finding.data === 'string' ? nearest(finding.data, allowed) : null;
      const next = near === null ? `use ${allowed.join(', ')}` : `did you mean ${near}? (${allowed.join(', ')})`;
      return value(`cannot be ${shown(finding.data)}`, next);
    }
    case 'type':
      return value(`is ${typeOf(finding.data)}`, `use ${typeWords[String(finding.params['type'])] ?? 'another type'}`);
    case 'anyOf':
      return value(`cannot be ${shown(finding.data)}`, oneOf(schemaOf(finding.parentSchema)));
    case 'required':
      return value(`has no ${String(finding.params['missingProperty'])}`, 'add it');
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return value(
        `is ${shown(finding.data)}`,
        `use ${comparison[finding.keyword]} ${String(finding.params['limit'])}`,
      );
    case 'minLength':
    case 'minItems':
      return value('is empty', 'fill it or remove the key');
    case 'pattern':
      return value(`cannot be ${shown(finding.data)}`, 'see docs/CONFIG.md');
    default:
      return value('is not what it should be', 'see docs/CONFIG.md');
  }
}

const comparison: Readonly<Record<string, string>> = {
  minimum: 'at least',
  maximum: 'at most',
  exclusiveMinimum: 'more than',
};

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'keys and values',
  array: 'a list',
};

function oneOf(schema: Schema): string {
  const kinds = (schema.anyOf ?? []).map((each) =>
    each.pattern === undefined ? (typeWords[String(each.type)] ?? '') : 'a size such as 64Mi',
  );
  return `use ${kinds.filter((kind) => kind !== '').join(' or ')}`;
}

const typeOf = (value: unknown): string =>
  value === null
    ? 'empty'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'a map'
        : typeof value === 'string'
          ? `the text ${shown(value)}`
          : shown(value);

const shown = (value: unknown): string =>
  typeof value === 'string' ? `"${cell(value.slice(0, 60))}"` : cell(String(JSON.stringify(value)).slice(0, 60));

/** The checker hands schemas around untyped; they are the ones of schema.ts. */
const schemaOf = (value: unknown): Schema => (typeof value === 'object' && value !== null ? (value as Schema) : {});
