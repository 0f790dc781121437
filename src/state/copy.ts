// What `c` and `C` copy: the value under the cursor, and the command line that shows the same.
import type { ObjectRef } from '../core/ids.ts';
import type { Scope } from '../core/query.ts';
import type { Row } from '../core/row.ts';
import { type App, clusterLabel, say } from './app.ts';
import { loginText } from './clusters.ts';
import { targetRef, targetRow } from './open.ts';
import { objectText } from './targets.ts';
import { textHeight } from './geometry.ts';
import { selectorOf } from './wanted.ts';
import { focusedView, type UiState } from './ui.ts';
import { shownLines } from './texts.ts';

/** A word for a POSIX shell: names of contexts may hold anything. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const command = (...words: readonly string[]): string => words.map(shellWord).join(' ');

/** Puts text on the clipboard and says so, or why not. */
export function copyText(app: App, text: string, what: string): void {
  const how = app.ports.copy(text);
  if (how === 'copied') return say(app, 'ok', `copied ${what}`);
  if (how === 'too-long') return say(app, 'warn', `${what} is too long for the terminal's clipboard (OSC 52)`);
  say(app, 'warn', 'this terminal takes no clipboard text (OSC 52); in tmux: set -g set-clipboard on');
}

/** The value: marked names, a login command, a line of a document, the lines of a log in sight, or the row's name. */
export function copyValue(app: App): void {
  const ui = app.ui.getState();
  const data = app.data.getState();
  const view = focusedView(ui);
  if (view.content.type === 'document') {
    const document = data.documents[view.id];
    const line = document === undefined ? undefined : shownLines(document, view.text.folded)[view.list.cursor]?.line;
    if (line !== undefined) copyText(app, [line.key, line.text].filter((part) => part !== '').join(' '), 'the line');
    return;
  }
  if (view.content.type === 'logs') {
    const window = data.logs[view.id];
    if (window === undefined) return;
    const height = textHeight(ui, data, view.id);
    const from = view.text.follows
      ? Math.max(0, window.lines.length - height)
      : Math.max(0, view.list.top - window.offset);
    const lines = window.lines.slice(from, from + height).map((line) => line.text);
    copyText(app, lines.join('\n'), lines.length === 1 ? '1 line' : `${lines.length} lines`);
    return;
  }
  const marked = [...view.list.marks.values()];
  if (marked.length > 0)
    return copyText(
      app,
      marked.map(nameOf).join('\n'),
      marked.length === 1 ? nameOf(marked[0] as Row) : `${marked.length} names`,
    );
  const row = targetRow(app);
  if (row === undefined) return;
  const healing = row.clusters[0] === undefined ? null : loginText(app, row.clusters[0]);
  if (view.content.type === 'clusters' && healing !== null) return copyText(app, healing, healing);
  copyText(app, nameOf(row), nameOf(row));
}

const nameOf = (row: Row): string => objectText(row);

/** The command that shows what is under the cursor. */
export function copyCommand(app: App): void {
  const text = commandFor(app);
  copyText(app, text, text);
}

export function commandFor(app: App): string {
  const ui = app.ui.getState();
  const view = focusedView(ui);
  const { content } = view;
  if (content.type === 'logs') return logsCommand(ui, view.content as Extract<typeof content, { type: 'logs' }>);
  if (content.type === 'table') {
    const window = app.data.getState().windows[view.id]?.window;
    if (window?.state.state === 'denied') return deniedCommand(ui, content.table);
    if (content.table === 'problems') return command('flagbridge', 'triage', ...scopeFlags(ui.scope));
  }
  if (content.type === 'clusters') return command('flagbridge', 'clusters');
  const ref = targetRef(app);
  if (ref !== null) return objectCommand(ui, ref, content.type === 'document' && content.form === 'yaml');
  const row = targetRow(app);
  const table = content.type === 'table' ? content.table : 'workloads';
  const palette = row === undefined || row.app === '' ? table : `${table} /app:${row.app}`;
  return command('flagbridge', ...scopeFlags(ui.scope), '-c', palette);
}

function objectCommand(ui: UiState, ref: ObjectRef, isYaml: boolean): string {
  const kind = ref.type.group === '' ? ref.type.resource : `${ref.type.resource}.${ref.type.group}`;
  return command(
    'flagbridge',
    'get',
    kind,
    ref.name,
    ...(ref.namespace === '' ? [] : ['-n', ref.namespace]),
    '--cluster',
    clusterLabel(ui, ref.cluster),
    ...(isYaml ? ['-o', 'json'] : []),
  );
}

function logsCommand(
  ui: UiState,
  content: Extract<ReturnType<typeof focusedView>['content'], { type: 'logs' }>,
): string {
  const selector = selectorOf(content, ui);
  if (selector === null) return command('flagbridge', ...scopeFlags(ui.scope));
  if (selector.of === 'pod') {
    return command(
      'flagbridge',
      'logs',
      `pod/${selector.name}`,
      '-n',
      selector.namespace,
      '--cluster',
      clusterLabel(ui, selector.cluster),
      ...(content.options.previous ? ['--previous'] : ['--follow']),
    );
  }
  if (selector.of === 'owner') {
    const [namespace, name] = selector.title.includes('/') ? selector.title.split('/') : ['', selector.title];
    const kind = ui.link?.row.ref?.uid === selector.uid ? ui.link.row.ref.kind.toLowerCase() : 'deployment';
    return command(
      'flagbridge',
      'logs',
      `${kind}/${name ?? ''}`,
      ...(namespace === '' ? [] : ['-n', namespace ?? '']),
      '--cluster',
      clusterLabel(ui, selector.cluster),
      '--follow',
    );
  }
  return command(
    'flagbridge',
    'logs',
    `app/${selector.app}`,
    ...(selector.namespace === null ? [] : ['-n', selector.namespace]),
    ...scopeFlags(selector.namespace === null ? ui.scope : { ...ui.scope, namespaces: [] }),
    '--follow',
  );
}

/** The check that proves a missing right, with kubectl: what an administrator can run too. */
function deniedCommand(ui: UiState, table: string): string {
  const denied = ui.fleet?.clusters.find((c) =>
    c.denied.some((d) => d.resource === table || d.resource.startsWith(`${table}.`)),
  );
  return command(
    'kubectl',
    'auth',
    'can-i',
    'list',
    table,
    ...(denied === undefined ? [] : ['--context', denied.identity]),
  );
}

const scopeFlags = (scope: Scope): readonly string[] => [
  ...scope.clusters.flatMap((name) => ['--cluster', name]),
  ...(scope.namespaces.length === 1 ? ['-n', scope.namespaces[0] ?? ''] : []),
];
