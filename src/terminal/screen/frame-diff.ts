// The bytes that turn what the terminal shows into the next frame, and not many more: runs of changed cells, the shortest
// cursor move and style change between them, erase-to-end for blank tails, a scroll where rows moved.
import type { StyleWriter } from '../sgr.ts';
import { blankStyle, styleOf } from '../style.ts';
import { type Grid, SPACE, TAIL, UNKNOWN_CELL } from './grid.ts';
import { changedPieces, differsAt, inCheapOrder, isDoubtfulAt, type Piece, savedByClearing } from './row-pieces.ts';
import { applyScroll, findScroll } from './scroll-find.ts';

export const BEGIN_SYNC = '\x1b[?2026h';
export const END_SYNC = '\x1b[?2026l';

/** Changed cells in a blank tail from which an erase is shorter than the spaces. */
const ERASE_FROM = 4;
/** Cells of a row below which it is not looked at whether blanking it would help. */
const WORTH_CLEARING = 40;
/** Bytes that blanking a row must save to be worth its own. */
const CLEAR_FROM = 8;

export type FrameOptions = {
  /** Frames of several runs are bracketed as one update (DEC 2026). */
  readonly isSync: boolean;
  /** The terminal erases in the ground that is set (terminfo's `bce`), not in its default. */
  readonly erasesInGround: boolean;
};

class FrameWriter {
  out = '';
  runs = 0;
  isClearing = false;
  private cursorX = -1;
  private cursorY = -1;
  private style = 0;
  private readonly grid: Grid;
  private readonly writer: StyleWriter;
  private readonly erasesInGround: boolean;

  constructor(grid: Grid, writer: StyleWriter, erasesInGround: boolean) {
    this.grid = grid;
    this.writer = writer;
    this.erasesInGround = erasesInGround;
  }

  clear(): void {
    this.out += '\x1b[m\x1b[H\x1b[2J';
    this.grid.shownChars.fill(SPACE);
    this.grid.shownStyles.fill(0);
    this.cursorX = 0;
    this.cursorY = 0;
    this.runs = 2;
    this.isClearing = true;
  }

  scroll(top: number, bottom: number, rows: number): void {
    const by = Math.abs(rows);
    const amount = by === 1 ? '' : String(by);
    this.out += `\x1b[${top + 1};${bottom}r\x1b[${amount}${rows > 0 ? 'S' : 'T'}\x1b[r`;
    this.cursorY = -1;
    this.runs = 2;
  }

  finish(): void {
    this.useStyle(0);
  }

  private useStyle(style: number): void {
    this.out += this.writer.transition(this.style, style);
    this.style = style;
  }

  private moveTo(x: number, y: number): void {
    const { cursorX, cursorY } = this;
    if (cursorX === x && cursorY === y) return;
    if (cursorY === y && this.areBlanksOnThisGround(y, cursorX, x)) {
      this.out += ' '.repeat(x - cursorX);
      this.cursorX = x;
      return;
    }
    const absolute = y === 0 && x === 0 ? '\x1b[H' : x === 0 ? `\x1b[${y + 1}H` : `\x1b[${y + 1};${x + 1}H`;
    let move = absolute;
    if (cursorY === y && cursorX >= 0) {
      const by = x - cursorX;
      const distance = Math.abs(by) === 1 ? '' : String(Math.abs(by));
      move = shorter(`\x1b[${distance}${by > 0 ? 'C' : 'D'}`, `\x1b[${x + 1}G`);
      if (x === 0) move = '\r';
    } else if (cursorY >= 0 && y > cursorY && y - cursorY <= 3 && x === 0) {
      move = shorter(`\r${'\n'.repeat(y - cursorY)}`, absolute);
    } else if (cursorY >= 0 && cursorX === x) {
      const by = y - cursorY;
      move = shorter(`\x1b[${Math.abs(by) === 1 ? '' : Math.abs(by)}${by > 0 ? 'B' : 'A'}`, absolute);
    }
    this.out += move;
    this.cursorX = x;
    this.cursorY = y;
  }

  /** One or two spaces are shorter than a move over them. */
  private areBlanksOnThisGround(y: number, from: number, to: number): boolean {
    const { columns, chars, styles } = this.grid;
    if (from < 0 || to <= from || to - from > 2) return false;
    const ground = blankStyle(this.style);
    for (let i = y * columns + from; i < y * columns + to; i++)
      if (chars[i] !== SPACE || styles[i] !== ground) return false;
    return true;
  }

  row(y: number): void {
    const { grid } = this;
    const { columns } = grid;
    const row = y * columns;
    let first = 0;
    while (first < columns && !differsAt(grid, row + first)) first++;
    if (first === columns) return;
    const isDoubtful = distrustBehindDoubtful(grid, row, first);
    let last = columns - 1;
    while (!differsAt(grid, row + last)) last--;
    const isCleared = !isDoubtful && this.clearRow(y, first, last);
    const tail = isCleared ? null : this.blankTail(row, first, last);
    const pieces = changedPieces(grid, row, first, tail ?? last + 1);
    const ordered = isDoubtful ? pieces : inCheapOrder(pieces, this.style, this.writer);
    for (const piece of ordered) this.piece(y, piece);
    if (tail !== null) this.erase(y, tail, columns, grid.styles[row + tail] ?? 0);
  }

  /**
   * Where the ground of a row changed under many words, as under a cursor that moves, the terminal is told to blank the row
   * first: the spaces between the words need not be sent then.
   */
  private clearRow(y: number, first: number, last: number): boolean {
    if (last - first < WORTH_CLEARING) return false;
    const { columns, shownChars, shownStyles } = this.grid;
    const row = y * columns;
    const { ground, bytes } = savedByClearing(this.grid, row + first, row + last);
    if (bytes < CLEAR_FROM || !this.canErase(ground)) return false;
    const to = this.isBlankBehind(row, last, ground) ? columns : last + 1;
    this.erase(y, first, to, ground, this.styleOn(ground, row, first, last));
    shownChars.fill(SPACE, row + first, row + to);
    shownStyles.fill(ground, row + first, row + to);
    return true;
  }

  private isBlankBehind(row: number, last: number, ground: number): boolean {
    const { columns, chars, styles } = this.grid;
    for (let x = last + 1; x < columns; x++) if (chars[row + x] !== SPACE || styles[row + x] !== ground) return false;
    return true;
  }

  /** The style of the first text on this ground: erasing in it saves setting the ground alone. */
  private styleOn(ground: number, row: number, first: number, last: number): number {
    const { chars, styles } = this.grid;
    for (let x = first; x <= last; x++) {
      const style = styles[row + x] ?? 0;
      if (chars[row + x] !== SPACE) return blankStyle(style) === ground ? style : ground;
    }
    return ground;
  }

  /** Where the blank end of a row begins if it is cheaper erased than sent, else null. */
  private blankTail(row: number, first: number, last: number): number | null {
    const { columns, chars, styles } = this.grid;
    const ground = styles[row + columns - 1] ?? 0;
    if (chars[row + columns - 1] !== SPACE || !this.canErase(ground)) return null;
    let from = columns - 1;
    while (from > first && chars[row + from - 1] === SPACE && styles[row + from - 1] === ground) from--;
    return last - from + 1 >= ERASE_FROM ? from : null;
  }

  /** Erasing gives the ground that is set, where the terminal does that; lines through or under text it never gives. */
  private canErase(ground: number): boolean {
    const { bg, attributes } = styleOf(ground);
    return attributes === 0 && (bg === null || this.erasesInGround || this.writer.depth === 'none');
  }

  private erase(y: number, from: number, to: number, ground: number, style = this.style): void {
    this.runs++;
    this.moveTo(from, y);
    this.useStyle(blankStyle(style) === ground ? style : ground);
    this.out += to === this.grid.columns ? '\x1b[K' : `\x1b[${to - from}X`;
  }

  private piece(y: number, { from, to, style, isBlank }: Piece): void {
    const { columns } = this.grid;
    this.runs++;
    this.moveTo(from, y);
    if (!isBlank || blankStyle(this.style) !== style) this.useStyle(style);
    let x = from;
    while (x < to) x = this.cell(x, y * columns);
    this.cursorX = x;
    this.cursorY = y;
    // Behind the last column the cursor waits to wrap or stands still: terminals disagree, so it counts as lost.
    if (x >= columns) this.cursorY = -1;
  }

  private cell(x: number, row: number): number {
    const { columns, chars } = this.grid;
    const i = row + x;
    const width = x + 1 < columns && chars[i + 1] === TAIL ? 2 : 1;
    const char = this.grid.charAt(i);
    if (isDoubtfulAt(this.grid, i)) {
      if (width === 2) this.out += `  \x1b[${x + 1}G`;
      this.out += `${char}\x1b[${Math.min(columns, x + width + 1)}G`;
    } else this.out += char;
    return x + width;
  }
}

/**
 * A terminal that draws an emoji or a conjunct wider than we think overwrites the cells behind it: they are sent again.
 * True when there is one to be sent; its row is sent from left to right then.
 */
function distrustBehindDoubtful(grid: Grid, row: number, first: number): boolean {
  const { columns, shownChars } = grid;
  let found = false;
  for (let x = first; x < columns; x++) {
    if (!differsAt(grid, row + x) || !isDoubtfulAt(grid, row + x)) continue;
    found = true;
    const widest = [...grid.charAt(row + x)].length * 2;
    for (let behind = x + 1; behind < Math.min(columns, x + widest); behind++) shownChars[row + behind] = UNKNOWN_CELL;
  }
  return found;
}

const shorter = (a: string, b: string): string => (a.length <= b.length ? a : b);

/** Rows in which a cell differs from what is shown. */
function changedRows({ rows, columns, chars, styles, shownChars, shownStyles }: Grid): number[] {
  const changed: number[] = [];
  for (let y = 0, i = 0; y < rows; y++) {
    const end = (y + 1) * columns;
    while (i < end && chars[i] === shownChars[i] && styles[i] === shownStyles[i]) i++;
    if (i < end) changed.push(y);
    i = end;
  }
  return changed;
}

/**
 * Bytes for the next frame, and the grid's record of what is shown brought up to it. Empty when nothing changed. The
 * terminal's style is the default before and after.
 */
export function frameBytes(grid: Grid, writer: StyleWriter, { isSync, erasesInGround }: FrameOptions): string {
  const frame = new FrameWriter(grid, writer, erasesInGround);
  if (grid.isStale) frame.clear();
  let changed = changedRows(grid);
  const scroll = frame.isClearing ? null : findScroll(grid, changed.length);
  if (scroll !== null) {
    frame.scroll(scroll.top, scroll.bottom, scroll.rows);
    applyScroll(grid, scroll);
    changed = changedRows(grid);
  }
  for (const y of changed) frame.row(y);
  frame.finish();
  grid.accept();
  if (frame.out === '') return '';
  return isSync && frame.runs > 1 ? BEGIN_SYNC + frame.out + END_SYNC : frame.out;
}
