// Columns of text for people: each as wide as its widest cell, numbers at the right, two blanks between, no trailing ones.
import { padEnd, padStart, widthOf } from '../core/width.ts';

export type TextColumn = { readonly title: string; readonly right: boolean };

/** Lines of a table with its header; no line when there are no rows. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const widths = columns.map((column, i) =>
    rows.reduce((w, row) => Math.max(w, widthOf(row[i] ?? '')), widthOf(column.title)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => (column.right ? padStart : padEnd)(cells[i] ?? '', widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(columns.map((c) => c.title)), ...rows.map(line)];
}
