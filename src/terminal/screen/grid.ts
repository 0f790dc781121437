// Two grids of cells in typed arrays: what the next frame shows and what the terminal shows now. Knows no bytes and no
// React; the diff reads both, the painter and the canvases write the first.
import { blankStyle } from '../style.ts';
import { nextStep, type TextStep } from './cell-text.ts';
import { LineCache } from './line-cache.ts';

export const SPACE = 32;
/** The right half of a wide character. */
export const TAIL = 0xffffffff;
/** A cell of which it is not known what the terminal shows. */
export const UNKNOWN_CELL = 0xfffffffe;
const FIRST_CLUSTER = 0x110000;
const MOST_CLUSTERS = 50_000;

/** A scroll that a canvas reported: rows `top` to `bottom` (exclusive) moved up by `rows` since the last frame. */
export type ScrollHint = { readonly top: number; readonly bottom: number; readonly rows: number };

export class Grid {
  columns = 0;
  rows = 0;
  /** Code points, or numbers of clusters from 0x110000 on. */
  chars = new Uint32Array(0);
  styles = new Uint16Array(0);
  shownChars = new Uint32Array(0);
  shownStyles = new Uint16Array(0);
  scrolls: ScrollHint[] = [];
  /** The terminal shows something else than `shown*`: it has to be cleared first. */
  isStale = true;

  /** Counts how often cluster numbers were given anew; cells kept elsewhere are void after a change. */
  generation = 0;

  /** Lines that canvases may be asked for again. */
  readonly lines = new LineCache(this);

  private clusters: string[] = [];
  private clusterNumbers = new Map<string, number>();
  private readonly step: TextStep = { length: 0, columns: 0, cluster: null };

  constructor(columns: number, rows: number) {
    this.resize(columns, rows);
  }

  /** New size; the next frame is a full repaint. */
  resize(columns: number, rows: number): void {
    const cells = columns * rows;
    this.columns = columns;
    this.rows = rows;
    this.chars = new Uint32Array(cells).fill(SPACE);
    this.styles = new Uint16Array(cells);
    this.shownChars = new Uint32Array(cells).fill(SPACE);
    this.shownStyles = new Uint16Array(cells);
    this.scrolls = [];
    this.isStale = true;
  }

  /** The terminal was used by somebody else: the next frame is a full repaint. */
  invalidate(): void {
    this.isStale = true;
  }

  /** Empties the next frame. */
  begin(): void {
    if (this.clusters.length > MOST_CLUSTERS) this.forgetClusters();
    this.chars.fill(SPACE);
    this.styles.fill(0);
    this.scrolls = [];
  }

  private forgetClusters(): void {
    this.generation++;
    this.clusters = [];
    this.clusterNumbers.clear();
    const { shownChars } = this;
    for (let i = 0; i < shownChars.length; i++) {
      const char = shownChars[i] ?? SPACE;
      if (char >= FIRST_CLUSTER && char !== TAIL) shownChars[i] = UNKNOWN_CELL;
    }
  }

  /** The text of a cell; empty for the right half of a wide character. */
  charAt(cell: number): string {
    const char = this.chars[cell] ?? SPACE;
    if (char === TAIL) return '';
    return char < FIRST_CLUSTER ? String.fromCodePoint(char) : (this.clusters[char - FIRST_CLUSTER] ?? ' ');
  }

  private numberOf(cluster: string): number {
    const point = cluster.codePointAt(0) ?? SPACE;
    if (cluster.length === (point > 0xffff ? 2 : 1)) return point;
    let number = this.clusterNumbers.get(cluster);
    if (number === undefined) {
      number = FIRST_CLUSTER + this.clusters.length;
      this.clusters.push(cluster);
      this.clusterNumbers.set(cluster, number);
    }
    return number;
  }

  /**
   * Draws text from column `x` (may be negative) of row `y`, inside columns `from` to `to` (exclusive) only. A wide
   * character that an edge cuts becomes a space. Returns the columns used, counted from `x`, at most up to `to`.
   */
  text(x: number, y: number, text: string, style: number, from: number, to: number): number {
    if (y < 0 || y >= this.rows) return 0;
    const first = Math.max(0, from);
    const end = Math.min(this.columns, to);
    const { chars, styles, step } = this;
    const blank = blankStyle(style);
    const row = y * this.columns;
    let column = x;
    let drawn = false;
    for (let at = 0; at < text.length && column < end; at += step.length) {
      const unit = text.charCodeAt(at);
      // Plain ASCII inside the clip, not followed by what could join it: most of what a screen shows.
      if (unit >= 0x20 && unit < 0x7f && column >= first && !(text.charCodeAt(at + 1) > 0x7e)) {
        if (!drawn) this.splitLeft(row, column);
        drawn = true;
        chars[row + column] = unit;
        styles[row + column] = unit === SPACE ? blank : style;
        column++;
        step.length = 1;
        continue;
      }
      nextStep(text, at, step);
      const width = step.columns;
      if (width === 0) continue;
      const next = column + width;
      if (next > first) {
        if (!drawn) this.splitLeft(row, Math.max(column, first));
        drawn = true;
        if (column < first || next > end) {
          for (let cut = Math.max(column, first); cut < Math.min(next, end); cut++) {
            chars[row + cut] = SPACE;
            styles[row + cut] = blank;
          }
        } else {
          chars[row + column] = step.cluster === null ? text.charCodeAt(at) : this.numberOf(step.cluster);
          styles[row + column] = style;
          if (width === 2) {
            chars[row + column + 1] = TAIL;
            styles[row + column + 1] = style;
          }
        }
      }
      column = next;
    }
    const stop = Math.min(column, end);
    if (drawn) this.splitRight(row, stop);
    return Math.max(0, stop - x);
  }

  /** Fills a rectangle with spaces; clipped to the grid. */
  fill(x: number, y: number, width: number, height: number, style: number): void {
    const left = Math.max(0, x);
    const right = Math.min(this.columns, x + width);
    if (left >= right) return;
    const blank = blankStyle(style);
    for (let line = Math.max(0, y); line < Math.min(this.rows, y + height); line++) {
      const row = line * this.columns;
      this.splitLeft(row, left);
      this.chars.fill(SPACE, row + left, row + right);
      this.styles.fill(blank, row + left, row + right);
      this.splitRight(row, right);
    }
  }

  /** Before cells `left` to `right` of a row are written as a block: no half of a wide character stays at its ends. */
  cut(y: number, left: number, right: number): void {
    this.splitLeft(y * this.columns, left);
    this.splitRight(y * this.columns, right);
  }

  // Drawing over one half of a wide character leaves a space where the other half was.
  private splitLeft(row: number, column: number): void {
    if (column > 0 && column < this.columns && this.chars[row + column] === TAIL) this.chars[row + column - 1] = SPACE;
  }

  private splitRight(row: number, column: number): void {
    if (column < this.columns && this.chars[row + column] === TAIL) this.chars[row + column] = SPACE;
  }

  /** The frame was handed to the terminal. */
  accept(): void {
    this.shownChars.set(this.chars);
    this.shownStyles.set(this.styles);
    this.scrolls = [];
    this.isStale = false;
  }

  /** A row of the next frame as text, without trailing blanks; for tests and copies of the screen. */
  rowText(y: number): string {
    let text = '';
    for (let x = 0; x < this.columns; x++) text += this.charAt(y * this.columns + x);
    return text.trimEnd();
  }
}
