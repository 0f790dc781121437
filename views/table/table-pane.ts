// Draws a table's pane below its title: rows, or the words that say why there are none.
import { gapWords, isFull } from '../../src/core/cluster.ts';
import { plural } from '../../src/core/format.ts';
import { formatScope } from '../../src/core/scope.ts';
import type { DataState } from '../../src/state/data.ts';
import { listOf, type RowList } from '../../src/state/lists.ts';
import { linkFor, type UiState } from '../../src/state/ui.ts';
import type { ViewState } from '../../src/state/view.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import type { Faces } from '../parts/faces.ts';
import {
  absentWords,
  clearInScopeWords,
  clearInSomeWords,
  clearWords,
  clusterWords,
  deniedWords,
  drawWords,
  emptyWords,
  loadingWords,
  noMatchWords,
  parkedWords,
  type StateWords,
} from '../parts/pane-states.ts';
import { drawTable } from '../parts/table.ts';
import type { Theme } from '../theme/theme.ts';
import { tableLayout } from './table-columns.ts';
import { nounOf } from './table-model.ts';

export type TablePaneInput = {
  readonly ui: UiState;
  readonly data: DataState;
  readonly view: ViewState;
  readonly theme: Theme;
  readonly faces: Faces;
  readonly hasFocus: boolean;
  readonly now: () => number;
};

/** Draws into lines `y`…`y + height`, `width` cells wide. */
export function drawTablePane(canvas: Canvas, y: number, height: number, width: number, input: TablePaneInput): void {
  const { ui, data, view, theme, faces } = input;
  const list = listOf(ui, data, view);
  const words = list.total === 0 ? wordsFor(input, list) : [];
  if (list.total > 0 || list.columns.length > 0) {
    const layout = tableLayout({ ui, view, columns: list.columns, rows: list.rows, faces, width, wallNow: input.now });
    const isClear = list.total === 0 && words.length > 0 && isTriage(view);
    if (!isClear) {
      drawTable(canvas, theme, y, height, {
        layout,
        rowAt: list.rowAt,
        total: list.total,
        top: view.list.top,
        cursor: view.list.cursor,
        isMarked: (key) => view.list.marks.has(key),
        hasFocus: input.hasFocus,
        sort: view.list.sort,
        showsScrollbar: input.hasFocus || ui.isZoomed,
      });
    }
  }
  drawWords(canvas, theme, y + 1, words, width);
}

const isTriage = (view: ViewState): boolean => view.content.type === 'table' && view.content.table === 'problems';

/** Why there are no rows. A cluster that cannot be read says so itself, with its remedy. */
function wordsFor(input: TablePaneInput, list: RowList): readonly StateWords[] {
  const { ui, data, view, theme } = input;
  const { glyphs } = theme;
  const { state } = list;
  const noun = nounOf(view.content);
  const clusters = ui.fleet?.clusters ?? [];
  // A list that belongs to a selection speaks of the clusters of that selection only.
  const linked =
    view.content.type === 'table' && view.content.isLinked ? (linkFor(ui, view.content)?.row.clusters ?? []) : null;
  const unreachable = clusters
    .filter((c) => c.state.phase !== 'parked' && (linked === null || linked.includes(c.id)))
    .flatMap((c) => clusterWords(glyphs, c, input.now()) ?? []);
  switch (state.state) {
    case 'loading': {
      const since = data.waitingSince[view.id] ?? input.now();
      const waited = input.now() - since;
      if (waited < 300) return [];
      const asking = state.asking.length > 0 ? state.asking.join(', ') : askingNames(ui);
      return [loadingWords(glyphs, asking, Math.floor(waited / 1000))];
    }
    case 'no-match':
      return [noMatchWords(view.list.filter || ui.scope.filter || 'only wrong', state.near)];
    case 'denied':
      return [deniedWords(glyphs, noun, whereDenied(ui), state.rules)];
    case 'absent':
      return [absentWords(state.resource)];
    case 'empty':
      return isTriage(view) ? clearOr(input, unreachable) : [emptyWords(noun, state.lookedAt), ...unreachable];
    case 'rows':
      return unreachable;
  }
}

const askingNames = (ui: UiState): string => {
  const names = (ui.fleet?.clusters ?? []).filter((c) => c.state.phase === 'connecting').map((c) => c.name);
  return names.length === 0 ? 'the engine' : names.length > 3 ? `${plural(names.length, 'cluster')}` : names.join(', ');
};

const whereDenied = (ui: UiState): string => {
  const names = (ui.fleet?.clusters ?? [])
    .filter((c) => c.denied.length > 0 || c.state.phase === 'denied')
    .map((c) => c.name);
  return names.length === 0 || names.length > 3 ? '' : ` in ${names.join(', ')}`;
};

/** All clear is said only at full coverage; else what is known, and what is not. */
function clearOr({ ui, theme }: TablePaneInput, unreachable: readonly StateWords[]): readonly StateWords[] {
  const coverage = ui.fleet?.coverage;
  if (coverage === undefined) return [loadingWords(theme.glyphs, 'the engine', 0)];
  const scope = formatScope(ui.scope);
  if (isFull(coverage) && ui.isEngineAlive)
    return [scope === '' ? clearWords(theme.glyphs, watched(ui)) : clearInScopeWords(theme.glyphs, scope)];
  const parked = coverage.parked > 0 ? [parkedWords(theme.glyphs, coverage.parked)] : [];
  const why = [...(scope === '' ? [] : [`only ${scope} is in scope`]), ...gapWords(coverage)];
  return [clearInSomeWords(theme.glyphs, coverage.live, coverage.wanted, why.join(' · ')), ...parked, ...unreachable];
}

function watched(ui: UiState): string {
  const clusters = ui.fleet?.clusters ?? [];
  const nodes = clusters.reduce((sum, c) => sum + (c.nodes?.total ?? 0), 0);
  const pods = clusters.reduce((sum, c) => sum + (c.pods ?? 0), 0);
  return `watched: ${plural(clusters.length, 'cluster')}  ${plural(nodes, 'node')}  ${plural(pods, 'pod')}`;
}
