// The whole screen: header, strip, the deck's panes, a sheet over their lower part, footer. Sizes are whole cells that the
// layout computed; React and Ink only put the leaves side by side.
import { Box } from 'ink';
import { useMemo } from 'react';
import { useStore } from 'zustand/react';
import { layoutOf } from '../../src/state/app.ts';
import type { Layout, PaneBox } from '../../src/state/layout.ts';
import { listOf } from '../../src/state/lists.ts';
import { focusedView } from '../../src/state/ui.ts';
import { isListContent } from '../../src/state/view.ts';
import type { Paint } from '../../src/terminal/canvas-contract.ts';
import { CanvasLeaf } from '../../src/terminal/ink/canvas-leaf.ts';
import { type Binding } from '../keys/binding.ts';
import { useServices } from '../parts/services.ts';
import { drawSheet, sheetHeight } from '../sheets/sheet-pane.ts';
import type { SheetModel } from '../sheets/sheet-model.ts';
import { sheetModel } from '../sheets/sheets.ts';
import { Boundary } from './boundary.tsx';
import { Footer, Header, Strip, TooSmall } from './bars.tsx';
import { DetailBelow } from './detail-below.tsx';
import { Pane, titleFor } from './pane.tsx';
import { drawTabLine } from './tab-line.ts';

/** The layout, the same object while it says the same: panes are drawn again only when their box changed. */
function useStableLayout(layout: Layout): Layout {
  const key = JSON.stringify(layout);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the text stands for the layout
  return useMemo(() => layout, [key]);
}

export function ScreenView({ bindings }: { readonly bindings: readonly Binding[] }) {
  const { app } = useServices();
  const ui = useStore(app.ui);
  const data = useStore(app.data);
  const layout = useStableLayout(layoutOf(ui, data));
  if (layout.mode === 'small') {
    return (
      <Box flexDirection="column" width={ui.size.width} height={ui.size.height} overflow="hidden">
        <Header />
        {ui.size.height > 1 ? <TooSmall size={layout.size} /> : null}
      </Box>
    );
  }
  const body = ui.size.height - 3;
  const model = ui.sheet === null ? null : sheetModel(app, bindings, ui.sheet);
  const sheetLines = model === null ? 0 : sheetHeight(model, ui.size.width, body);
  return (
    <Box flexDirection="column" width={ui.size.width} height={ui.size.height} overflow="hidden">
      <Header />
      <Strip />
      <Box flexDirection="column" height={body - sheetLines} flexShrink={0} overflow="hidden">
        {layout.tabs.length > 0 ? <TabbedPane layout={layout} /> : <TiledPanes layout={layout} />}
        {layout.detailHeight > 0 ? (
          <DetailBelow slot={ui.focus} width={ui.size.width} height={layout.detailHeight} />
        ) : null}
        {layout.tail === null ? null : <SafePane box={layout.tail} hasTitle={false} />}
      </Box>
      {model === null ? null : <SheetLeaf model={model} height={sheetLines} />}
      <Footer bindings={bindings} />
    </Box>
  );
}

type Shown = Exclude<Layout, { mode: 'small' }>;

function TiledPanes({ layout }: { readonly layout: Shown }) {
  return layout.rows.map((row) => (
    <Box key={row[0]?.slot ?? 'row'} flexDirection="row" height={row[0]?.height ?? 0} flexShrink={0}>
      {row.map((box) => (
        <SafePane key={box.slot} box={box} hasTitle />
      ))}
    </Box>
  ));
}

function SafePane({ box, hasTitle }: { readonly box: PaneBox; readonly hasTitle: boolean }) {
  const { app, theme } = useServices();
  const attempt = useStore(app.ui, (ui) => ui.attempt);
  return (
    <Boundary theme={theme} width={box.width} height={box.height} attempt={attempt}>
      <Pane box={box} hasTitle={hasTitle} />
    </Boundary>
  );
}

/** One pane below a line of tabs. */
function TabbedPane({ layout }: { readonly layout: Shown }) {
  const services = useServices();
  const { app, theme } = services;
  const ui = useStore(app.ui);
  const data = useStore(app.data);
  const [box] = layout.rows[0] ?? [];
  if (box === undefined) return null;
  const paint: Paint = (canvas) => {
    const view = focusedView(ui);
    const title = titleFor({ services, ui, data, view, slot: ui.focus, hasFocus: true });
    const isList = isListContent(view.content);
    const list = isList ? listOf(ui, data, view) : null;
    // Problems are counted as they are shown, folded; of everything else it is the objects that count.
    const isFolded = view.content.type === 'table' && view.content.table === 'problems';
    drawTabLine(canvas, theme, 0, ui, layout.tabs, title, list === null ? null : isFolded ? list.total : list.matched);
  };
  return (
    <>
      <CanvasLeaf paint={paint} rev={[ui, data]} style={{ height: 1, flexShrink: 0, flexGrow: 0 }} />
      <SafePane box={{ ...box, height: box.height - 1 }} hasTitle={false} />
    </>
  );
}

function SheetLeaf({ model, height }: { readonly model: SheetModel; readonly height: number }) {
  const { theme } = useServices();
  const paint: Paint = (canvas) => drawSheet(canvas, theme, model);
  return <CanvasLeaf paint={paint} rev={model} style={{ height, flexShrink: 0, flexGrow: 0 }} />;
}
