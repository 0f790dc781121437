// Every key of the configuration does something, and every example in the documentation is one that works.
import { afterAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { defaultBindings } from '../../views/keys/table.ts';
import { remap } from '../../views/keys/remap.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { engineOptions } from '../../src/app/engine-options.ts';
import { screenConfig } from '../../src/app/screen-config.ts';
import { readSources } from '../../src/app/sources.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { configSchema, type Schema } from '../../src/config/schema.ts';
import { createCore } from '../../src/engine/create-engine.ts';
import { kubeHome } from '../support/kube-home.ts';

const home = kubeHome();
afterAll(() => home[Symbol.dispose]());
home.write(
  '.kube/config',
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: 'eu', context: { cluster: 'c', user: 'u' } }],
  }),
);

/** What the program is made of with a configuration, as far as anybody could notice. Connects nothing. */
async function composed(config: object): Promise<string> {
  home.write('.config/flagbridge/config.yaml', stringify(config));
  const parsed = parseArguments([], '1.2.3');
  if (!parsed.ok) throw new Error(parsed.text);
  const { flags } = parsed.invocation;
  const read = await readSources(flags, { HOME: home.home });
  if (!read.ok) throw new Error(read.lines.join('\n'));
  const { sources } = read;
  using core = createCore(await engineOptions(sources, { flags, parks: true }));
  const [unit] = core.fleetOf.units;
  const [summary] = core.fleet().clusters;
  const { keys, ...screen } = screenConfig(sources.config);
  return JSON.stringify({
    cluster: { ...summary, face: unit?.face, looksInto: await unit?.fallbackNamespaces() },
    plugins: core.options.plugins.map((plugin) => plugin.id),
    logBytes: core.options.settings.logBytes,
    screen,
    keys: remap(defaultBindings, keys).bindings.map((binding) => [binding.id, binding.keys]),
  });
}

/** A deck whose second pane has this share, or is this. */
const deck = (pane: unknown, share = 1) => ({
  decks: { night: { rows: [{ share, panes: ['triage', pane] }, { panes: ['logs'] }] } },
});

/** For each leaf of the schema two configurations that differ in it and in nothing else. */
const pairs: Readonly<Record<string, readonly [object, object]>> = {
  'clusters.<name>.alias': [{}, { clusters: { eu: { alias: 'europe' } } }],
  'clusters.<name>.role': [{}, { clusters: { eu: { role: 'build' } } }],
  'clusters.<name>.stage': [{}, { clusters: { eu: { stage: 'prod' } } }],
  'clusters.<name>.protected': [{}, { clusters: { eu: { protected: true } } }],
  'clusters.<name>.namespaces[]': [{}, { clusters: { eu: { namespaces: ['shop'] } } }],
  'clusters.<name>.hue': [{ clusters: { eu: { hue: 3 } } }, { clusters: { eu: { hue: 4 } } }],
  'namespaces[]': [{}, { namespaces: ['pay'] }],
  theme: [{}, { theme: 'light' }],
  ascii: [{}, { ascii: true }],
  'decks.<name>.rows[].share': [deck('pods'), deck('pods', 3)],
  'decks.<name>.rows[].panes[]': [deck('pods'), deck('nodes')],
  'decks.<name>.rows[].panes[].pane': [deck({ pane: 'pods' }), deck({ pane: 'nodes' })],
  'decks.<name>.rows[].panes[].share': [deck({ pane: 'pods' }), deck({ pane: 'pods', share: 2 })],
  'keys.<name>': [{}, { keys: { 'pane.zoom': 'f11' } }],
  'keys.<name>[]': [{}, { keys: { 'pane.zoom': ['z', 'f11'] } }],
  'scopes.<name>': [{}, { scopes: { shop: 'ns:shop' } }],
  'logs.ringBytes': [{}, { logs: { ringBytes: '8Mi' } }],
  'plugins.disabled[]': [{}, { plugins: { disabled: ['cert-manager'] } }],
};

function leaves(path: string, schema: Schema): readonly string[] {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const inner = [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, of]) => leaves(at(key), of)),
    ...(schema.additionalProperties ? leaves(at('<name>'), schema.additionalProperties) : []),
    ...(schema.items ? leaves(`${path}[]`, schema.items) : []),
    ...(schema.anyOf ?? []).flatMap((of) => leaves(path, of)),
  ];
  return inner.length > 0 ? inner : [path];
}

test.each([...new Set(leaves('', configSchema))])('%s does something', async (leaf) => {
  const pair = pairs[leaf];
  if (pair === undefined) throw new Error(`${leaf} is in the schema, and no test shows that anything reads it`);
  const [without, has] = pair;

  expect(await composed(has)).not.toBe(await composed(without));
});

const examples = Object.entries(configSchema.properties ?? {}).flatMap(([key, schema]) =>
  (schema.examples ?? []).map((example) => [key, example] as const),
);

test.each(examples)('the example of %s works', (key, example) => {
  const { config, problems } = parseConfig(stringify({ [key]: example }), 'config.yaml');

  expect(problems).toEqual([]);
  expect(remap(defaultBindings, config.keys).conflicts).toEqual([]);
});

test('a plugin that is to be disabled and does not exist is told', async () => {
  home.write('.config/flagbridge/config.yaml', 'plugins: {disabled: [cert-manger]}');
  const parsed = parseArguments([], '1.2.3');
  if (!parsed.ok) throw new Error(parsed.text);
  const read = await readSources(parsed.invocation.flags, { HOME: home.home });

  expect(read.ok && read.sources.notes).toEqual([
    'plugins.disabled: no plugin is called cert-manger; did you mean cert-manager?',
  ]);
});
