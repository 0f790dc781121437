// On a small screen the title rule is a line of tabs: the focused pane with what matters of it, then the others.
import { slotKeys } from '../../src/state/decks.ts';
import type { SlotId } from '../../src/state/view.ts';
import { topView, type UiState } from '../../src/state/ui.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import { drawLine, type Line, seg, visibleWidth } from '../parts/pen.ts';
import type { TitleRule } from '../parts/title-rule.ts';
import { titleOf } from '../table/table-model.ts';
import type { Theme } from '../theme/theme.ts';

/** Draws the tabs into line `y`; those that do not fit end in a mark. */
export function drawTabLine(
  canvas: Canvas,
  theme: Theme,
  y: number,
  ui: UiState,
  tabs: readonly SlotId[],
  title: TitleRule,
  total: number | null,
): void {
  const { width } = canvas;
  const heavy = theme.glyphs.ruleHeavy;
  canvas.text(0, y, theme.glyphs.rule.repeat(width), theme.style('border'));
  canvas.text(0, y, heavy, theme.style('accent'));
  const others = tabs.filter((slot) => slot !== ui.focus).map((slot) => tabLabel(ui, slot));
  const left: Line = [
    seg(' '),
    ...(title.key === '' ? [] : [seg(title.key, 'accent', 1), seg(' ')]),
    ...title.title,
    ...(total === null ? [] : [seg(` ${total}`)]),
    ...(ui.slots[ui.focus].length > 1 && title.facts[0] !== undefined ? [seg('  '), ...title.facts[0]] : []),
    ...title.notes.flatMap((note) => [seg('  '), ...note]),
    seg(' '),
  ];
  // The right part says what the rows can be trusted for: it goes before the tabs only when both do not fit.
  const stale = title.right[0]?.some((s) => s.token === 'stale' || s.token === 'warn') === true ? title.right[0] : [];
  const end = width - 1 - (stale.length > 0 ? visibleWidth(theme, stale) + 3 : 0);
  let x = drawLine(canvas, theme, 1, y, left, 'none', end - 2);
  if (x + 2 < width) x = drawLine(canvas, theme, x, y, [seg(heavy, 'accent')], 'none');
  for (let i = 0; i < others.length; i++) {
    const tab = others[i] ?? [];
    const isLast = i === others.length - 1;
    if (x + visibleWidth(theme, tab) + 2 + (isLast ? 0 : 3) > end) {
      if (x + 2 < end) drawLine(canvas, theme, x, y, [seg(` ${theme.glyphs.more} `, 'muted')], 'none', end - x);
      break;
    }
    x = drawLine(canvas, theme, x, y, [seg(i === 0 ? ' ' : '  '), ...tab], 'none');
    if (isLast) drawLine(canvas, theme, x, y, [seg(' ')], 'none', 1);
  }
  if (stale.length > 0 && end > x)
    drawLine(canvas, theme, end + 1, y, [seg(' '), ...stale, seg(' ')], 'none', width - end - 1);
}

function tabLabel(ui: UiState, slot: SlotId): Line {
  const key = slotKeys[slot];
  const { title } = titleOf(topView(ui, slot).content, null);
  return [...(key === undefined ? [] : [seg(`${key} `, 'muted')]), seg(title, 'muted')];
}
