// Whether a row answers a filter. The row is asked for what a term needs and for nothing else.
import fuzzysort from 'fuzzysort';
import { isGlob, matchesGlob } from '../glob.ts';
import { type BadTerm, type FilterKey, type Measure, parseTerms, type Term } from './terms.ts';

/** What a filter can ask of a row, a log line or a problem. */
export interface FilterRow {
  /** Everything that a person sees in the row, in one string. */
  text(): string;
  /** Values of a key; several for a row about several clusters. */
  values(key: FilterKey): readonly string[];
  label(name: string): string | undefined;
  /** Age in milliseconds, restarts, cores, bytes; `relative` asks for the share of the limit. Undefined: not known. */
  measure(measure: Measure, relative: boolean): number | undefined;
}

export type Filter = {
  readonly source: string;
  readonly terms: readonly Term[];
  readonly bad: BadTerm | null;
  /** True when nothing is asked for. */
  readonly isEmpty: boolean;
  matches(row: FilterRow): boolean;
};

/** Compiles a filter line. With a bad term the good ones still filter; who shows it says which was bad. */
export function compileFilter(source: string): Filter {
  const { terms, bad } = parseTerms(source);
  // Cheap terms first: a key decides before a fuzzy search over the whole text runs.
  const ordered = [...terms].sort((a, b) => cost[a.type] - cost[b.type]);
  return {
    source,
    terms,
    bad,
    isEmpty: terms.length === 0,
    matches: (row) => ordered.every((term) => answers(term, row) !== term.not),
  };
}

const cost: Readonly<Record<Term['type'], number>> = { key: 0, label: 1, measure: 1, exact: 2, word: 3, regex: 4 };

/** Below this a fuzzy hit is an accident of letters and not what somebody looked for (fuzzysort: 1 is perfect). */
const fuzzyFloor = 0.25;

function answers(term: Term, row: FilterRow): boolean {
  switch (term.type) {
    case 'word':
      return contains(row.text(), term.word, false) || (!term.not && isNear(term.word, row.text()));
    case 'exact':
      return contains(row.text(), term.text, term.smartCase);
    case 'regex':
      return term.pattern.test(row.text());
    case 'key':
      return row.values(term.key).some((have) => term.values.some((want) => valueMatches(term.key, want, have)));
    case 'label': {
      const have = row.label(term.label);
      return have !== undefined && term.values.some((want) => matchesGlob(want, have));
    }
    case 'measure': {
      const have = row.measure(term.measure, term.relative);
      if (have === undefined) return false;
      if (term.comparison === '<') return have < term.value;
      if (term.comparison === '<=') return have <= term.value;
      if (term.comparison === '>') return have > term.value;
      if (term.comparison === '>=') return have >= term.value;
      return have === term.value;
    }
  }
}

const contains = (text: string, part: string, withCase: boolean): boolean =>
  withCase ? text.includes(part) : text.toLowerCase().includes(part.toLowerCase());

/**
 * Letters in order within one word of the row: across words nearly everything would match. A negated term is never
 * fuzzy: what it hides must really contain it.
 */
const isNear = (word: string, text: string): boolean =>
  word.length > 2 &&
  mayBeNear(word.toLowerCase(), text.toLowerCase()) &&
  // Prepared by hand: by itself the library remembers every part that it ever saw.
  text.split(' ').some((part) => (fuzzysort.single(word, fuzzysort.prepare(part))?.score ?? 0) > fuzzyFloor);

const plain = /^[\x21-\x7e]*$/;

/** Whether one part has the letters in order; most rows have none, and taking a row apart costs twenty times this look. */
function mayBeNear(word: string, text: string): boolean {
  if (!plain.test(word)) return true;
  let found = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Letters beyond ASCII may be taken for their plain forms.
    if (code > 0x7f) return true;
    if (code === 0x20) found = 0;
    else if (code === word.charCodeAt(found) && ++found === word.length) return true;
  }
  return false;
}

/** Keys whose values are texts with parts: a part is enough. */
const partial: ReadonlySet<FilterKey> = new Set<FilterKey>(['status', 'image', 'owner']);

function valueMatches(key: FilterKey, want: string, have: string): boolean {
  if (isGlob(want)) return matchesGlob(want, have);
  const a = have.toLowerCase();
  const b = want.toLowerCase();
  if (key === 'kind') return a.startsWith(b.replace(/s$/, '')) || a === b;
  return partial.has(key) ? a.includes(b) : a === b;
}
