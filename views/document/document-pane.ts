// Draws describe and YAML: keys apart from values, folded blocks counted, what is searched for marked.
import { clockSeconds, plural } from '../../src/core/format.ts';
import { takeStart } from '../../src/core/width.ts';
import type { DocumentLine, DocumentView } from '../../src/state/data.ts';
import { isFreshCluster } from '../../src/state/fetch-again.ts';
import { type ShownLine, shownLines } from '../../src/state/texts.ts';
import { objectText } from '../../src/state/targets.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import { highlighted } from '../logs/logs-model.ts';
import { facesOf } from '../parts/faces.ts';
import { drawWords, loadingWords } from '../parts/pane-states.ts';
import {
  bold,
  clusterName,
  drawLine,
  type Line,
  lineText,
  lineWidth,
  seg,
  sidewaysNote,
  withoutStart,
} from '../parts/pen.ts';
import type { PaneScene } from '../parts/scene.ts';
import { drawScrollbar } from '../parts/table.ts';
import type { TitleRule } from '../parts/title-rule.ts';

export function documentTitle(scene: PaneScene): TitleRule {
  const { ui, data, view } = scene;
  if (view.content.type !== 'document') throw new Error('document title for another pane');
  const { ref, form } = view.content;
  const document = data.documents[view.id];
  const face = facesOf(ui.fleet).get(ref.cluster);
  const { glyphs } = scene.services.theme;
  return {
    key: '',
    title: [bold(form === 'yaml' ? 'YAML' : 'Describe')],
    facts: [
      // One fact: on a small screen only the first has room, and no object goes without its cluster.
      [
        ...(face === undefined ? [] : [...clusterName(face), seg(' ')]),
        seg(`${ref.kind} `, 'muted'),
        seg(objectText(ref)),
      ],
      ...(document === undefined || document.lines.length === 0
        ? []
        : [[seg(plural(document.lines.length, 'line'), 'muted')]]),
    ],
    notes: [...searchNote(scene), ...sidewaysNote(view.text.scrollX)],
    right:
      document === undefined
        ? []
        : document.state === 'gone'
          ? [[seg(`${glyphs.fail} gone`, 'fail')]]
          : document.stale
            ? [
                [seg(`${glyphs.stale} as of ${clockSeconds(document.asOf)}`, 'stale')],
                ...(isFreshCluster(ui, ref.cluster) ? [[seg('R reads it again', 'muted')]] : []),
              ]
            : [],
  };
}

function searchNote({ ui, view, hasFocus }: PaneScene): readonly Line[] {
  const typed = hasFocus && ui.input?.for === 'search' ? ui.input : null;
  const text = typed?.text ?? view.text.search;
  if (text === '' && typed === null) return [];
  return [[seg('/ ', 'muted'), seg(text, 'accent'), ...(typed === null ? [] : [seg('▏', 'accent')])]];
}

export function drawDocument(canvas: Canvas, y: number, height: number, width: number, scene: PaneScene): void {
  const { ui, data, view, services } = scene;
  const { theme } = services;
  const document = data.documents[view.id];
  if (document === undefined || (document.lines.length === 0 && document.state !== 'shown')) {
    drawWords(canvas, theme, y, wordsFor(scene), width);
    return;
  }
  const search = ui.input?.for === 'search' && scene.hasFocus ? ui.input.text : view.text.search;
  const form = view.content.type === 'document' ? view.content.form : 'yaml';
  const all = shownLines(document, view.text.folded);
  const from = Math.min(view.list.top, Math.max(0, all.length - 1));
  const room = Math.max(10, width - 4);
  let line = y;
  for (let i = from; i < all.length && line < y + height; i++) {
    const shown = all[i];
    if (shown === undefined) continue;
    const isHere = i === view.list.cursor && scene.hasFocus;
    for (const part of visualLines(
      shown,
      search,
      view.text.wraps,
      room,
      form === 'yaml' ? null : (keyWidths(document)[shown.index] ?? 0),
    )) {
      if (line >= y + height) break;
      if (isHere) {
        canvas.fill(0, line, width, 1, theme.style('text', 'selection'));
        canvas.text(0, line, theme.glyphs.cursor, theme.style('accent', 'selection', 1));
      }
      drawLine(canvas, theme, 2, line++, withoutStart(part, view.text.scrollX), isHere ? 'selection' : 'none', room);
    }
  }
  drawScrollbar(canvas, theme, y, height, from, all.length);
}

function wordsFor({ data, view, services }: PaneScene) {
  const document = data.documents[view.id];
  const { glyphs } = services.theme;
  if (document?.state === 'failed')
    return [
      {
        first: [seg(glyphs.fail, 'fail', 1), seg(` ${document.message}`)],
        second: [seg('R tries again, Esc goes back', 'muted')],
      },
    ];
  if (document?.state === 'gone')
    return [{ first: [seg('The object is gone.')], second: [seg('Esc goes back', 'muted')] }];
  const now = services.app.timers.now();
  const waited = now - (data.waitingSince[view.id] ?? now);
  return waited < 300 ? [] : [loadingWords(glyphs, 'the cluster for the object', Math.floor(waited / 1000))];
}

const widest = 34;
const widthCache = new WeakMap<DocumentView, readonly number[]>();

/** Describe stands in columns: per line the width of the keys beside it in its block. */
function keyWidths(document: DocumentView): readonly number[] {
  const known = widthCache.get(document);
  if (known !== undefined) return known;
  const out: number[] = [];
  const { lines } = document;
  for (let i = 0; i < lines.length; i++) {
    if (out[i] !== undefined) continue;
    const indent = lines[i]?.indent ?? 0;
    const block: number[] = [];
    for (let j = i; j < lines.length && (lines[j]?.indent ?? 0) >= indent; j++) {
      if (lines[j]?.indent === indent && lines[j]?.text !== '') block.push(j);
    }
    const width = Math.min(widest, Math.max(0, ...block.map((j) => lines[j]?.key.length ?? 0)));
    for (const j of block) out[j] = width;
    out[i] ??= 0;
  }
  widthCache.set(document, out);
  return out;
}

/** One line of the document, on as many lines of the screen as it needs when wrapped. */
function visualLines(
  shown: ShownLine,
  search: string,
  wraps: boolean,
  room: number,
  keyWidth: number | null,
): readonly Line[] {
  const whole = documentLine(shown.line, search, keyWidth);
  const folded: Line = shown.hidden > 0 ? [seg(` … ${plural(shown.hidden, 'line')}`, 'accent')] : [];
  if (!wraps || lineWidth(whole) <= room) return [[...whole, ...folded]];
  const indent = ' '.repeat(Math.min(20, shown.line.indent + (shown.line.key === '' ? 0 : 2)));
  const out: Line[] = [];
  let rest = lineText(whole).slice(0);
  const head = whole[0];
  const headWidth = lineText(whole.slice(0, 3)).length;
  while (rest !== '' && out.length < 60) {
    const piece = takeStart(rest, room - (out.length === 0 ? 0 : indent.length));
    if (piece === '') break;
    if (out.length === 0 && head !== undefined && piece.length > headWidth) {
      out.push([...whole.slice(0, 3), ...highlighted(piece.slice(headWidth), whole[3]?.token ?? 'text', search)]);
    } else out.push([seg(out.length === 0 ? '' : indent), ...highlighted(piece, 'text', search)]);
    rest = rest.slice(piece.length);
  }
  return [...out.slice(0, -1), [...(out.at(-1) ?? []), ...folded]];
}

/** Indent, key, blank, value: always in this order, so that a wrapped line can be put together again. */
function documentLine(line: DocumentLine, search: string, keyWidth: number | null): Line {
  const isTitle = line.tone === 'title';
  // Null: YAML, where the key ends in a colon; else the keys of a block stand in a column.
  const key = keyWidth === null && line.key !== '' ? `${line.key}:` : line.key;
  const gap = keyWidth === null ? 1 : Math.max(1, keyWidth - line.key.length + 2);
  return [
    seg(' '.repeat(line.indent)),
    ...(key === ''
      ? [seg('')]
      : highlighted(key, isTitle ? 'title' : 'muted', '').map((s) => ({ ...s, attrs: isTitle ? 1 : 0 }))),
    seg(key === '' || line.text === '' ? '' : ' '.repeat(gap)),
    ...highlighted(line.text, line.tone === 'muted' ? 'muted' : line.tone === 'title' ? 'title' : line.tone, search),
  ];
}
