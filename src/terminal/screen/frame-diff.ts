// The bytes that turn what the terminal shows into the next frame, and not many more: runs of changed cells, the shortest
// cursor move and style change between them, erase-to-end for blank tails, a scroll where rows moved.
import type { StyleWriter } from '../sgr.ts';
import { blankStyle } from '../style.ts';
import { isDoubtful } from './cell-text.ts';
import { type Grid, SPACE, TAIL, UNKNOWN_CELL } from './grid.ts';
import { applyScroll, findScroll } from './scroll-find.ts';

export const BEGIN_SYNC = '\x1b[?2026h';
export const END_SYNC = '\x1b[?2026l';

/** Unchanged cells that are cheaper to send again than to jump over. */
const BRIDGE = 4;
/** Changed cells in a blank tail from which an erase is shorter than the spaces. */
const ERASE_FROM = 4;

class FrameWriter {
  out = '';
  runs = 0;
  isClearing = false;
  private cursorX = -1;
  private cursorY = -1;
  private style = 0;
  private readonly grid: Grid;
  private readonly writer: StyleWriter;

  constructor(grid: Grid, writer: StyleWriter) {
    this.grid = grid;
    this.writer = writer;
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

  private differs(i: number): boolean {
    const { chars, styles, shownChars, shownStyles } = this.grid;
    return chars[i] !== shownChars[i] || styles[i] !== shownStyles[i];
  }

  row(y: number): void {
    const { columns, chars, styles } = this.grid;
    const row = y * columns;
    let first = 0;
    while (first < columns && !this.differs(row + first)) first++;
    if (first === columns) return;
    this.distrustBehindDoubtful(row, first);
    let last = columns - 1;
    while (!this.differs(row + last)) last--;
    let blankFrom = columns;
    while (blankFrom > 0 && chars[row + blankFrom - 1] === SPACE && styles[row + blankFrom - 1] === 0) blankFrom--;
    const erases = last - Math.max(blankFrom, first) + 1 >= ERASE_FROM;
    const stop = erases ? Math.min(last + 1, blankFrom) : last + 1;
    let x = first;
    while (x < stop) {
      if (!this.differs(row + x)) {
        x++;
        continue;
      }
      // Half a wide character cannot be sent.
      while (x > 0 && chars[row + x] === TAIL) x--;
      x = this.run(y, x, stop);
    }
    if (erases) {
      this.runs++;
      this.moveTo(Math.max(blankFrom, first), y);
      this.useStyle(0);
      this.out += '\x1b[K';
    }
  }

  /** Whether a cell can be sent in the style that is set: a space has no text whose colour could be wrong. */
  private suits(i: number): boolean {
    const { chars, styles } = this.grid;
    return styles[i] === (chars[i] === SPACE ? blankStyle(this.style) : this.style);
  }

  private isDoubtfulAt(i: number): boolean {
    const char = this.grid.chars[i] ?? SPACE;
    return char > 0x2300 && char !== TAIL && isDoubtful(this.grid.charAt(i));
  }

  // A terminal that draws an emoji or a conjunct wider than we think overwrites the cells behind it: they are sent again.
  private distrustBehindDoubtful(row: number, first: number): void {
    const { columns, shownChars } = this.grid;
    for (let x = first; x < columns; x++) {
      if (!this.differs(row + x) || !this.isDoubtfulAt(row + x)) continue;
      const widest = [...this.grid.charAt(row + x)].length * 2;
      for (let behind = x + 1; behind < Math.min(columns, x + widest); behind++)
        shownChars[row + behind] = UNKNOWN_CELL;
    }
  }

  // Sends changed cells from x on, over short gaps of unchanged ones in the same style; returns where it stopped.
  private run(y: number, from: number, stop: number): number {
    const { columns } = this.grid;
    const row = y * columns;
    this.runs++;
    this.moveTo(from, y);
    let sent = from;
    let x = from;
    while (x < stop) {
      const isForced = x === from;
      if (!isForced && !this.differs(row + x)) {
        if (x - sent >= BRIDGE || !this.suits(row + x) || this.isDoubtfulAt(row + x)) break;
        x++;
        continue;
      }
      while (sent <= x) sent = this.cell(sent, row);
      x = sent;
    }
    this.cursorX = sent;
    this.cursorY = y;
    // Behind the last column the cursor waits to wrap or stands still: terminals disagree, so it counts as lost.
    if (sent >= columns) this.cursorY = -1;
    return Math.max(sent, from + 1);
  }

  private cell(x: number, row: number): number {
    const { columns, chars, styles } = this.grid;
    const i = row + x;
    if (chars[i] === TAIL) return x + 1;
    const width = x + 1 < columns && chars[i + 1] === TAIL ? 2 : 1;
    if (!this.suits(i)) this.useStyle(styles[i] ?? 0);
    const char = this.grid.charAt(i);
    if (this.isDoubtfulAt(i)) {
      if (width === 2) this.out += `  \x1b[${x + 1}G`;
      this.out += `${char}\x1b[${Math.min(columns, x + width + 1)}G`;
    } else this.out += char;
    return x + width;
  }
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
 * terminal's style is the default before and after. `isSync` brackets frames of several runs as one update (DEC 2026).
 */
export function frameBytes(grid: Grid, writer: StyleWriter, isSync: boolean): string {
  const frame = new FrameWriter(grid, writer);
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
