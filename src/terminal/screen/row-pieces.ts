// What of a row has to be sent, as pieces of one style each, and in which order: colours are long, cursor moves are short.
import type { StyleWriter } from '../sgr.ts';
import { blankStyle } from '../style.ts';
import { isDoubtful } from './cell-text.ts';
import { type Grid, SPACE, TAIL } from './grid.ts';

/** Cells `from` to `to` (exclusive) of a row, all of which can be sent in `style`: a space has no text to be coloured. */
export type Piece = {
  readonly from: number;
  readonly to: number;
  readonly style: number;
  /** Spaces only: any style on the same ground will do. */
  readonly isBlank: boolean;
};

/** Unchanged cells that are cheaper to send again than to jump over. */
const BRIDGE = 4;
/** Bytes for which the cursor goes somewhere in its row. */
const MOVE = 5;

export const differsAt = ({ chars, styles, shownChars, shownStyles }: Grid, i: number): boolean =>
  chars[i] !== shownChars[i] || styles[i] !== shownStyles[i];

/** Terminals may draw it wider than we think. */
export function isDoubtfulAt(grid: Grid, i: number): boolean {
  const char = grid.chars[i] ?? SPACE;
  return char > 0x2300 && char !== TAIL && isDoubtful(grid.charAt(i));
}

/** Changed cells of columns `first` to `stop` (exclusive), over short gaps of unchanged ones in the same style. */
export function changedPieces(grid: Grid, row: number, first: number, stop: number): Piece[] {
  const pieces: Piece[] = [];
  let x = first;
  while (x < stop) {
    if (!differsAt(grid, row + x)) {
      x++;
      continue;
    }
    // Half a wide character cannot be sent.
    while (x > 0 && grid.chars[row + x] === TAIL) x--;
    const piece = pieceFrom(grid, row, x, stop);
    pieces.push(piece);
    x = piece.to;
  }
  return pieces;
}

function pieceFrom(grid: Grid, row: number, from: number, stop: number): Piece {
  const { chars, styles } = grid;
  let style = styles[row + from] ?? 0;
  let isBlank = chars[row + from] === SPACE;
  let to = from + 1;
  for (let x = to; x < stop || chars[row + x] === TAIL; x++) {
    const i = row + x;
    if (chars[i] === TAIL) {
      if (to === x) to = x + 1;
      continue;
    }
    const isChanged = differsAt(grid, i);
    if (!isChanged && (x - to >= BRIDGE || isDoubtfulAt(grid, i))) break;
    const own = styles[i] ?? 0;
    if (chars[i] === SPACE) {
      if (own !== blankStyle(style)) break;
    } else if (isBlank && blankStyle(own) === style) {
      style = own;
      isBlank = false;
    } else if (own !== style) break;
    if (isChanged) to = x + 1;
  }
  return { from, to, style, isBlank };
}

/**
 * The pieces of a row in the order in which they cost fewest bytes: one that has the colours that are set goes first when
 * the next would need long ones.
 */
export function inCheapOrder(pieces: Piece[], set: number, writer: StyleWriter): Piece[] {
  if (pieces.length < 3) return pieces;
  const left = [...pieces];
  const ordered: Piece[] = [];
  let style = set;
  while (left.length > 0) {
    const isDear = writer.transition(style, left[0]?.style ?? style).length > 2 * MOVE;
    const same = isDear ? left.findIndex((piece) => piece.style === style) : 0;
    const [next] = left.splice(Math.max(0, same), 1);
    if (next === undefined) break;
    ordered.push(next);
    if (!next.isBlank || blankStyle(style) !== next.style) style = next.style;
  }
  return ordered;
}

/**
 * What the spaces between the words of cells `first` to `last` cost more than moves over them, if the terminal had blanked
 * those cells in their ground before; what stands there already would have to be sent again.
 */
export function savedByClearing(grid: Grid, first: number, last: number): { ground: number; bytes: number } {
  const { chars, styles } = grid;
  let ground = -1;
  let bytes = 0;
  let gap = 0;
  let hasWords = false;
  for (let i = last; i >= first; i--) {
    const isBlank = chars[i] === SPACE;
    if (isBlank && ground < 0) ground = styles[i] ?? 0;
    const isChanged = differsAt(grid, i);
    if (isBlank && styles[i] === ground) {
      if (isChanged) gap++;
      continue;
    }
    // A blank end is erased in any case.
    if (hasWords && gap > MOVE) bytes += gap - MOVE;
    if (!isChanged) bytes -= 2;
    hasWords = true;
    gap = 0;
  }
  return { ground, bytes };
}
