// Going into rows and opening what they have: logs, describe, YAML, their owner. Each works on the row under the cursor
// as it is when the key is pressed.
import type { ObjectRef } from '../core/ids.ts';
import type { Row } from '../core/row.ts';
import { type App, clusterById, say } from './app.ts';
import { useAsScope, connect, login } from './clusters.ts';
import { rowOfRef } from './asked-views.ts';
import { selectedRow } from './lists.ts';
import { back, push } from './navigate.ts';
import { documentContent, into, logContent, logsOf } from './targets.ts';
import { focusedView, type UiState, withView } from './ui.ts';
import { newList, tableWithin, type Content } from './view.ts';

const pushFocused = (app: App, content: Content): void => app.ui.setState((ui) => push(ui, ui.focus, content));

/** The row that keys act on; undefined when the pane shows none. */
export function targetRow(app: App): Row | undefined {
  const ui = app.ui.getState();
  const view = focusedView(ui);
  if (view.content.type === 'detail') return ui.link?.row;
  if (view.content.type === 'why') return view.content.row;
  return selectedRow(ui, app.data.getState(), view);
}

/** The table that the target row is of. */
export function tableOf(ui: UiState, content: Content): string {
  if (content.type === 'table' || content.type === 'why') return content.table;
  return content.type === 'detail' ? (ui.link?.table ?? '') : content.type;
}

const openEvents = (app: App, { cluster, uid, name }: ObjectRef): void =>
  pushFocused(app, tableWithin('events', 'Events', name, { by: 'object', cluster, uid }));

/** Enter: into the row. */
export function enter(app: App): void {
  const ui = app.ui.getState();
  const view = focusedView(ui);
  const row = targetRow(app);
  if (row === undefined) return;
  if (view.content.type === 'clusters') return enterCluster(app, row);
  if (view.content.type === 'containers') return openContainerLogs(app, view.content.ref, row.name, false);
  if (view.content.type === 'related' && row.ref === null) return openEvents(app, view.content.ref);
  const table = tableOf(ui, view.content);
  const content = into(table, row);
  if (content !== null) return pushFocused(app, content);
  const cluster = row.clusters[0];
  if (table === 'problems' && cluster !== undefined) enterCluster(app, row);
}

/** A cluster that needs something gets it; a live one becomes the scope. */
function enterCluster(app: App, row: Row): void {
  const id = row.clusters[0];
  const cluster = id === undefined ? undefined : clusterById(app.ui.getState(), id);
  if (cluster === undefined) return;
  if (cluster.state.phase === 'parked') connect(app, cluster.id);
  else if (cluster.state.phase === 'login') void login(app, cluster.id);
  else useAsScope(app, cluster.id);
}

/** Esc: what is in the way goes first (range, filter, marks), then one step back. */
export function goBack(app: App): void {
  app.ui.setState((ui) => {
    const view = focusedView(ui);
    const { list, text } = view;
    if (list.rangeFrom !== null) return withView(ui, ui.focus, (v) => ({ ...v, list: { ...v.list, rangeFrom: null } }));
    if (list.filter !== '') {
      return withView(ui, ui.focus, (v) => ({ ...v, list: { ...v.list, filter: '' } }));
    }
    if (text.search !== '') return withView(ui, ui.focus, (v) => ({ ...v, text: { ...v.text, search: '' } }));
    if (list.marks.size > 0)
      return withView(ui, ui.focus, (v) => ({ ...v, list: { ...v.list, marks: newList.marks } }));
    return back(ui) ?? ui;
  });
}

function openContainerLogs(app: App, ref: ObjectRef, container: string, isPrevious: boolean): void {
  const { cluster, namespace, name, uid } = ref;
  pushFocused(
    app,
    logContent({ of: 'pod', cluster, namespace, name, uid, container }, `${name} ${container}`, isPrevious),
  );
}

/** Logs of the row; with `isPrevious` those of the container before the current one. */
export function openLogs(app: App, isPrevious = false): void {
  const row = targetRow(app);
  const { content } = focusedView(app.ui.getState());
  if (content.type === 'containers' && row !== undefined)
    return openContainerLogs(app, content.ref, row.name, isPrevious);
  const selector = row === undefined ? null : logsOf(row);
  if (row === undefined || selector === null) return say(app, 'info', 'This has no logs of its own.');
  pushFocused(app, logContent(selector, row.app === '' || row.ref?.kind === 'Pod' ? row.name : row.app, isPrevious));
}

/** The object that describe and YAML are about. */
export function targetRef(app: App): ObjectRef | null {
  const view = focusedView(app.ui.getState());
  if (view.content.type === 'containers' || view.content.type === 'document') return view.content.ref;
  return targetRow(app)?.ref ?? null;
}

export function openDocument(app: App, form: 'describe' | 'yaml'): void {
  const ref = targetRef(app);
  if (ref === null) return say(app, 'info', 'A group has no document: open it and choose one of its objects.');
  const view = focusedView(app.ui.getState());
  if (view.content.type !== 'document') return pushFocused(app, documentContent(ref, form));
  if (view.content.form === form) return;
  // From describe to YAML and back is a change of form, not a step deeper.
  app.ui.setState((ui) => push(back(ui) ?? ui, ui.focus, documentContent(ref, form)));
}

/** Owners of the object, what it owns and uses, and its events. */
export function openRelated(app: App): void {
  const ref = targetRef(app);
  if (ref !== null) pushFocused(app, { type: 'related', ref });
}

/** What is wrong with the row, or with the object that a document or a list of containers is about. */
export function openWhy(app: App): void {
  const ui = app.ui.getState();
  const { content } = focusedView(ui);
  if (content.type === 'document' || content.type === 'containers')
    return pushFocused(app, { type: 'why', table: content.type, row: rowOfRef(content.ref) });
  const row = targetRow(app);
  if (row !== undefined) pushFocused(app, { type: 'why', table: tableOf(ui, content), row });
}
