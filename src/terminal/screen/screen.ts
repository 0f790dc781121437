// The one thing that everything is drawn through: it owns the cells, decides when to paint, and gives the terminal whole
// frames without ever waiting for it. The real terminal and the tests' one differ only in the sink.
//
// Made by ttyScreen (a real terminal) or headlessScreen (tests); drawn into by mount() for Ink trees, or by any function
// set as `source`.
import type { Clock } from '../../platform/clock.ts';
import { type ColourDepth, type StyleWriter, styleWriter } from '../sgr.ts';
import { frameBytes } from './frame-diff.ts';
import { type FrameCause, type FrameScheduler, frameScheduler } from './frame-scheduler.ts';
import { Grid } from './grid.ts';
import type { Sink } from './sink.ts';

export type ScreenSize = { readonly columns: number; readonly rows: number };

/** Paints the whole next frame into an empty grid. */
export type FrameSource = (grid: Grid) => void;

/** What a frame cost. `bytes` is 0 when nothing had changed. */
export type FrameReport = { readonly cause: FrameCause; readonly bytes: number; readonly paintMs: number };

/** Counters since the screen was made, for telemetry and benchmarks. */
export type ScreenCounters = {
  frames: number;
  keyFrames: number;
  /** Frames in which nothing had changed; nothing was written. */
  emptyFrames: number;
  fullRepaints: number;
  bytes: number;
  paintMs: number;
  /** Times that Ink's own output had to be used because its render hook was not there. */
  painterFallbacks: number;
  /** Panes whose paint function threw. */
  failedPanes: number;
};

export type ScreenOptions = {
  readonly clock: Clock;
  readonly size: ScreenSize;
  readonly depth: ColourDepth;
  /** Erasing gives the ground that is set. Default: no. */
  readonly erasesInGround?: boolean;
  readonly sink: Sink;
};

export interface Screen {
  readonly size: ScreenSize;
  readonly counters: Readonly<ScreenCounters>;
  readonly grid: Grid;
  /** What paints a frame. Setting it does not ask for one. */
  source: FrameSource;
  /** Asks for a frame: after a key at once, for data at most 15 times a second. Calls in between are one frame. */
  requestFrame(cause: FrameCause): void;
  /** A key came in: the first frame asked for within 150 ms is its answer and does not wait. */
  hurry(): void;
  /** The terminal is known to answer DECRQM 2026: frames of several runs are shown as one. */
  useSynchronizedOutput(isOn: boolean): void;
  setColourDepth(depth: ColourDepth): void;
  /** A new size; the last one wins and is repainted in full. */
  resize(size: ScreenSize): void;
  /** Somebody else wrote to the terminal (a child, a resume): the next frame is a full repaint. */
  repaint(): void;
  /** Bytes outside of frames (a clipboard write, a query), sent whole between two frames. */
  sendControl(bytes: string): void;
  /** The same at once, before a stop or a hand-over; a frame in flight is cut. Waits at most `limitMs` for a stalled reader. */
  sendNow(bytes: string, limitMs?: number): void;
  /** Stops painting until disposed; for a suspension or a child that has the terminal. */
  hold(): Disposable;
  /** Holds data frames only; for a slow link that has not answered yet. */
  holdData(): Disposable;
  /** When the last frame was completely handed to the terminal, as the clock tells; -Infinity before the first. */
  readonly shownAt: number;
  /** True when what was asked for has been painted and the terminal has all of it. */
  readonly isSettled: boolean;
  onResize(listener: (size: ScreenSize) => void): Disposable;
  onFrame(listener: (report: FrameReport) => void): Disposable;
  /** The terminal is gone; nothing is written any more. */
  onClosed(listener: () => void): Disposable;
  count(counter: 'painterFallbacks' | 'failedPanes'): void;
  /** Writes the last bytes (what restores the terminal) and stops for good. Waits at most `limitMs` for a stalled reader. */
  close(lastBytes?: string, limitMs?: number): void;
}

class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();
  add(listener: (value: T) => void): Disposable {
    this.all.add(listener);
    return { [Symbol.dispose]: () => this.all.delete(listener) };
  }
  tell(value: T): void {
    for (const listener of this.all) listener(value);
  }
}

class CellScreen implements Screen {
  readonly grid: Grid;
  readonly counters: ScreenCounters = {
    frames: 0,
    keyFrames: 0,
    emptyFrames: 0,
    fullRepaints: 0,
    bytes: 0,
    paintMs: 0,
    painterFallbacks: 0,
    failedPanes: 0,
  };
  source: FrameSource = () => {};
  shownAt = Number.NEGATIVE_INFINITY;

  private readonly clock: Clock;
  private readonly sink: Sink;
  private readonly scheduler: FrameScheduler;
  private readonly resized = new Listeners<ScreenSize>();
  private readonly framed = new Listeners<FrameReport>();
  private readonly ended = new Listeners<void>();
  private writer: StyleWriter;
  private isSync = false;
  private readonly erasesInGround: boolean;
  private isWriting = false;
  private isClosed = false;
  private controls: string[] = [];

  constructor({ clock, size, depth, erasesInGround = false, sink }: ScreenOptions) {
    this.clock = clock;
    this.sink = sink;
    this.erasesInGround = erasesInGround;
    this.writer = styleWriter(depth);
    this.grid = new Grid(size.columns, size.rows);
    this.scheduler = frameScheduler(clock, (cause) => this.paint(cause));
  }

  get size(): ScreenSize {
    return { columns: this.grid.columns, rows: this.grid.rows };
  }

  get isSettled(): boolean {
    return !this.isWriting && !this.scheduler.isWaiting;
  }

  requestFrame(cause: FrameCause): void {
    if (!this.isClosed) this.scheduler.request(cause);
  }

  hurry(): void {
    this.scheduler.hurry();
  }

  useSynchronizedOutput(isOn: boolean): void {
    this.isSync = isOn;
  }

  setColourDepth(depth: ColourDepth): void {
    if (depth === this.writer.depth) return;
    this.writer = styleWriter(depth);
    this.repaint();
  }

  resize(size: ScreenSize): void {
    if (size.columns === this.grid.columns && size.rows === this.grid.rows) return;
    this.grid.resize(size.columns, size.rows);
    this.resized.tell(size);
    this.requestFrame('data');
  }

  repaint(): void {
    this.grid.invalidate();
    this.requestFrame('key');
  }

  sendControl(bytes: string): void {
    if (this.isClosed) return;
    this.controls.push(bytes);
    if (!this.isWriting) this.write('');
  }

  sendNow(bytes: string, limitMs = 200): void {
    if (this.isClosed) return;
    this.controls = [];
    this.sink.writeNow(bytes, limitMs);
    this.grid.invalidate();
  }

  hold(): Disposable {
    return this.scheduler.hold();
  }

  holdData(): Disposable {
    return this.scheduler.holdData();
  }

  onResize(listener: (size: ScreenSize) => void): Disposable {
    return this.resized.add(listener);
  }

  onFrame(listener: (report: FrameReport) => void): Disposable {
    return this.framed.add(listener);
  }

  onClosed(listener: () => void): Disposable {
    return this.ended.add(listener);
  }

  count(counter: 'painterFallbacks' | 'failedPanes'): void {
    this.counters[counter]++;
  }

  // Returns whether a write is in flight afterwards.
  private paint(cause: FrameCause): boolean {
    if (this.isWriting) {
      this.scheduler.request(cause);
      return true;
    }
    const { counters, grid } = this;
    const start = performance.now();
    const isFull = grid.isStale;
    grid.begin();
    this.source(grid);
    const { isSync, erasesInGround } = this;
    const bytes = frameBytes(grid, this.writer, { isSync, erasesInGround });
    const paintMs = performance.now() - start;
    counters.paintMs += paintMs;
    if (bytes === '') counters.emptyFrames++;
    else {
      counters.frames++;
      if (cause === 'key') counters.keyFrames++;
      if (isFull) counters.fullRepaints++;
      this.write(bytes);
    }
    this.framed.tell({ cause, bytes: bytes.length, paintMs });
    return this.isWriting;
  }

  private write(frame: string): void {
    const bytes = this.controls.join('') + frame;
    this.controls = [];
    if (bytes === '' || this.isClosed) return;
    this.isWriting = true;
    const start = this.clock.now();
    this.sink.write(bytes, (outcome) => {
      this.isWriting = false;
      if (outcome === 'gone') return this.lost();
      this.counters.bytes += Buffer.byteLength(bytes);
      const now = this.clock.now();
      if (frame !== '') this.shownAt = now;
      if (this.controls.length > 0) this.write('');
      this.scheduler.written(Math.max(0, now - start));
    });
  }

  private lost(): void {
    if (this.isClosed) return;
    this.close();
    this.ended.tell();
  }

  close(lastBytes = '', limitMs = 200): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.scheduler.close();
    if (lastBytes !== '') this.sink.writeNow(lastBytes, limitMs);
    this.sink.close();
  }
}

/** A screen over a sink; `ttyScreen` and `headlessScreen` choose the sink. */
export const cellScreen = (options: ScreenOptions): Screen => new CellScreen(options);
