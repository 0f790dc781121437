// From the text of a configuration file to the configuration, or to what is wrong with it line by line.
import { Ajv } from 'ajv';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { isGlob } from '../core/glob.ts';
import { nearest } from '../core/near.ts';
import { isPaneName, type PaneName, paneNames } from '../core/pane-names.ts';
import { cell } from '../core/sanitise.ts';
import { parseScope } from '../core/scope.ts';
import { type ClusterRule, type Config, type ConfigProblem, type DeckPlan, defaultConfig } from './config.ts';
import { type Explained, explain } from './explain.ts';
import { configSchema } from './schema.ts';

type Document = ReturnType<typeof parseDocument>;
type Parsed = { readonly config: Config; readonly problems: readonly ConfigProblem[] };

// Compiling takes longer than any check; this module is loaded only where there is a file.
const validate = new Ajv({ allErrors: true, verbose: true, strict: false }).compile(configSchema);

/** Never throws. With any problem the configuration is the default one. */
export function parseConfig(text: string, file: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'silent',
  });
  const at = (offset: number, what: string, next: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, what, next };
  };
  const syntax = [...document.errors].map((e) => at(e.pos[0], syntaxWords(e.message), 'mend the YAML'));
  if (syntax.length > 0) return { config: defaultConfig, problems: syntax };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch {
    return { config: defaultConfig, problems: [at(0, 'unfolds to far more than it holds (aliases)', 'write it out')] };
  }
  const explained = check(value);
  const problems = explained.map((e) => at(offsetOf(document, e), e.what, e.next));
  return problems.length > 0 ? { config: defaultConfig, problems } : { config: toConfig(value), problems: [] };
}

/** First lines only: the library appends an excerpt of the source. */
const syntaxWords = (message: string): string => cell(message.split('\n')[0] ?? message);

function check(value: unknown): readonly Explained[] {
  const findings = validate(value) ? [] : (validate.errors ?? []);
  // The branches of an anyOf tell what each of them misses; the anyOf itself is what a person understands.
  const unions = findings.filter((f) => f.keyword === 'anyOf');
  const own = findings.filter((f) => !unions.some((u) => f !== u && f.schemaPath.startsWith(`${u.schemaPath}/`)));
  const explained = own.map((f) => explain(f)).filter((e) => e !== null);
  return explained.length > 0 ? explained : beyondSchema(value);
}

/** What a schema cannot say. */
function beyondSchema(value: unknown): readonly Explained[] {
  const given = value as GivenConfig;
  const aliasOfGlob = Object.entries(given.clusters ?? {})
    .filter(([match, cluster]) => isGlob(match) && cluster?.alias !== undefined)
    .map(([match]) => ({
      path: ['clusters', match, 'alias'],
      isKey: true,
      what: `clusters.${cell(match)}.alias would give several clusters one name`,
      next: 'name the cluster instead of a glob',
    }));
  const bytes = sizeOf(given.logs?.ringBytes);
  const tooOdd = bytes !== undefined && (bytes < 2 ** 20 || bytes > 2 ** 32);
  const size = {
    path: ['logs', 'ringBytes'],
    isKey: false,
    what: 'logs.ringBytes is out of range',
    next: 'use 1Mi to 4Gi',
  };
  return [
    ...aliasOfGlob,
    ...Object.entries(given.decks ?? {}).flatMap(([name, deck]) => deckProblems(name, deck)),
    ...Object.entries(given.scopes ?? {}).flatMap(([name, line]) => scopeProblems(name, line)),
    ...(tooOdd ? [size] : []),
  ];
}

/** A deck is called by its name where panes are, and a pane stands in it once: there is one of each. */
function deckProblems(name: string, deck: NonNullable<GivenConfig['decks']>[string]): readonly Explained[] {
  const at = `decks.${cell(name)}`;
  const found: Explained[] = [];
  if (!/^[a-z][a-z0-9-]*$/.test(name) || isPaneName(name))
    found.push({
      path: ['decks', name],
      isKey: true,
      what: isPaneName(name) ? `${at} is the name of a pane` : `${at} cannot be typed behind a colon`,
      next: 'use small letters, digits and dashes',
    });
  const seen = new Set<string>();
  for (const [r, row] of deck.rows.entries())
    for (const [p, entry] of row.panes.entries()) {
      const pane: string = typeof entry === 'string' ? entry : entry.pane;
      const path = [
        'decks',
        name,
        'rows',
        String(r),
        'panes',
        String(p),
        ...(typeof entry === 'string' ? [] : ['pane']),
      ];
      const near = nearest(pane, paneNames);
      if (!isPaneName(pane))
        found.push({
          path,
          isKey: false,
          what: `${at} has no pane "${cell(pane)}" to show`,
          next: `${near === null ? 'use one of' : `did you mean ${near}?`} (${paneNames.join(', ')})`,
        });
      else if (seen.has(pane))
        found.push({ path, isKey: false, what: `${at} shows ${pane} twice`, next: 'take one of them away' });
      seen.add(pane);
    }
  return found;
}

function scopeProblems(name: string, line: string): readonly Explained[] {
  const { bad } = parseScope(line);
  if (bad === null) return [];
  const what = `scopes.${cell(name)}: ${cell(line.slice(bad.from, bad.to))}: ${cell(bad.reason)}`;
  return [{ path: ['scopes', name], isKey: false, what, next: 'write it as behind f' }];
}

/** Where a finding stands in the text; the nearest parent that is there, else the beginning. */
function offsetOf(document: Document, { path, isKey }: Explained): number {
  for (let length = path.length; length > 0; length--) {
    const keys = path.slice(0, length);
    const last = keys.at(-1);
    const parent: unknown = length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === last);
      const node = isKey && length === path.length ? pair?.key : (pair?.value ?? pair?.key);
      const range = (node as Node | null | undefined)?.range;
      if (range) return range[0];
    } else {
      const range = (document.getIn(keys, true) as Node | undefined)?.range;
      if (range) return range[0];
    }
  }
  return document.contents?.range?.[0] ?? 0;
}

/** The shape that the schema has assured. */
type GivenConfig = {
  readonly clusters?: Readonly<Record<string, Omit<ClusterRule, 'match'> | null>>;
  readonly namespaces?: readonly string[];
  readonly theme?: Config['theme'];
  readonly ascii?: boolean;
  readonly decks?: Readonly<
    Record<
      string,
      { readonly rows: readonly { readonly share?: number; readonly panes: readonly (PaneName | GivenPane)[] }[] }
    >
  >;
  readonly keys?: Readonly<Record<string, string | readonly string[]>>;
  readonly scopes?: Readonly<Record<string, string>>;
  readonly logs?: { readonly ringBytes?: number | string };
  readonly plugins?: { readonly disabled?: readonly string[] };
};
type GivenPane = { readonly pane: PaneName; readonly share?: number };

function toConfig(value: unknown): Config {
  const given = value as GivenConfig;
  return {
    clusters: Object.entries(given.clusters ?? {}).map(([match, rule]) => ({ ...rule, match })),
    namespaces: given.namespaces ?? defaultConfig.namespaces,
    theme: given.theme ?? defaultConfig.theme,
    ascii: given.ascii ?? defaultConfig.ascii,
    decks: mapValues(given.decks ?? {}, toDeck),
    keys: mapValues(given.keys ?? {}, (keys) => (typeof keys === 'string' ? [keys] : keys)),
    scopes: given.scopes ?? defaultConfig.scopes,
    logs: { ringBytes: sizeOf(given.logs?.ringBytes) ?? defaultConfig.logs.ringBytes },
    plugins: { disabled: given.plugins?.disabled ?? defaultConfig.plugins.disabled },
  };
}

const toDeck = (deck: NonNullable<GivenConfig['decks']>[string]): DeckPlan => ({
  rows: deck.rows.map((row) => ({
    share: row.share ?? 1,
    panes: row.panes.map((p) =>
      typeof p === 'string' ? { pane: p, share: 1 } : { pane: p.pane, share: p.share ?? 1 },
    ),
  })),
});

const mapValues = <A, B>(from: Readonly<Record<string, A>>, to: (value: A) => B): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, to(value)]));

const units: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, k: 1e3, M: 1e6, G: 1e9 };

function sizeOf(size: number | string | undefined): number | undefined {
  if (size === undefined || typeof size === 'number') return size;
  const match = /^([\d.]+)([A-Za-z]*)$/.exec(size);
  return match ? Math.round(Number(match[1]) * (units[match[2] ?? ''] ?? 1)) : undefined;
}
