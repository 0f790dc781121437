// What a pane says when it has no rows: the first line in text, the second muted. The words are the design's.
import type { ClusterSummary } from '../../src/core/cluster.ts';
import { clock } from '../../src/core/format.ts';
import type { Glyphs } from '../theme/glyphs.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import type { Theme } from '../theme/theme.ts';
import { drawLine, type Line, seg } from './pen.ts';

export type StateWords = { readonly first: Line; readonly second: Line };

const words = (first: Line, second: string): StateWords => ({
  first,
  second: second === '' ? [] : [seg(second, 'muted')],
});

export const loadingWords = (glyphs: Glyphs, asking: string, seconds: number): StateWords =>
  words([seg(glyphs.busy, 'busy'), seg(` asking ${asking}  ${seconds} s`)], 'the rest goes on');

export const emptyWords = (noun: string, lookedAt: string): StateWords => words([seg(`No ${noun}.`)], lookedAt);

export const noMatchWords = (filter: string, near: string | null): StateWords =>
  words(
    [
      seg('Nothing matches '),
      seg(filter, 'accent'),
      seg('.'),
      ...(near === null ? [] : [seg('  near: ', 'muted'), seg(near)]),
    ],
    'Esc clears the filter, f looks in other scopes',
  );

export const deniedWords = (glyphs: Glyphs, noun: string, where: string, rules: readonly string[]): StateWords =>
  words(
    [seg(glyphs.denied, 'warn', 1), seg(` You may not list ${noun}${where}.`)],
    `${rules.length === 0 ? 'ask for the right to list them' : `missing: ${rules.join('; ')}`}; C copies the check`,
  );

export const absentWords = (resource: string): StateWords =>
  words(
    [seg(`${resource} is not in these clusters.`)],
    'it appears by itself when a cluster gets it; f looks in other scopes',
  );

export const clearWords = (glyphs: Glyphs, watched: string): StateWords =>
  words([seg(glyphs.ok, 'ok'), seg(' Nothing is wrong.')], watched);

/** Clear as far as the scope goes; what lies outside was not asked for, so the scope is named and nothing is green. */
export const clearInScopeWords = (glyphs: Glyphs, scope: string): StateWords =>
  words(
    [seg(glyphs.info, 'muted'), seg(' Nothing is wrong in '), seg(scope, 'accent'), seg('.')],
    'the rest of the fleet is out of scope; f looks in other scopes',
  );

/** Never green: something was not looked at. */
export const clearInSomeWords = (glyphs: Glyphs, live: number, wanted: number, why: string): StateWords =>
  words([seg(glyphs.stale, 'stale'), seg(` Nothing is wrong in ${live} of ${wanted} clusters.`)], why);

export const failedWords = (glyphs: Glyphs, reason: string): StateWords =>
  words(
    [seg(glyphs.fail, 'fail', 1), seg(` This pane failed: ${reason.replace(/\.$/, '')}.`)],
    'R restarts it; the log has more',
  );

export const parkedWords = (glyphs: Glyphs, count: number): StateWords =>
  words(
    [seg(glyphs.parked, 'faint'), seg(count === 1 ? ' 1 cluster is parked.' : ` ${count} clusters are parked.`)],
    '0 shows them, Enter connects the chosen one',
  );

/** Why a cluster has nothing to show, with its remedy; null when it is live or on its way. */
export function clusterWords(glyphs: Glyphs, c: ClusterSummary, now: number): StateWords | null {
  switch (c.state.phase) {
    case 'login':
      return words(
        [seg(glyphs.warn, 'warn', 1), seg(` ${sentence(c.state.message, `${c.name} needs a login`)}`)],
        c.state.command === null ? 'R retries' : `run ${c.state.command}, c copies it, Enter runs it here, R retries`,
      );
    case 'offline':
      return words(
        [
          seg(glyphs.fail, 'fail', 1),
          seg(` ${c.name} does not answer: ${c.state.reason}, since ${clock(c.state.since, now)}.`),
        ],
        c.state.nextTryAt === null ? 'R tries now' : `next try at ${clock(c.state.nextTryAt, now)}, R tries now`,
      );
    case 'denied':
      return words(
        [seg(glyphs.denied, 'warn', 1), seg(` You may not read ${c.name}.`)],
        `missing: ${c.state.what.join('; ')}`,
      );
    case 'parked':
      return words([seg(glyphs.parked, 'faint'), seg(` ${c.name} is parked.`)], 'Enter connects it');
    case 'stale':
      return words(
        [seg(glyphs.stale, 'stale'), seg(` ${c.name} is silent since ${clock(c.state.lastHeard, now)}.`)],
        'its rows are kept; no action until live',
      );
    default:
      return null;
  }
}

const sentence = (text: string, fallback: string): string => {
  const whole = text.trim() === '' ? fallback : text.trim();
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
};

/** Draws the words from line `y`; what does not fit is cut, never drawn outside. */
export function drawWords(canvas: Canvas, theme: Theme, y: number, lines: readonly StateWords[], width: number): void {
  let line = y;
  for (const { first, second } of lines) {
    if (line < canvas.height) drawLine(canvas, theme, 2, line++, first, 'none', width - 3);
    if (line < canvas.height && second.length > 0) drawLine(canvas, theme, 4, line++, second, 'none', width - 5);
  }
}
