// What single lines of a list looked like when they were drawn last. A list that scrolls or whose cursor moves draws the
// same lines elsewhere: they are copied, which costs a fiftieth of formatting and measuring their words again. One block of
// memory for all of them, the oldest line overwritten first: a list in which every row changes leaves no garbage.
import type { LineLook } from '../canvas-contract.ts';

/** More than two screens of rows. */
const LINES = 256;

/** Columns `left` to `right` (exclusive) of line `y` of the grid. */
export type LineCells = { readonly y: number; readonly left: number; readonly right: number };

/** The grid, as far as lines are copied from and to it. */
type Cells = {
  readonly columns: number;
  readonly chars: Uint32Array;
  readonly styles: Uint16Array;
  readonly generation: number;
  cut(y: number, left: number, right: number): void;
};

type Kept = {
  readonly look: LineLook;
  readonly width: number;
  /** Style of the ground that the line was drawn on: what it left blank looks like that. */
  readonly under: number;
  readonly generation: number;
};

export class LineCache {
  private readonly grid: Cells;
  private columns = 0;
  private chars = new Uint32Array(0);
  private styles = new Uint16Array(0);
  private kept: Kept[] = [];
  private next = 0;

  constructor(grid: Cells) {
    this.grid = grid;
  }

  /** Puts back what was drawn for this look; false when it has to be drawn. */
  restore(look: LineLook, { y, left, right }: LineCells, under: number): boolean {
    const { grid, columns } = this;
    const last = this.kept[look.slot];
    const width = right - left;
    if (last === undefined || last.look !== look || last.width !== width || last.under !== under) return false;
    if (last.generation !== grid.generation || columns !== grid.columns) return false;
    const from = look.slot * columns;
    const to = y * columns + left;
    grid.cut(y, left, right);
    grid.chars.set(this.chars.subarray(from, from + width), to);
    grid.styles.set(this.styles.subarray(from, from + width), to);
    return true;
  }

  /** Keeps what has just been drawn, until many others were. */
  keep(look: LineLook, { y, left, right }: LineCells, under: number): void {
    const { grid } = this;
    if (this.columns !== grid.columns) this.resize(grid.columns);
    const slot = this.next;
    this.next = (slot + 1) % LINES;
    const from = y * grid.columns + left;
    const to = y * grid.columns + right;
    this.chars.set(grid.chars.subarray(from, to), slot * grid.columns);
    this.styles.set(grid.styles.subarray(from, to), slot * grid.columns);
    this.kept[slot] = { look, width: right - left, under, generation: grid.generation };
    look.slot = slot;
  }

  private resize(columns: number): void {
    this.columns = columns;
    this.chars = new Uint32Array(LINES * columns);
    this.styles = new Uint16Array(LINES * columns);
    this.kept = [];
    this.next = 0;
  }
}
