// meta.k8s.io/v1 Table: which columns a type has and how one object becomes a row; custom resources by the printer
// columns of their definition.
import { at, list, number, text } from '../../core/object.ts';
import { crdVersion, type Resource, storageName } from '../api/kinds.ts';
import type { ApiObject } from '../api/objects.ts';
import { ageOf } from './age.ts';
import type { Cells } from './cells.ts';
import { createdAt, tables } from './columns.ts';
import { type Column, columns, type Rows } from './rows.ts';

/** `.a.b`, `.a[0].b`, `.a[?(@.type=="Ready")].status`, `.a['x.y']`: the JSONPath that printer columns use. */
export function jsonPath(object: unknown, path: string): unknown {
  const steps =
    path.match(/\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]|\[(\d+)\]|\['([^']+)'\]|\.?([^.[\]]+)/g) ?? [];
  let here = object;
  for (const step of steps) {
    const filter = /^\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]$/.exec(step);
    if (filter) {
      const [, field = '', wanted] = filter;
      here = list(here).find((item) => String(at(item, ...field.split('.'))) === wanted);
      continue;
    }
    const index = /^\[(\d+)\]$/.exec(step);
    const quoted = /^\['(.+)'\]$/.exec(step);
    here = at(
      here,
      index ? Number(index[1]) : quoted ? (quoted[1] ?? '') : step.replace(/^\./, '').replaceAll('\\', ''),
    );
  }
  return here;
}

function crdRows(resource: Resource): Rows {
  const printers = list(crdVersion(resource), 'additionalPrinterColumns');
  const extra: Column[] =
    printers.length === 0
      ? [{ name: 'Age', type: 'date', format: '', description: 'Age', priority: 0 }]
      : printers.map((p) => ({
          name: text(p, 'name'),
          type: text(p, 'type'),
          format: text(p, 'format'),
          description: text(p, 'description'),
          priority: number(p, 'priority') ?? 0,
        }));
  const paths = printers.length === 0 ? ['.metadata.creationTimestamp'] : printers.map((p) => text(p, 'jsonPath'));
  return {
    columns: [{ name: 'Name', type: 'string', format: 'name', description: 'Name', priority: 0 }, ...extra],
    cells: (object, now) => [
      object.metadata.name,
      ...paths.map((path, i) => {
        const value = jsonPath(object, path);
        if (extra[i]?.type === 'date') return ageOf(value, now);
        return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
          ? value
          : value === undefined || value === null
            ? null
            : JSON.stringify(value);
      }),
    ],
  };
}

const metricsRows = (kind: string): Rows => ({
  columns: columns('Name|f cpu memory Window'),
  cells: (object) => {
    const usage = kind === 'NodeMetrics' ? at(object, 'usage') : at(object, 'containers', 0, 'usage');
    return [object.metadata.name, text(usage, 'cpu'), text(usage, 'memory'), text(object, 'window')];
  },
});

const memo = new WeakMap<Resource, Rows>();

export function rowsOf(resource: Resource): Rows {
  let found = memo.get(resource);
  if (found === undefined) {
    found =
      resource.backing === 'metrics'
        ? metricsRows(resource.kind)
        : resource.backing === 'events'
          ? tables.events
          : resource.crd === null
            ? tables[storageName(resource)]
            : crdRows(resource);
    found ??= createdAt;
    memo.set(resource, found);
  }
  return found;
}

/** Cells of the row that a bookmark carries: what the printer makes of an empty object. */
export function emptyCells(resource: Resource, now: number): Cells {
  const empty = { kind: resource.kind, apiVersion: '', metadata: {} } as unknown as ApiObject;
  return rowsOf(resource)
    .cells({ ...empty, metadata: { ...empty.metadata, name: '' } }, now)
    .map((c) => (c === undefined ? '' : c));
}
