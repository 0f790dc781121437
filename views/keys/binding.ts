// A key as data: what it does, where, under which name, and why it cannot be used now. One list of these drives the
// keyboard, the footer, the help sheet, the actions sheet and docs/KEYS.md.
import type { ClusterSummary } from '../../src/core/cluster.ts';
import type { Row } from '../../src/core/row.ts';
import { type App, clusterById } from '../../src/state/app.ts';
import type { DataState } from '../../src/state/data.ts';
import { targetRow } from '../../src/state/open.ts';
import { isClusterRef } from '../../src/state/targets.ts';
import { focusedView, type UiState } from '../../src/state/ui.ts';
import { isListContent, type ViewState } from '../../src/state/view.ts';

/** Where a key was pressed. */
export type Spot = {
  readonly ui: UiState;
  readonly data: DataState;
  readonly view: ViewState;
  /** The row that keys act on; undefined when there is none. */
  readonly row: Row | undefined;
  /** The cluster of the row, when it is of one cluster only. */
  readonly cluster: ClusterSummary | undefined;
};

export type Section = 'Move' | 'Look' | 'Understand' | 'Change' | 'In Logs' | 'Copy' | 'Clusters' | 'Session';

export type Binding = {
  /** Stable name, for remapping: `list.filter`. */
  readonly id: string;
  /** Names of keys as the input gives them. */
  readonly keys: readonly string[];
  /** What it does, as it stands beside the key. */
  readonly title: string;
  readonly section: Section;
  /** Where it works, in words for the docs; `applies` decides. */
  readonly where: string;
  readonly applies: (spot: Spot) => boolean;
  /** Why it cannot be used now; undefined when it can. */
  readonly disabledReason?: (spot: Spot) => string | undefined;
  readonly run: (app: App, spot: Spot) => void;
  /** Order among the footer's hints; absent: not there. */
  readonly hint?: number;
  /** What the footer calls it, when shorter than the title. */
  readonly hintLabel?: string;
  /** Stands in the actions sheet of a selection. */
  readonly isAction?: boolean;
};

export const everywhere = (): boolean => true;
export const inList = ({ view }: Spot): boolean => isListContent(view.content);
export const inLogs = ({ view }: Spot): boolean => view.content.type === 'logs';
export const inDocument = ({ view }: Spot): boolean => view.content.type === 'document';
export const inClusters = ({ view }: Spot): boolean => view.content.type === 'clusters';
export const inText = (spot: Spot): boolean => inLogs(spot) || inDocument(spot);

export const needsRow = ({ row }: Spot): string | undefined => (row === undefined ? 'nothing is selected' : undefined);

/** Why an object's key cannot be used: no row, or a row that stands for several. */
export const needsObject = (spot: Spot): string | undefined => {
  if (spot.view.content.type === 'containers' || spot.view.content.type === 'document') return undefined;
  if (spot.row?.ref != null && isClusterRef(spot.row.ref)) return 'a cluster is no object: 0 shows it';
  return needsRow(spot) ?? (spot.row?.ref === null ? 'several: Enter opens' : undefined);
};

/** The spot where a key is pressed now. */
export function spotOf(app: App): Spot {
  const ui = app.ui.getState();
  const row = targetRow(app);
  const id = row?.clusters.length === 1 ? row.clusters[0] : undefined;
  return {
    ui,
    data: app.data.getState(),
    view: focusedView(ui),
    row,
    cluster: id === undefined ? undefined : clusterById(ui, id),
  };
}

const shownKeys: Readonly<Record<string, string>> = {
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  space: 'Space',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pgup: 'PgUp',
  pgdn: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
};

/** A key as people read it: `Ctrl-c`, `Enter`, `G`. */
export const keyLabel = (key: string): string =>
  shownKeys[key] ??
  key
    .split('-')
    .map((part, i, all) =>
      i < all.length - 1 ? part.charAt(0).toUpperCase() + part.slice(1) : (shownKeys[part] ?? part),
    )
    .join('-');
