// One pane: its title rule, its separator, and whatever it shows, drawn through one canvas leaf. A pane that fails says
// so in its own place and breaks nothing else.
import { memo } from 'react';
import { useStore } from 'zustand/react';
import { useShallow } from 'zustand/react/shallow';
import type { App } from '../../src/state/app.ts';
import type { PaneBox } from '../../src/state/layout.ts';
import { linkFor, topView } from '../../src/state/ui.ts';
import type { SlotId, ViewState } from '../../src/state/view.ts';
import type { Canvas, Paint } from '../../src/terminal/canvas-contract.ts';
import { CanvasLeaf } from '../../src/terminal/ink/canvas-leaf.ts';
import { detailTitle, drawDetail } from '../detail/detail-pane.ts';
import { drawWhy, whyTitle } from '../detail/why-pane.ts';
import { documentTitle, drawDocument } from '../document/document-pane.ts';
import { drawLogs, logsTitle } from '../logs/logs-pane.ts';
import { facesOf } from '../parts/faces.ts';
import { drawWords, failedWords } from '../parts/pane-states.ts';
import type { PaneScene } from '../parts/scene.ts';
import { type Services, useServices } from '../parts/services.ts';
import { drawTitleRule, type TitleRule } from '../parts/title-rule.ts';
import { tableTitle } from '../table/table-model.ts';
import { drawTablePane } from '../table/table-pane.ts';
import { listOf } from '../../src/state/lists.ts';

export function titleFor(scene: PaneScene): TitleRule {
  const { ui, data, view, slot, services } = scene;
  switch (view.content.type) {
    case 'table':
    case 'clusters':
    case 'containers':
    case 'related':
      return tableTitle({
        ui,
        view,
        slot,
        list: listOf(ui, data, view),
        theme: services.theme,
        faces: facesOf(ui.fleet),
        now: services.app.timers.now(),
      });
    case 'logs':
      return logsTitle(scene);
    case 'document':
      return documentTitle(scene);
    case 'why':
      return whyTitle(scene);
    case 'detail':
      return detailTitle(scene);
  }
}

/** Draws a pane's content into lines `y`…`y + height`. */
export function drawContent(canvas: Canvas, y: number, height: number, width: number, scene: PaneScene): void {
  const { ui, data, view, services, hasFocus } = scene;
  switch (view.content.type) {
    case 'table':
    case 'clusters':
    case 'containers':
    case 'related':
      drawTablePane(canvas, y, height, width, {
        ui,
        data,
        view,
        theme: services.theme,
        faces: facesOf(ui.fleet),
        hasFocus,
        now: services.app.timers.now,
      });
      return;
    case 'logs':
      drawLogs(canvas, y, height, width, scene);
      return;
    case 'document':
      drawDocument(canvas, y, height, width, scene);
      return;
    case 'why':
      drawWhy(canvas, y, height, width, scene);
      return;
    case 'detail':
      drawDetail(canvas, y, height, width, scene);
  }
}

/**
 * Draws, and keeps a throw in the pane: words instead of content, and the failure remembered so that `R` can try again.
 * The first failure is told after the frame, as painting must not change the state.
 */
export function guarded(
  app: App,
  theme: Services['theme'],
  viewId: string,
  y: number,
  draw: () => void,
  canvas: Canvas,
): void {
  const known = app.ui.getState().failures[viewId];
  if (known === undefined) {
    try {
      draw();
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      queueMicrotask(() => app.ui.setState((ui) => ({ failures: { ...ui.failures, [viewId]: reason } })));
      canvas.fill(0, y, canvas.width, canvas.height - y, theme.style('text'));
      drawWords(canvas, theme, y, [failedWords(theme.glyphs, reason)], canvas.width);
      return;
    }
  }
  drawWords(canvas, theme, y, [failedWords(theme.glyphs, known)], canvas.width);
}

/** The parts of the state that a pane is drawn from; it is drawn again when one of them changed. */
function usePaneScene(slot: SlotId): PaneScene {
  const services = useServices();
  const { app } = services;
  useStore(
    app.ui,
    useShallow((ui) => {
      const view = topView(ui, slot);
      return [
        view,
        ui.focus === slot,
        ui.fleet,
        ui.minute,
        ui.staleBeat,
        ui.scope,
        ui.isZoomed,
        ui.failures[view.id],
        ui.attempt,
        ui.isEngineAlive,
        needsLink(view) ? linkFor(ui, view.content) : null,
        ui.focus === slot ? ui.input : null,
        ui.slots[slot].length,
      ];
    }),
  );
  useStore(
    app.data,
    useShallow((data) => {
      const { id } = topView(app.ui.getState(), slot);
      return [
        data.windows[id],
        data.logs[id],
        data.documents[id],
        data.rows[id],
        data.refusals[id],
        data.waitingSince[id],
        needsLink(topView(app.ui.getState(), slot)) ? data.problems : null,
      ];
    }),
  );
  const ui = app.ui.getState();
  return { services, ui, data: app.data.getState(), view: topView(ui, slot), slot, hasFocus: ui.focus === slot };
}

const needsLink = (view: ViewState): boolean =>
  view.content.type === 'detail' ||
  view.content.type === 'why' ||
  ((view.content.type === 'table' || view.content.type === 'logs') && view.content.isLinked);

/** A pane in its box. `hasTitle` is false where a tab line stands in its place. */
export const Pane = memo(function Pane({ box, hasTitle }: { readonly box: PaneBox; readonly hasTitle: boolean }) {
  const scene = usePaneScene(box.slot);
  const { theme, app } = scene.services;
  const paint: Paint = (canvas) => {
    const width = box.width - (box.hasSeparator ? 1 : 0);
    if (theme.paintsGround) canvas.fill(0, 0, box.width, box.height, theme.style('text'));
    if (box.hasSeparator) {
      for (let y = 1; y < box.height; y++) canvas.text(box.width - 1, y, theme.glyphs.separator, theme.style('border'));
    }
    const top = hasTitle ? 1 : 0;
    const inner = narrowed(canvas, width);
    guarded(
      app,
      theme,
      scene.view.id,
      top,
      () => {
        if (hasTitle) drawTitleRule(canvas, theme, 0, box.width, titleFor(scene), scene.hasFocus, box.joints);
        drawContent(inner, top, box.height - top, width, scene);
      },
      canvas,
    );
  };
  return (
    <CanvasLeaf
      paint={paint}
      rev={scene}
      style={{ width: box.width, height: box.height, flexShrink: 0, flexGrow: 0 }}
    />
  );
});

/** The same canvas, its right edge before the separator. */
const narrowed = (canvas: Canvas, width: number): Canvas =>
  width === canvas.width
    ? canvas
    : {
        width,
        height: canvas.height,
        text: (x, y, text, style, most) =>
          x >= width ? 0 : canvas.text(x, y, text, style, Math.min(most ?? width - x, width - x)),
        fill: (x, y, w, h, style) => canvas.fill(x, y, Math.min(w, width - x), h, style),
        line: (y, most, look, draw) => canvas.line(y, Math.min(most, width), look, draw),
        scrolledUp: () => {},
      };
