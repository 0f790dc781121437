// Draws a merged log: newest at the bottom while it follows, from a place when it is held; wrapped when asked for.
import { count, plural } from '../../src/core/format.ts';
import type { LogWindow } from '../../src/core/log-line.ts';
import { logStripLines } from '../../src/state/geometry.ts';
import { slotKeys } from '../../src/state/decks.ts';
import { selectorOf } from '../../src/state/wanted.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import { facesOf } from '../parts/faces.ts';
import { drawWords, loadingWords } from '../parts/pane-states.ts';
import { bold, clusterName, drawLine, type Line, seg, sidewaysNote } from '../parts/pen.ts';
import type { PaneScene } from '../parts/scene.ts';
import { drawScrollbar } from '../parts/table.ts';
import type { TitleRule } from '../parts/title-rule.ts';
import { filterNote, titleOf } from '../table/table-model.ts';
import { lastRows, linesBelow, logRows, roomOf, rowsFrom } from './logs-lines.ts';
import { histogramLine, onlyLogCluster } from './logs-model.ts';

export function logsTitle(scene: PaneScene): TitleRule {
  const { ui, view, slot } = scene;
  if (view.content.type !== 'logs') throw new Error('logs title for another pane');
  const { about } = titleOf(view.content, ui.link);
  const window = logWindow(scene);
  const isRoot = ui.slots[slot].length === 1;
  return {
    key: isRoot ? (slotKeys[slot] ?? '') : '',
    title: [bold(view.content.options.previous ? 'Logs of the previous container' : 'Logs')],
    facts: [
      ...(about === '' ? [] : [[seg(about, 'text')]]),
      ...ofCluster(scene, window),
      ...(window === undefined ? [] : [[seg(streamsText(window), 'muted')]]),
    ],
    notes: [
      ...filterNote(view, ui.input, ui.focus === slot),
      ...sidewaysNote(view.text.scrollX),
      ...(view.text.minLevel === 'warn' ? [[seg('! ≥ warn', 'accent')]] : []),
      // Their lines come seconds late: said on the smallest screen too.
      ...(window !== undefined && window.polled > 0 ? [[seg(`${count(window.polled)} polled`, 'stale')]] : []),
    ],
    right: window === undefined ? [] : rightParts(scene, window),
  };
}

/** Lines of one cluster do not name it each: the title does. */
function ofCluster({ ui, view }: PaneScene, window: LogWindow | undefined): readonly Line[] {
  const selector = view.content.type === 'logs' ? selectorOf(view.content, ui) : null;
  if (selector === null) return [];
  const id = selector.of === 'app' ? window && onlyLogCluster(window) : selector.cluster;
  const face = id === undefined ? undefined : facesOf(ui.fleet).get(id);
  return face === undefined ? [] : [clusterName(face)];
}

/** What came for the selection; what came for another one is not shown under its name. */
const logWindow = ({ ui, data, view }: PaneScene): LogWindow | undefined =>
  view.content.type === 'logs' && selectorOf(view.content, ui) !== null ? data.logs[view.id] : undefined;

/** How many containers are followed, and how many there should be. */
function streamsText({ streams, wantedStreams, clusters }: LogWindow): string {
  const where = clusters > 1 ? ` in ${clusters} clusters` : '';
  return streams === wantedStreams
    ? `${plural(streams, 'stream')}${where}`
    : `${streams} of ${plural(wantedStreams, 'stream')}${where}`;
}

function rightParts(scene: PaneScene, window: LogWindow): readonly Line[] {
  const { ui, data, view, services } = scene;
  const { glyphs } = services.theme;
  const follow: Line = view.text.follows
    ? [seg(glyphs.down, 'ok'), seg(' following', 'muted')]
    : [seg('paused', 'warn'), seg(`  ${count(linesBelow(ui, data, view, window))} below, F follows`, 'muted')];
  const isFiltered = view.list.filter !== '' || view.text.minLevel === 'warn';
  return [
    follow,
    ...(isFiltered ? [[seg(`${count(window.matched - window.first)} of ${count(window.kept)} lines`, 'muted')]] : []),
    ...(window.unfiltered > 0 ? [[seg(`${count(window.unfiltered)} to search`, 'busy')]] : []),
    ...(window.dropped > 0 ? [[seg(`${count(window.dropped)} dropped`, 'stale')]] : []),
  ];
}

export function drawLogs(canvas: Canvas, y: number, height: number, width: number, scene: PaneScene): void {
  const { ui, view, services } = scene;
  const { theme } = services;
  if (view.content.type !== 'logs' || height < 1) return;
  const window = logWindow(scene);
  if (window === undefined || window.lines.length === 0) {
    drawWords(canvas, theme, y, wordsFor(scene, window), width);
    return;
  }
  const strip = logStripLines(ui.isZoomed, height, window);
  const top = y + strip;
  const lines = height - strip;
  if (strip > 0) drawStrip(canvas, y, width, window, scene);
  const rows = logRows(ui, view, window, width);
  const shown = view.text.follows
    ? lastRows(window.lines.length, lines, rows)
    : rowsFrom(view.list.top - window.offset, window.lines.length, lines, rows);
  shown.forEach((line, i) => drawLine(canvas, theme, 2, top + i, line, 'none', roomOf(width)));
  if (scene.hasFocus || ui.isZoomed) {
    const { first, matched } = window;
    const from = Math.max(first, view.text.follows ? matched - lines : view.list.top);
    drawScrollbar(canvas, theme, top, lines, from - first, matched - first);
  }
}

function drawStrip(canvas: Canvas, y: number, width: number, window: LogWindow, { services }: PaneScene): void {
  const { theme } = services;
  const rate = `${count(window.linesPerSecond)}/s`;
  drawLine(canvas, theme, 2, y, [seg('lines/10s', 'muted')]);
  drawLine(canvas, theme, 13, y, histogramLine(window, theme.glyphs.levels, width - 13 - rate.length - 3));
  drawLine(canvas, theme, width - rate.length - 2, y, [seg(rate)]);
}

function wordsFor(scene: PaneScene, window: LogWindow | undefined) {
  const { ui, data, view, services } = scene;
  if (view.content.type !== 'logs') return [];
  const selector = selectorOf(view.content, ui);
  if (selector === null) {
    const what = ui.link === null ? 'No logs are followed.' : `${ui.link.row.name} writes no logs of its own.`;
    return [{ first: [seg(what, 'muted')], second: [seg('choose an app, a workload or a pod', 'muted')] }];
  }
  if (window === undefined) {
    const waited = services.app.timers.now() - (data.waitingSince[view.id] ?? services.app.timers.now());
    return waited < 300
      ? []
      : [loadingWords(services.theme.glyphs, 'the pods for their logs', Math.floor(waited / 1000))];
  }
  if (window.unfiltered > 0)
    return [
      {
        first: [seg('Nothing matches yet')],
        second: [seg(`${count(window.unfiltered)} lines are still searched`, 'muted')],
      },
    ];
  if (window.kept > 0) {
    return [
      {
        first: [seg('Nothing matches '), seg(view.list.filter || 'warn and above', 'accent'), seg('.')],
        second: [seg(`${count(window.kept)} lines are kept; Esc clears the filter`, 'muted')],
      },
    ];
  }
  const first =
    window.wantedStreams === 0
      ? 'No container runs here.'
      : window.streams + window.polled === 0
        ? 'No stream is open yet.'
        : 'No lines yet.';
  return [
    {
      first: [seg(first)],
      second: [seg(streamsText(window), 'muted')],
    },
  ];
}
