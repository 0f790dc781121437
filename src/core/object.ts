// Reading Kubernetes JSON without trusting it: small total functions, so that a plugin never throws on odd objects.

/** A decoded object: only the picked paths are there. */
export type KubeObject = Readonly<Record<string, unknown>>;

/** Nested wish list of the decoder: `1` takes the whole value, an array takes it of each element. */
export type PathSpec = 1 | { readonly [key: string]: PathSpec } | readonly [PathSpec];

/** The value at a path, undefined when anything on the way is missing or of another shape. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[key];
  }
  return here;
}

/**
 * One field of a value that may be of any shape; the fast form of `at` for what runs for every object.
 * @example field(field(pod, 'status'), 'phase')
 */
export const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;

export const text = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
};

export const number = (value: unknown, ...path: readonly (string | number)[]): number | undefined => {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
};

export const flag = (value: unknown, ...path: readonly (string | number)[]): boolean => at(value, ...path) === true;

export const list = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

export const record = (value: unknown, ...path: readonly (string | number)[]): KubeObject => {
  const found = at(value, ...path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as KubeObject) : {};
};

/** Milliseconds since the epoch of an RFC 3339 time; undefined when it is none. */
export const time = (value: unknown, ...path: readonly (string | number)[]): number | undefined => {
  const found = at(value, ...path);
  if (typeof found !== 'string') return undefined;
  const ms = Date.parse(found);
  return Number.isNaN(ms) ? undefined : ms;
};
