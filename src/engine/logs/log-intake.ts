// What happens to a line between its stream and the window: it waits a moment for older ones of other streams, is kept in
// the ring and filtered. All of it in slices with a pause between, so that whatever comes, and whatever is searched, the
// thread goes on answering.
import { block } from '../../core/sanitise.ts';
import type { LogView } from '../../protocol/messages.ts';
import { type Held, HoldBack, holdBackMs, type MarkName } from './hold-back.ts';
import { LogBuffer, type StreamLabel } from './log-buffer.ts';
import type { LogStreamsDeps } from './log-deps.ts';
import { LogRates } from './log-rates.ts';

export type LogIntakeDeps = Pick<LogStreamsDeps, 'clock' | 'metrics' | 'limitBytes'> & {
  /** Late lines stand where their time belongs, or at the end, and no line goes before it was read. */
  readonly place: 'time' | 'arrival';
  /** Every stream ends where its log ends now, so that all lines can be put in order. */
  readonly ends: boolean;
  /** Streams are still to be registered. */
  awaits(): boolean;
  /** Texts are kept as they came. */
  readonly isRaw: boolean;
  /** The window is another one now. */
  changed(): void;
  /** More comes in than can be kept up with (or no more): who reads from the streams stops meanwhile. */
  hold(isFull: boolean): void;
};

const releaseMs = 100;
/** Work at a time; between two slices keys and sockets have their turn. */
const sliceMs = 6;
/** Lines between two looks at the time. */
const inARow = 32;
/** How long a line waits for a stream that says nothing, when all lines can be put in order. */
const endsHoldMs = 5_000;
const longestLine = 64 * 1024;
/** Memory of lines that wait, from which on no more are read, and at which reading goes on. */
const fullBytes = 16 << 20;
const emptyBytes = 4 << 20;

export class LogIntake implements Disposable {
  readonly buffer: LogBuffer;
  readonly rates = new LogRates();
  readonly #deps: LogIntakeDeps;
  readonly #held: HoldBack;
  /** Time of the last line of each stream. */
  readonly #lastTimes: number[] = [];
  /** When each stream was opened. */
  readonly #opened: number[] = [];
  /** Streams that will say no more. */
  readonly #over = new Set<number>();
  #timer: Disposable | null = null;
  #isAtOnce = false;
  #isFull = false;
  #dropped = 0;
  #view: LogView;

  constructor(view: LogView, deps: LogIntakeDeps) {
    this.#deps = deps;
    this.#view = view;
    this.#held = new HoldBack(deps.ends ? endsHoldMs : holdBackMs);
    this.buffer = new LogBuffer(deps.limitBytes, deps.place);
    this.buffer.setFilter(view.filter, view.minLevel);
  }

  look(view: LogView): void {
    this.#view = view;
    this.buffer.setFilter(view.filter, view.minLevel);
    if (this.buffer.unfiltered > 0 || this.#isFull) this.#workIn(0);
  }

  /** Registers a stream; its number goes with each of its lines. */
  addStream(label: StreamLabel): number {
    const stream = this.buffer.addStream(label);
    this.#opened[stream] = this.#deps.clock.now();
    return stream;
  }

  takeLine(stream: number, sent: number | null, bytes: Buffer): void {
    const { clock, metrics } = this.#deps;
    const arrived = clock.now();
    // A line without a time stays with the one before it.
    const time = sent ?? this.#lastTimes[stream] ?? arrived;
    this.#lastTimes[stream] = time;
    metrics.logLines.inc();
    metrics.logBytes.inc(bytes.length);
    this.#held.add({ time, stream, text: this.#textOf(bytes), arrived });
    if (this.#held.bytes > fullBytes) this.#setFull(true);
    this.#workIn(releaseMs);
  }

  takeMark(stream: number, mark: MarkName, text: string): void {
    const { clock, metrics } = this.#deps;
    if (mark === 'gap') metrics.logGaps.inc();
    const arrived = clock.now();
    this.#held.add({ time: this.#lastTimes[stream] ?? arrived, stream, text, arrived, mark });
    this.#workIn(releaseMs);
  }

  /** No more comes of a stream: nobody waits for what it might have said. */
  streamOver(stream: number): void {
    this.#over.add(stream);
    if (this.#deps.ends) this.#workIn(0);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  #textOf(bytes: Buffer): string {
    const text = bytes.toString('utf8');
    if (this.#deps.isRaw) return text;
    // A line that was written for Windows ends in a carriage return, and that is no part of what it says.
    return block(text.endsWith('\r') ? text.slice(0, -1) : text, longestLine);
  }

  #workIn(ms: number): void {
    if (this.#timer !== null) {
      if (ms > 0 || this.#isAtOnce) return;
      this.#timer[Symbol.dispose]();
    }
    this.#isAtOnce = ms === 0;
    this.#timer = this.#deps.clock.after(ms, () => {
      this.#timer = null;
      this.#work();
    });
  }

  /** One slice: first what is new, then what a changed filter has not looked at yet. */
  #work(): void {
    const { clock } = this.#deps;
    const started = clock.now();
    const mayGoOn = (): boolean => clock.now() - started < sliceMs;
    const isReleased = this.#release(started, mayGoOn);
    const isScanned = this.buffer.unfiltered === 0 || !this.#scan(mayGoOn);
    if (this.#isFull && this.#held.bytes < emptyBytes) this.#setFull(false);
    if (!isReleased || !isScanned) this.#workIn(0);
    else if (this.#held.size > 0) this.#workIn(releaseMs);
  }

  /** Keeps what has waited long enough; false when there is more to do at once. */
  #release(now: number, mayGoOn: () => boolean): boolean {
    const { metrics } = this.#deps;
    let lines = 0;
    let isUnread = false;
    const isDone = this.#held.release(
      now,
      this.#inOrderTo(),
      (line, isLate) => {
        lines++;
        if (line.mark !== undefined) this.buffer.mark(line.stream, line.mark, line.text, line.time);
        else this.#keep(line, isLate, now);
      },
      () => {
        isUnread = this.#isUnread();
        return !isUnread && (lines % inARow > 0 || lines === 0 || mayGoOn());
      },
    );
    if (lines > 0) {
      const { dropped } = this.buffer.ring;
      metrics.logDropped.inc(dropped - this.#dropped);
      this.#dropped = dropped;
      this.#deps.changed();
    }
    return isDone || isUnread;
  }

  #keep({ stream, text, time }: Held, isLate: boolean, now: number): void {
    // What was written before anybody looked is not late, whenever it comes: it is what the log begins with.
    const level = this.buffer.add(stream, text, time, isLate && time >= (this.#opened[stream] ?? 0));
    this.rates.add(time, level, now);
  }

  /**
   * When all streams end, a line may go as soon as each of them has come to its time: then all are in order, however
   * late a cluster answers. Not beyond what can be held, and not for a stream that says nothing for long.
   */
  #inOrderTo(): number {
    if (!this.#deps.ends) return Number.NEGATIVE_INFINITY;
    if (this.#isFull) return Number.POSITIVE_INFINITY;
    if (this.#deps.awaits()) return Number.NEGATIVE_INFINITY;
    let to = Number.POSITIVE_INFINITY;
    for (let stream = 0; stream < this.buffer.streams; stream++)
      if (!this.#over.has(stream)) to = Math.min(to, this.#lastTimes[stream] ?? Number.NEGATIVE_INFINITY);
    return to;
  }

  /** Whether a reader that wants every line has yet to read what would have to go. */
  #isUnread(): boolean {
    const { anchor } = this.#view;
    return this.#deps.place === 'arrival' && anchor !== 'newest' && this.buffer.isNextToGo(anchor);
  }

  #scan(mayGoOn: () => boolean): boolean {
    const isLeft = this.buffer.scan(mayGoOn);
    this.#deps.changed();
    return isLeft;
  }

  #setFull(isFull: boolean): void {
    if (this.#isFull === isFull) return;
    this.#isFull = isFull;
    this.#deps.hold(isFull);
  }
}
