// One watch serves everybody who wants the resource: it decodes the union of the paths that they read.
import type { PathSpec } from '../../core/object.ts';

/** What the engine itself needs of every object. */
export const basePick: PathSpec = { metadata: { uid: 1, name: 1, namespace: 1, creationTimestamp: 1 } };

const isList = (spec: PathSpec): spec is readonly [PathSpec] => Array.isArray(spec);

/** Both wish lists in one: `1` takes everything and wins. */
export function mergePicks(a: PathSpec, b: PathSpec): PathSpec {
  if (a === 1 || b === 1) return 1;
  if (isList(a) && isList(b)) return [mergePicks(a[0], b[0])];
  // One wants a list where the other wants an object: taking the whole value serves both.
  if (isList(a) || isList(b)) return 1;
  const out: Record<string, PathSpec> = { ...a };
  for (const [key, spec] of Object.entries(b)) {
    const other = out[key];
    out[key] = other === undefined ? spec : mergePicks(other, spec);
  }
  return out;
}
