// Line 1: the fleet, one entry a cluster in a fixed order; well ones recede, the others carry their reason.
import { silence } from '../../src/core/format.ts';
import { type ClusterSummary, fleetOrder } from '../../src/core/cluster.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import type { Glyphs } from '../theme/glyphs.ts';
import type { Theme } from '../theme/theme.ts';
import { drawLine, drawRight, type Line, seg, visibleWidth } from './pen.ts';

/** The worst of a cluster's connection and its problems, as glyph, name and note. */
export function stripEntry(
  glyphs: Glyphs,
  c: ClusterSummary,
  now: number,
  isWide = true,
): { readonly line: Line; readonly isWell: boolean } {
  const entry = (glyph: Line, name: Line, note: string, noteLine: Line = []): { line: Line; isWell: boolean } => ({
    line: [...glyph, seg(' '), ...name, ...(note === '' ? noteLine : [seg(` ${note}`, 'muted')])],
    isWell: false,
  });
  switch (c.state.phase) {
    case 'parked':
      return entry([seg(glyphs.parked, 'faint')], [seg(c.name, 'muted')], '');
    case 'connecting':
      return entry([seg(glyphs.busy, 'busy')], [seg(c.name, 'muted')], '');
    case 'stale':
      return entry([seg(glyphs.stale, 'stale')], [seg(c.name, 'stale')], '', [
        seg(` ${silence(now - c.state.lastHeard)}`, 'stale'),
      ]);
    case 'denied':
      return entry([seg(glyphs.denied, 'warn', 1)], [seg(c.name)], '', [seg(' denied', 'warn')]);
    case 'login':
      // Narrow: the name alone says it, in the colour of what needs a look.
      return isWide
        ? entry([seg(glyphs.parked, 'faint')], [seg(c.name, 'muted')], '', [seg(' login', 'warn')])
        : entry([seg(glyphs.parked, 'warn')], [seg(c.name, 'warn')], '');
    case 'offline':
      return entry([seg(glyphs.fail, 'fail', 1)], [seg(c.name)], '', [seg(' offline', 'fail', 1)]);
    case 'live': {
      const { fail, warn } = c.problems;
      if (fail > 0) return entry([seg(glyphs.fail, 'fail', 1)], [seg(c.name)], '', [seg(` ${fail + warn}`, 'fail', 1)]);
      if (warn > 0) return entry([seg(glyphs.warn, 'warn', 1)], [seg(c.name)], '', [seg(` ${warn}`, 'warn')]);
      if (c.watches.synced < c.watches.wanted) return entry([seg(glyphs.busy, 'busy')], [seg(c.name, 'muted')], '');
      return { line: [seg(glyphs.ok, 'ok'), seg(' '), seg(c.name, 'muted')], isWell: true };
    }
  }
}

export type StripModel = {
  readonly clusters: readonly ClusterSummary[];
  readonly live: number;
  readonly wanted: number;
  readonly parked: number;
  readonly now: number;
  /** The engine does not answer: everything shown is old. */
  readonly isEngineAlive: boolean;
};

export function drawStrip(canvas: Canvas, theme: Theme, model: StripModel): void {
  const isWide = canvas.width >= 110;
  const summary = summaryLine(theme.glyphs, model, isWide);
  const summaryWidth = visibleWidth(theme, summary);
  const end =
    summaryWidth > 0 && (isWide || !model.isEngineAlive) ? canvas.width - 1 - summaryWidth - 2 : canvas.width - 1;
  if (end < canvas.width - 1) drawRight(canvas, theme, canvas.width - 1, 0, summary, 'none');
  const entries = model.clusters
    .toSorted(fleetOrder)
    .filter((c) => c.state.phase !== 'parked')
    .map((c) => stripEntry(theme.glyphs, c, model.now, isWide));
  drawEntries(canvas, theme, entries, model, end, isWide);
}

function drawEntries(
  canvas: Canvas,
  theme: Theme,
  entries: readonly { readonly line: Line; readonly isWell: boolean }[],
  model: StripModel,
  end: number,
  isWide: boolean,
): void {
  const gap = isWide ? 3 : 2;
  const all = entries.reduce((sum, e) => sum + visibleWidth(theme, e.line) + gap, 1) - gap;
  const well = entries.filter((e) => e.isWell).length;
  const parked: readonly Line[] =
    model.parked > 0 ? [[seg(theme.glyphs.parked, 'faint'), seg(` ${model.parked} parked`, 'muted')]] : [];
  // Well ones fold to a number when the screen is narrow or when they would push out those that matter.
  const folds = well > 0 && (!isWide || all > end);
  const folded: readonly Line[] = folds ? [[seg(theme.glyphs.ok, 'ok'), seg(` ${well}`, 'muted')]] : [];
  const shown = [...folded, ...entries.filter((e) => !folds || !e.isWell).map((e) => e.line), ...parked];
  let x = 1;
  for (let i = 0; i < shown.length; i++) {
    const line = shown[i] ?? [];
    const left = shown.length - i;
    const reserve = left > 1 ? `+${left - 1}`.length + 2 + gap : 0;
    if (x + visibleWidth(theme, line) + reserve > end && !(left === 1 && x + visibleWidth(theme, line) <= end)) {
      // What does not fit is counted with the worst of it: a broken cluster is never only a number.
      const rest = shown.slice(i);
      const worst =
        rest.find((other) => other[0]?.token === 'fail') ?? rest.find((other) => other[0]?.token === 'warn');
      const sign = worst?.[0] === undefined ? [] : [worst[0], seg(' ')];
      drawLine(
        canvas,
        theme,
        x,
        0,
        [...sign, seg(`+${left}`, sign.length > 0 ? 'text' : 'muted')],
        'none',
        Math.max(0, end - x),
      );
      return;
    }
    x = drawLine(canvas, theme, x, 0, line, 'none', end - x) + gap;
  }
}

function summaryLine(glyphs: Glyphs, model: StripModel, isWide: boolean): Line {
  if (!model.isEngineAlive) return [seg(`${glyphs.stale} engine silent`, 'stale', 1)];
  if (!isWide) return [];
  if (model.clusters.length === 0) return [seg('no clusters', 'muted')];
  return [seg(`${model.live}/${model.wanted} live`, 'muted')];
}
