// Finds out that full-width rows moved, so that the terminal can scroll them instead of being sent them again. A canvas
// may say so; most often it is seen by comparing the rows of two frames.
import type { Grid, ScrollHint } from './grid.ts';

/** What a scroll must save at least, in cells, to be worth its ~20 bytes. */
const WORTH = 40;
const FEWEST_ROWS = 3;

function rowHashes(chars: Uint32Array, styles: Uint16Array, columns: number, rows: number): Int32Array {
  const hashes = new Int32Array(rows);
  for (let y = 0; y < rows; y++) {
    let hash = 17;
    for (let i = y * columns, end = i + columns; i < end; i++) {
      hash = Math.imul(hash ^ (chars[i] ?? 0), 0x01000193);
      hash = Math.imul(hash ^ (styles[i] ?? 0), 0x01000193);
    }
    hashes[y] = hash;
  }
  return hashes;
}

/** Cells of rows `top` to `bottom` that would have to be sent if the terminal first scrolled by `by` (0: not at all). */
function cellsToSend(grid: Grid, top: number, bottom: number, by: number): number {
  const { columns, chars, styles, shownChars, shownStyles } = grid;
  let cells = 0;
  for (let y = top; y < bottom; y++) {
    const from = y + by;
    const isKept = from >= top && from < bottom;
    for (let x = 0; x < columns; x++) {
      const i = y * columns + x;
      if (isKept) {
        const j = from * columns + x;
        if (chars[i] !== shownChars[j] || styles[i] !== shownStyles[j]) cells++;
      } else if (chars[i] !== 32 || styles[i] !== 0) cells++;
    }
  }
  return cells;
}

const saves = (grid: Grid, { top, bottom, rows }: ScrollHint): number =>
  cellsToSend(grid, top, bottom, 0) - cellsToSend(grid, top, bottom, rows);

function seenScroll(grid: Grid): ScrollHint | null {
  const { rows, columns } = grid;
  const now = rowHashes(grid.chars, grid.styles, columns, rows);
  const before = rowHashes(grid.shownChars, grid.shownStyles, columns, rows);
  let best: ScrollHint | null = null;
  let bestGain = FEWEST_ROWS - 1;
  const furthest = Math.min(rows - 1, 40);
  for (let by = -furthest; by <= furthest; by++) {
    if (by === 0) continue;
    let start = -1;
    let gain = 0;
    for (let y = 0; y <= rows; y++) {
      const from = y + by;
      if (y < rows && from >= 0 && from < rows && now[y] === before[from]) {
        if (start < 0) start = y;
        if (now[y] !== before[y]) gain++;
        continue;
      }
      if (start >= 0 && gain > bestGain) {
        best = { top: Math.min(start, start + by), bottom: Math.max(y, y + by), rows: by };
        bestGain = gain;
      }
      start = -1;
      gain = 0;
    }
  }
  return best;
}

/** The one scroll that saves most in a frame with `changedRows`, or null. Negative `rows` means downwards. */
export function findScroll(grid: Grid, changedRows: number): ScrollHint | null {
  if (changedRows < FEWEST_ROWS) return null;
  let best: ScrollHint | null = null;
  let bestSaving = WORTH;
  const seen = seenScroll(grid);
  for (const scroll of seen === null ? grid.scrolls : [...grid.scrolls, seen]) {
    const saving = saves(grid, scroll);
    if (saving > bestSaving) {
      best = scroll;
      bestSaving = saving;
    }
  }
  return best;
}

/** Moves the rows of what the terminal shows, as the terminal will do; what comes free is blank. */
export function applyScroll(grid: Grid, { top, bottom, rows }: ScrollHint): void {
  const { columns } = grid;
  const up = rows > 0;
  const by = Math.abs(rows);
  for (const [cells, blank] of [
    [grid.shownChars, 32],
    [grid.shownStyles, 0],
  ] as const) {
    if (up) {
      cells.copyWithin(top * columns, (top + by) * columns, bottom * columns);
      cells.fill(blank, (bottom - by) * columns, bottom * columns);
    } else {
      cells.copyWithin((top + by) * columns, top * columns, (bottom - by) * columns);
      cells.fill(blank, top * columns, (top + by) * columns);
    }
  }
}
