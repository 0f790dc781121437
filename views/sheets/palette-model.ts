// The palette: what the typed text could mean, best first. An exact command is always the first entry, so that what
// people type by heart does what they meant.
import fuzzysort from 'fuzzysort';
import { plural } from '../../src/core/format.ts';
import type { App } from '../../src/state/app.ts';
import { findResource, parseCommandLine } from '../../src/state/command-line.ts';
import type { Sheet } from '../../src/state/ui.ts';
import type { Binding } from '../keys/binding.ts';
import { bold, type Line, seg } from '../parts/pen.ts';
import { attr } from '../theme/theme.ts';
import { type Candidate, candidates, resourceNote } from './palette-candidates.ts';
import type { SheetEntry, SheetModel } from './sheet-model.ts';

const sectionOrder = ['APPS', 'GO TO', 'DO', 'KINDS', 'SCOPES', 'CLUSTERS', 'NAMESPACES', 'APPS', 'RECENT'];
const mostPerSection = 6;

export function paletteModel(
  app: App,
  bindings: readonly Binding[],
  sheet: Extract<Sheet, { type: 'palette' }>,
): SheetModel {
  const { text } = sheet.input;
  const all = candidates(app, bindings);
  const exact = exactEntry(app, text);
  const found = search(all, text).filter((entry) => exact === undefined || entry.completion !== exact.completion);
  const entries = exact === undefined ? found : [exact, ...found];
  const chosen = Math.max(0, Math.min(sheet.chosen, entries.length - 1));
  return {
    title: [bold(':'), seg(' '), ...typed(sheet.input)],
    right: [seg(plural(entries.length, 'match', 'matches'), 'muted')],
    entries,
    chosen,
    columns: 2,
    foot: [
      [
        seg('also  ', 'muted'),
        seg('po shop'),
        seg(' a kind in a namespace   ', 'muted'),
        seg('po @run-eu /cart'),
        seg(' in a cluster, filtered   ', 'muted'),
        seg('ctx run-us  '),
        seg('ns shop'),
        seg(' the scope', 'muted'),
      ],
    ],
    hints: [
      { key: 'Enter', label: 'open' },
      { key: 'Tab', label: 'complete' },
      { key: '↑↓', label: 'choose' },
      { key: 'Esc', label: 'close' },
    ],
    empty: `Nothing is called ${text}. A kind is found by plural, short name or resource.group.`,
  };
}

/** Typed text with its caret. */
export const typed = (input: { readonly text: string; readonly caret: number }): Line => [
  seg(input.text.slice(0, input.caret), 'title', attr.bold),
  seg('▏', 'accent'),
  seg(input.text.slice(input.caret), 'title', attr.bold),
];

/** The text as a command of its own: it has arguments, or names a kind, pane or deck exactly. */
function exactEntry(app: App, text: string): SheetEntry | undefined {
  const parsed = parseCommandLine(text);
  if (parsed.word === '') return undefined;
  const hasArguments =
    parsed.args.length > 0 || parsed.clusters.length > 0 || parsed.filter !== null || parsed.namespaces !== null;
  const { resources, scopes, decks } = app.ui.getState();
  const resource = findResource(resources, parsed.word);
  if (
    !hasArguments &&
    resource === undefined &&
    !words.has(parsed.word) &&
    !decks.some((deck) => deck.id === parsed.word)
  )
    return undefined;
  const saved = parsed.word === 'scope' ? scopes[parsed.args.join(' ')] : undefined;
  const places = [
    parsed.clusters.length > 0 ? `in ${parsed.clusters.join(', ')}` : '',
    parsed.namespaces === null
      ? ''
      : parsed.namespaces.length === 0
        ? 'all namespaces'
        : `ns ${parsed.namespaces.join(', ')}`,
    parsed.filter === null ? '' : `/ ${parsed.filter}`,
  ].filter((part) => part !== '');
  const asked = places.length > 0 ? places.join(' · ') : resource === undefined ? '' : resourceNote(resource.clusters);
  const note = parsed.word === 'scope' ? (saved ?? '') : (parsed.bad ?? asked);
  return {
    section: 'RUN',
    label: [
      bold(resource === undefined ? text.trim() : (resource.table.split('.')[0] ?? parsed.word)),
      ...(resource === undefined ? [] : [seg(` ${resource.kind}`, 'muted')]),
    ],
    note: [seg(note, 'muted')],
    key: [seg('Enter', 'muted')],
    disabled: undefined,
    choice: { type: 'line', line: text },
    completion: resource === undefined ? text : (resource.names[0] ?? text),
  };
}

const words = new Set([
  'q',
  'quit',
  'exit',
  'help',
  'actions',
  'journal',
  'ctx',
  'dp',
  'ns',
  'scope',
  'triage',
  'workloads',
  'logs',
  'clusters',
  'pods',
  'nodes',
  'events',
  'po',
  'no',
  'ev',
]);
function search(all: readonly Candidate[], text: string): readonly SheetEntry[] {
  const query = text.trim();
  if (query === '') {
    return bySection(
      all
        .filter(
          (c) =>
            c.section === 'RECENT' ||
            c.section === 'GO TO' ||
            c.section === 'SCOPES' ||
            c.section === 'CLUSTERS' ||
            (c.choice.type === 'binding' && c.choice.binding.isAction === true && c.disabled === undefined),
        )
        .map((c) => ({ candidate: c, indexes: [] })),
    );
  }
  const hits = fuzzysort.go(query, all, { keys: ['text', 'alias'], limit: 60, threshold: 0.5 });
  return bySection(
    [...hits]
      .sort((a, b) => b.score + bias(b.obj, query) - a.score - bias(a.obj, query))
      .map((hit) => ({ candidate: hit.obj, indexes: hit[0]?.indexes ?? [] })),
  );
}

const biases: Readonly<Record<string, number>> = {
  APPS: 0.2,
  'GO TO': 0.15,
  KINDS: 0.15,
  DO: 0.05,
  SCOPES: 0.1,
  CLUSTERS: 0.05,
  RECENT: -0.1,
  NAMESPACES: -0.05,
};

/** A name that begins with what is typed is meant before one that has the letters somewhere; panes before namespaces. */
function bias(candidate: Candidate, query: string): number {
  const typed = query.toLowerCase();
  const begins = candidate.text.toLowerCase().startsWith(typed);
  const isShort = candidate.alias
    .toLowerCase()
    .split(' ')
    .some((word) => word.startsWith(typed));
  return (biases[candidate.section] ?? 0) + (begins ? 0.5 : isShort ? 0.3 : 0);
}

/** Best hits first, but kept together by section, in the order in which sections first appear. */
function bySection(
  hits: readonly { readonly candidate: Candidate; readonly indexes: readonly number[] }[],
): readonly SheetEntry[] {
  const sections = new Map<string, SheetEntry[]>();
  for (const { candidate, indexes } of hits) {
    const list = sections.get(candidate.section) ?? [];
    sections.set(candidate.section, list);
    if (list.length < mostPerSection) list.push(toEntry(candidate, indexes));
  }
  const order = [...sections.keys()];
  if (hits.every((hit) => hit.indexes.length === 0))
    order.sort((a, b) => sectionOrder.indexOf(a) - sectionOrder.indexOf(b));
  return order.flatMap((section) => sections.get(section) ?? []);
}

const toEntry = (candidate: Candidate, indexes: readonly number[]): SheetEntry => ({
  section: candidate.section,
  label: marked(candidate.text, indexes, candidate.disabled !== undefined),
  note: [seg(candidate.disabled ?? candidate.note, 'muted')],
  key: [
    seg(
      candidate.key,
      candidate.disabled === undefined ? 'title' : 'faint',
      candidate.disabled === undefined ? attr.bold : 0,
    ),
  ],
  disabled: candidate.disabled,
  choice: candidate.choice,
  completion: candidate.completion,
});

/** The letters that matched stand out. */
function marked(text: string, indexes: readonly number[], isDisabled: boolean): Line {
  const base = isDisabled ? 'faint' : 'text';
  const hit = new Set(indexes);
  const out: { text: string; isHit: boolean }[] = [];
  [...text].forEach((char, i) => {
    const last = out.at(-1);
    if (last !== undefined && last.isHit === hit.has(i)) last.text += char;
    else out.push({ text: char, isHit: hit.has(i) });
  });
  return out.map((part) => (part.isHit ? seg(part.text, 'accent', attr.bold + attr.underline) : seg(part.text, base)));
}
