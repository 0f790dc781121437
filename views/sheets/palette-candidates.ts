// What the palette can offer: panes, decks, what keys do here, kinds, clusters, namespaces, apps, and what was typed before.
import { plural } from '../../src/core/format.ts';
import type { Scope } from '../../src/core/query.ts';
import { cell } from '../../src/core/sanitise.ts';
import { formatScope } from '../../src/core/scope.ts';
import type { App } from '../../src/state/app.ts';
import { slotKeys } from '../../src/state/decks.ts';
import { type Binding, keyLabel, spotOf } from '../keys/binding.ts';
import { bindingsAt } from '../keys/table.ts';
import type { Choice } from './sheet-model.ts';

export type Candidate = {
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

export const resourceNote = (clusters: number): string =>
  clusters === 0 ? 'no cluster has it' : `in ${plural(clusters, 'cluster')}`;

/** Everything that the palette can offer here. */
export function candidates(app: App, bindings: readonly Binding[]): readonly Candidate[] {
  const spot = spotOf(app);
  const { ui } = spot;
  const line = (text: string): Choice => ({ type: 'line', line: text });
  // As data and not as a line: names of contexts may hold blanks.
  const scope = (change: Partial<Scope>): Choice => ({ type: 'scope', text: formatScope({ ...ui.scope, ...change }) });
  const goTo: Candidate[] = [
    ...(['triage', 'workloads', 'logs', 'clusters'] as const).map((word) =>
      entry('GO TO', capital(word), 'pane', slotKeys[word] ?? '', line(word), word),
    ),
    entry('GO TO', 'Nodes', 'pane', '', line('nodes'), 'no'),
    entry('GO TO', 'Events', 'pane', '', line('events'), 'ev'),
    ...ui.decks.map((deck) => entry('GO TO', `${deck.id} deck`, 'deck', '`', line(deck.id), deck.id)),
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
    entry('CLUSTERS', c.name, `scope · ${c.state.phase}`, '', scope({ clusters: [c.name] }), `ctx ${c.name}`),
  );
  const namespaces = ui.namespaces.map((ns) =>
    entry('NAMESPACES', ns, 'scope', '', scope({ namespaces: [ns] }), `ns ${ns}`),
  );
  const scopes = Object.entries(ui.scopes).map(([name, text]) =>
    entry('SCOPES', cell(name), cell(text), '', { type: 'scope' as const, text }, `scope ${name}`),
  );
  const everything = entry('NAMESPACES', 'all namespaces', 'scope', '', scope({ namespaces: [] }), 'ns -A');
  const apps = appsAtHand(app).map((name) => ({
    ...entry('APPS', name, 'workloads', '', line(`workloads /app:${name}`), ''),
    completion: `workloads /app:${name}`,
  }));
  const noScope = entry('CLUSTERS', 'all clusters', 'scope', '', scope({ clusters: [] }), 'everything');
  const recent = ui.recent.slice(0, 5).map((text) => entry('RECENT', text, '', '', line(text), text));
  return [
    ...recent,
    ...apps,
    ...goTo,
    ...doings,
    ...kinds,
    ...scopes,
    noScope,
    ...clusters,
    ...(namespaces.length > 0 ? [everything, ...namespaces] : []),
  ];
}

/** Apps that Workloads has in sight or near it. */
function appsAtHand(app: App): readonly string[] {
  const data = app.data.getState();
  const rows = data.windows['workloads']?.window.rows ?? [];
  return [...new Set(rows.map((row) => row.app).filter((name) => /^[\w.-]+$/.test(name)))];
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
