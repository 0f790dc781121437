// What an action of the user works with: the stores, the engine, time, and the few things only the shell can do.
import type { ClusterSummary } from '../core/cluster.ts';
import type { ClusterId } from '../core/ids.ts';
import type { Engine } from '../protocol/engine.ts';
import type { LoginCommand } from '../protocol/messages.ts';
import type { DataStore } from './data.ts';
import { deckOf } from './decks.ts';
import { type Layout, layoutScreen } from './layout.ts';
import { contentLines } from './lists.ts';
import type { Timers } from './timers.ts';
import { focusedView, type Message, type UiState, type UiStore } from './ui.ts';
import type { DataState } from './data.ts';
import { isListContent } from './view.ts';

/** How a lent terminal came back. `printed`: what a command whose output is a credential wrote to stdout. */
export type LendOutcome = { readonly code: number; readonly printed?: string } | { readonly failed: string };

/** What the state cannot do itself; the composition root says how. */
export type Ports = {
  /** Puts text on the clipboard of the person's own machine; says how it went. */
  readonly copy: (text: string) => 'copied' | 'too-long' | 'unsupported';
  /**
   * Lends the terminal to a command and takes it back when that ends: its exit code, or why it did not start. `said`
   * stands above what the command prints.
   */
  readonly lend: (command: LoginCommand, said: string) => Promise<LendOutcome>;
  /** How many of its newest lines a log has room for: fewer than rows where lines are wrapped. */
  readonly linesAtEnd: (ui: UiState, data: DataState, viewId: string) => number;
  /** Frames that the terminal has had in full: a key that confirms counts only behind the frame that shows what. */
  readonly framesShown: () => number;
  /** Frames that are on their way or shown: one of these may be from before a change. */
  readonly framesBegun: () => number;
  readonly suspend: () => void;
  readonly redraw: () => void;
  readonly quit: () => void;
};

export type App = {
  readonly engine: Engine;
  readonly ui: UiStore;
  readonly data: DataStore;
  readonly timers: Timers;
  readonly ports: Ports;
};

/** Words of a message; `ok` and `info` go after 6 s, the others with the next key. */
export function say(app: App, severity: Message['severity'], text: string, cluster: ClusterId | null = null): void {
  const isQuiet = severity === 'ok' || severity === 'info';
  app.ui.setState({ message: { severity, text, cluster, until: isQuiet ? app.timers.now() + messageMs : null } });
}

const messageMs = 6000;

/** How the screen is divided now. */
export function layoutOf(ui: UiState, data: DataState): Layout {
  const view = focusedView(ui);
  // Without a row there is nothing to detail: the words that say why get the whole pane.
  const lines = isListContent(view.content) ? contentLines(ui, data, view) : 0;
  return layoutScreen({
    size: ui.size,
    deck: deckOf(ui),
    focus: ui.focus,
    isZoomed: ui.isZoomed,
    isDrilled: ui.slots[ui.focus].length > 1,
    hasDetail: lines > 1,
    contentLines: lines,
  });
}

export const clusterById = (ui: Pick<UiState, 'fleet'>, id: ClusterId): ClusterSummary | undefined =>
  ui.fleet?.clusters.find((cluster) => cluster.id === id);

export const clusterLabel = (ui: Pick<UiState, 'fleet'>, id: ClusterId): string => clusterById(ui, id)?.name ?? id;
