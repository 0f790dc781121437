// Drawing pieces of text: a line is a list of segments, each with a meaning; the theme turns meanings into styles.
import { cutEnd, takeEnd, widthOf } from '../../src/core/width.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import { toAscii } from '../theme/glyphs.ts';
import type { Token } from '../theme/palette.ts';
import { attr, type Ground, type Theme } from '../theme/theme.ts';

export type Seg = {
  readonly text: string;
  readonly token: Token;
  readonly attrs?: number;
  /** A cluster's swatch: drawn in its hue, left out where there are too few colours. */
  readonly hue?: number;
  /** Stands on a ground of its own (badges). */
  readonly ground?: Ground;
};

export type Line = readonly Seg[];

/** A segment of text. */
export const seg = (text: string, token: Token = 'text', attrs: number = attr.none): Seg => ({ text, token, attrs });
export const bold = (text: string, token: Token = 'title'): Seg => seg(text, token, attr.bold);

/** What is known of a cluster wherever its name is drawn. */
export type ClusterFace = {
  readonly name: string;
  readonly hue: number;
  readonly protected: boolean;
  readonly isLive: boolean;
};

/** A cluster's name: one swatch in its own hue, the name itself neutral. */
export const clusterName = (face: ClusterFace, token: Token = 'text', attrs: number = attr.none): Line => [
  { text: '■', token: 'muted', hue: face.hue },
  seg(face.name, token, attrs),
];

/** Our own signs besides ASCII: each is one UTF-16 unit and one cell, so that counting them is cheap. */
const narrow = /^[\x20-\x7e\u00b7\u00d7\u2013\u2014\u2026\u203a\u2190-\u2193\u2260\u2265\u2500-\u25ff\u2715]*$/;

/** Columns that a text takes. */
export const cellsOf = (text: string): number => (narrow.test(text) ? text.length : widthOf(text));

export function lineWidth(line: Line): number {
  let sum = 0;
  for (const s of line) sum += cellsOf(s.text);
  return sum;
}
export const lineText = (line: Line): string => line.map((s) => s.text).join('');

/** A line without its first cells: scrolled sideways. A wide character that would be halved goes as a whole. */
export function withoutStart(line: Line, cells: number): Line {
  if (cells <= 0) return line;
  let left = cells;
  return line.flatMap((s): Line => {
    const width = cellsOf(s.text);
    if (left >= width) {
      left -= width;
      return [];
    }
    const shown = { ...s, text: left === 0 ? s.text : takeEnd(s.text, width - left) };
    left = 0;
    return [shown];
  });
}

/** How far a text is scrolled sideways, for its title; nothing when it is not. */
export const sidewaysNote = (cells: number): readonly Line[] => (cells === 0 ? [] : [[seg(`→ ${cells}`, 'accent')]]);

/** Draws a line from `x`; what does not fit into `maxWidth` is cut with a mark. Returns the column behind it. */
export function drawLine(
  canvas: Canvas,
  theme: Theme,
  x: number,
  y: number,
  line: Line,
  ground: Ground = 'none',
  maxWidth: number = canvas.width - x,
): number {
  let at = x;
  const end = Math.min(x + maxWidth, canvas.width);
  for (let i = 0; i < line.length; i++) {
    const s = line[i];
    if (s === undefined || s.text === '') continue;
    if (at >= end) break;
    if (s.hue !== undefined && !theme.hasSwatches) continue;
    const rest = cellsOf(s.text);
    const room = end - at;
    // When this segment fills the room and more follows, the mark must still find a place.
    const isCut = rest > room || (rest === room && line.slice(i + 1).some((more) => more.text !== ''));
    const shown = isCut ? cutEnd(`${s.text}  `, room, '…') : s.text;
    at += drawSeg(canvas, theme, at, y, shown, s, ground);
    if (isCut) break;
  }
  return at;
}

function drawSeg(canvas: Canvas, theme: Theme, x: number, y: number, text: string, s: Seg, ground: Ground): number {
  const under = s.ground ?? ground;
  const style = s.hue === undefined ? theme.style(s.token, under, s.attrs ?? 0) : theme.swatch(s.hue, under);
  return canvas.text(x, y, theme.isAscii ? toAscii(text) : text, style);
}

/** Draws a line so that it ends before column `x`; returns where it begins. */
export function drawRight(canvas: Canvas, theme: Theme, x: number, y: number, line: Line, ground: Ground): number {
  const width = visibleWidth(theme, line);
  drawLine(canvas, theme, x - width, y, line, ground, width);
  return x - width;
}

/** Width of a line as this theme draws it (without swatches where there are none). */
export const visibleWidth = (theme: Theme, line: Line): number =>
  theme.hasSwatches ? lineWidth(line) : lineWidth(line.filter((s) => s.hue === undefined));

/** Lines put behind each other with something between them. */
export const joinLines = (lines: readonly Line[], between: Seg): Line =>
  lines.flatMap((line, i) => (i === 0 ? [...line] : [between, ...line]));

export const separatorDot: Seg = seg(' · ', 'faint');
