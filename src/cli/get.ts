// `flagbridge get KIND [NAME]`: objects of every cluster, in the server's own columns or whole, as kubectl prints them.
import { stringify } from 'yaml';
import { type KubeObject, record, text } from '../core/object.ts';
import { resourceName } from '../core/ids.ts';
import { nearest } from '../core/near.ts';
import { type Collected, collectObjects } from '../engine/collect.ts';
import type { EngineCore } from '../engine/core.ts';
import { withoutSecretData } from '../engine/documents/secret-data.ts';
import { exitCodes } from './arguments.ts';
import type { GetTarget } from './get-targets.ts';
import type { Output } from './output.ts';
import { textTable } from './text-table.ts';
import { coverageOf } from './triage.ts';

export type GetOptions = {
  readonly targets: readonly GetTarget[];
  readonly selector: string | null;
  /** Null: each context's own namespace, as kubectl reads it. */
  readonly namespace: string | null;
  readonly allNamespaces: boolean;
  readonly timeoutMs: number;
  readonly format: string;
};

/** One kind and what every cluster said of it. */
type Answered = {
  readonly target: GetTarget;
  readonly all: readonly Collected[];
  /** Clusters that answered and have the kind. */
  readonly found: readonly Collected[];
  /** Clusters answered, and none of them has the kind. */
  readonly isUnknown: boolean;
};

export async function get(core: EngineCore, output: Output, options: GetOptions): Promise<number> {
  const isTable = options.format === 'table' || options.format === 'wide';
  const answers = await Promise.all(options.targets.map((target) => collect(core, target, isTable, options)));
  const errors = answers.flatMap(({ all }) =>
    all.flatMap((c) => (c.error === null ? [] : [`${c.cluster}: ${c.error}`])),
  );
  // A cluster that is silent is so for every kind.
  for (const line of new Set(errors)) output.note(line);
  for (const { target, isUnknown } of answers)
    if (isUnknown) output.note(unknownWords(core, target, errors.length > 0));
  const known = answers.filter((answer) => !answer.isUnknown);
  if (known.length > 0) {
    if (isTable) printAllTables(known, output, options);
    else
      printObjects(
        core,
        known.flatMap(({ found }) => found),
        output,
        options,
      );
  }
  const lost = known.flatMap(lostWords);
  for (const line of lost) output.note(line);
  if (errors.length > 0) return exitCodes.partial;
  return lost.length > 0 || known.length < answers.length ? exitCodes.failed : exitCodes.done;
}

async function collect(core: EngineCore, target: GetTarget, isTable: boolean, options: GetOptions): Promise<Answered> {
  const all = await collectObjects(core, {
    ...target,
    namespaceOf: (unit) =>
      options.allNamespaces ? null : (options.namespace ?? (unit.context.namespace || 'default')),
    labelSelector: options.selector,
    as: isTable ? 'table' : 'objects',
    timeoutMs: options.timeoutMs,
  });
  const answered = all.filter((one) => one.error === null);
  const found = answered.filter((one) => one.resource !== null);
  return { target, all, found, isUnknown: found.length === 0 && answered.length > 0 };
}

function unknownWords(core: EngineCore, { kind }: GetTarget, isPartial: boolean): string {
  const near = nearest(kind.toLowerCase(), kindWords(core));
  const who = isPartial ? 'no cluster that answered' : 'no cluster';
  return `${who} has a kind ${kind}${near === null ? '' : `; near: ${near}`}`;
}

/** A name that one cluster lacks and another has is found; what none has is not. */
function lostWords({ target: { kind, names }, found }: Answered): readonly string[] {
  if (found.length === 0) return [];
  return names
    .filter((name) => found.every((one) => one.missing.includes(name)))
    .map((name) => `${kind}/${name}: not found in ${found.map((one) => one.cluster).join(', ')}`);
}

function* kindWords(core: EngineCore): Iterable<string> {
  for (const { discovery } of core.fleetOf.units)
    for (const resource of discovery?.resources ?? [])
      yield* [resource.resource, resource.singular, ...resource.shortNames];
}

/** A table for each kind. Of several kinds the names say their kind, as kubectl has it. */
function printAllTables(known: readonly Answered[], output: Output, options: GetOptions): void {
  const tables = known.flatMap(({ found }) => tablesOf(found, options, known.length > 1));
  tables.forEach((lines, i) => {
    if (i > 0) output.line('');
    for (const line of lines) output.line(line);
  });
  const isAnswered = known.some(({ found }) => found.length > 0);
  if (tables.length === 0 && isAnswered && known.every(({ target }) => target.names.length === 0))
    output.note('no resources found');
}

function tablesOf(
  found: readonly Collected[],
  { format, allNamespaces }: GetOptions,
  withKind: boolean,
): readonly (readonly string[])[] {
  // Columns of one kind may differ between versions of a server: each set of columns is a table of its own.
  const groups = Map.groupBy(
    found.flatMap((one) => (one.table === null || one.table.rows.length === 0 ? [] : [{ ...one, table: one.table }])),
    (one) =>
      one.table.columns
        .filter((c) => format === 'wide' || c.priority === 0)
        .map((c) => c.name)
        .join('\u0000'),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const shown = first.table.columns.flatMap((column, i) =>
      format === 'wide' || column.priority === 0 ? [{ column, i }] : [],
    );
    const withNamespace = allNamespaces && first.resource?.namespaced === true;
    const kind = withKind && first.resource ? `${resourceName(first.resource)}/` : '';
    const titles = [
      'CLUSTER',
      ...(withNamespace ? ['NAMESPACE'] : []),
      ...shown.map(({ column }) => column.name.toUpperCase()),
    ];
    const rows = group.flatMap((one) =>
      one.table.rows.map((row) => [
        one.cluster,
        ...(withNamespace ? [row.namespace] : []),
        ...shown.map(({ column, i }) => `${column.name === 'Name' ? kind : ''}${row.cells[i] ?? ''}`),
      ]),
    );
    const columns = titles.map((title) => ({ title, right: false }));
    return [textTable(columns, rows)];
  });
}

function printObjects(core: EngineCore, found: readonly Collected[], output: Output, options: GetOptions): void {
  const items = found.flatMap((one) =>
    one.objects.map((object) => ({ cluster: one.cluster, ...withoutSecretData(object) })),
  );
  if (options.format === 'name') {
    for (const one of found) {
      for (const object of one.objects)
        output.line(
          [
            one.cluster,
            ...namespaceOf(object),
            `${one.resource ? resourceName(one.resource) : ''}/${text(object, 'metadata', 'name')}`,
          ].join('\t'),
        );
    }
    return;
  }
  const kinds = new Set(found.flatMap((one) => (one.resource === null ? [] : [one.resource.kind])));
  const kind = kinds.size === 1 ? `${[...kinds].join('')}List` : 'List';
  const list = { apiVersion: 'flagbridge/v1', kind, items, coverage: coverageOf(core.fleet().coverage) };
  output.line(
    options.format === 'yaml'
      ? stringify(list, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()
      : JSON.stringify(list, null, 2),
  );
}

const namespaceOf = (object: KubeObject): readonly string[] => {
  const namespace = text(record(object, 'metadata'), 'namespace');
  return namespace === '' ? [] : [namespace];
};
