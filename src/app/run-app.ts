// The composition root of the screen: state on an engine, views on a screen, keys from an input, until somebody quits.
import { createElement } from 'react';
import { ScreenView } from '../../views/frame/screen-view.tsx';
import { defaultBindings } from '../../views/keys/table.ts';
import { pressKey, paste } from '../../views/keys/dispatch.ts';
import { remap } from '../../views/keys/remap.ts';
import { linesAtEnd } from '../../views/logs/logs-lines.ts';
import { ServicesProvider } from '../../views/parts/services.ts';
import { tryTyped } from '../../views/sheets/sheet-keys.ts';
import type { Theme } from '../../views/theme/theme.ts';
import type { Clock } from '../platform/clock.ts';
import type { Engine } from '../protocol/engine.ts';
import type { LoginCommand } from '../protocol/messages.ts';
import { type App, type LendOutcome, type Ports, say } from '../state/app.ts';
import type { LineResult } from '../state/command-line.ts';
import type { Deck } from '../state/decks.ts';
import { runStartLine } from '../state/start-line.ts';
import { startState } from '../state/start.ts';
import { mount } from '../terminal/ink/mount.ts';
import type { Input } from '../terminal/input/input.ts';
import type { Screen } from '../terminal/screen/screen.ts';
import type { Place } from './start-place.ts';

export type RunAppOptions = {
  /** Every frame says DEMO in its first line. */
  readonly demo: boolean;
  /** Beside the clock: `read-only`; empty for nothing. */
  readonly note: string;
  /** A palette line to run at the start (`-c`); null for none. */
  readonly command: string | null;
  /** Longest wait for a cluster. */
  readonly timeoutMs: number;
  readonly start: Place;
  readonly decks: readonly Deck[];
  /** Saved scopes by name. */
  readonly scopes: Readonly<Record<string, string>>;
  /** `keys:` of the config: action id to key or keys. */
  readonly keys: Readonly<Record<string, string | readonly string[]>>;
  /** Called at the end with what to keep. */
  readonly save: (place: Place) => void;
  /** The terminal's clipboard. */
  readonly copy: (text: string) => { readonly outcome: 'sent' } | { readonly outcome: 'too-long' };
  /** Lends the terminal to a command until it ends. */
  /** Lends the terminal to a command; `said` stands above what that prints. */
  readonly lend: (command: LoginCommand, said: string) => Promise<LendOutcome>;
  /** Ctrl-Z; resolves when the program was continued. */
  readonly suspend: () => Promise<void>;
  /** Ends the app from outside: a signal, a dead terminal. */
  readonly signal?: AbortSignal;
};

export type RunAppInput = {
  readonly engine: Engine;
  readonly screen: Screen;
  readonly input: Input;
  readonly theme: Theme;
  readonly clock: Clock;
  readonly options: RunAppOptions;
};

/** Runs the screen until the user quits; resolves with the exit code. Throws only what a view threw outside of a pane. */
export async function runApp({ engine, screen, input, theme, clock, options }: RunAppInput): Promise<number> {
  const { promise: quitting, resolve: quit } = Promise.withResolvers<number>();
  const ports: Ports = {
    copy: (text) => (options.copy(text).outcome === 'sent' ? 'copied' : 'too-long'),
    lend: options.lend,
    linesAtEnd,
    framesBegun: () => screen.counters.frames,
    framesShown: () => screen.counters.frames - (screen.isSettled ? 0 : 1),
    suspend: () => void options.suspend(),
    redraw: () => screen.repaint(),
    quit: () => quit(0),
  };
  using stack = new DisposableStack();
  const size = { width: screen.size.columns, height: screen.size.rows };
  const { start, decks, scopes } = options;
  const { app } = stack.use(startState(engine, clock, size, ports, { ...start, decks, scopes }));
  const { bindings, conflicts } = remap(defaultBindings, options.keys);
  stack.use(screen.onResize(({ columns, rows }) => app.ui.setState({ size: { width: columns, height: rows } })));
  const services = { app, theme, isDemo: options.demo, note: options.note };
  const mounted = mount(createElement(ServicesProvider, { value: services }, createElement(ScreenView, { bindings })), {
    screen,
    input,
  });
  stack.defer(() => mounted.unmount());
  stack.use(connectWhenShown(app, screen));
  stack.use(
    input.onEvent((event) => {
      if (event.type === 'key') pressKey(app, bindings, event);
      if (event.type === 'paste') paste(app, event.text);
    }),
  );
  stack.use(input.onEnd(() => quit(129)));
  options.signal?.addEventListener('abort', () => quit(0), { once: true });
  if (options.command !== null) {
    const run = (line: string): LineResult => tryTyped(app, bindings, line);
    stack.use(runStartLine(app, { line: options.command, waitMs: options.timeoutMs, run }));
  }
  if (conflicts[0] !== undefined) say(app, 'warn', conflicts[0]);
  const code = await Promise.race([quitting, mounted.waitUntilExit().then(() => 0)]);
  const { scope, deck } = app.ui.getState();
  options.save({ scope, deck });
  return code;
}

/**
 * Connects when the names of the clusters stand on the screen: the first frame needs no network, and a hundred handshakes
 * would take the processor from it.
 */
function connectWhenShown({ ui, engine }: App, screen: Screen): Disposable {
  const listening = screen.onFrame(() => {
    if (ui.getState().fleet === null) return;
    listening[Symbol.dispose]();
    engine.connect();
  });
  return listening;
}
