// Where every pane stands, in whole cells: pure, so that what keys do (pages, streams to open) and what is drawn agree.
import { type Deck, slotsOf } from './decks.ts';
import type { SlotId } from './view.ts';

export type Size = { readonly width: number; readonly height: number };

export type Joint = { readonly x: number; readonly up: boolean; readonly down: boolean };

/** A pane's place. Its first line is the title rule; with a separator its last column is that line. */
export type PaneBox = {
  readonly slot: SlotId;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly hasSeparator: boolean;
  /** Where the title rule meets separators, relative to the pane. */
  readonly joints: readonly Joint[];
};

export type Layout =
  | { readonly mode: 'small'; readonly size: Size }
  | {
      readonly mode: 'tiled' | 'single' | 'zoomed';
      readonly size: Size;
      /** Rows of panes, top down. */
      readonly rows: readonly (readonly PaneBox[])[];
      /** Panes in the tab line; empty when panes have titles of their own. */
      readonly tabs: readonly SlotId[];
      /** Lines below the only pane for the detail of its selection; 0: none. */
      readonly detailHeight: number;
      /** The newest log lines of the selection below its detail, without a title; null: no room. */
      readonly tail: PaneBox | null;
    };

export const leastSize: Size = { width: 60, height: 15 };
const tiledFrom: Size = { width: 100, height: 30 };
/** A title and two lines, of which a name can be read. */
const leastTile: Size = { width: 20, height: 3 };
const leastDetail = 8;
const leastList = 6;
const tailLines = 5;

export type LayoutInput = {
  readonly size: Size;
  readonly deck: Deck;
  readonly focus: SlotId;
  readonly isZoomed: boolean;
  /** The pane shows what a row led to: when it is zoomed the detail takes what a short list leaves empty. */
  readonly isDrilled: boolean;
  /** Whether the focused pane shows a list whose selection has a detail. */
  readonly hasDetail: boolean;
  /** Lines that the focused list would fill, head included. */
  readonly contentLines: number;
};

/** Divides the screen: line 0 header, line 1 strip, the last line footer, panes between. */
export function layoutScreen(input: LayoutInput): Layout {
  const { size, deck } = input;
  if (size.width < leastSize.width || size.height < leastSize.height) return { mode: 'small', size };
  const isLarge = size.width >= tiledFrom.width && size.height >= tiledFrom.height;
  const tiles = isLarge ? tileRows(deck, size) : [];
  const isTiled = isLarge && tiles.flat().every(isReadable);
  const isInDeck = slotsOf(deck).includes(input.focus);
  if (isTiled && !input.isZoomed && isInDeck) {
    return { mode: 'tiled', size, rows: tiles, tabs: [], detailHeight: 0, tail: null };
  }
  return isTiled || input.isZoomed ? zoomed(input, isTiled) : single(input, deck);
}

/** A deck of one's own may have more panes than a screen can show side by side. */
const isReadable = ({ width, height }: PaneBox): boolean => width >= leastTile.width && height >= leastTile.height;

/** One pane over the whole body; lists whose point is their detail (Triage, Clusters) get it below when there is room. */
function zoomed(input: LayoutInput, isTiled: boolean): Layout {
  const body = input.size.height - 3;
  const hasPoint = isTiled && (input.focus === 'triage' || input.focus === 'clusters');
  // Elsewhere only in room that the list leaves empty.
  const hasRoom = input.isDrilled && input.contentLines + 2 + leastDetail <= body;
  const wantsDetail = input.hasDetail && (hasPoint || hasRoom);
  const detailHeight = wantsDetail ? detailRoom(body, input.contentLines) : 0;
  return {
    mode: 'zoomed',
    size: input.size,
    rows: [[onlyPane(input, body - detailHeight)]],
    tabs: [],
    detailHeight,
    tail: null,
  };
}

/** A small screen: the tab line in place of the title rule, one pane, the detail of its selection in what is left. */
function single(input: LayoutInput, deck: Deck): Layout {
  const body = input.size.height - 3;
  const slots: readonly SlotId[] = slotsOf(deck).filter((slot) => slot !== 'detail');
  const tabs = slots.includes(input.focus) ? slots : [...slots, input.focus];
  const below = input.hasDetail ? detailRoom(body, input.contentLines) : 0;
  const hasTail = below >= leastDetail - 1 + tailLines && deck.mains.includes(input.focus);
  const detailHeight = hasTail ? below - tailLines : below;
  const tail: PaneBox = {
    slot: 'logs',
    x: 0,
    y: input.size.height - 1 - tailLines,
    width: input.size.width,
    height: tailLines,
    hasSeparator: false,
    joints: [],
  };
  return {
    mode: 'single',
    size: input.size,
    rows: [[onlyPane(input, body - below)]],
    tabs,
    detailHeight,
    tail: hasTail ? tail : null,
  };
}

function detailRoom(body: number, contentLines: number): number {
  const list = Math.max(leastList, Math.min(contentLines + 1, body - leastDetail - 3, Math.floor(body * 0.6)));
  const detail = body - 1 - list;
  return detail >= leastDetail ? detail : 0;
}

const onlyPane = (input: LayoutInput, height: number): PaneBox => ({
  slot: input.focus,
  x: 0,
  y: 2,
  width: input.size.width,
  height,
  hasSeparator: false,
  joints: [],
});

function tileRows(deck: Deck, size: Size): readonly (readonly PaneBox[])[] {
  const heights = divide(
    size.height - 3,
    deck.rows.map((row) => row.share),
  );
  let y = 2;
  let separatorsAbove: readonly number[] = [];
  return deck.rows.map((row, r) => {
    const widths = divide(
      size.width,
      row.tiles.map((t) => t.share),
    );
    let x = 0;
    const edges = widths.slice(0, -1).map((_, i) => widths.slice(0, i + 1).reduce((a, b) => a + b, 0) - 1);
    const above = separatorsAbove;
    const boxes = row.tiles.map((t, i): PaneBox => {
      const width = widths[i] ?? 0;
      const box: PaneBox = {
        slot: t.slot,
        x,
        y,
        width,
        height: heights[r] ?? 0,
        hasSeparator: i < row.tiles.length - 1,
        joints: jointsBetween(x, x + width, above, edges),
      };
      x += width;
      return box;
    });
    separatorsAbove = edges;
    y += heights[r] ?? 0;
    return boxes;
  });
}

const jointsBetween = (from: number, to: number, above: readonly number[], own: readonly number[]): readonly Joint[] =>
  [...new Set([...above, ...own])]
    .filter((x) => x >= from && x < to)
    .map((x) => ({ x: x - from, up: above.includes(x), down: own.includes(x) }));

/** Whole cells by share; what rounding leaves goes to the last. */
function divide(total: number, shares: readonly number[]): readonly number[] {
  const sum = shares.reduce((a, b) => a + b, 0);
  const parts = shares.map((share) => Math.floor((total * share) / sum));
  const rest = total - parts.reduce((a, b) => a + b, 0);
  return parts.map((part, i) => (i === parts.length - 1 ? part + rest : part));
}

/** All pane boxes of a layout. */
export const boxesOf = (layout: Layout): readonly PaneBox[] =>
  layout.mode === 'small' ? [] : [...layout.rows.flat(), ...(layout.tail === null ? [] : [layout.tail])];
