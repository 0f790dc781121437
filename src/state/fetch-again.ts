// What `R` does: whatever failed or is not live tries again, and what cannot stream is read anew.
import type { ClusterSummary } from '../core/cluster.ts';
import type { ClusterId } from '../core/ids.ts';
import { includesCluster } from '../core/scope.ts';
import { type App, say } from './app.ts';
import { retry } from './clusters.ts';
import type { DataState } from './data.ts';
import { listOf } from './lists.ts';
import { focusedView, type UiState, withView } from './ui.ts';
import type { ViewState } from './view.ts';

const isLive = ({ state }: ClusterSummary): boolean => state.phase === 'live';
const isAway = ({ state }: ClusterSummary): boolean => state.phase !== 'live' && state.phase !== 'parked';

/** Whether what is shown of a cluster is old because it cannot be watched, and not because the cluster is away. */
export const isFreshCluster = (ui: UiState, id: ClusterId): boolean =>
  ui.isEngineAlive && (ui.fleet?.clusters.some((c) => c.id === id && isLive(c)) ?? false);

/** Whether a list is old though every cluster of its scope is live: then it was read once, and a key reads it again. */
export const isReadOnce = (ui: UiState, staleSince: number | null): boolean =>
  staleSince !== null &&
  ui.isEngineAlive &&
  !(ui.fleet?.clusters ?? []).some(
    (c) =>
      isAway(c) && c.state.phase !== 'denied' && includesCluster(ui.scope, [c.name, c.identity, ...c.otherIdentities]),
  );

/** What the view shows is not kept current by a watch. */
const isOld = (ui: UiState, data: DataState, view: ViewState): boolean =>
  view.content.type === 'document'
    ? (data.documents[view.id]?.stale ?? false) || data.documents[view.id]?.state === 'failed'
    : view.content.type === 'table' && listOf(ui, data, view).staleSince !== null;

export const hasSomethingToFetch = (ui: UiState, data: DataState, view: ViewState): boolean =>
  ui.failures[view.id] !== undefined || isOld(ui, data, view) || (ui.fleet?.clusters.some(isAway) ?? true);

/** `cluster` is the one under the cursor: when it is away it alone tries again, else all that are. */
export function fetchAgain(app: App, cluster: ClusterSummary | undefined): void {
  const ui = app.ui.getState();
  const view = focusedView(ui);
  if (ui.failures[view.id] !== undefined) {
    app.ui.setState((now) => ({
      failures: Object.fromEntries(Object.entries(now.failures).filter(([id]) => id !== view.id)),
      attempt: now.attempt + 1,
    }));
    return;
  }
  if (cluster !== undefined && isAway(cluster)) retry(app, cluster.id);
  else if (ui.fleet?.clusters.some(isAway) === true) retry(app, null);
  if (isOld(ui, app.data.getState(), view)) readAgain(app, view);
}

function readAgain(app: App, { content }: ViewState): void {
  if (content.type === 'document') {
    app.ui.setState((ui) => withView(ui, ui.focus, (v) => ({ ...v, text: { ...v.text, reads: v.text.reads + 1 } })));
    return say(app, 'info', `reading ${content.ref.name} again`, content.ref.cluster);
  }
  if (content.type !== 'table') return;
  say(app, 'info', `listing ${content.title} again, where it cannot be watched`);
  void app.engine.ask({ ask: 'list-again', table: content.table }).then((answer) => {
    if (!answer.ok) say(app, 'fail', answer.message);
  });
}
