// What a canvas leaf drew last, so that a pane whose paint function and revision are the same is copied, not painted. The
// copy is its own: a sheet drawn over the pane in the last frame is not part of it.
import type { Grid } from '../screen/grid.ts';
import { type Clip, clipOf, intersect, isEmpty } from '../screen/grid-canvas.ts';

type Kept = {
  readonly paint: unknown;
  readonly rev: unknown;
  /** Where it was, as text: any move or other clip makes it void. */
  readonly place: string;
  readonly generation: number;
  readonly chars: Uint32Array;
  readonly styles: Uint16Array;
};

const kept = new WeakMap<object, Kept>();

/** One pane of this frame: the node it belongs to, what draws it and the cells it may draw. */
export type Leaf = { readonly node: object; readonly paint: unknown; readonly rev: unknown; readonly area: Clip };

const placeOf = (grid: Grid, { left, top, right, bottom }: Clip): string =>
  `${grid.columns}x${grid.rows} ${left},${top},${right},${bottom}`;

/** Puts back what the pane drew last if nothing about it changed; false when it has to be painted. */
export function restoreLeaf(grid: Grid, leaf: Leaf): boolean {
  const area = intersect(leaf.area, clipOf(grid));
  const last = kept.get(leaf.node);
  if (
    last === undefined ||
    last.paint !== leaf.paint ||
    last.rev !== leaf.rev ||
    last.generation !== grid.generation ||
    last.place !== placeOf(grid, area)
  ) {
    return false;
  }
  const width = area.right - area.left;
  for (let y = area.top, at = 0; y < area.bottom; y++, at += width) {
    const row = y * grid.columns + area.left;
    grid.cut(y, area.left, area.right);
    grid.chars.set(last.chars.subarray(at, at + width), row);
    grid.styles.set(last.styles.subarray(at, at + width), row);
  }
  return true;
}

/** Keeps what the pane has just drawn. */
export function keepLeaf(grid: Grid, leaf: Leaf): void {
  const area = intersect(leaf.area, clipOf(grid));
  if (isEmpty(area)) return;
  const cells = (area.right - area.left) * (area.bottom - area.top);
  const last = kept.get(leaf.node);
  const fits = last?.chars.length === cells;
  const chars = fits ? last.chars : new Uint32Array(cells);
  const styles = fits ? last.styles : new Uint16Array(cells);
  const width = area.right - area.left;
  for (let y = area.top, at = 0; y < area.bottom; y++, at += width) {
    const row = y * grid.columns + area.left;
    chars.set(grid.chars.subarray(row, row + width), at);
    styles.set(grid.styles.subarray(row, row + width), at);
  }
  const place = placeOf(grid, area);
  kept.set(leaf.node, { paint: leaf.paint, rev: leaf.rev, place, generation: grid.generation, chars, styles });
}

/** A pane that failed is painted again each time: what was wrong may have been mended. */
export const forgetLeaf = (node: object): void => void kept.delete(node);
