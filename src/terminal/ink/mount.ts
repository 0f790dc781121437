// mount(): an Ink tree on a Screen. Ink keeps React, hooks and the layout; its last stage is replaced by the painter, and
// its own streams are stand-ins, so that nothing but the screen ever writes a byte.
import { Box, type DOMElement, render } from 'ink';
import { createContext, createElement, type ReactNode, useCallback, useContext, useSyncExternalStore } from 'react';
import type { Screen, ScreenSize } from '../screen/screen.ts';
import { PaintedByCells } from './canvas-leaf.ts';
import { inkFrames } from './ink-frames.ts';
import { InkStdin, InkStdout } from './ink-streams.ts';
import { askForAllColours, paintTree } from './painter.ts';

/** What mount needs of the input: to know that a key came, so that its frame does not wait. */
export type KeySource = { onEvent(listener: (event: { readonly type: string }) => void): Disposable };

export type MountOptions = {
  readonly screen: Screen;
  readonly input?: KeySource;
  /** Hears of a pane whose paint function threw; it is shown in the pane and counted anyway. */
  readonly onPaneFailure?: (error: unknown) => void;
  /** For tests: does as if Ink had no render hook any more. */
  readonly ignoreRenderHook?: boolean;
};

export type Mounted = {
  /** Replaces the element. */
  update(element: ReactNode): void;
  unmount(): void;
  /** Resolves after unmount; rejects with the error that a component threw. */
  waitUntilExit(): Promise<void>;
};

const ScreenContext = createContext<Screen | null>(null);

/** The size of the screen; the component renders again when it changes. 80x24 outside of mount(). */
export function useScreenSize(): ScreenSize {
  const screen = useContext(ScreenContext);
  const columns = useSyncExternalStore(
    (changed) => subscribe(screen, changed),
    () => screen?.size.columns ?? 80,
  );
  const rows = useSyncExternalStore(
    (changed) => subscribe(screen, changed),
    () => screen?.size.rows ?? 24,
  );
  return { columns, rows };
}

function subscribe(screen: Screen | null, changed: () => void): () => void {
  const listening = screen?.onResize(changed);
  return () => listening?.[Symbol.dispose]();
}

// Fills the screen and finds Ink's root node, of which only a descendant can be had.
function Root({ children, found }: { children?: ReactNode; found: (root: DOMElement) => void }): ReactNode {
  const { columns, rows } = useScreenSize();
  const findRoot = useCallback(
    (top: DOMElement | null) => {
      let node = top;
      while (node?.parentNode !== undefined) node = node.parentNode;
      if (node !== null) found(node);
    },
    [found],
  );
  // Nothing is laid out before the hook is in place: Ink would draw the first frame itself, at full cost.
  const size = children === undefined ? { width: 0, height: 0 } : { width: columns, height: rows };
  return createElement(
    Box,
    { ref: findRoot, flexDirection: 'column', flexShrink: 0, overflow: 'hidden', ...size },
    children,
  );
}

/** Shows an element on a screen until it is unmounted or a component throws. */
export function mount(element: ReactNode, options: MountOptions): Mounted {
  const { screen, input } = options;
  askForAllColours();
  const frames = inkFrames();
  let hooked: DOMElement | null = null;
  let isMounted = true;
  const stdout = new InkStdout(
    () => screen.size,
    (text) => {
      if (hooked === null && isMounted && frames.take(text)) screen.requestFrame('data');
    },
  );
  const stdin = new InkStdin();

  const paneFailed = (error: unknown): void => {
    screen.count('failedPanes');
    options.onPaneFailure?.(error);
  };
  const found = (root: DOMElement): void => {
    if (options.ignoreRenderHook === true || typeof root.onRender !== 'function') return;
    const request = (): void => {
      if (isMounted) screen.requestFrame('data');
    };
    root.onRender = request;
    root.onImmediateRender = request;
    hooked = root;
    // Ink's own resize listener draws a frame by itself; the layout follows the size through React instead.
    stdout.removeAllListeners('resize');
  };
  const tree = (content: ReactNode, isPainted: boolean): ReactNode =>
    createElement(
      ScreenContext,
      { value: screen },
      createElement(PaintedByCells, { value: isPainted }, createElement(Root, { found }, content)),
    );

  const instance = render(tree(undefined, true), {
    stdout,
    stderr: stdout,
    stdin,
    interactive: true,
    patchConsole: false,
    exitOnCtrlC: false,
    isScreenReaderEnabled: false,
    maxFps: 1000,
  });
  if (hooked === null) screen.count('painterFallbacks');
  screen.source = (grid) => {
    if (hooked === null) frames.paint(grid);
    else paintTree(hooked, grid, paneFailed);
  };
  const listening = new DisposableStack();
  listening.use(screen.onResize(() => stdout.emit('resize')));
  if (input !== undefined) listening.use(input.onEvent((event) => event.type !== 'reply' && screen.hurry()));
  instance.rerender(tree(element, hooked !== null));
  screen.requestFrame('key');

  const finish = (): void => {
    if (!isMounted) return;
    isMounted = false;
    listening.dispose();
    screen.source = () => {};
  };
  const exited = instance.waitUntilExit().then(finish, (error: unknown) => {
    finish();
    throw error;
  });
  // A caller that never asks must not crash the process by an unhandled rejection.
  exited.catch(() => {});
  return {
    update: (next) => instance.rerender(tree(next, hooked !== null)),
    unmount() {
      finish();
      instance.unmount();
    },
    waitUntilExit: () => exited,
  };
}
