// Which columns a pane shows and how wide: by priority at least width while they fit, then widened to good, then to most.
import type { Column } from '../../src/core/row.ts';

/** A column with its place; `x` is relative to where the columns begin. */
export type PlacedColumn = {
  readonly column: Column;
  /** Position of the column in the table's list: where a row's cell is. */
  readonly index: number;
  readonly x: number;
  readonly width: number;
};

/** What the user chose under `O`: columns shown although they are wide ones, and columns put away. */
export type ColumnChoice = { readonly shown: readonly string[]; readonly hidden: readonly string[] };

export const noChoice: ColumnChoice = { shown: [], hidden: [] };

const gap = 2;

/**
 * Lays columns out in `width` cells, in the order of the list. The first by priority always stays, cut to the room.
 * Spare width stays empty at the right; a column whose most is Infinity takes it.
 */
export function layoutColumns(
  columns: readonly Column[],
  width: number,
  choice: ColumnChoice = noChoice,
): readonly PlacedColumn[] {
  const wanted = columns
    .map((column, index) => ({ column, index, width: leastOf(column) }))
    .filter(({ column }) => isWanted(column, choice))
    .sort((a, b) => a.column.priority - b.column.priority || a.index - b.index);
  const taken: typeof wanted = [];
  let used = 0;
  // What the columns would need with the first three at their good width: a further column must not squeeze those.
  let wish = 0;
  for (const item of wanted) {
    const between = taken.length === 0 ? 0 : gap;
    const needs = item.width + between;
    wish += (taken.length < 3 ? Math.max(item.width, item.column.ideal) : item.width) + between;
    if (taken.length > 0 && (taken.length < 4 ? used + needs : wish + squeezed(taken, item.column)) > width) break;
    used += needs;
    taken.push(item);
  }
  const [first] = taken;
  if (first !== undefined && taken.length === 1) first.width = Math.max(0, Math.min(first.width, width));
  // Prose that has room for a sentence leaves it to the others to become whole, and takes the rest.
  for (const most of [good, whole, rest])
    for (const item of taken) {
      const more = Math.max(0, Math.min(most(item.column) - item.width, width - used));
      item.width += more;
      used += more;
    }
  let x = 0;
  return taken
    .sort((a, b) => a.index - b.index)
    .map((item) => {
      const placed = { ...item, x };
      x += item.width + gap;
      return placed;
    });
}

type Width = (column: Column) => number;
const good: Width = ({ ideal }) => ideal;
const whole: Width = (column) => (isProse(column) ? Math.min(column.max, 1.5 * column.ideal) : column.max);
const rest: Width = ({ max }) => max;

/**
 * What those already taken lack and must not lose to a further column: from the sixth on the prose its good width; and to
 * one that is never cut (an address, a kind), which says least, all of them theirs, and names all of their letters.
 */
function squeezed(taken: readonly { readonly column: Column; readonly width: number }[], next: Column): number {
  if (taken.length < 5) return 0;
  const isGreedy = next.cut === 'never' && next.type === 'text';
  return taken.reduce((sum, { column, width }, i) => {
    if (isProse(column)) return sum + Math.max(0, column.ideal - width);
    if (!isGreedy) return sum;
    // The wish has the first three at their good width already.
    const has = i < 3 ? Math.max(width, column.ideal) : width;
    return sum + Math.max(0, (isName(column) ? column.max : column.ideal) - has);
  }, 0);
}

/** What is cut in its middle: names of objects, namespaces, nodes. */
const isName = (column: Column): boolean => column.type === 'name' || column.cut === 'middle';

/** Sentences: what is good for them is wider than any word. */
const isProse = (column: Column): boolean => column.type === 'text' && column.ideal >= 24;

/** At least as wide as its title; words that are never cut get their good width or go. */
const leastOf = (column: Column): number =>
  Math.max(
    column.cut === 'never' && column.type === 'text' ? column.ideal : column.min,
    Math.min(column.title.length, column.max),
  );

export const isWanted = (column: Column, choice: ColumnChoice): boolean =>
  column.wide === true ? choice.shown.includes(column.id) : !choice.hidden.includes(column.id);

/** Right-aligned: numbers, sizes, ages and ratios. */
export const isRightAligned = (column: Column): boolean =>
  column.type === 'number' ||
  column.type === 'age' ||
  column.type === 'ratio' ||
  column.type === 'bytes' ||
  column.type === 'cpu';
