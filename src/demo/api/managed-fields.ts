// Who wrote which field: metadata.managedFields, kept by comparing an object before and after a write, and server-side
// apply on top of it. Sets of fields are held as flat paths of FieldsV1 steps (`f:spec`, `k:{"name":"c"}`, `.`).
import { type ApiObject, equal, isJson, type Json, type ManagedFields, rfc3339 } from './objects.ts';
import { type FieldType, fieldOf, typeOf } from './schema.ts';
import { applyConflict } from './status-bodies.ts';

type Paths = ReadonlyMap<string, unknown>;
const glue = '\u0000';

/** Never owned by anybody. */
const unowned = new Set([
  'f:apiVersion',
  'f:kind',
  ...[
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'managedFields',
    'selfLink',
  ].map((f) => `f:metadata${glue}f:${f}`),
  ...['deletionTimestamp', 'deletionGracePeriodSeconds'].map((f) => `f:metadata${glue}f:${f}`),
]);

/** Leaves of a value with their paths; keyed list elements and maps get a `.` of their own. */
function collect(value: unknown, type: FieldType, path: readonly string[], out: Map<string, unknown>): void {
  const here = path.join(glue);
  if (unowned.has(here)) return;
  if (isJson(value) && type.is !== 'scalar' && !(type.is === 'struct' && atomic.has(type.name))) {
    const keys = Object.keys(value);
    const isStruct = type.is === 'struct';
    if (keys.length === 0) {
      out.set(here, value);
      return;
    }
    if (!isStruct && path.length > 0) out.set(`${here}${glue}.`, '');
    for (const key of keys) {
      const field = fieldOf(type, key);
      if (field !== undefined) collect(value[key], field, [...path, `f:${key}`], out);
    }
    return;
  }
  if (Array.isArray(value) && type.is === 'list' && type.mapKeys !== null) {
    out.set(`${here}${glue}.`, '');
    for (const item of value) {
      if (!isJson(item)) continue;
      const id: Json = {};
      for (const key of type.mapKeys) if (item[key] !== undefined) id[key] = item[key];
      const step = `k:${JSON.stringify(id)}`;
      const inner = [...path, step];
      out.set([...inner, '.'].join(glue), '');
      for (const key of Object.keys(item)) {
        const field = fieldOf(type.of, key);
        if (field !== undefined) collect(item[key], field, [...inner, `f:${key}`], out);
      }
    }
    return;
  }
  if (Array.isArray(value) && type.is === 'list' && type.set) {
    out.set(`${here}${glue}.`, '');
    for (const item of value) out.set(`${here}${glue}v:${JSON.stringify(item)}`, item);
    return;
  }
  out.set(here, value);
}

/** Structs that server-side apply treats as one value. */
const atomic = new Set([
  'apis.meta.v1.LabelSelector',
  'core.v1.SecretKeySelector',
  'core.v1.ConfigMapKeySelector',
  'core.v1.ObjectReference',
  'core.v1.ObjectFieldSelector',
]);

export function fieldsOf(object: unknown, apiVersion: string, kind: string): Paths {
  const out = new Map<string, unknown>();
  collect(object, typeOf(apiVersion, kind), [], out);
  return out;
}

function toV1(paths: Iterable<string>): Json {
  const root: Json = {};
  for (const path of [...paths].sort()) {
    let here = root;
    for (const step of path.split(glue)) {
      here[step] ??= {};
      here = here[step] as Json;
    }
  }
  return root;
}

function fromV1(fields: Json, path: readonly string[] = [], out = new Set<string>()): Set<string> {
  for (const [step, inner] of Object.entries(fields)) {
    const here = [...path, step];
    if (isJson(inner) && Object.keys(inner).length > 0) fromV1(inner, here, out);
    else out.add(here.join(glue));
  }
  return out;
}

export type Writer = { readonly manager: string; readonly subresource: string; readonly now: number };

/** The managedFields after an update: what changed belongs to the writer, what is gone to nobody. */
export function trackUpdate(before: ApiObject | undefined, after: ApiObject, writer: Writer): ManagedFields[] {
  const { apiVersion, kind } = after;
  const old: Paths = before === undefined ? new Map() : fieldsOf(before, apiVersion, kind);
  const now = fieldsOf(after, apiVersion, kind);
  const changed = new Set<string>();
  for (const [path, value] of now) if (!old.has(path) || !equal(old.get(path), value)) changed.add(path);
  const kept = before?.metadata.managedFields ?? [];
  const touched = changed.size > 0 || old.size !== now.size;
  if (!touched) return kept;
  const out: ManagedFields[] = [];
  let own: Set<string> | undefined;
  for (const entry of kept) {
    const fields = fromV1(entry.fieldsV1);
    const isOwn =
      entry.operation === 'Update' &&
      entry.manager === writer.manager &&
      (entry.subresource ?? '') === writer.subresource &&
      entry.apiVersion === apiVersion;
    if (isOwn) {
      own = fields;
      continue;
    }
    const left = [...fields].filter((f) => now.has(f) && (f.endsWith(`${glue}.`) || !changed.has(f)));
    if (left.length === fields.size) out.push(entry);
    else if (left.length > 0) out.push({ ...entry, fieldsV1: toV1(left) });
  }
  const mine = new Set([...(own ?? [])].filter((f) => now.has(f)));
  for (const f of changed) mine.add(f);
  if (mine.size > 0) out.push(entryFor(writer, 'Update', apiVersion, mine));
  return out;
}

const entryFor = (
  w: Writer,
  operation: 'Apply' | 'Update',
  apiVersion: string,
  fields: Set<string>,
): ManagedFields => ({
  manager: w.manager,
  operation,
  apiVersion,
  time: rfc3339(w.now),
  fieldsType: 'FieldsV1',
  fieldsV1: toV1(fields),
  ...(w.subresource === '' ? {} : { subresource: w.subresource }),
});

/** `.spec.template.spec.containers[name="c"].image`, as conflicts name a field. */
const readable = (path: string): string =>
  path
    .split(glue)
    .filter((s) => s !== '.')
    .map((s) => {
      if (s.startsWith('f:')) return `.${s.slice(2)}`;
      if (!s.startsWith('k:')) return `[=${s.slice(2)}]`;
      const id = JSON.parse(s.slice(2)) as Json;
      return `[${Object.entries(id)
        .map(([k, v]) => `${k}=${JSON.stringify(v)}`)
        .join(',')}]`;
    })
    .join('');

/** The `.` of a map or list, not that of a list element. */
function isAround(path: string): boolean {
  const steps = path.split(glue);
  return steps.at(-1) === '.' && steps.at(-2)?.startsWith('k:') !== true;
}

/**
 * Server-side apply: merges what is applied over the live object, drops what this manager applied before and no longer
 * does, and throws 409 when another manager owns a field with another value, unless forced.
 */
export function apply(live: ApiObject | undefined, applied: ApiObject, writer: Writer, force: boolean): ApiObject {
  const { apiVersion, kind } = applied;
  const type = typeOf(apiVersion, kind);
  // Apply owns what it names: the maps and lists around it are nobody's.
  const wanted = new Map([...fieldsOf(applied, apiVersion, kind)].filter(([path]) => !isAround(path)));
  const have: Paths = live === undefined ? new Map() : fieldsOf(live, apiVersion, kind);
  const kept = live?.metadata.managedFields ?? [];
  const isOwn = (m: ManagedFields): boolean =>
    m.operation === 'Apply' && m.manager === writer.manager && (m.subresource ?? '') === writer.subresource;
  const before = new Set(kept.filter(isOwn).flatMap((m) => [...fromV1(m.fieldsV1)]));

  const contested = new Set<string>();
  const causes: { reason: string; message: string; field: string }[] = [];
  for (const entry of kept) {
    if (isOwn(entry)) continue;
    for (const f of fromV1(entry.fieldsV1)) {
      if (f.endsWith(`${glue}.`) || !wanted.has(f) || equal(wanted.get(f), have.get(f))) continue;
      contested.add(f);
      const using = entry.operation === 'Update' ? ` using ${entry.apiVersion}` : '';
      causes.push({
        reason: 'FieldManagerConflict',
        message: `conflict with ${JSON.stringify(entry.manager)}${using}`,
        field: readable(f),
      });
    }
  }
  if (causes.length > 0 && !force) throw applyConflict(causes);

  const ownedByOthers = new Set(kept.filter((m) => !isOwn(m)).flatMap((m) => [...fromV1(m.fieldsV1)]));
  const gone = [...before].filter((f) => !wanted.has(f) && !ownedByOthers.has(f));
  const base = structuredClone(live ?? { ...applied, metadata: { ...applied.metadata } }) as Json;
  for (const path of gone) drop(base, path.split(glue));
  const merged = live === undefined ? base : (overlay(base, applied, type) as Json);
  const out = merged as ApiObject;
  const others = kept.flatMap((m) => {
    if (isOwn(m)) return [];
    const fields = fromV1(m.fieldsV1);
    const left = [...fields].filter((f) => !contested.has(f));
    return left.length === 0 ? [] : left.length === fields.size ? [m] : [{ ...m, fieldsV1: toV1(left) }];
  });
  const mine = entryFor(writer, 'Apply', apiVersion, new Set(wanted.keys()));
  return { ...out, metadata: { ...out.metadata, managedFields: [...others, mine] } };
}

function drop(root: unknown, steps: readonly string[]): void {
  const [step = '', ...rest] = steps;
  if (step.startsWith('f:') && isJson(root)) {
    const key = step.slice(2);
    if (rest.length === 0 || (rest.length === 1 && rest[0] === '.')) {
      if (rest.length === 0) delete root[key];
    } else drop(root[key], rest);
  } else if (step.startsWith('k:') && Array.isArray(root)) {
    const id = JSON.parse(step.slice(2)) as Json;
    const at = root.findIndex((item) => isJson(item) && Object.entries(id).every(([k, v]) => equal(item[k], v)));
    if (at < 0) return;
    if (rest.length === 1 && rest[0] === '.') root.splice(at, 1);
    else drop(root[at], rest);
  }
}

/** Lays applied values over live ones: structs and maps merge, keyed lists by key, the rest is replaced. */
function overlay(live: unknown, applied: unknown, type: FieldType): unknown {
  if (isJson(live) && isJson(applied)) {
    const out: Json = { ...live };
    for (const [key, value] of Object.entries(applied))
      if (value !== undefined) out[key] = overlay(live[key], value, fieldOf(type, key) ?? { is: 'any' });
    return out;
  }
  if (Array.isArray(live) && Array.isArray(applied) && type.is === 'list') {
    if (type.set) return [...live, ...applied.filter((a) => !live.some((l) => equal(l, a)))];
    const { mapKeys } = type;
    if (mapKeys !== null) {
      const same = (a: unknown, b: unknown): boolean =>
        isJson(a) && isJson(b) && mapKeys.every((k) => b[k] === undefined || equal(a[k], b[k]));
      const out = live.map((l) => {
        const found = applied.find((a) => same(l, a));
        return found === undefined ? l : overlay(l, found, type.of);
      });
      return [...out, ...applied.filter((a) => !live.some((l) => same(l, a)))];
    }
  }
  return applied;
}
