// What the panes in sight need from the engine. Pure: the same screen always wants the same.
import type { ObjectRef } from '../core/ids.ts';
import { parseTerms } from '../core/filter/terms.ts';
import type { LogOptions, LogSelector } from '../core/log-line.ts';
import type { LiveQuery, Within } from '../core/query.ts';
import { placesOf } from '../core/scope.ts';
import type { DocumentForm, LogView } from '../protocol/messages.ts';
import type { DataState } from './data.ts';
import { linesOf } from './geometry.ts';
import { boxesOf, type Layout } from './layout.ts';
import { eventsWithin, logsOf, podsWithin } from './targets.ts';
import { linkFor, topView, type UiState } from './ui.ts';
import type { Content, LinkTarget, ViewState } from './view.ts';

/** `key` names the subscription: the same key is changed in place, another one is opened anew. */
export type Wanted =
  | { readonly type: 'query'; readonly key: string; readonly viewId: string; readonly query: LiveQuery }
  | {
      readonly type: 'logs';
      readonly key: string;
      readonly viewId: string;
      readonly selector: LogSelector;
      readonly options: LogOptions;
      readonly view: LogView;
    }
  | {
      readonly type: 'document';
      readonly key: string;
      readonly viewId: string;
      readonly ref: ObjectRef;
      readonly form: DocumentForm;
    };

/** Subscriptions of all panes in sight. */
export function wantedOf(ui: UiState, data: DataState, layout: Layout): readonly Wanted[] {
  return boxesOf(layout).flatMap((box) => {
    const view = topView(ui, box.slot);
    switch (view.content.type) {
      case 'table':
        return wantTable(ui, data, view, view.content, linesOf(box, true));
      case 'logs':
        return wantLogs(ui, view, view.content, linesOf(box, false));
      case 'document': {
        const { ref, form } = view.content;
        const key = `${view.id} ${form} ${ref.uid} ${view.text.reads}`;
        return [{ type: 'document' as const, key, viewId: view.id, ref, form }];
      }
      default:
        return [];
    }
  });
}

/** What a table's rows belong to now; undefined: nothing is selected that it could follow, so it shows the scope. */
export function withinOf(content: Extract<Content, { type: 'table' }>, link: LinkTarget | null): Within | null {
  if (!content.isLinked) return content.within;
  if (link === null) return null;
  return content.table === 'events' ? eventsWithin(link.row) : podsWithin(link.row);
}

function wantTable(
  ui: UiState,
  data: DataState,
  view: ViewState,
  content: Extract<Content, { type: 'table' }>,
  lines: number,
): readonly Wanted[] {
  const within = withinOf(content, linkFor(ui, content));
  const { list } = view;
  const { offset, limit } = slice(list.top, lines, data.windows[view.id]?.window);
  const query: LiveQuery = {
    table: content.table,
    scope: ui.scope,
    filter: goodFilter(list.filter),
    ...(within === null ? {} : { within }),
    ...(list.sort === null ? {} : { sort: list.sort }),
    group: content.group,
    toggled: list.toggled,
    onlyWrong: list.onlyWrong,
    offset,
    limit,
  };
  const key = `${view.id} ${content.table} ${within === null ? '' : JSON.stringify(within)}`;
  return [{ type: 'query', key, viewId: view.id, query }];
}

/** Two screens before and behind what is in sight; moved only when sight comes within half a screen of an end. */
function slice(
  top: number,
  lines: number,
  has: { readonly offset: number; readonly rows: readonly unknown[]; readonly total: number } | undefined,
): { readonly offset: number; readonly limit: number } {
  // Steps of a power of two: a change of the pane's height by a line must not ask again.
  const limit = Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(1, lines) * 5)));
  if (has !== undefined) {
    const margin = Math.ceil(lines / 2);
    const end = has.offset + limit;
    const isInside = top >= has.offset && top + lines <= end;
    const isNearStart = top - has.offset < margin && has.offset > 0;
    const isNearEnd = end - (top + lines) < margin && end < has.total;
    if (isInside && !isNearStart && !isNearEnd) return { offset: has.offset, limit };
  }
  return { offset: Math.max(0, top - Math.floor((limit - lines) / 2)), limit };
}

/** A filter with a bad term keeps its good terms; the bad one is underlined where it is typed. */
export function goodFilter(text: string): string {
  const { terms, bad } = parseTerms(text);
  return bad === null ? text : terms.map((term) => term.source).join(' ');
}

/** Whose logs a pane shows now: an app's where the scope is, as in every other pane. Null: nothing is selected. */
export function selectorOf(
  content: Extract<Content, { type: 'logs' }>,
  { link, scope }: Pick<UiState, 'link' | 'scope'>,
): LogSelector | null {
  const selector = content.isLinked ? link && logsOf(link.row) : content.selector;
  return selector?.of === 'app' ? { ...selector, scope: placesOf(scope) } : selector;
}

function wantLogs(
  ui: UiState,
  view: ViewState,
  content: Extract<Content, { type: 'logs' }>,
  lines: number,
): readonly Wanted[] {
  const selector = selectorOf(content, ui);
  if (selector === null) return [];
  const limit = Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(1, lines) * 3)));
  const logView: LogView = {
    filter: goodFilter(view.list.filter),
    minLevel: view.text.minLevel,
    anchor: view.text.follows ? 'newest' : Math.max(0, view.list.top - Math.floor((limit - lines) / 2)),
    limit,
  };
  const key = `${view.id} logs ${JSON.stringify(selector)} ${content.options.previous}`;
  return [{ type: 'logs', key, viewId: view.id, selector, options: content.options, view: logView }];
}
