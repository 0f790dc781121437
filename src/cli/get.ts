// `flagbridge get KIND [NAME]`: objects of every cluster, in the server's own columns or whole, as kubectl prints them.
import { stringify } from 'yaml';
import { type KubeObject, record, text } from '../core/object.ts';
import { resourceName } from '../core/ids.ts';
import { nearest } from '../core/near.ts';
import { type Collected, collectObjects } from '../engine/collect.ts';
import type { EngineCore } from '../engine/core.ts';
import { withoutSecretData } from '../engine/documents/secret-data.ts';
import { exitCodes } from './arguments.ts';
import type { Output } from './output.ts';
import { textTable } from './text-table.ts';
import { coverageOf } from './triage.ts';

export type GetOptions = {
  readonly kind: string;
  readonly names: readonly string[];
  readonly selector: string | null;
  /** Null: each context's own namespace, as kubectl reads it. */
  readonly namespace: string | null;
  readonly allNamespaces: boolean;
  readonly timeoutMs: number;
  readonly format: string;
};

export async function get(core: EngineCore, output: Output, options: GetOptions): Promise<number> {
  const isTable = options.format === 'table' || options.format === 'wide';
  const all = await collectObjects(core, {
    kind: options.kind,
    names: options.names,
    namespaceOf: (unit) =>
      options.allNamespaces ? null : (options.namespace ?? (unit.context.namespace || 'default')),
    labelSelector: options.selector,
    as: isTable ? 'table' : 'objects',
    timeoutMs: options.timeoutMs,
  });
  for (const { cluster, error } of all) if (error !== null) output.note(`${cluster}: ${error}`);
  const answered = all.filter((one) => one.error === null);
  const found = answered.filter((one) => one.resource !== null);
  if (found.length === 0 && answered.length > 0) {
    const near = nearest(options.kind.toLowerCase(), kindWords(core));
    output.note(`no cluster has a kind ${options.kind}${near === null ? '' : `; near: ${near}`}`);
    return exitCodes.failed;
  }
  if (isTable) {
    const isEmpty = found.every((one) => one.table === null || one.table.rows.length === 0);
    if (!isEmpty) printTables(found, output, options);
    else if (found.length > 0 && options.names.length === 0) output.note('no resources found');
  } else printObjects(core, found, output, options);
  // A name that one cluster lacks and another has is found; what none has is not.
  const lost = options.names.filter((name) => found.every((one) => one.missing.includes(name)));
  if (answered.length > 0)
    for (const name of lost)
      output.note(`${options.kind}/${name}: not found in ${found.map((one) => one.cluster).join(', ')}`);
  if (answered.length < all.length) return exitCodes.partial;
  return lost.length > 0 ? exitCodes.failed : exitCodes.done;
}

function* kindWords(core: EngineCore): Iterable<string> {
  for (const { discovery } of core.fleetOf.units)
    for (const resource of discovery?.resources ?? [])
      yield* [resource.resource, resource.singular, ...resource.shortNames];
}

function printTables(found: readonly Collected[], output: Output, { format, allNamespaces }: GetOptions): void {
  // Columns of one kind may differ between versions of a server: each set of columns is a table of its own.
  const groups = Map.groupBy(
    found.flatMap((one) => (one.table === null || one.table.rows.length === 0 ? [] : [{ ...one, table: one.table }])),
    (one) =>
      one.table.columns
        .filter((c) => format === 'wide' || c.priority === 0)
        .map((c) => c.name)
        .join('\u0000'),
  );
  let isFirst = true;
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    if (!isFirst) output.line('');
    isFirst = false;
    const shown = first.table.columns.flatMap((column, i) =>
      format === 'wide' || column.priority === 0 ? [{ column, i }] : [],
    );
    const withNamespace = allNamespaces && first.resource?.namespaced === true;
    const titles = [
      'CLUSTER',
      ...(withNamespace ? ['NAMESPACE'] : []),
      ...shown.map(({ column }) => column.name.toUpperCase()),
    ];
    const rows = group.flatMap((one) =>
      one.table.rows.map((row) => [
        one.cluster,
        ...(withNamespace ? [row.namespace] : []),
        ...shown.map(({ i }) => row.cells[i] ?? ''),
      ]),
    );
    for (const line of textTable(
      titles.map((title) => ({ title, right: false })),
      rows,
    ))
      output.line(line);
  }
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
  const kind = `${found.find((one) => one.resource)?.resource?.kind ?? ''}List`;
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
