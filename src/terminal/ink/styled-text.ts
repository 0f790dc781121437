// Text that carries SGR (what Ink's <Text> makes through chalk) into cells, and the lines that a <Text> node shows.
import cliTruncate from 'cli-truncate';
import type { DOMElement } from 'ink';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Style } from '../canvas-contract.ts';
import type { Grid } from '../screen/grid.ts';
import type { Clip } from '../screen/grid-canvas.ts';
import { applySgr } from '../sgr.ts';
import { plain } from '../style.ts';

// SGR is read; every other escape, and what an unfinished one would swallow up to the line's end, is dropped.
const escapes =
  /\x1b\[([\d;:]*)m|\x1b\[[\x20-\x3f]*[\x40-\x7e]?|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[\x20-\x2f]*[\x30-\x7e]?/g;

/** Draws one line that may carry SGR; returns the style at its end, for the next line of the same text. */
export function styledLine(grid: Grid, x: number, y: number, line: string, clip: Clip, style: Style = plain): Style {
  const isVisible = y >= clip.top && y < clip.bottom;
  let column = x;
  let from = 0;
  let current = style;
  const draw = (text: string): void => {
    // Columns are counted up to the far edge only: what is right of it is not seen.
    if (text !== '' && isVisible && column < clip.right) {
      column += grid.text(column, y, text, current, clip.left, clip.right);
    }
  };
  if (!line.includes('\x1b')) {
    draw(line);
    return current;
  }
  for (const match of line.matchAll(escapes)) {
    draw(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[1] !== undefined) current = applySgr(current, match[1]);
  }
  draw(line.slice(from));
  return current;
}

type TextNode = { readonly nodeName: '#text'; readonly nodeValue: string };
type Wrap = NonNullable<DOMElement['style']['textWrap']>;

// The text of a node and of the <Text> inside it, each with its own transform, as Ink measures it.
function squash(node: DOMElement): string {
  let text = '';
  for (const child of node.childNodes as readonly (DOMElement | TextNode)[]) {
    if (child.nodeName === '#text') {
      text += child.nodeValue;
      continue;
    }
    if (child.isHidden) continue;
    const inner = squash(child);
    const transform = child.internal_transform;
    text += inner === '' || transform === undefined ? inner : eachLine(inner, transform);
  }
  return text;
}

const eachLine = (text: string, change: (line: string, index: number) => string): string =>
  text.includes('\n') ? text.split('\n').map(change).join('\n') : change(text, 0);

const widestLine = (text: string): number =>
  text.includes('\n') ? Math.max(...text.split('\n').map((line) => stringWidth(line))) : stringWidth(text);

function fitted(text: string, width: number, wrap: Wrap): string {
  if (widestLine(text) <= width) return text;
  if (wrap === 'wrap' || wrap === 'hard') {
    if (width <= 0) return text;
    return wrapAnsi(text, Math.max(1, width), { trim: false, hard: true, wordWrap: wrap === 'wrap' });
  }
  const position = wrap === 'truncate-middle' ? 'middle' : wrap === 'truncate-start' ? 'start' : 'end';
  return eachLine(text, (line) => cliTruncate(line, Math.max(0, width), { position }));
}

type Remembered = {
  readonly text: string;
  readonly width: number;
  readonly wrap: Wrap;
  readonly transform: DOMElement['internal_transform'];
  readonly lines: readonly string[];
};

const remembered = new WeakMap<DOMElement, Remembered>();

/** The lines that a <Text> node shows at a width, with its own style applied; the same array as long as nothing changed. */
export function textLines(node: DOMElement, width: number): readonly string[] {
  const text = squash(node).replaceAll('\r\n', '\n').replaceAll('\r', '');
  const wrap = node.style.textWrap ?? 'wrap';
  const transform = node.internal_transform;
  const known = remembered.get(node);
  if (
    known !== undefined &&
    known.text === text &&
    known.width === width &&
    known.wrap === wrap &&
    known.transform === transform
  ) {
    return known.lines;
  }
  const expanded = text.includes('\t') ? wrapAnsi(text, Number.POSITIVE_INFINITY, { trim: false }) : text;
  const rows = expanded === '' ? [] : fitted(expanded, width, wrap).split('\n');
  const lines = transform === undefined ? rows : rows.map((line, index) => transform(line, index));
  remembered.set(node, { text, width, wrap, transform, lines });
  return lines;
}
