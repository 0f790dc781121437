// JSON Patch (RFC 6902), JSON Merge Patch (RFC 7386) and Strategic Merge Patch (Kubernetes), on plain JSON.
import { equal, isJson, type Json } from './objects.ts';
import { type FieldType, fieldOf } from './schema.ts';
import { badRequest, rejectedPatch } from './status-bodies.ts';

type Operation = { readonly op: string; readonly path: string; readonly from?: string; readonly value?: unknown };

const unescape = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');
const pointer = (path: string): string[] => path.split('/').slice(1).map(unescape);

function child(at: unknown, key: string): unknown {
  if (Array.isArray(at)) return at[Number(key)];
  return isJson(at) && Object.hasOwn(at, key) ? at[key] : undefined;
}

/** The container of the last step of a path; 422 when something on the way is missing. */
function parent(root: unknown, path: readonly string[]): unknown {
  let here = root;
  for (const key of path.slice(0, -1)) {
    here = child(here, key);
    if (here === undefined || here === null || typeof here !== 'object') throw rejectedPatch();
  }
  return here;
}

function add(root: unknown, path: readonly string[], value: unknown): void {
  const at = parent(root, path);
  const key = path.at(-1) ?? '';
  if (Array.isArray(at)) {
    const index = key === '-' ? at.length : Number(key);
    if (!Number.isInteger(index) || index < 0 || index > at.length) throw rejectedPatch();
    at.splice(index, 0, value);
  } else (at as Json)[key] = value;
}

function remove(root: unknown, path: readonly string[]): unknown {
  const at = parent(root, path);
  const key = path.at(-1) ?? '';
  const gone = child(at, key);
  if (gone === undefined) throw rejectedPatch();
  if (Array.isArray(at)) at.splice(Number(key), 1);
  else delete (at as Json)[key];
  return gone;
}

/** Applies a JSON patch to a copy. A failed `test` and a missing path are the same bare 422. */
export function jsonPatch(document: Json, operations: unknown): Json {
  if (!Array.isArray(operations))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  const root = { root: structuredClone(document) as unknown };
  for (const o of operations as Operation[]) {
    const path = ['root', ...pointer(o.path ?? '')];
    if (o.op === 'add') add(root, path, structuredClone(o.value));
    else if (o.op === 'remove') remove(root, path);
    else if (o.op === 'replace') {
      const at = parent(root, path);
      const key = path.at(-1) ?? '';
      if (child(at, key) === undefined) throw rejectedPatch();
      (at as Json)[key] = structuredClone(o.value);
    } else if (o.op === 'test') {
      const found = child(parent(root, path), path.at(-1) ?? '');
      if (!equal(found ?? null, o.value ?? null)) throw rejectedPatch();
    } else if (o.op === 'move' || o.op === 'copy') {
      const from = ['root', ...pointer(o.from ?? '')];
      const value = o.op === 'move' ? remove(root, from) : child(parent(root, from), from.at(-1) ?? '');
      if (value === undefined) throw rejectedPatch();
      add(root, path, structuredClone(value));
    } else throw rejectedPatch();
  }
  return root.root as Json;
}

/** Applies a merge patch: null removes, objects merge, everything else replaces. */
export function mergePatch(document: unknown, patch: unknown): unknown {
  if (!isJson(patch)) return structuredClone(patch);
  const out: Json = isJson(document) ? { ...document } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key];
    else out[key] = mergePatch(out[key], value);
  }
  return out;
}

/** Applies a strategic merge patch with the merge keys of the type; `$patch`, `$retainKeys`, `$deleteFromPrimitiveList`. */
export function strategicPatch(document: unknown, patch: Json, type: FieldType): Json {
  if (patch.$patch === 'replace') return withoutDirectives(patch) as Json;
  if (patch.$patch === 'delete') return {};
  const old: Json = isJson(document) ? document : {};
  const out: Json = { ...old };
  const retain = patch.$retainKeys;
  if (Array.isArray(retain)) for (const key of Object.keys(out)) if (!retain.includes(key)) delete out[key];
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith('$setElementOrder/')) continue;
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const name = key.slice('$deleteFromPrimitiveList/'.length);
      if (Array.isArray(out[name]) && Array.isArray(value))
        out[name] = (out[name] as unknown[]).filter((item) => !value.includes(item));
      continue;
    }
    const field = fieldOf(type, key) ?? { is: 'any' };
    if (value === null) delete out[key];
    else if (Array.isArray(value)) {
      const order = patch[`$setElementOrder/${key}`];
      out[key] = mergeList(Array.isArray(out[key]) ? (out[key] as unknown[]) : [], value, field, order);
    } else if (isJson(value)) out[key] = strategicPatch(out[key], value, field);
    else out[key] = value;
  }
  return out;
}

function mergeList(old: readonly unknown[], patch: readonly unknown[], field: FieldType, order: unknown): unknown[] {
  if (field.is !== 'list') return patch.map(withoutDirectives);
  const { mergeKey, of } = field;
  if (mergeKey === null) {
    if (!field.set) return patch.map(withoutDirectives);
    return [...old, ...patch.filter((item) => !old.some((o) => equal(o, item)))];
  }
  if (patch.some((item) => isJson(item) && item.$patch === 'replace'))
    return patch.filter((item) => !(isJson(item) && item.$patch === 'replace')).map(withoutDirectives);
  const out = [...old];
  const added: unknown[] = [];
  for (const item of patch) {
    if (!isJson(item)) continue;
    const id = item[mergeKey];
    const at = out.findIndex((o) => isJson(o) && equal(o[mergeKey], id));
    if (item.$patch === 'delete') {
      if (at >= 0) out.splice(at, 1);
    } else if (at >= 0) out[at] = strategicPatch(out[at], item, of);
    else added.push(withoutDirectives(item));
  }
  const all = [...out, ...added];
  if (!Array.isArray(order)) return all;
  const wanted = order.map((o) => (isJson(o) ? o[mergeKey] : o));
  const rank = (item: unknown): number => {
    const found = wanted.findIndex((w) => equal(w, isJson(item) ? item[mergeKey] : item));
    return found < 0 ? wanted.length : found;
  };
  return all
    .map((item, i) => ({ item, i }))
    .sort((a, b) => rank(a.item) - rank(b.item) || a.i - b.i)
    .map((x) => x.item);
}

function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !key.startsWith('$') && inner !== null)
      .map(([key, inner]) => [key, withoutDirectives(inner)]),
  );
}
