// The title rule: the only frame a pane has. Heavy and in the focus colour when it is focused.
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import type { Theme } from '../theme/theme.ts';
import { drawLine, type Line, joinLines, seg, separatorDot, visibleWidth } from './pen.ts';

/** Where a rule meets separators of the rows above and below it. */
export type Joint = { readonly x: number; readonly up: boolean; readonly down: boolean };

export type TitleRule = {
  /** The digit that focuses the pane; empty for panes without one. */
  readonly key: string;
  readonly title: Line;
  /** Dropped from the last when there is no room, before the right part goes. */
  readonly facts: readonly Line[];
  /** Behind the title: the pane's filter, a badge of a frozen list. Stays as long as the title. */
  readonly notes: readonly Line[];
  /** At the right what changes: coverage, age, hits. Dropped from the last. */
  readonly right: readonly Line[];
};

/** Draws a rule over `width` cells of line `y`. */
export function drawTitleRule(
  canvas: Canvas,
  theme: Theme,
  y: number,
  width: number,
  rule: TitleRule,
  hasFocus: boolean,
  joints: readonly Joint[] = [],
): void {
  const glyph = hasFocus ? theme.glyphs.ruleHeavy : theme.glyphs.rule;
  const style = theme.style(hasFocus ? 'accent' : 'border');
  canvas.text(0, y, glyph.repeat(Math.max(0, width)), style);
  drawJoints(canvas, theme, y, joints, hasFocus);
  const room = width - 4;
  if (room < 1) return;
  const parts = fitParts(theme, rule, hasFocus, room);
  canvas.text(1, y, ' ', theme.style('text'));
  const end = drawLine(canvas, theme, 2, y, parts.left, 'none', room);
  canvas.text(end, y, ' ', theme.style('text'));
  if (parts.right.length === 0) return;
  const rightWidth = visibleWidth(theme, parts.right);
  const start = width - 2 - rightWidth;
  canvas.text(start - 1, y, ' ', theme.style('text'));
  drawLine(canvas, theme, start, y, parts.right, 'none', rightWidth);
  canvas.text(start + rightWidth, y, ' ', theme.style('text'));
}

/** Draws the places where a rule and separators meet. */
export function drawJoints(canvas: Canvas, theme: Theme, y: number, joints: readonly Joint[], isHeavy: boolean): void {
  const set = isHeavy ? theme.glyphs.joint.heavy : theme.glyphs.joint.light;
  for (const joint of joints) {
    const glyph = joint.up && joint.down ? set[2] : joint.up ? set[0] : set[1];
    canvas.text(joint.x, y, glyph, theme.style(isHeavy ? 'accent' : 'border'));
  }
}

/** Facts go first, then the right part, then what stands behind the title; the title itself is only ever cut. */
function fitParts(theme: Theme, rule: TitleRule, hasFocus: boolean, room: number): { left: Line; right: Line } {
  const key: Line = rule.key === '' ? [] : [seg(rule.key, hasFocus ? 'accent' : 'muted', hasFocus ? 1 : 0), seg(' ')];
  const notes: Line = rule.notes.flatMap((note) => [seg('  '), ...note]);
  const build = (facts: number): Line => {
    const some = rule.facts.slice(0, facts);
    return [...key, ...rule.title, ...notes, ...(some.length > 0 ? [seg('  '), ...joinLines(some, separatorDot)] : [])];
  };
  for (let right = rule.right.length; right >= 0; right--) {
    const rightLine = joinLines(rule.right.slice(0, right), separatorDot);
    const rightWidth = right === 0 ? 0 : visibleWidth(theme, rightLine) + 3;
    for (let facts = rule.facts.length; facts >= 0; facts--) {
      const left = build(facts);
      if (visibleWidth(theme, left) + rightWidth <= room) return { left, right: rightLine };
    }
  }
  return { left: build(0), right: [] };
}
