// Draws the detail of the selection: labels in one column, values beside them, prose wrapped, nothing cut away.
import { cutMiddle, takeStart, widthOf } from '../../src/core/width.ts';
import { clusterById } from '../../src/state/app.ts';
import { type DataState, rightsKey } from '../../src/state/data.ts';
import { listOf } from '../../src/state/lists.ts';
import { topView, type UiState } from '../../src/state/ui.ts';
import type { LinkTarget } from '../../src/state/view.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import { type Faces, facesOf } from '../parts/faces.ts';
import { bold, drawLine, lineText, lineWidth, seg, type Line } from '../parts/pen.ts';
import type { PaneScene } from '../parts/scene.ts';
import type { TitleRule } from '../parts/title-rule.ts';
import { clusterDetail, type Detail, type DetailLine, problemDetail, rowDetail } from './detail-model.ts';

const labelAt = 2;
const valueAt = 14;

/** The detail of a selection; null when nothing is selected. */
export function detailOf(
  ui: UiState,
  data: DataState,
  target: LinkTarget | null,
  faces: Faces,
  now: number,
): Detail | null {
  if (target === null) return null;
  const { row, table } = target;
  if (table === 'clusters') {
    const id = row.clusters[0];
    const cluster = id === undefined ? undefined : clusterById(ui, id);
    return cluster === undefined ? null : clusterDetail(cluster, data.rights[rightsKey(cluster)] ?? null, now);
  }
  const view = Object.values(ui.slots)
    .flat()
    .find((v) => target.key.startsWith(`${v.id} `));
  const columns = view === undefined ? [] : listOf(ui, data, view).columns;
  if (table === 'problems') return problemDetail(row, columns, data.problems[row.key], faces, now);
  return rowDetail(row, columns, faces, now);
}

/** Title and lines of the detail pane of a deck, which follows the main pane. */
export function detailTitle(scene: PaneScene): TitleRule {
  const detail = detailOf(
    scene.ui,
    scene.data,
    scene.ui.link,
    facesOf(scene.ui.fleet),
    scene.services.app.timers.now(),
  );
  return {
    key: '',
    title: detail?.title ?? [bold('Detail')],
    facts: (detail?.facts ?? []).filter((fact) => fact.length > 0),
    notes: [],
    right: [],
  };
}

export function drawDetail(canvas: Canvas, y: number, height: number, width: number, scene: PaneScene): void {
  const detail = detailOf(
    scene.ui,
    scene.data,
    scene.ui.link,
    facesOf(scene.ui.fleet),
    scene.services.app.timers.now(),
  );
  drawDetailLines(canvas, y, height, width, detail, scene.view.list.top, scene);
}

/** Draws a detail from line `top` on. */
export function drawDetailLines(
  canvas: Canvas,
  y: number,
  height: number,
  width: number,
  detail: Detail | null,
  top: number,
  scene: Pick<PaneScene, 'services'>,
): void {
  const { theme } = scene.services;
  if (detail === null) {
    drawLine(canvas, theme, labelAt, y, [seg('Nothing is selected.', 'muted')], 'none', width - 3);
    return;
  }
  const lines = detail.lines.flatMap((line) => wrapped(line, Math.max(8, width - valueAt - 1)));
  const from = Math.max(0, Math.min(top, lines.length - height));
  lines.slice(from, from + height).forEach((line, i) => {
    const isCut = i === height - 1 && from + height < lines.length;
    drawLine(canvas, theme, labelAt, y + i, [seg(line.label, 'muted')], 'none', valueAt - labelAt - 1);
    const value: Line = isCut
      ? [seg(`… ${lines.length - from - height + 1} more`, 'muted')]
      : fitted(line, width - valueAt - 1);
    drawLine(canvas, theme, valueAt, y + i, value, 'none', width - valueAt - 1);
  });
}

function fitted({ value, endsInName }: DetailLine, width: number): Line {
  const over = lineWidth(value) - width;
  const last = value.at(-1);
  if (endsInName !== true || over <= 0 || last === undefined) return value;
  return [...value.slice(0, -1), { ...last, text: cutMiddle(last.text, Math.max(0, widthOf(last.text) - over)) }];
}

/** Prose goes on below itself, at blanks when there are some. */
function wrapped(line: DetailLine, width: number): readonly DetailLine[] {
  if (!line.wraps || lineWidth(line.value) <= width || line.value.some((s) => s.hue !== undefined)) return [line];
  const token = line.value[0]?.token ?? 'text';
  const out: DetailLine[] = [];
  let rest = lineText(line.value);
  while (rest !== '' && out.length < 12) {
    let piece = takeStart(rest, width);
    const blank = piece.lastIndexOf(' ');
    if (widthOf(rest) > width && blank > width / 2) piece = piece.slice(0, blank);
    if (piece === '') break;
    out.push({ label: out.length === 0 ? line.label : '', value: [seg(piece, token)], wraps: false });
    rest = rest.slice(piece.length).trimStart();
  }
  return out;
}

/** The selection of a list that has its detail below it. */
export function targetOfView(ui: UiState, data: DataState, slot: UiState['focus']): LinkTarget | null {
  const view = topView(ui, slot);
  const row = listOf(ui, data, view).rowAt(view.list.cursor);
  const table = view.content.type === 'table' ? view.content.table : view.content.type;
  return row === undefined ? null : { key: `${view.id} ${table} ${row.key}`, table, row };
}
