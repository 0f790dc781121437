// The lines around the panes: header, fleet strip, footer; and the words for a screen that is too small.
import { memo } from 'react';
import { useStore } from 'zustand/react';
import { useShallow } from 'zustand/react/shallow';
import { leastSize, type Size } from '../../src/state/layout.ts';
import { wrapWords } from '../../src/core/width.ts';
import type { Paint } from '../../src/terminal/canvas-contract.ts';
import { CanvasLeaf } from '../../src/terminal/ink/canvas-leaf.ts';
import { type Binding, spotOf } from '../keys/binding.ts';
import { drawFooter } from '../parts/footer.ts';
import { drawHeader } from '../parts/header.ts';
import { drawLine, seg } from '../parts/pen.ts';
import { useServices } from '../parts/services.ts';
import { drawStrip } from '../parts/strip.ts';
import { sheetModel } from '../sheets/sheets.ts';
import { footerModel, headerModel, stripModel } from './frame-model.ts';

const line = { height: 1, flexShrink: 0, flexGrow: 0 } as const;

export const Header = memo(function Header() {
  const services = useServices();
  const parts = useStore(
    services.app.ui,
    useShallow((ui) => [ui.deck, ui.scope, ui.minute, ui.size.width]),
  );
  const paint: Paint = (canvas) =>
    drawHeader(canvas, services.theme, headerModel(services.app.ui.getState(), services));
  return <CanvasLeaf paint={paint} rev={parts} style={line} />;
});

export const Strip = memo(function Strip() {
  const { app, theme } = useServices();
  const parts = useStore(
    app.ui,
    useShallow((ui) => [ui.fleet, ui.staleBeat, ui.isEngineAlive, ui.size.width]),
  );
  const paint: Paint = (canvas) => {
    canvas.fill(0, 0, canvas.width, 1, theme.style('text'));
    drawStrip(canvas, theme, stripModel(app.ui.getState(), app.timers.now()));
  };
  return <CanvasLeaf paint={paint} rev={parts} style={line} />;
});

export const Footer = memo(function Footer({ bindings }: { readonly bindings: readonly Binding[] }) {
  const { app, theme } = useServices();
  const ui = useStore(app.ui);
  const data = useStore(
    app.data,
    useShallow((d) => [d.windows, d.rows]),
  );
  const paint: Paint = (canvas) => {
    if (ui.sheet !== null && ui.message === null) {
      const model = sheetModel(app, bindings, ui.sheet);
      drawFooter(canvas, theme, { target: [], hints: model.hints, always: [], message: null, input: null });
      return;
    }
    drawFooter(canvas, theme, footerModel(ui, spotOf(app), bindings, theme.glyphs));
  };
  return <CanvasLeaf paint={paint} rev={[ui, data]} style={line} />;
});

/** Below the least size: what it is, what it needs, over as many lines as that takes. DEMO stays in line 0. */
export function TooSmall({ size }: { readonly size: Size }) {
  const { theme } = useServices();
  const paint: Paint = (canvas) => {
    const needed = `needs ${leastSize.width}x${leastSize.height}`;
    const lines = wrapWords(`Flagbridge ${needed}, this is ${size.width}x${size.height}.`, canvas.width);
    // Cut off it would not say how much is needed.
    const shown = lines.length <= canvas.height ? lines : [needed];
    shown.forEach((words, y) => drawLine(canvas, theme, 0, y, [seg(words)], 'none', canvas.width));
  };
  return <CanvasLeaf paint={paint} rev={size} style={{ flexGrow: 1 }} />;
}
