// The last line: the target of every key with its cluster, the keys that matter here, messages, and the line being typed.
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import type { Theme } from '../theme/theme.ts';
import { drawLine, drawRight, type Line, seg, visibleWidth } from './pen.ts';

export type Hint = { readonly key: string; readonly label: string };

export type FooterModel = {
  /** `■run-eu shop/cart`; empty when nothing is selected. */
  readonly target: Line;
  readonly hints: readonly Hint[];
  /** Always at the right: actions, go to, keys. */
  readonly always: readonly Hint[];
  /** Takes the left side while it is there. */
  readonly message: Line | null;
  /** What is being typed: takes the whole left side. */
  readonly input: Line | null;
};

export const hintLine = (hint: Hint): Line => [seg(hint.key, 'title', 1), seg(` ${hint.label}`, 'muted')];

export function drawFooter(canvas: Canvas, theme: Theme, model: FooterModel): void {
  const width = canvas.width;
  canvas.fill(0, 0, width, 1, theme.style('text', 'bar'));
  if (model.input !== null) {
    const x = drawLine(canvas, theme, 1, 0, model.input, 'bar', width - 2);
    drawHintsRight(canvas, theme, model.always, x + 2);
    return;
  }
  const least = model.message ?? model.target;
  const leastWidth = Math.min(visibleWidth(theme, least), Math.max(0, width - 12));
  const rightAt = drawHintsRight(canvas, theme, model.always, 1 + leastWidth + 2);
  let x = drawLine(canvas, theme, 1, 0, least, 'bar', rightAt - 3) + (least.length > 0 ? 3 : 0);
  if (model.message !== null) return;
  for (const hint of model.hints) {
    const line = hintLine(hint);
    // A hint that is too long lets a shorter one behind it have the room.
    if (x + visibleWidth(theme, line) > rightAt - 2) continue;
    x = drawLine(canvas, theme, x, 0, line, 'bar') + 3;
  }
}

/** The hints that fit behind column `from`; those at the end of the list stay longest. Returns where they begin. */
function drawHintsRight(canvas: Canvas, theme: Theme, hints: readonly Hint[], from: number): number {
  for (let skip = 0; skip < hints.length; skip++) {
    const line = hints.slice(skip).flatMap((hint, i) => [...(i > 0 ? [seg('   ')] : []), ...hintLine(hint)]);
    if (canvas.width - 1 - visibleWidth(theme, line) >= from)
      return drawRight(canvas, theme, canvas.width - 1, 0, line, 'bar');
  }
  return canvas.width;
}
