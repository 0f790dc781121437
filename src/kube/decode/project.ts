// What a spec takes out of a value that JSON.parse has read: the meaning of a spec, and the decoder's fall-back.
import type { PathSpec } from '../../core/object.ts';

/** Where the value has another shape than the spec expects, it is given whole. */
export function project(value: unknown, spec: PathSpec): unknown {
  if (spec === 1 || typeof value !== 'object' || value === null) return value;
  if (isEach(spec)) return Array.isArray(value) ? value.map((element) => project(element, spec[0])) : value;
  if (Array.isArray(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [key, found] of Object.entries(value)) {
    if (!Object.hasOwn(spec, key)) continue;
    // An own property even for `__proto__`, as JSON.parse makes it.
    Object.defineProperty(out, key, {
      value: project(found, spec[key] as PathSpec),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return out;
}

const isEach = (spec: PathSpec): spec is readonly [PathSpec] => Array.isArray(spec);
