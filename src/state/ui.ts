// Everything about the screen that is not data of the fleet: which panes, which focus, which sheet, what is typed.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ActionRecord, ActionView, RevisionView } from '../core/action.ts';
import type { ClusterId, ObjectRef } from '../core/ids.ts';
import type { Scope } from '../core/query.ts';
import { everything } from '../core/query.ts';
import type { ProgramConsent, ResourceEntry } from '../protocol/messages.ts';
import type { FleetView } from '../protocol/engine.ts';
import { builtInDecks, type Deck } from './decks.ts';
import type { Size } from './layout.ts';
import type { TextInput } from './text-input.ts';
import { type Content, type LinkTarget, newView, rootContent, type SlotId, type ViewState } from './view.ts';

/** What is being typed in the last line. */
export type InputLine = TextInput & {
  readonly for: 'filter' | 'scope' | 'search';
  /** What it was before; Esc brings it back. */
  readonly before: string;
};

/** A sheet that rises from the footer. Letters typed while one is open go to it. */
export type Sheet =
  | { readonly type: 'palette'; readonly input: TextInput; readonly chosen: number }
  | { readonly type: 'help'; readonly input: TextInput | null; readonly chosen: number }
  | { readonly type: 'columns'; readonly viewId: string; readonly chosen: number }
  | { readonly type: 'actions'; readonly chosen: number }
  | { readonly type: 'identity'; readonly cluster: ClusterId; readonly chosen: number }
  /** Revisions to go back to; null while they are asked for. */
  | {
      readonly type: 'revisions';
      readonly target: ObjectRef;
      readonly revisions: readonly RevisionView[] | string | null;
      readonly chosen: number;
    }
  /** What was done, found by the typed words; null while it is asked for. */
  | {
      readonly type: 'journal';
      readonly records: readonly ActionRecord[] | null;
      readonly input: TextInput;
      readonly chosen: number;
    }
  /** Writes are under way: leave all the same? */
  | { readonly type: 'quit'; readonly chosen: number }
  /** A write that is being decided, or that is under way. Everything it says is about this target and no other. */
  | ActionSheet
  /** May this program run? Frozen when it was asked: `y` allows exactly it. */
  | {
      readonly type: 'consent';
      readonly cluster: ClusterId;
      readonly program: ProgramConsent;
      readonly chosen: number;
    };

export type ActionSheet = {
  readonly type: 'action';
  readonly target: ObjectRef;
  /** Number of the action that is led; null: there is none yet (a number has to be typed first). */
  readonly lead: number | null;
  readonly view: ActionView | null;
  /** What is typed: the number of replicas, then (where it is asked for) the name and the reason. */
  readonly field: 'number' | 'name' | 'reason' | null;
  readonly number: TextInput | null;
  readonly name: TextInput;
  readonly reason: TextInput;
  /** Frames begun when it last changed: a confirmation counts only behind a later one that was shown in full. */
  readonly frame: number;
  /** First line of what is in sight. */
  readonly chosen: number;
};

export type Message = {
  readonly severity: 'ok' | 'info' | 'warn' | 'fail';
  readonly text: string;
  readonly cluster: ClusterId | null;
  /** When it goes by itself; null: with the next key. */
  readonly until: number | null;
};

/** Where Esc goes back to from a pane that is not in the deck. */
export type Place = { readonly deck: string; readonly focus: SlotId; readonly isZoomed: boolean };

export type UiState = {
  readonly size: Size;
  readonly decks: readonly Deck[];
  /** Name of the deck that is shown. */
  readonly deck: string;
  readonly focus: SlotId;
  readonly isZoomed: boolean;
  /** The main pane whose selection the linked panes follow. */
  readonly main: SlotId;
  /** Views of each slot, the one shown last. */
  readonly slots: Readonly<Record<SlotId, readonly ViewState[]>>;
  readonly places: readonly Place[];
  readonly scope: Scope;
  /** Saved scopes: lines of the scope grammar by name. */
  readonly scopes: Readonly<Record<string, string>>;
  /** What Logs, Events and Detail follow: the selection of the main pane that was last in focus. */
  readonly link: LinkTarget | null;
  /** What Pods follow: the selection of the deck's first main pane, also while a pod is chosen. */
  readonly firstLink: LinkTarget | null;
  /** The selection of a list that is in no deck and covers the panes: its detail stands below it. */
  readonly seen: LinkTarget | null;
  readonly sheet: Sheet | null;
  readonly input: InputLine | null;
  readonly message: Message | null;
  readonly fleet: FleetView | null;
  readonly isEngineAlive: boolean;
  /** A person locked all writes. */
  readonly writesLocked: boolean;
  /** Protected clusters that may be written to, and until when. */
  readonly armed: Readonly<Record<string, number>>;
  readonly resources: readonly ResourceEntry[];
  readonly namespaces: readonly string[];
  /** The minute that clocks and ages count from, milliseconds since the epoch. */
  readonly minute: number;
  /** When the age of something stale last read differently; stands still while everything is live. */
  readonly staleBeat: number;
  readonly lastKeyAt: number;
  /** Panes that failed to draw, by view id, with why. */
  readonly failures: Readonly<Record<string, string>>;
  /** Goes up when a failed pane is to be tried again. */
  readonly attempt: number;
  /** Lines typed into the palette, newest first. */
  readonly recent: readonly string[];
};

export type UiStore = StoreApi<UiState>;

const slotIds = Object.keys(rootContent) as readonly SlotId[];

/** The state at the start: the home deck, Triage in focus, everything in scope. */
export function initialUi(size: Size, now: number): UiState {
  const root = (slot: SlotId): readonly ViewState[] => [newView(slot, rootContent[slot])];
  return {
    size,
    decks: builtInDecks,
    deck: 'home',
    focus: 'triage',
    isZoomed: false,
    main: 'triage',
    slots: {
      triage: root('triage'),
      workloads: root('workloads'),
      pods: root('pods'),
      logs: root('logs'),
      events: root('events'),
      detail: root('detail'),
      nodes: root('nodes'),
      clusters: root('clusters'),
      browse: root('browse'),
    },
    places: [],
    scope: everything,
    scopes: {},
    link: null,
    firstLink: null,
    seen: null,
    sheet: null,
    input: null,
    message: null,
    fleet: null,
    isEngineAlive: true,
    writesLocked: false,
    armed: {},
    resources: [],
    namespaces: [],
    minute: Math.floor(now / 60_000) * 60_000,
    staleBeat: 0,
    lastKeyAt: 0,
    failures: {},
    attempt: 0,
    recent: [],
  };
}

export const createUi = (size: Size, now: number): UiStore => createStore<UiState>()(() => initialUi(size, now));

/** The selection that a linked pane follows. */
export const linkFor = (ui: Pick<UiState, 'link' | 'firstLink'>, content: Content): LinkTarget | null =>
  content.type === 'table' && content.table === 'pods' ? ui.firstLink : ui.link;

/** The view that a slot shows. */
export const topView = (ui: Pick<UiState, 'slots'>, slot: SlotId): ViewState => {
  const views = ui.slots[slot];
  const view = views[views.length - 1];
  if (view === undefined) throw new Error(`slot ${slot} shows nothing: a root view was taken away`);
  return view;
};

export const focusedView = (ui: UiState): ViewState => topView(ui, ui.focus);

/** Changes the view that a slot shows. */
export const withView = (ui: UiState, slot: SlotId, change: (view: ViewState) => ViewState): UiState => {
  const views = ui.slots[slot];
  const next = change(topView(ui, slot));
  return { ...ui, slots: { ...ui.slots, [slot]: [...views.slice(0, -1), next] } };
};

/** Changes the view with this id, wherever it is; nothing when it is gone. */
export const withViewId = (ui: UiState, id: string, change: (view: ViewState) => ViewState): UiState => {
  for (const slot of slotIds) {
    const views = ui.slots[slot];
    const at = views.findIndex((view) => view.id === id);
    const view = views[at];
    if (view === undefined) continue;
    const next = change(view);
    return next === view ? ui : { ...ui, slots: { ...ui.slots, [slot]: views.with(at, next) } };
  }
  return ui;
};
