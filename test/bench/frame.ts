// Frame cost and bytes at 200x60: our painter beside stock Ink, on a home deck of six panes and on zoomed panes. CPU of the
// whole process a frame, the median of batches; bytes are exact. Nothing is drawn to a terminal.
import { Box, render, Text } from 'ink';
import { createElement as h, type ReactNode, useSyncExternalStore } from 'react';
import { systemClock } from '../../src/platform/clock.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import { CanvasLeaf } from '../../src/terminal/ink/canvas-leaf.ts';
import { InkStdin, InkStdout } from '../../src/terminal/ink/ink-streams.ts';
import { mount } from '../../src/terminal/ink/mount.ts';
import { cellScreen } from '../../src/terminal/screen/screen.ts';
import { plain, style } from '../../src/terminal/style.ts';
import { type BenchRow, median } from './bench-row.ts';

const COLUMNS = 200;
const ROWS = 60;
const BATCHES = 7;
const PER_BATCH = 40;
const WARM = 300;

const colour = (hex: string, index256: number, ansi: 'red' | 'green' | 'yellow' | 'cyan' | 'brightBlack') =>
  ({ hex, index256, ansi }) as const;
const bg = colour('#2a3040', 236, 'brightBlack');
const specs = {
  ok: { fg: colour('#7fb069', 107, 'green') },
  fail: { fg: colour('#e4572e', 166, 'red') },
  name: { bold: true },
  muted: { fg: colour('#8a8f98', 245, 'brightBlack') },
  text: {},
} as const;
type Look = keyof typeof specs;
const looks = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, style(spec)]));
const selected = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, style({ ...spec, bg })]));

type Cell = { readonly text: string; readonly width: number; readonly look: Look };
type Row = readonly Cell[];

const columns = [2, 24, 8, 5, 7, 8, 8, 12, 8, 12] as const;
const CPU = 4;
const MEMORY = 5;
const AGE = 8;

function makeRow(n: number, generation: number): Row {
  const isBad = n % 9 === 0;
  const texts = [
    isBad ? '✕' : '●',
    `checkout-api-${(n * 7919).toString(36)}-${(n * 31) % 997}`,
    ['run-eu', 'run-us', 'run-ap', 'edge-7'][n % 4] ?? '',
    isBad ? '1/3' : '3/3',
    `${(generation * 37 + n * 13) % 999}m`,
    `${(generation * 61 + n * 29) % 4096}Mi`,
    '2.4.0',
    isBad ? 'CrashLoop' : 'Running',
    `${generation % 60}m`,
    `node-${n % 40}`,
  ];
  return texts.map((text, column) => ({
    text: text.slice(0, (columns[column] ?? 1) - 1),
    width: columns[column] ?? 1,
    look: column === 0 ? (isBad ? 'fail' : 'ok') : column === 1 ? 'name' : column === AGE ? 'muted' : 'text',
  }));
}

/** State outside of React, as the program keeps it. */
class Store<T> {
  private readonly listeners = new Set<() => void>();
  value: T;
  constructor(value: T) {
    this.value = value;
  }
  set(value: T): void {
    this.value = value;
    for (const listener of this.listeners) listener();
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, () => store.value);
}

type Table = { readonly rows: readonly Row[]; readonly cursor: number };

function drawRow(canvas: Canvas, y: number, row: Row, isSelected: boolean): void {
  const inUse = isSelected ? selected : looks;
  if (isSelected) canvas.fill(0, y, canvas.width, 1, inUse['text'] ?? plain);
  let x = 2;
  for (const cell of row) {
    canvas.text(x, y, cell.text, inUse[cell.look] ?? plain, cell.width);
    x += cell.width;
  }
}

const TablePane = ({ store, count }: { store: Store<Table>; count: number }): ReactNode => {
  const table = useStore(store);
  return h(CanvasLeaf, {
    rev: table,
    paint: (canvas) => {
      for (let y = 0; y < count; y++) {
        const row = table.rows[y];
        if (row !== undefined) drawRow(canvas, y, row, y === table.cursor);
      }
    },
  });
};

/** Six bordered panes in two rows under a header, as the home deck is. */
const deck = (pane: (index: number, width: number, height: number) => ReactNode): ReactNode =>
  h(
    Box,
    { flexDirection: 'column', width: COLUMNS, height: ROWS, flexShrink: 0 },
    h(Text, { bold: true }, ' FLAGBRIDGE  home  workload  release  incident'),
    ...[0, 1].map((line) =>
      h(
        Box,
        { key: line, height: 29, flexShrink: 0 },
        ...[67, 67, 66].map((width, column) =>
          h(
            Box,
            { key: column, width, height: 29, flexShrink: 0, borderStyle: 'round', overflow: 'hidden' },
            pane(line * 3 + column, width - 2, 27),
          ),
        ),
      ),
    ),
    h(Text, null, ' footer'),
  );

const zoomed = (pane: ReactNode): ReactNode =>
  h(
    Box,
    { flexDirection: 'column', width: COLUMNS, height: ROWS, flexShrink: 0 },
    h(Text, null, ' head'),
    pane,
    h(Text, null, ' foot'),
  );

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Cost = { readonly cpuMs: number; readonly bytes: number };

/** Runs `step` often and gives the CPU a step and the bytes it wrote, as `bytes()` counts them. */
async function measure(step: (n: number) => Promise<void>, bytes: () => number): Promise<Cost> {
  let n = 0;
  for (; n < WARM; n++) await step(n);
  const costs: number[] = [];
  const before = bytes();
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = process.cpuUsage();
    for (let i = 0; i < PER_BATCH; i++) await step(n++);
    const used = process.cpuUsage(start);
    costs.push((used.user + used.system) / 1000 / PER_BATCH);
  }
  return { cpuMs: median(costs), bytes: (bytes() - before) / (BATCHES * PER_BATCH) };
}

async function ours(element: ReactNode, change: (n: number) => void): Promise<Cost> {
  const screen = cellScreen({
    clock: systemClock,
    size: { columns: COLUMNS, rows: ROWS },
    depth: 'true',
    erasesInGround: true,
    sink: { write: (_bytes, done) => done('written'), writeNow() {}, close() {} },
  });
  screen.useSynchronizedOutput(true);
  const app = mount(element, { screen });
  const cost = await measure(
    async (n) => {
      screen.hurry();
      change(n);
      do await turn();
      while (!screen.isSettled);
    },
    () => screen.counters.bytes,
  );
  if (screen.counters.painterFallbacks > 0)
    throw new Error('The painter fell back to Ink’s own output. Look at mount.ts.');
  app.unmount();
  return cost;
}

async function stockInk(element: ReactNode, change: (n: number) => void): Promise<Cost> {
  const sent = { bytes: 0, frames: 0 };
  const stdout = new InkStdout(
    () => ({ columns: COLUMNS, rows: ROWS }),
    (text) => {
      sent.bytes += Buffer.byteLength(text);
      sent.frames++;
    },
  );
  const app = render(element, {
    stdout,
    stderr: stdout,
    stdin: new InkStdin(),
    interactive: true,
    patchConsole: false,
    alternateScreen: true,
    maxFps: 1000,
  });
  const cost = await measure(
    async (n) => {
      const before = sent.frames;
      change(n);
      const end = performance.now() + 100;
      do await new Promise((resolve) => setTimeout(resolve, 1));
      while (sent.frames === before && performance.now() < end);
    },
    () => sent.bytes,
  );
  app.unmount();
  return cost;
}

type Tables = readonly Store<Table>[];

/** One store a pane, as every pane has a live query of its own. */
const tables = (count: number, rows: number): Tables =>
  Array.from(
    { length: count },
    (_, pane) =>
      new Store<Table>({ rows: Array.from({ length: rows }, (_, n) => makeRow(pane * rows + n, 0)), cursor: -1 }),
  );

function change(store: Store<Table>, to: (row: Row, at: number) => Row): void {
  store.set({ ...store.value, rows: store.value.rows.map(to) });
}
const touchOne = (stores: Tables) => (n: number) => {
  const store = stores[n % stores.length];
  if (store === undefined) return;
  const at = (n * 7) % store.value.rows.length;
  const used = `${(n * 41) % 997}m`;
  change(store, (row, i) => (i === at ? row.map((cell, c) => (c === CPU ? { ...cell, text: used } : cell)) : row));
};
const touchAll = (stores: Tables) => (n: number) => {
  for (const store of stores) change(store, (_, i) => makeRow(i, n));
};
const touchUsage = (stores: Tables) => (n: number) => {
  for (const store of stores) {
    change(store, (row, i) => row.map((cell, c) => (c === CPU || c === MEMORY ? (makeRow(i, n)[c] ?? cell) : cell)));
  }
};
const moveCursor =
  ([store]: Tables) =>
  (n: number) =>
    store?.set({ ...store.value, cursor: n % 27 });

const plainRow = (row: Row): string => `  ${row.map((cell) => cell.text.padEnd(cell.width)).join('')}`;
const InkTable = ({ store, count }: { store: Store<Table>; count: number }): ReactNode => {
  const { rows, cursor } = useStore(store);
  return h(
    Box,
    { flexDirection: 'column' },
    ...rows
      .slice(0, count)
      .map((row, i) => h(Text, { key: i, wrap: 'truncate', inverse: i === cursor }, plainRow(row))),
  );
};

const words =
  'GET POST /api/v1/orders 200 503 upstream timeout trace_id=4f2a latency_ms=12 pod=checkout-7d9f reset by peer'.split(
    ' ',
  );
const logLine = (n: number): string =>
  `12:${String(n % 60).padStart(2, '0')}:07.412 run-eu checkout-7d9f INF ${Array.from({ length: 6 + (n % 6) }, (_, i) => words[(n * 7 + i * 3) % words.length]).join(' ')}`;

const LogPane = ({ store }: { store: Store<readonly string[]> }): ReactNode => {
  const lines = useStore(store);
  return h(CanvasLeaf, {
    rev: lines,
    paint: (canvas) => {
      lines.slice(-canvas.height).forEach((line, y) => canvas.text(1, y, line, plain));
    },
  });
};
const appendLine = (store: Store<readonly string[]>) => (n: number) =>
  store.set([...store.value.slice(-80), logLine(n)]);
const log = (): Store<readonly string[]> =>
  new Store<readonly string[]>(Array.from({ length: 80 }, (_, n) => logLine(n)));

const round = (value: number): number => Math.round(value * 100) / 100;

/** All rows of `frame cost` and the bytes of single changes. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const add = (
    area: string,
    figure: string,
    value: number,
    unit: string,
    budget: number | null,
    ink?: number,
  ): void => {
    const peer = ink === undefined ? {} : { peer: { name: 'stock Ink', value: round(ink) } };
    rows.push({ area, figure, value: round(value), unit, budget, ...peer });
  };
  const both = async (
    figure: string,
    budgets: { cpu: number; bytes: number | null },
    act: (stores: Tables) => (n: number) => void,
  ) => {
    const mine = tables(6, 27);
    const our = await ours(
      deck((index, _width, height) => h(TablePane, { store: mine[index] as Store<Table>, count: height })),
      act(mine),
    );
    const theirs = tables(6, 27);
    const ink = await stockInk(
      deck((index, _width, height) => h(InkTable, { store: theirs[index] as Store<Table>, count: height })),
      act(theirs),
    );
    add('frame cost', `home deck, ${figure}`, our.cpuMs, 'ms CPU', budgets.cpu, ink.cpuMs);
    add('bytes', `home deck, ${figure}`, our.bytes, 'B', budgets.bytes, ink.bytes);
  };
  await both('one cell changed', { cpu: 1.5, bytes: 64 }, touchOne);
  await both('every row changed', { cpu: 4, bytes: null }, touchAll);
  await both('cursor moved one row', { cpu: 3, bytes: 512 }, moveCursor);

  const full = tables(1, 58);
  const zoomedTable = zoomed(h(TablePane, { store: full[0] as Store<Table>, count: 58 }));
  const cursor = await ours(zoomedTable, moveCursor(full));
  add('bytes', 'zoomed, cursor moved one row', cursor.bytes, 'B', 512);
  const usage = await ours(zoomedTable, touchUsage(full));
  add('bytes', 'zoomed, all CPU and MEM cells changed', usage.bytes, 'B', 1229);

  const lines = log();
  const line = await ours(zoomed(h(LogPane, { store: lines })), appendLine(lines));
  add('frame cost', 'zoomed, a log line', line.cpuMs, 'ms CPU', null);
  add('bytes', 'zoomed, a log line', line.bytes, 'B', 307);

  const stores = tables(6, 27);
  const tiled = deck((index, _width, height) =>
    index === 4 ? h(LogPane, { store: lines }) : h(TablePane, { store: stores[index] as Store<Table>, count: height }),
  );
  const tiledLine = await ours(tiled, appendLine(lines));
  add('bytes', 'tiled, a log line', tiledLine.bytes, 'B', 1229);
  return rows;
}
