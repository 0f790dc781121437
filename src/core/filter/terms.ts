// Reading the filter grammar: a line of text becomes terms, each with its place in the line, or the reason why it is none.
// word · "exact" · /regex/ · key:value · !term · age<10m. Terms are ANDed.
import { compilePattern, hasCapital, type Pattern } from './pattern.ts';

/** Keys of `key:value`, with the short forms that people type. */
const keys: Readonly<Record<string, FilterKey>> = {
  c: 'cluster',
  cluster: 'cluster',
  ns: 'namespace',
  namespace: 'namespace',
  kind: 'kind',
  app: 'app',
  status: 'status',
  image: 'image',
  node: 'node',
  owner: 'owner',
  role: 'role',
  stage: 'stage',
};

export type FilterKey =
  | 'cluster'
  | 'namespace'
  | 'kind'
  | 'app'
  | 'status'
  | 'image'
  | 'node'
  | 'owner'
  | 'role'
  | 'stage';
export type Comparison = '<' | '<=' | '>' | '>=' | '=';
/** What can be compared: age in milliseconds, restarts, cpu and memory as used-of-limit 0–1 or absolute. */
export type Measure = 'age' | 'restarts' | 'cpu' | 'memory';

type Body =
  | { readonly type: 'word'; readonly word: string }
  | { readonly type: 'exact'; readonly text: string; readonly smartCase: boolean }
  | { readonly type: 'regex'; readonly pattern: Pattern }
  | { readonly type: 'key'; readonly key: FilterKey; readonly values: readonly string[] }
  | { readonly type: 'label'; readonly label: string; readonly values: readonly string[] }
  | {
      readonly type: 'measure';
      readonly measure: Measure;
      readonly comparison: Comparison;
      readonly value: number;
      /** `%`: the value is a share of the limit. */
      readonly relative: boolean;
    };

export type Term = Body & {
  readonly not: boolean;
  readonly from: number;
  readonly to: number;
  readonly source: string;
};

/** A term that could not be understood: its place in the text (UTF-16 units) and why, with what to do. */
export type BadTerm = { readonly from: number; readonly to: number; readonly reason: string };

export type Parsed = { readonly terms: readonly Term[]; readonly bad: BadTerm | null };

const measures: Readonly<Record<string, Measure>> = {
  age: 'age',
  restarts: 'restarts',
  cpu: 'cpu',
  memory: 'memory',
  mem: 'memory',
};

/** Reads a filter line. The first bad term is told; the good ones before and after it are returned all the same. */
export function parseTerms(text: string): Parsed {
  const terms: Term[] = [];
  let bad: BadTerm | null = null;
  for (const { from, to } of split(text)) {
    const source = text.slice(from, to);
    const not = source.startsWith('!');
    const body = readBody(not ? source.slice(1) : source);
    if (typeof body === 'string') bad ??= { from, to, reason: body };
    else terms.push({ ...body, not, from, to, source });
  }
  return { terms, bad };
}

/** Splits at blanks that are not inside quotes or a regex. */
function split(text: string): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = [];
  let i = 0;
  while (i < text.length) {
    if (/\s/.test(text[i] ?? '')) {
      i++;
      continue;
    }
    const from = i;
    let close = '';
    const start = text[i] === '!' ? i + 1 : i;
    for (; i < text.length; i++) {
      const c = text[i] ?? '';
      if (close !== '') {
        if (c === '\\' && close === '/') i++;
        else if (c === close) close = '';
      } else if (/\s/.test(c)) break;
      else if (c === '"') close = '"';
      // A slash opens a regex only where a term begins: images and paths contain slashes.
      else if (c === '/' && i === start) close = '/';
    }
    out.push({ from, to: i });
  }
  return out;
}

function readBody(source: string): Body | string {
  if (source === '') return 'nothing to negate: write a term behind the !';
  if (source.startsWith('/')) return readRegex(source);
  if (source.startsWith('"')) {
    if (source.length < 2 || !source.endsWith('"')) return 'the quote is not closed';
    const text = source.slice(1, -1);
    return text === '' ? 'nothing between the quotes' : { type: 'exact', text, smartCase: hasCapital(text) };
  }
  const compared = /^([a-z]+)(<=|>=|<|>|=)(.*)$/i.exec(source);
  if (compared) return readMeasure(compared[1] ?? '', (compared[2] ?? '=') as Comparison, compared[3] ?? '');
  const keyed = /^([a-z]+|label\.[^:]+):(.*)$/i.exec(source);
  if (keyed) return readKey(keyed[1] ?? '', keyed[2] ?? '');
  return { type: 'word', word: source };
}

function readRegex(source: string): Body | string {
  if (source.length < 2 || !source.endsWith('/')) return 'the regex is not closed: end it with /';
  const pattern = source.slice(1, -1);
  if (pattern === '') return 'the regex is empty';
  try {
    return { type: 'regex', pattern: compilePattern(pattern) };
  } catch (error) {
    return `not a regex: ${(error instanceof Error ? error.message : String(error)).replace(/^error parsing regexp: /, '')}`;
  }
}

function readKey(written: string, rest: string): Body | string {
  const values = splitList(rest);
  if (typeof values === 'string') return values;
  if (values.length === 0) return `${written}: needs a value`;
  if (written.startsWith('label.')) return { type: 'label', label: written.slice('label.'.length), values };
  const key = keys[written.toLowerCase()];
  if (key === undefined)
    return `no key ${written}: there are c ns kind app status image node owner role stage label.<name>`;
  return { type: 'key', key, values };
}

function splitList(rest: string): string[] | string {
  const out: string[] = [];
  for (const part of rest.match(/"[^"]*"?|[^,]+/g) ?? []) {
    if (!part.startsWith('"')) out.push(part);
    else if (part.length < 2 || !part.endsWith('"')) return 'the quote is not closed';
    else out.push(part.slice(1, -1));
  }
  return out.filter((v) => v !== '');
}

function readMeasure(name: string, comparison: Comparison, value: string): Body | string {
  const measure = measures[name.toLowerCase()];
  if (measure === undefined) return `${name} cannot be compared: there are age restarts cpu memory`;
  const read = readers[measure](value);
  if (read === undefined)
    return `${value === '' ? 'a value is missing' : `${value} is no ${measure}`}: write ${examples[measure]}`;
  return { type: 'measure', measure, comparison, ...read };
}

const examples: Readonly<Record<Measure, string>> = {
  age: 'age<10m',
  restarts: 'restarts>3',
  cpu: 'cpu>80% or cpu>0.5',
  memory: 'memory>80% or memory>512Mi',
};

type Read = { readonly value: number; readonly relative: boolean };
const absolute = (value: number | undefined): Read | undefined =>
  value === undefined ? undefined : { value, relative: false };
const share = (text: string): Read | undefined => {
  const m = /^(\d+(?:\.\d+)?)%$/.exec(text);
  return m ? { value: Number(m[1]) / 100, relative: true } : undefined;
};
const plainNumber = (text: string): number | undefined => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined);

const ageUnits: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const readers: Readonly<Record<Measure, (text: string) => Read | undefined>> = {
  age: (text) => {
    if (!/^(\d+(\.\d+)?[smhdwy])+$/.test(text)) return undefined;
    let sum = 0;
    for (const [, n, unit] of text.matchAll(/(\d+(?:\.\d+)?)([smhdwy])/g))
      sum += Number(n) * (ageUnits[unit ?? ''] ?? 0);
    return absolute(sum);
  },
  restarts: (text) => absolute(plainNumber(text)),
  cpu: (text) => {
    const milli = /^(\d+)m$/.exec(text);
    return share(text) ?? absolute(milli ? Number(milli[1]) / 1000 : plainNumber(text));
  },
  memory: (text) => {
    const m = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|[kKMGT]?)$/.exec(text);
    return share(text) ?? absolute(m ? Number(m[1]) * (sizeUnits[m[2] ?? ''] ?? 1) : undefined);
  },
};
