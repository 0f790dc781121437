// The palette: what the typed text could mean, best first. An exact command is always the first entry, so that what
// people type by heart does what they meant.
import fuzzysort from 'fuzzysort';
import { plural } from '../../src/core/format.ts';
import type { App } from '../../src/state/app.ts';
import { findResource, parseCommandLine } from '../../src/state/command-line.ts';
import { decks, slotKeys } from '../../src/state/decks.ts';
import type { Sheet } from '../../src/state/ui.ts';
import { type Binding, keyLabel, spotOf } from '../keys/binding.ts';
import { bindingsAt } from '../keys/table.ts';
import { bold, type Line, seg } from '../parts/pen.ts';
import { attr } from '../theme/theme.ts';
import type { Choice, SheetEntry, SheetModel } from './sheet-model.ts';

type Candidate = {
  readonly section: string;
  /** What is matched and shown. */
  readonly text: string;
  /** Also matched, and what k9s people type. */
  readonly alias: string;
  readonly note: string;
  readonly key: string;
  readonly disabled: string | undefined;
  readonly choice: Choice;
  readonly completion: string;
};

const sectionOrder = ['GO TO', 'DO', 'KINDS', 'CLUSTERS', 'NAMESPACES', 'APPS', 'RECENT'];
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
        seg('ctx run-us'),
        seg('  '),
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
  const resource = findResource(app.ui.getState().resources, parsed.word);
  if (!hasArguments && resource === undefined && !words.has(parsed.word)) return undefined;
  const places = [
    parsed.clusters.length > 0 ? `in ${parsed.clusters.join(', ')}` : '',
    parsed.namespaces === null
      ? ''
      : parsed.namespaces.length === 0
        ? 'all namespaces'
        : `ns ${parsed.namespaces.join(', ')}`,
    parsed.filter === null ? '' : `/ ${parsed.filter}`,
  ].filter((part) => part !== '');
  const note = places.length > 0 ? places.join(' · ') : resource === undefined ? '' : resourceNote(resource.clusters);
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
  'ctx',
  'dp',
  'ns',
  'home',
  'workload',
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
const resourceNote = (clusters: number): string =>
  clusters === 0 ? 'no cluster has it' : `in ${plural(clusters, 'cluster')}`;

function candidates(app: App, bindings: readonly Binding[]): readonly Candidate[] {
  const spot = spotOf(app);
  const { ui } = spot;
  const line = (text: string): Choice => ({ type: 'line', line: text });
  const goTo: Candidate[] = [
    ...(['triage', 'workloads', 'logs', 'clusters'] as const).map((word) =>
      entry('GO TO', capital(word), 'pane', slotKeys[word] ?? '', line(word), word),
    ),
    entry('GO TO', 'Nodes', 'pane', '', line('nodes'), 'no'),
    entry('GO TO', 'Events', 'pane', '', line('events'), 'ev'),
    ...decks.map((deck) => entry('GO TO', `${deck.id} deck`, 'deck', '`', line(deck.id), deck.id)),
  ];
  const doings = bindingsAt(bindings, spot)
    .filter((b) => b.isAction === true || b.section === 'Look' || b.section === 'Session')
    .map((b) => ({
      ...entry(
        'DO',
        b.title,
        b.disabledReason?.(spot) ?? '',
        b.keys[0] === undefined ? '' : keyLabel(b.keys[0]),
        { type: 'binding' as const, binding: b },
        b.id,
      ),
      disabled: b.disabledReason?.(spot),
    }));
  const kinds = ui.resources.map((r) => ({
    ...entry(
      'KINDS',
      r.group === '' || !r.table.includes('.') ? r.table : `${r.names[0] ?? r.table}.${r.group}`,
      resourceNote(r.clusters),
      shortName(r.names),
      line(r.table),
      [r.kind, ...r.names].join(' '),
    ),
    disabled: r.clusters === 0 ? 'no cluster has it' : undefined,
    completion: r.names[0] ?? r.table,
  }));
  const clusters = (ui.fleet?.clusters ?? []).map((c) =>
    entry('CLUSTERS', c.name, `scope · ${c.state.phase}`, '', line(`ctx ${c.name}`), `ctx ${c.name}`),
  );
  const namespaces = ui.namespaces.map((ns) => entry('NAMESPACES', ns, 'scope', '', line(`ns ${ns}`), `ns ${ns}`));
  const everything = entry('NAMESPACES', 'all namespaces', 'scope', '', line('ns -A'), 'ns -A');
  const noScope: Candidate = {
    ...entry('CLUSTERS', 'all clusters', 'scope', '', { type: 'scope', text: '' }, 'everything'),
  };
  const recent = ui.recent.slice(0, 5).map((text) => entry('RECENT', text, '', '', line(text), text));
  return [
    ...recent,
    ...goTo,
    ...doings,
    ...kinds,
    noScope,
    ...clusters,
    ...(namespaces.length > 0 ? [everything, ...namespaces] : []),
  ];
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const shortName = (names: readonly string[]): string => {
  const [first] = [...names].sort((a, b) => a.length - b.length);
  return first === undefined || first.length > 8 ? '' : `:${first}`;
};

const entry = (section: string, text: string, note: string, key: string, choice: Choice, alias: string): Candidate => ({
  section,
  text,
  alias,
  note,
  key,
  disabled: undefined,
  choice,
  completion: choice.type === 'line' ? choice.line : text,
});

function search(all: readonly Candidate[], text: string): readonly SheetEntry[] {
  const query = text.trim();
  if (query === '') {
    return bySection(
      all
        .filter(
          (c) =>
            c.section === 'RECENT' ||
            c.section === 'GO TO' ||
            c.section === 'CLUSTERS' ||
            (c.choice.type === 'binding' && c.choice.binding.isAction === true && c.disabled === undefined),
        )
        .map((c) => ({ candidate: c, indexes: [] })),
    );
  }
  const hits = fuzzysort.go(query, all, { keys: ['text', 'alias'], limit: 60, threshold: 0.4 });
  return bySection(
    [...hits]
      .sort((a, b) => b.score + bias(b.obj) - a.score - bias(a.obj))
      .map((hit) => ({ candidate: hit.obj, indexes: hit[0]?.indexes ?? [] })),
  );
}

const biases: Readonly<Record<string, number>> = {
  'GO TO': 0.15,
  KINDS: 0.15,
  DO: 0.05,
  CLUSTERS: 0.05,
  RECENT: -0.1,
  NAMESPACES: -0.05,
};

/** Among equal hits a pane or a kind is meant more often than a namespace. */
const bias = (candidate: Candidate): number => biases[candidate.section] ?? 0;

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
