// The detail of a list's selection, below the list: on small screens, and under Triage and Clusters when they are zoomed.
import { memo } from 'react';
import { useStore } from 'zustand/react';
import { useShallow } from 'zustand/react/shallow';
import { topView } from '../../src/state/ui.ts';
import type { SlotId } from '../../src/state/view.ts';
import type { Paint } from '../../src/terminal/canvas-contract.ts';
import { CanvasLeaf } from '../../src/terminal/ink/canvas-leaf.ts';
import { detailOf, drawDetailLines, targetOfView } from '../detail/detail-pane.ts';
import { facesOf } from '../parts/faces.ts';
import { bold } from '../parts/pen.ts';
import { useServices } from '../parts/services.ts';
import { drawTitleRule } from '../parts/title-rule.ts';
import { coverageParts } from '../table/table-model.ts';
import { guarded } from './pane.tsx';

type Props = { readonly slot: SlotId; readonly width: number; readonly height: number };

export const DetailBelow = memo(function DetailBelow({ slot, width, height }: Props) {
  const services = useServices();
  const { app, theme } = services;
  const ui = useStore(
    app.ui,
    useShallow((state) => [topView(state, slot), state.fleet, state.minute, state.staleBeat, state.attempt]),
  );
  const data = useStore(
    app.data,
    useShallow((state) => [
      state.windows[topView(app.ui.getState(), slot).id],
      state.problems,
      state.rights,
      state.rows,
    ]),
  );
  const paint: Paint = (canvas) => {
    const state = app.ui.getState();
    if (theme.paintsGround) canvas.fill(0, 0, width, height, theme.style('text'));
    guarded(
      app,
      theme,
      `${topView(state, slot).id} detail`,
      1,
      () => {
        const target = targetOfView(state, app.data.getState(), slot);
        const detail = detailOf(state, app.data.getState(), target, facesOf(state.fleet), app.timers.now());
        const rule = {
          key: '',
          title: detail?.title ?? [bold('Detail')],
          facts: (detail?.facts ?? []).filter((fact) => fact.length > 0),
          notes: [],
          right: target?.table === 'problems' ? coverageParts(state) : [],
        };
        drawTitleRule(canvas, theme, 0, width, rule, false);
        drawDetailLines(canvas, 1, height - 1, width, detail, 0, { services });
      },
      canvas,
    );
  };
  return (
    <CanvasLeaf paint={paint} rev={[ui, data, width, height]} style={{ width, height, flexShrink: 0, flexGrow: 0 }} />
  );
});
