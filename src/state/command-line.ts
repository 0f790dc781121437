// Lines of the palette, as k9s people type them: `po kube-system @run-eu /cart`, `dp`, `ctx run-us`, `ns shop`, `q`.
import type { Scope } from '../core/query.ts';
import { cell } from '../core/sanitise.ts';
import { formatScope } from '../core/scope.ts';
import type { ResourceEntry } from '../protocol/messages.ts';
import { type App, say } from './app.ts';
import { browse, focusSlot, openDeck, slotOfTable } from './navigate.ts';
import { runScopeLine } from './scope-line.ts';
import { setScope } from './typing.ts';
import { type UiState, withView } from './ui.ts';
import { rootContent, type SlotId, tableWithin } from './view.ts';

/** A palette line taken apart. `place` null: the scope stays. */
export type CommandLine = {
  readonly word: string;
  readonly args: readonly string[];
  readonly clusters: readonly string[];
  /** Null: not named; empty: all of them (`-A`). */
  readonly namespaces: readonly string[] | null;
  readonly filter: string | null;
  /** What is wrong with a flag; null: nothing. */
  readonly bad: string | null;
};

export function parseCommandLine(line: string): CommandLine {
  const trimmed = line.trim().replace(/^:/, '');
  // Everything from a slash that begins a word is the filter, blanks included.
  const slash = /(?:^|\s)\//.exec(trimmed);
  const head = slash === null ? trimmed : trimmed.slice(0, slash.index);
  const filter = slash === null ? null : trimmed.slice(slash.index).trim().slice(1);
  const [word = '', ...rest] = head.split(/\s+/).filter((part) => part !== '');
  const clusters = rest.filter((part) => part.startsWith('@') && part.length > 1).map((part) => part.slice(1));
  const { args, named, isAll, bad } = readFlags(rest.filter((part) => !part.startsWith('@')));
  const namespaces = [...args, ...named].flatMap((part) => part.split(',')).filter((part) => part !== '');
  return {
    word: word.toLowerCase(),
    args,
    clusters,
    namespaces: isAll ? [] : namespaces.length > 0 ? namespaces : null,
    filter,
    bad,
  };
}

type Flags = {
  readonly args: readonly string[];
  /** Namespaces behind `-n`. */
  readonly named: readonly string[];
  readonly isAll: boolean;
  readonly bad: string | null;
};

/** The flags that kubectl people type by heart; any other is told, and not taken for the name of a namespace. */
function readFlags(parts: readonly string[]): Flags {
  const args: string[] = [];
  const named: string[] = [];
  let isAll = false;
  let bad: string | null = null;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? '';
    const flag = /^(-n|--namespace)(?:=|$)(.*)$/.exec(part) ?? /^(-n)([^-=].*)$/.exec(part);
    if (part === '-A' || part === '--all-namespaces') isAll = true;
    else if (flag !== null) {
      const value = flag[2] === '' ? (parts[++i] ?? '') : (flag[2] ?? '');
      if (value === '' || value.startsWith('-')) bad ??= `${flag[1]} names no namespace: po -n shop`;
      else named.push(value);
    } else if (part.startsWith('-'))
      bad ??= `${cell(part.split('=')[0] ?? part)} is not known here: there are -n NAMESPACE, -A, @CLUSTER and /FILTER`;
    else args.push(part);
  }
  return { args, named, isAll, bad };
}

/** What k9s calls things that have another name here, or that no server calls so. */
const aliases: Readonly<Record<string, string>> = {
  dp: 'deployments',
  sec: 'secrets',
  ctx: 'clusters',
  context: 'clusters',
  contexts: 'clusters',
  cluster: 'clusters',
  pulses: 'triage',
  problems: 'triage',
  wk: 'workloads',
  apps: 'workloads',
  log: 'logs',
  ev: 'events',
  no: 'nodes',
  node: 'nodes',
  event: 'events',
};

const slotWords: Readonly<Record<string, SlotId>> = {
  triage: 'triage',
  workloads: 'workloads',
  logs: 'logs',
  clusters: 'clusters',
};

export type LineResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly message: string;
      /** The word that nothing is called by, as far as is known yet; null: something else is wrong. */
      readonly unknown: string | null;
    };

const done: LineResult = { ok: true };

/** Runs a line. `commands` are the words that keys are known by (help, quit …). */
export function runLine(app: App, line: string, commands: ReadonlyMap<string, () => void> = new Map()): LineResult {
  const parsed = parseCommandLine(line);
  if (parsed.word === '' && parsed.clusters.length === 0 && parsed.filter === null) return done;
  app.ui.setState((ui) => ({ recent: [line, ...ui.recent.filter((known) => known !== line)].slice(0, 20) }));
  const run = commands.get(parsed.word);
  if (run !== undefined) {
    run();
    return done;
  }
  if (parsed.word === 'scope') {
    const trouble = runScopeLine(app, line.trim().replace(/^:?scope\s*/i, ''));
    return trouble === null ? done : { ok: false, message: trouble, unknown: null };
  }
  if (parsed.bad !== null) return { ok: false, message: parsed.bad, unknown: null };
  const deck = app.ui.getState().decks.find((one) => one.id === parsed.word);
  if (deck !== undefined) {
    app.ui.setState((ui) => openDeck(ui, deck));
    return scopeTo(app, { ...parsed, namespaces: null });
  }
  const word = aliases[parsed.word] ?? parsed.word;
  if (word === 'ns' || word === 'namespace' || word === 'namespaces') {
    if (parsed.namespaces !== null) return scopeTo(app, parsed);
  }
  if (word === 'clusters' && parsed.args.length > 0) {
    return scopeTo(app, { ...parsed, clusters: parsed.args, namespaces: null });
  }
  const opened = openTable(app.ui.getState(), word);
  if (opened === undefined) {
    return {
      ok: false,
      message: `No pane, kind or command is called ${parsed.word}${nearText(app.ui.getState(), parsed.word)}.`,
      unknown: parsed.word,
    };
  }
  app.ui.setState(opened);
  scopeTo(app, parsed);
  const { filter } = parsed;
  if (filter !== null) {
    app.ui.setState((ui) =>
      withView(ui, ui.focus, (view) => ({ ...view, list: { ...view.list, filter, top: 0, cursor: 0 } })),
    );
  }
  return done;
}

function scopeTo(app: App, parsed: CommandLine): LineResult {
  const { scope } = app.ui.getState();
  const next: Scope = {
    clusters: parsed.clusters.length > 0 ? parsed.clusters : scope.clusters,
    namespaces: parsed.namespaces ?? scope.namespaces,
    filter: scope.filter,
  };
  if (formatScope(next) !== formatScope(scope)) setScope(app, formatScope(next));
  return done;
}

/** The screen with a pane open for a word: one of the deck's, or the browse pane. */
function openTable(ui: UiState, word: string): UiState | undefined {
  const slot = slotWords[word];
  if (slot !== undefined) return focusSlot(ui, slot);
  const entry = findResource(ui.resources, word);
  const table = entry?.table ?? builtinTables[word];
  if (table === undefined) return undefined;
  const own = slotOfTable(table);
  if (own !== undefined && rootContent[own].type === 'table') return focusSlot(ui, own);
  return browse(ui, tableWithin(table, titleOfTable(entry, table), '', null));
}

/** Tables that are there before any server has told its resources. */
const builtinTables: Readonly<Record<string, string>> = {
  pods: 'pods',
  po: 'pods',
  pod: 'pods',
  nodes: 'nodes',
  events: 'events',
};

const titleOfTable = (entry: ResourceEntry | undefined, table: string): string => {
  const name = table.split('.')[0] ?? table;
  if (entry === undefined) return name.charAt(0).toUpperCase() + name.slice(1);
  // The plural with the capitals of the kind: `NetworkPolicies`.
  let same = 0;
  while (same < name.length && name[same] === entry.kind[same]?.toLowerCase()) same++;
  return same > 0 ? entry.kind.slice(0, same) + name.slice(same) : name.charAt(0).toUpperCase() + name.slice(1);
};

/** By table id, any of its names, or its kind. A core resource wins over one of the same name in a group. */
export function findResource(resources: readonly ResourceEntry[], word: string): ResourceEntry | undefined {
  const matches = (entry: ResourceEntry): boolean =>
    entry.table === word ||
    entry.kind.toLowerCase() === word ||
    entry.names.some((name) => name.toLowerCase() === word || `${name.toLowerCase()}.${entry.group}` === word);
  const found = resources.filter(matches);
  return found.find((entry) => entry.table === word) ?? found.find((entry) => entry.group === '') ?? found[0];
}

function nearText(ui: UiState, word: string): string {
  const near = ui.resources.flatMap((entry) => entry.names).filter((name) => name.startsWith(word.slice(0, 2)));
  return near.length === 0 ? '' : `; near: ${near.slice(0, 3).join(', ')}`;
}

/** Says what went wrong with a line, in the footer. */
export function sayResult(app: App, result: LineResult): void {
  if (!result.ok) say(app, 'warn', result.message);
}
