// Line 0: the product, DEMO, the decks, the scope, and the clock. DEMO and the clock are never dropped.
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import { attr, type Theme } from '../theme/theme.ts';
import { bold, drawLine, drawRight, type Line, seg, visibleWidth } from './pen.ts';

export type HeaderModel = {
  readonly isDemo: boolean;
  readonly decks: readonly string[];
  readonly deck: string;
  /** The scope in words: `all clusters · all namespaces`. Most important first. */
  readonly scope: readonly Line[];
  /** `12:41Z`. */
  readonly clock: string;
  /** Whether anything may be written, beside the clock; `stays`: it is never dropped for room. */
  readonly note: { readonly line: Line; readonly stays: boolean };
};

export function drawHeader(canvas: Canvas, theme: Theme, model: HeaderModel): void {
  const width = canvas.width;
  canvas.fill(0, 0, width, 1, theme.style('text', 'bar'));
  const badge: Line = model.isDemo
    ? [seg('  '), { text: ' DEMO ', token: 'ink', attrs: attr.bold, ground: 'demo' }]
    : [];
  const clock: Line = [seg(model.clock, 'text')];
  const clockWidth = visibleWidth(theme, clock);
  const badgeWidth = visibleWidth(theme, badge);
  // On the narrowest screens the badge and the clock stand alone.
  const name: Line = 12 + badgeWidth + clockWidth + 2 <= width ? [bold('FLAGBRIDGE')] : [];
  const left: Line = [...name, ...(name.length === 0 ? badge.slice(1) : badge)];
  const clockAt = width - 1 - clockWidth;
  if (clockAt > visibleWidth(theme, left) + 1) drawLine(canvas, theme, clockAt, 0, clock, 'bar');
  const x = drawLine(canvas, theme, 1, 0, left, 'bar');
  const { line: noteLine, stays } = model.note;
  const hasRoom = stays ? clockAt - x > visibleWidth(theme, noteLine) + 6 : clockAt - x > 90;
  const note = noteLine.length > 0 && hasRoom ? visibleWidth(theme, noteLine) + 3 : 0;
  if (note > 0) drawRight(canvas, theme, clockAt - 3, 0, noteLine, 'bar');
  drawMiddle(canvas, theme, model, x, clockAt - 3 - note);
}

/** Decks and scope between the name and the clock: what does not fit goes, the word scope and inactive decks first. */
function drawMiddle(canvas: Canvas, theme: Theme, model: HeaderModel, from: number, end: number): void {
  const all = deckLine(model, model.decks);
  const active = deckLine(model, [model.deck]);
  const scopeOf = (n: number): Line =>
    model.scope.slice(0, n).flatMap((part, i) => (i > 0 ? [seg(' · ', 'faint'), ...part] : [...part]));
  const tries: readonly (readonly [Line, Line])[] = [
    [all, [seg('scope ', 'muted'), ...scopeOf(3)]],
    [all, scopeOf(3)],
    [all, scopeOf(2)],
    [active, scopeOf(3)],
    [active, scopeOf(2)],
    [active, scopeOf(1)],
    [active, []],
  ];
  const room = end - from - 3;
  for (const [decks, scope] of tries) {
    const decksWidth = visibleWidth(theme, decks);
    const scopeWidth = visibleWidth(theme, scope);
    if (decksWidth + (scopeWidth > 0 ? 5 + scopeWidth : 0) > room) continue;
    const x = drawLine(canvas, theme, from + 3, 0, decks, 'bar');
    drawLine(canvas, theme, x + 5, 0, scope, 'bar');
    return;
  }
}

const deckLine = (model: HeaderModel, decks: readonly string[]): Line =>
  decks.flatMap((deck, i) => [
    ...(i > 0 ? [seg('  ')] : []),
    deck === model.deck ? seg(deck, 'accent', attr.bold + attr.underline) : seg(deck, 'muted'),
  ]);
