// <CanvasLeaf>: the one React element of a pane's content. Layout gives it a rectangle, `paint` draws cells into it. Under
// mount() it is painted straight into the screen; anywhere else (ink-testing-library, a screen reader, the fall-back
// when Ink's render hook is gone) the same function is painted into a small grid and shown as text.
import { Box, type BoxProps, type DOMElement, Text, useBoxMetrics } from 'ink';
import { createContext, createElement, createRef, type ReactNode, useContext, useState } from 'react';
import type { Paint } from '../canvas-contract.ts';
import { Grid } from '../screen/grid.ts';
import { clipOf, gridCanvas } from '../screen/grid-canvas.ts';
import { styleWriter } from '../sgr.ts';

export type CanvasLeafProps = {
  /** Draws the pane; pure. A throw is shown in this pane and counted, and breaks nothing else. */
  readonly paint: Paint;
  /**
   * Changes whenever `paint` would draw something else. As long as both are the same the pane is not painted again.
   */
  readonly rev: unknown;
  /** Size in the layout, as for a Box; it grows and shrinks with its parent unless told otherwise. */
  readonly style?: Pick<BoxProps, 'width' | 'height' | 'flexGrow' | 'flexShrink' | 'minWidth' | 'minHeight'>;
};

/** Who draws the leaves: the painter, or Ink as text. Set by mount(). */
export const PaintedByCells = createContext(false);

/** The host node's attribute in which the painter finds the function. */
export const PAINT_ATTRIBUTE = 'paint';
export const REV_ATTRIBUTE = 'rev';

const fills = { flexGrow: 1, flexShrink: 1 } as const;

/** A pane's content. `<CanvasLeaf paint={(canvas) => …} rev={model} />` */
export function CanvasLeaf({ paint, rev, style }: CanvasLeafProps): ReactNode {
  const isPainted = useContext(PaintedByCells);
  if (!isPainted) return createElement(TextLeaf, { paint, rev, ...(style === undefined ? {} : { style }) });
  // Ink hands unknown properties of its own host element through to the node, where the painter reads them.
  return createElement('ink-box', { style: { ...fills, ...style }, [PAINT_ATTRIBUTE]: paint, [REV_ATTRIBUTE]: rev });
}

function TextLeaf({ paint, style }: CanvasLeafProps): ReactNode {
  const [box] = useState(() => createRef<DOMElement>());
  const { width, height } = useBoxMetrics(box);
  const text = width > 0 && height > 0 ? paintedText(paint, Math.min(width, 1000), Math.min(height, 1000)) : '';
  return createElement(
    Box,
    { ref: box, ...fills, ...style, overflow: 'hidden' },
    createElement(Text, { wrap: 'truncate' }, text),
  );
}

/** What a paint function draws in a rectangle, as lines of styled text. */
export function paintedText(paint: Paint, width: number, height: number): string {
  const grid = new Grid(width, height);
  try {
    paint(gridCanvas(grid, 0, 0, width, height, clipOf(grid)));
  } catch (error) {
    grid.begin();
    grid.text(0, 0, failedPane(error), 0, 0, width);
  }
  const writer = styleWriter('true');
  const lines: string[] = [];
  for (let y = 0; y < height; y++) {
    let line = '';
    let style = 0;
    for (let x = 0; x < width; x++) {
      const next = grid.styles[y * width + x] ?? 0;
      line += writer.transition(style, next) + grid.charAt(y * width + x);
      style = next;
    }
    lines.push(line + writer.transition(style, 0));
  }
  return lines.join('\n').trimEnd();
}

/** The words of a pane whose paint function threw. */
export const failedPane = (error: unknown): string =>
  `✕ This pane failed: ${error instanceof Error ? error.message : String(error)}`;
