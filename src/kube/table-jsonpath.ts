// The part of kubectl's JSONPath that printer columns use, compiled into what the decoder must pick and a function that
// reads it. Linear in the object, no recursion, no evaluation: a hostile path costs nothing but its column.
import type { PathSpec } from '../core/object.ts';

export type JsonPath = {
  /** What has to be decoded for `evaluate`. */
  readonly pick: PathSpec;
  /** All values that the path finds, in order. Never throws. */
  evaluate(object: unknown): readonly unknown[];
};

type Step =
  | { readonly step: 'key'; readonly key: string }
  | { readonly step: 'index'; readonly index: number }
  | { readonly step: 'slice'; readonly from: number | null; readonly to: number | null }
  | { readonly step: 'all' }
  | {
      readonly step: 'filter';
      readonly path: readonly string[];
      readonly equals: string | number | boolean;
      readonly not: boolean;
    };

const longest = 1_000;
const mostSteps = 32;
const mostValues = 1_000;

/** Null for what is not understood (recursive descent, unions, functions, comparisons by size): ask the server then. */
export function compileJsonPath(text: string): JsonPath | null {
  const steps = parse(text);
  if (steps === null) return null;
  return {
    pick: pickOf(steps),
    evaluate(object) {
      let values: unknown[] = [object];
      for (const step of steps) {
        values = values.flatMap((value) => advance(value, step)).slice(0, mostValues);
        if (values.length === 0) return [];
      }
      return values;
    },
  };
}

function parse(raw: string): Step[] | null {
  if (raw.length > longest) return null;
  // `{.spec.x}` and `.spec.x` and `$.spec.x` mean the same.
  let rest = raw
    .trim()
    .replace(/^\{(.*)\}$/s, '$1')
    .replace(/^\$/, '');
  if (rest === '' || (!rest.startsWith('.') && !rest.startsWith('['))) return null;
  const steps: Step[] = [];
  while (rest !== '') {
    const read = readStep(rest);
    if (read === null || steps.length >= mostSteps) return null;
    steps.push(read.step);
    rest = rest.slice(read.length);
  }
  return steps;
}

// `\.` within a key stands for a dot: .metadata.labels.app\.kubernetes\.io/name
const key = /^\.((?:\\.|[^.[\]'"\s\\*?(){},])+)/;
const quoted = /^\.?\[\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")\s*\]/;
const index = /^\[\s*(-?\d{1,6})\s*\]/;
const slice = /^\[\s*(-?\d{1,6})?\s*:\s*(-?\d{1,6})?\s*\]/;
const all = /^\.?\[\s*\*\s*\]|^\.\*/;
const filter =
  /^\[\s*\?\(\s*@((?:\.(?:\\.|[^.[\]'"\s\\*?(){},=!<>])+)+)\s*(==|!=)\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(true|false|-?\d{1,15}(?:\.\d{1,15})?))\s*\)\s*\]/;

const unescape = (text: string): string => text.replaceAll(/\\(.)/gs, '$1');

function readStep(rest: string): { readonly step: Step; readonly length: number } | null {
  const hit = (pattern: RegExp): RegExpExecArray | null => pattern.exec(rest);
  let found = hit(all);
  if (found) return { step: { step: 'all' }, length: found[0].length };
  found = hit(index);
  if (found) return { step: { step: 'index', index: Number(found[1]) }, length: found[0].length };
  found = hit(slice);
  if (found) {
    const bound = (raw: string | undefined): number | null => (raw === undefined ? null : Number(raw));
    return { step: { step: 'slice', from: bound(found[1]), to: bound(found[2]) }, length: found[0].length };
  }
  found = hit(quoted);
  if (found) return { step: { step: 'key', key: unescape(found[1] ?? found[2] ?? '') }, length: found[0].length };
  found = hit(filter);
  if (found) {
    const path = (found[1] ?? '').match(/\.(?:\\.|[^.\\])+/g)?.map((part) => unescape(part.slice(1))) ?? [];
    const word = found[5];
    const literal = word === 'true' ? true : word === 'false' ? false : Number(word);
    const equals = word === undefined ? unescape(found[3] ?? found[4] ?? '') : literal;
    return { step: { step: 'filter', path, equals, not: found[2] === '!=' }, length: found[0].length };
  }
  found = hit(key);
  return found ? { step: { step: 'key', key: unescape(found[1] ?? '') }, length: found[0].length } : null;
}

/** Keys as far as they go; from the first list or wildcard on, the value is taken whole or by element. */
function pickOf(steps: readonly Step[]): PathSpec {
  const [first, ...rest] = steps;
  if (first === undefined) return 1;
  if (first.step === 'key') return own(first.key, pickOf(rest));
  if (first.step === 'filter') return [merge(filterPick(first.path), pickOf(rest))];
  // `.*` walks over the values of an object as well, which a pick by element could not.
  return first.step === 'all' ? 1 : [pickOf(rest)];
}

const filterPick = (path: readonly string[]): PathSpec =>
  path.reduceRight<PathSpec>((inner, name) => own(name, inner), 1);

/** A spec of one key, also for `__proto__`. */
function own(name: string, value: PathSpec): PathSpec {
  const spec: Record<string, PathSpec> = {};
  Object.defineProperty(spec, name, { value, enumerable: true, configurable: true, writable: true });
  return spec;
}

/** Both of two specs. */
export function merge(a: PathSpec, b: PathSpec): PathSpec {
  if (a === 1 || b === 1) return 1;
  if (isEach(a) || isEach(b)) return isEach(a) && isEach(b) ? [merge(a[0], b[0])] : 1;
  const out: Record<string, PathSpec> = {};
  for (const [name, spec] of [...Object.entries(a), ...Object.entries(b)]) {
    const before = Object.hasOwn(out, name) ? out[name] : undefined;
    const value = before === undefined ? spec : merge(before, spec);
    Object.defineProperty(out, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return out;
}

const isEach = (spec: PathSpec): spec is readonly [PathSpec] => Array.isArray(spec);

function advance(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  switch (step.step) {
    case 'key':
      return Object.hasOwn(value, step.key) ? [(value as Record<string, unknown>)[step.key]] : [];
    case 'index': {
      const element: unknown = Array.isArray(value) ? value.at(step.index) : undefined;
      return element === undefined ? [] : [element];
    }
    case 'slice':
      return Array.isArray(value) ? value.slice(step.from ?? 0, step.to ?? undefined) : [];
    case 'all':
      return Object.values(value);
    case 'filter':
      return Array.isArray(value) ? value.filter((element) => matches(element, step)) : [];
  }
}

function matches(element: unknown, step: Extract<Step, { step: 'filter' }>): boolean {
  let here = element;
  for (const name of step.path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return false;
    here = (here as Record<string, unknown>)[name];
  }
  return (here === step.equals) !== step.not;
}
