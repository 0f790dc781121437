// Walks the tree that Ink laid out and paints it into cells, in place of Ink's own last stage, which rebuilds and reads
// again the whole screen for every change. Must never throw: it runs inside React's commit.
import chalk from 'chalk';
import cliBoxes, { type BoxStyle } from 'cli-boxes';
import type { DOMElement } from 'ink';
import type { Paint, Style } from '../canvas-contract.ts';
import type { Grid } from '../screen/grid.ts';
import { type Clip, clipOf, gridCanvas, intersect, isEmpty } from '../screen/grid-canvas.ts';
import { applySgr } from '../sgr.ts';
import { DIM, internStyle, plain, styleOf } from '../style.ts';
import { failedPane, PAINT_ATTRIBUTE, REV_ATTRIBUTE } from './canvas-leaf.ts';
import { forgetLeaf, keepLeaf, type Leaf, restoreLeaf } from './leaf-cache.ts';
import { styledLine, textLines } from './styled-text.ts';

/** Yoga gives runaway sizes for over-constrained rows; nothing on a screen is larger. */
const LARGEST = 4096;
const DISPLAY_NONE = 1;
const EDGES = { left: 0, top: 1, right: 2, bottom: 3 } as const;

type Styles = DOMElement['style'];
type Yoga = NonNullable<DOMElement['yogaNode']>;
export type PaneFailure = (error: unknown) => void;

const everywhere: Clip = {
  left: Number.NEGATIVE_INFINITY,
  top: Number.NEGATIVE_INFINITY,
  right: Number.POSITIVE_INFINITY,
  bottom: Number.POSITIVE_INFINITY,
};

/** Paints a laid out tree into the grid's next frame. `failed` hears of panes whose paint function threw. */
export function paintTree(root: DOMElement, grid: Grid, failed: PaneFailure): void {
  paintNode(root, { grid, failed }, 0, 0, intersect(everywhere, clipOf(grid)));
}

type Painting = { readonly grid: Grid; readonly failed: PaneFailure };

function paintNode(node: DOMElement, painting: Painting, originX: number, originY: number, clip: Clip): void {
  const yoga = node.yogaNode;
  if (yoga === undefined || node.internal_static === true || yoga.getDisplay() === DISPLAY_NONE) return;
  const layout = yoga.getComputedLayout();
  const x = originX + layout.left;
  const y = originY + layout.top;
  const width = Math.min(layout.width, LARGEST);
  const height = Math.min(layout.height, LARGEST);
  if (node.nodeName === 'ink-text') return paintText(node, yoga, layout.width, painting.grid, x, y, clip);
  let inner = clip;
  if (node.nodeName === 'ink-box') {
    paintGround(node.style, painting.grid, x, y, width, height, clip);
    paintBorder(node.style, painting.grid, x, y, width, height, clip);
    inner = innerClip(node.style, yoga, x, y, layout.width, layout.height, clip);
    const paint: unknown = node.attributes[PAINT_ATTRIBUTE];
    if (isPaint(paint)) paintPane(node, paint, painting, { x, y, width, height }, inner);
  }
  if (isEmpty(inner)) return;
  const left = x - wholeNumber(node.style.contentOffsetX);
  const top = y - wholeNumber(node.style.contentOffsetY);
  for (const child of node.childNodes) {
    if (child.nodeName !== '#text') paintNode(child as DOMElement, painting, left, top, inner);
  }
}

const isPaint = (value: unknown): value is Paint => typeof value === 'function';
const wholeNumber = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) ? Math.trunc(value) : 0;

function paintText(node: DOMElement, yoga: Yoga, width: number, grid: Grid, x: number, y: number, clip: Clip): void {
  const { left, right } = EDGES;
  const padding = yoga.getComputedPadding(left) + yoga.getComputedPadding(right);
  const border = yoga.getComputedBorder(left) + yoga.getComputedBorder(right);
  let style = plain;
  let row = y;
  for (const line of textLines(node, width - padding - border)) style = styledLine(grid, x, row++, line, clip, style);
}

function innerClip(style: Styles, yoga: Yoga, x: number, y: number, width: number, height: number, clip: Clip): Clip {
  const hidesX = (style.overflowX ?? style.overflow) === 'hidden';
  const hidesY = (style.overflowY ?? style.overflow) === 'hidden';
  if (!hidesX && !hidesY) return clip;
  const { left, top, right, bottom } = EDGES;
  return intersect(clip, {
    left: hidesX ? x + yoga.getComputedBorder(left) : everywhere.left,
    right: hidesX ? x + width - yoga.getComputedBorder(right) : everywhere.right,
    top: hidesY ? y + yoga.getComputedBorder(top) : everywhere.top,
    bottom: hidesY ? y + height - yoga.getComputedBorder(bottom) : everywhere.bottom,
  });
}

type Place = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

function paintPane(node: DOMElement, paint: Paint, { grid, failed }: Painting, place: Place, clip: Clip): void {
  const { x, y, width, height } = place;
  const area = intersect(clip, { left: x, top: y, right: x + width, bottom: y + height });
  if (isEmpty(area)) return;
  const leaf: Leaf = { node, paint, rev: node.attributes[REV_ATTRIBUTE], area };
  if (restoreLeaf(grid, leaf)) return;
  const canvas = gridCanvas(grid, x, y, width, height, clip);
  try {
    paint(canvas);
    keepLeaf(grid, leaf);
  } catch (error) {
    forgetLeaf(node);
    failed(error);
    canvas.fill(0, 0, width, height, plain);
    canvas.text(0, 0, failedPane(error), plain);
  }
}

// Colours of Box properties: names, #hex, rgb() and ansi256(), read once each through the same library as Ink does.
const colours = new Map<string, Style>();

function colourStyle(colour: string | undefined, ground: 'fg' | 'bg'): Style {
  if (!colour) return plain;
  const key = `${ground}${colour}`;
  let style = colours.get(key);
  if (style === undefined) {
    const opening = /\x1b\[([\d;]*)m/.exec(painted(colour, ground));
    style = opening?.[1] === undefined ? plain : applySgr(plain, opening[1]);
    colours.set(key, style);
  }
  return style;
}

function painted(colour: string, ground: 'fg' | 'bg'): string {
  const numbers = colour.match(/\d+/g)?.map(Number) ?? [];
  const [red = 0, green = 0, blue = 0] = numbers;
  const isBack = ground === 'bg';
  if (colour.startsWith('#')) return isBack ? chalk.bgHex(colour)('x') : chalk.hex(colour)('x');
  if (colour.startsWith('ansi256(')) return isBack ? chalk.bgAnsi256(red)('x') : chalk.ansi256(red)('x');
  if (colour.startsWith('rgb(')) return isBack ? chalk.bgRgb(red, green, blue)('x') : chalk.rgb(red, green, blue)('x');
  const name = isBack ? `bg${colour.charAt(0).toUpperCase()}${colour.slice(1)}` : colour;
  const modifier: unknown = Reflect.get(chalk, name);
  return typeof modifier === 'function' ? String(Reflect.apply(modifier, chalk, ['x'])) : 'x';
}

/** `<Text>` colours come as bytes from the process's chalk; they are asked for in full and reduced by our own writer. */
export function askForAllColours(): void {
  chalk.level = 3;
}

function paintGround(style: Styles, grid: Grid, x: number, y: number, width: number, height: number, clip: Clip): void {
  if (!style.backgroundColor) return;
  const has = (side: boolean | undefined): number => (style.borderStyle && side !== false ? 1 : 0);
  const area = intersect(clip, {
    left: x + has(style.borderLeft),
    right: x + width - has(style.borderRight),
    top: y + has(style.borderTop),
    bottom: y + height - has(style.borderBottom),
  });
  if (isEmpty(area)) return;
  const ground = colourStyle(style.backgroundColor, 'bg');
  grid.fill(area.left, area.top, area.right - area.left, area.bottom - area.top, ground);
}

function pieceStyle(fg: string | undefined, bg: string | undefined, isDim: boolean | undefined): Style {
  const front = styleOf(colourStyle(fg, 'fg'));
  const back = styleOf(colourStyle(bg, 'bg'));
  return internStyle(front.fg, back.bg, isDim ? DIM : 0);
}

function paintBorder(style: Styles, grid: Grid, x: number, y: number, width: number, height: number, clip: Clip): void {
  if (!style.borderStyle) return;
  const box: BoxStyle = typeof style.borderStyle === 'string' ? cliBoxes[style.borderStyle] : style.borderStyle;
  const hasLeft = style.borderLeft !== false;
  const hasRight = style.borderRight !== false;
  const hasTop = style.borderTop !== false;
  const hasBottom = style.borderBottom !== false;
  const { borderColor, borderBackgroundColor, borderDimColor } = style;
  const horizontal = (row: number, left: string, fill: string, right: string, look: Style): void => {
    const middle = fill.repeat(Math.max(0, width - (hasLeft ? 1 : 0) - (hasRight ? 1 : 0)));
    const line = (hasLeft ? left : '') + middle + (hasRight ? right : '');
    if (row >= clip.top && row < clip.bottom) grid.text(x, row, line, look, clip.left, clip.right);
  };
  const vertical = (column: number, piece: string, look: Style): void => {
    const from = Math.max(clip.top, y + (hasTop ? 1 : 0));
    const to = Math.min(clip.bottom, y + height - (hasBottom ? 1 : 0));
    for (let row = from; row < to; row++) grid.text(column, row, piece, look, clip.left, clip.right);
  };
  if (hasTop) {
    const { borderTopColor = borderColor, borderTopBackgroundColor = borderBackgroundColor } = style;
    const look = pieceStyle(borderTopColor, borderTopBackgroundColor, style.borderTopDimColor ?? borderDimColor);
    horizontal(y, box.topLeft, box.top, box.topRight, look);
  }
  if (hasLeft) {
    const { borderLeftColor = borderColor, borderLeftBackgroundColor = borderBackgroundColor } = style;
    const look = pieceStyle(borderLeftColor, borderLeftBackgroundColor, style.borderLeftDimColor ?? borderDimColor);
    vertical(x, box.left, look);
  }
  if (hasRight) {
    const { borderRightColor = borderColor, borderRightBackgroundColor = borderBackgroundColor } = style;
    const look = pieceStyle(borderRightColor, borderRightBackgroundColor, style.borderRightDimColor ?? borderDimColor);
    vertical(x + width - 1, box.right, look);
  }
  if (hasBottom) {
    const { borderBottomColor = borderColor, borderBottomBackgroundColor = borderBackgroundColor } = style;
    const look = pieceStyle(
      borderBottomColor,
      borderBottomBackgroundColor,
      style.borderBottomDimColor ?? borderDimColor,
    );
    horizontal(y + height - 1, box.bottomLeft, box.bottom, box.bottomRight, look);
  }
}
