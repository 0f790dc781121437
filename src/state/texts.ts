// Documents and logs as lines in sight: folding, searching, where the next match or error is. Pure.
import type { LogLevel, LogLine, LogWindow } from '../core/log-line.ts';
import { widthOf } from '../core/width.ts';
import type { DocumentLine, DocumentView } from '../protocol/messages.ts';
import type { DataState } from './data.ts';
import type { UiState } from './ui.ts';
import type { ViewState } from './view.ts';

/** A line of a document that is not folded away. */
export type ShownLine = {
  readonly line: DocumentLine;
  /** Its place in the whole document. */
  readonly index: number;
  /** Lines folded away below it; 0: none. */
  readonly hidden: number;
};

const shownCache = new WeakMap<
  DocumentView,
  { readonly folded: ReadonlySet<number>; readonly lines: readonly ShownLine[] }
>();

/** The document's lines without what is folded away. */
export function shownLines(document: DocumentView, folded: ReadonlySet<number>): readonly ShownLine[] {
  const known = shownCache.get(document);
  if (known !== undefined && known.folded === folded) return known.lines;
  const lines: ShownLine[] = [];
  for (let i = 0; i < document.lines.length; i++) {
    const line = document.lines[i];
    if (line === undefined) continue;
    const end = folded.has(i) ? blockEnd(document.lines, i) : i + 1;
    lines.push({ line, index: i, hidden: end - i - 1 });
    i = end - 1;
  }
  shownCache.set(document, { folded, lines });
  return lines;
}

/** Where the block that a line heads ends: at the next line that is indented no deeper. */
export function blockEnd(lines: readonly DocumentLine[], at: number): number {
  const head = lines[at];
  if (head === undefined) return at + 1;
  let end = at + 1;
  while (end < lines.length && (lines[end]?.indent ?? 0) > head.indent) end++;
  return end;
}

/** Lines that a text view can scroll over. */
export function textLength(ui: UiState, data: DataState, view: ViewState): number {
  if (view.content.type === 'logs') return data.logs[view.id]?.matched ?? 0;
  if (view.content.type === 'document') {
    const document = data.documents[view.id];
    return document === undefined ? 0 : shownLines(document, view.text.folded).length;
  }
  if (view.content.type === 'why') return 200;
  return view.content.type === 'detail' && ui.link !== null ? 200 : 0;
}

/** The next line after `from` (or before it) that contains the text; case counts only when the text has a capital. */
export function findLine(
  lines: readonly ShownLine[],
  text: string,
  from: number,
  direction: 1 | -1,
): number | undefined {
  if (text === '') return undefined;
  const isCased = /\p{Lu}/u.test(text);
  const needle = isCased ? text : text.toLowerCase();
  for (let n = 1; n <= lines.length; n++) {
    const at = (((from + n * direction) % lines.length) + lines.length) % lines.length;
    const line = lines[at]?.line;
    if (line === undefined) continue;
    const whole = `${line.key} ${line.text}`;
    if ((isCased ? whole : whole.toLowerCase()).includes(needle)) return at;
  }
  return undefined;
}

const errorLevels: ReadonlySet<LogLevel> = new Set(['error', 'fatal']);

export const isError = (line: LogLine): boolean =>
  line.type === 'line' ? errorLevels.has(line.level) : line.mark === 'error' || line.mark === 'gap';

/** Position among the matching lines of the next error after (before) `from`, among the lines at hand. */
export function findError(window: LogWindow, from: number, direction: 1 | -1): number | undefined {
  for (let at = from + direction; at >= window.offset && at < window.offset + window.lines.length; at += direction) {
    const line = window.lines[at - window.offset];
    if (line !== undefined && isError(line)) return at;
  }
  return undefined;
}

/** Cells of the longest line at hand, near enough to know where scrolling sideways ends. */
export function longestLine(data: DataState, view: ViewState): number {
  const texts =
    view.content.type === 'logs'
      ? (data.logs[view.id]?.lines.map((line) => line.text) ?? [])
      : (data.documents[view.id]?.lines.map((l) => `${' '.repeat(l.indent)}${l.key}  ${l.text}`) ?? []);
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
}
