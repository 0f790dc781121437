// Development tool: condenses the OpenAPI documents and the discovery of a real API server into the two generated JSON
// files beside it. Run: node record.ts DIR, where DIR holds api.json and apis.json (aggregated discovery) and oa/*.json
// (one OpenAPI v3 document per group version, `/` in its name written as `__`).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = { readonly [key: string]: Json } & { readonly [Symbol.iterator]?: never };
type Schema = {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly [extension: `x-kubernetes-${string}`]: unknown;
};

const skippedGroups = ['resource.k8s.io', 'flowcontrol.apiserver.k8s.io'];
const skippedResources = [
  'componentstatuses',
  'endpoints',
  'podtemplates',
  'replicationcontrollers',
  'bindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'ipaddresses',
  'servicecidrs',
];

const shortName = (ref: string): string =>
  (ref.split('/').at(-1) ?? '')
    .replace('io.k8s.api.', '')
    .replace('io.k8s.apimachinery.pkg.', '')
    .replace('io.k8s.apiextensions-apiserver.pkg.apis.', '')
    .replace('io.k8s.kube-aggregator.pkg.apis.', '');

const refOf = (s: Schema): string | undefined => s.$ref ?? s.allOf?.[0]?.$ref;

/** `s i n b` scalars, `*` anything, `@Type`, `[item`, `{value`; after `;` merge key and list-map keys of a list. */
function code(s: Schema): string {
  const ref = refOf(s);
  if (ref !== undefined) {
    const name = shortName(ref);
    if (name.endsWith('.Time') || name.endsWith('.MicroTime') || name.endsWith('Quantity')) return 's';
    if (name.endsWith('IntOrString')) return 'q';
    return `@${name}`;
  }
  if (s.type === 'array' && s.items) {
    const merge = s['x-kubernetes-patch-merge-key'];
    const keys = s['x-kubernetes-list-map-keys'] as readonly string[] | undefined;
    const strategy = s['x-kubernetes-patch-strategy'];
    const set = s['x-kubernetes-list-type'] === 'set' || (strategy === 'merge' && merge === undefined);
    const marks = [
      typeof merge === 'string' && String(strategy).includes('merge') ? `m=${merge}` : '',
      keys ? `k=${keys.join(',')}` : '',
      set ? 'set' : '',
    ].filter((m) => m !== '');
    return `[${code(s.items)}${marks.map((m) => `;${m}`).join('')}`;
  }
  if (s.additionalProperties) return `{${code(s.additionalProperties)}`;
  if (s.type === 'integer') return 'i';
  if (s.type === 'number') return 'n';
  if (s.type === 'boolean') return 'b';
  return s.type === 'string' ? 's' : '*';
}

const dir = process.argv[2] ?? '.';
const types: Record<string, Record<string, string>> = {};
const kinds: Record<string, string> = {};
for (const file of readdirSync(join(dir, 'oa'))) {
  const group = file.startsWith('api__') ? '' : (file.split('__')[1] ?? '');
  if (skippedGroups.includes(group)) continue;
  const document = JSON.parse(readFileSync(join(dir, 'oa', file), 'utf8')) as {
    components: { schemas: Record<string, Schema> };
  };
  const schemas = document.components.schemas;
  const follow = (name: string): void => {
    const short = shortName(name);
    const schema = schemas[name];
    if (types[short] !== undefined || schema?.properties === undefined) return;
    const fields: Record<string, string> = {};
    types[short] = fields;
    for (const [field, value] of Object.entries(schema.properties)) {
      fields[field] = code(value) + (schema.required?.includes(field) ? '!' : '');
      for (const s of [value, value.items ?? {}, value.additionalProperties ?? {}] as Schema[]) {
        const ref = refOf(s);
        if (ref !== undefined) follow(ref.split('/').at(-1) ?? '');
      }
    }
  };
  for (const [name, schema] of Object.entries(schemas)) {
    const gvks = schema['x-kubernetes-group-version-kind'] as readonly Record<string, string>[] | undefined;
    const gvk = gvks?.length === 1 ? gvks[0] : undefined;
    if (gvk?.kind === undefined || gvk.group !== group || gvk.kind.endsWith('List') || gvk.kind === 'Status') continue;
    if (skippedResources.some((r) => r.replace(/(ie)?s$/, '') === gvk.kind?.toLowerCase())) continue;
    kinds[`${group === '' ? '' : `${group}/`}${gvk.version ?? ''}/${gvk.kind}`] = shortName(name);
    follow(name);
  }
}
writeFileSync(new URL('./schema.generated.json', import.meta.url), `${JSON.stringify({ kinds, types })}\n`);

type Resource = { resource: string; subresources?: { subresource: string }[] } & Record<string, unknown>;
type Group = { metadata: { name?: string }; versions: { version: string; resources: Resource[] }[] } & Json;
const discovery: unknown[] = [];
for (const file of ['api.json', 'apis.json'])
  for (const group of (JSON.parse(readFileSync(join(dir, file), 'utf8')) as { items: Group[] }).items)
    for (const { version, resources } of group.versions) {
      const name = group.metadata.name ?? '';
      if (skippedGroups.includes(name) || (name === 'autoscaling' && version === 'v1')) continue;
      discovery.push({
        group: name,
        version,
        resources: resources.filter((r) => !skippedResources.includes(r.resource)),
      });
    }
writeFileSync(new URL('./discovery.generated.json', import.meta.url), `${JSON.stringify(discovery)}\n`);
