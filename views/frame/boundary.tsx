// Keeps an error that a view throws while React renders it in the place of that view. What a paint function throws is
// caught where it is called.
import { Component, type ReactNode } from 'react';
import type { Paint } from '../../src/terminal/canvas-contract.ts';
import { CanvasLeaf } from '../../src/terminal/ink/canvas-leaf.ts';
import { drawWords, failedWords } from '../parts/pane-states.ts';
import type { Theme } from '../theme/theme.ts';

type Props = {
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
  /** Another value tries again. */
  readonly attempt: number;
  readonly children: ReactNode;
};

type State = { readonly reason: string | null; readonly attempt: number };

export class Boundary extends Component<Props, State> {
  override state: State = { reason: null, attempt: this.props.attempt };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { reason: error instanceof Error ? error.message : String(error) };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.attempt === state.attempt ? null : { reason: null, attempt: props.attempt };
  }

  override render(): ReactNode {
    const { reason } = this.state;
    if (reason === null) return this.props.children;
    const { theme, width, height } = this.props;
    const paint: Paint = (canvas) => drawWords(canvas, theme, 1, [failedWords(theme.glyphs, reason)], canvas.width);
    return <CanvasLeaf paint={paint} rev={reason} style={{ width, height, flexShrink: 0, flexGrow: 0 }} />;
  }
}
