// Makes docs/CONFIG.md from the schema that the configuration is checked against. Run by itself it writes the file.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { configSchema, type Schema } from '../../src/config/schema.ts';

const target = fileURLToPath(new URL('../../docs/CONFIG.md', import.meta.url));

/** The whole page. */
export function configPage(): string {
  const keys = Object.entries(configSchema.properties ?? {});
  return [
    '# Configuration',
    '',
    '<!-- Made by scripts/docs/config.ts from src/config/schema.ts. -->',
    '',
    'Flagbridge needs no configuration. What you want otherwise stands in one YAML file:',
    '`$XDG_CONFIG_HOME/flagbridge/config.yaml` (`~/.config/flagbridge/config.yaml` when that is not set), or the one that',
    '`--config` names. It is never read from the working directory or from a cluster, and refused when other users may write',
    'it. A key that is not on this page is an error with its line, and so is a value of another type; then nothing of the file',
    'counts and Flagbridge ends with exit code 2.',
    '',
    'What Flagbridge remembers by itself (last scope, hues, allowed credential plugins) stands in',
    '`$XDG_STATE_HOME/flagbridge/state.json`; without a writable home nothing is remembered and everything else works.',
    '',
    '| key | type | default | what it does |',
    '|---|---|---|---|',
    ...keys.flatMap(([key, schema]) => rows(key, schema)),
    '',
    ...keys.flatMap(([key, schema]) => examples(key, schema)),
  ].join('\n');
}

function rows(path: string, schema: Schema): readonly string[] {
  const own = `| \`${path}\` | ${typeOf(schema)} | ${schema.default === undefined ? '' : `\`${String(schema.default)}\``} | ${schema.description ?? ''}${examplesOf(schema)} |`;
  return [own, ...below(path, schema)];
}

function below(path: string, schema: Schema): readonly string[] {
  const inner = [
    ...Object.entries(schema.properties ?? {}).map(([key, of]) => [`${path}.${key}`, of] as const),
    ...(schema.additionalProperties ? [[`${path}.<name>`, schema.additionalProperties] as const] : []),
    ...(schema.items ? [[`${path}[]`, schema.items] as const] : []),
    ...(schema.anyOf ?? []).map((of) => [path, of] as const),
  ];
  return inner.flatMap(([at, of]) => (of.description === undefined ? below(at, of) : rows(at, of)));
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(' ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  const range =
    schema.minimum === undefined || schema.maximum === undefined ? '' : ` ${schema.minimum}–${schema.maximum}`;
  switch (schema.type) {
    case 'string':
      return schema.pattern === undefined ? 'text' : 'size';
    case 'array':
      return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
    case 'object':
      return schema.additionalProperties ? 'map by name' : 'keys';
    case 'integer':
      return `number${range}`;
    default:
      return String(schema.type);
  }
}

const examplesOf = (schema: Schema): string =>
  schema.type === 'string' && schema.examples
    ? ` For instance ${schema.examples.map((e) => `\`${String(e)}\``).join(', ')}.`
    : '';

function examples(key: string, schema: Schema): readonly string[] {
  if (schema.type === 'string' || !schema.examples) return [];
  const yaml = schema.examples.map((example) => stringify({ [key]: example }).trimEnd());
  return [`## ${key}`, '', '```yaml', ...yaml, '```', ''];
}

if (import.meta.main) writeFileSync(target, configPage());
