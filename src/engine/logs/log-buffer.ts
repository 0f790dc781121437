// What a log view looks at: the ring, the order of all lines, and the lines that its filter lets through. A new line is
// matched as it comes; what was kept before a filter changed is looked at newest first and in slices, so that a new
// filter over half a million lines shows the newest matches at once and stalls nothing.
import { compileFilter, type Filter, type FilterRow } from '../../core/filter/match.ts';
import type { FilterKey } from '../../core/filter/terms.ts';
import type { ClusterId } from '../../core/ids.ts';
import type { LogLevel, LogLine } from '../../core/log-line.ts';
import { levelOf, logLevels } from './level.ts';
import { LineOrder } from './line-order.ts';
import { type LineHandle, LogRing } from './ring.ts';

/** Where lines of a stream come from. */
export type StreamLabel = {
  readonly cluster: ClusterId;
  readonly clusterNames: readonly string[];
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly app: string;
  readonly node: string;
};

type MarkName = Extract<LogLine, { type: 'mark' }>['mark'];
const marks: readonly MarkName[] = ['joined', 'ended', 'restarted', 'gap', 'denied', 'error', 'dropped'];
const warnFrom = logLevels.indexOf('warn');

/** Lines that are looked at between two looks at the time. */
const inARow = 128;

export class LogBuffer {
  readonly ring: LogRing;
  readonly #streams: StreamLabel[] = [];
  readonly #all: LineOrder;
  readonly #place: 'time' | 'arrival';
  #matched: LineOrder;
  #filter: Filter = compileFilter('');
  #minLevel: 'all' | 'warn' = 'all';
  /** The filter has looked at the lines from this position of `#all` on. */
  #scannedFrom = 0;
  #trimmedTo = 0;

  /** Late lines are put where their time belongs, or at the end: for who has read what is above. */
  constructor(limitBytes: number, place: 'time' | 'arrival' = 'time') {
    this.ring = new LogRing(limitBytes);
    this.#place = place;
    this.#all = new LineOrder(this.ring);
    this.#matched = this.#all;
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** Positions of lines that match: first kept, and after the newest. */
  get range(): { readonly first: number; readonly end: number } {
    return { first: this.#matched.first, end: this.#matched.end };
  }

  get kept(): number {
    return this.#all.end - this.#all.first;
  }

  /** Lines that a changed filter has not looked at yet. */
  get unfiltered(): number {
    return this.#matched === this.#all ? 0 : Math.max(0, this.#scannedFrom - this.#all.first);
  }

  /** How many streams are registered. */
  get streams(): number {
    return this.#streams.length;
  }

  /** Registers a stream; its number goes with each of its lines. */
  addStream(label: StreamLabel): number {
    return this.#streams.push(label) - 1;
  }

  /** Adds a line in shown order. `time` in milliseconds, NaN when there is none. Returns its level. */
  add(stream: number, text: string, time: number, isLate: boolean): LogLevel {
    const level = levelOf(text);
    this.#keep(this.ring.add(text, time, stream, logLevels.indexOf(level), 0, isLate), text);
    return level;
  }

  /** Adds a mark of a stream: it always passes the filter, because it says something about what is missing. */
  mark(stream: number, mark: MarkName, text: string, time: number): void {
    this.#keep(this.ring.add(text, time, stream, 0, marks.indexOf(mark) + 1), text);
  }

  /** Another filter over everything that is kept; a bad term leaves the last good terms of the line in force. */
  setFilter(source: string, minLevel: 'all' | 'warn'): void {
    if (source === this.#filter.source && minLevel === this.#minLevel) return;
    this.#filter = compileFilter(source);
    this.#minLevel = minLevel;
    const passesAll = this.#filter.isEmpty && minLevel === 'all';
    this.#scannedFrom = this.#all.end;
    this.#matched = passesAll ? this.#all : new LineOrder(this.ring, this.#all.end);
  }

  /** Goes on filtering what was kept before the filter changed, towards the oldest; true while there is more. */
  scan(mayGoOn: () => boolean = () => true): boolean {
    while (this.unfiltered > 0) {
      const to = this.#scannedFrom;
      const from = Math.max(this.#all.first, to - inARow);
      this.#matched.prepend(this.#all.slice(from, to).filter((handle) => this.#passes(handle)));
      this.#scannedFrom = from;
      if (!mayGoOn()) break;
    }
    return this.unfiltered > 0;
  }

  /** Whether the next slab takes the place of the line at this position. */
  isNextToGo(position: number): boolean {
    const [handle] = this.#matched.slice(position, position + 1);
    return handle !== undefined && this.ring.isNextToGo(handle);
  }

  /** Lines at positions from `from`, at most `limit`. */
  lines(from: number, limit: number): readonly LogLine[] {
    const start = Math.max(from, this.#matched.first);
    return this.#matched.slice(start, start + limit).flatMap((handle, i) => this.#shown(handle, start + i) ?? []);
  }

  /** What matches now, in shown order, to be read at leisure: later lines and other filters do not change it. */
  *snapshot(): Generator<LogLine> {
    const { first, end } = this.#matched;
    const handles = this.#matched.slice(first, end);
    for (const [i, handle] of handles.entries()) {
      const line = this.#shown(handle, first + i);
      if (line !== null) yield line;
    }
  }

  #keep(handle: LineHandle, text: string): void {
    const position = this.#insert(this.#all, handle);
    if (this.#matched !== this.#all) {
      // Among those that the filter has yet to look at, it waits for its turn.
      if (position < this.#scannedFrom) this.#scannedFrom++;
      else if (this.#passes(handle, text)) this.#insert(this.#matched, handle);
    }
    const { oldest } = this.ring;
    if (oldest > this.#trimmedTo) {
      this.#trimmedTo = oldest;
      this.#all.trim();
      if (this.#matched !== this.#all) this.#matched.trim();
    }
  }

  #insert(order: LineOrder, handle: LineHandle): number {
    return this.#place === 'time' ? order.insert(handle) : order.append(handle);
  }

  #passes(handle: LineHandle, text?: string): boolean {
    const line = this.ring.line(handle);
    if (!line) return false;
    if (line.mark > 0) return true;
    if (this.#minLevel === 'warn' && line.level < warnFrom) return false;
    if (this.#filter.isEmpty) return true;
    return this.#filter.matches(
      filterRow(this.#streams[line.stream], text ?? this.ring.text(handle), logLevels[line.level] ?? 'unknown'),
    );
  }

  #shown(handle: LineHandle, index: number): LogLine | null {
    const line = this.ring.line(handle);
    const label = line ? this.#streams[line.stream] : undefined;
    if (!line || !label) return null;
    const time = Number.isNaN(line.time) ? null : line.time;
    const { cluster, pod } = label;
    const text = this.ring.text(handle);
    if (line.mark > 0) {
      const mark = marks[line.mark - 1] ?? 'error';
      return { type: 'mark', index, time, cluster, pod, mark, text };
    }
    const { namespace, container } = label;
    return {
      type: 'line',
      index,
      time,
      cluster,
      namespace,
      pod,
      container,
      level: logLevels[line.level] ?? 'unknown',
      text,
      late: line.isLate,
    };
  }
}

/** A log line as the filter grammar sees it; `status:` asks for its level. */
const filterRow = (label: StreamLabel | undefined, text: string, level: LogLevel): FilterRow => ({
  text: () => text,
  values: (key) => valuesOf(label, level, key),
  label: () => undefined,
  measure: () => undefined,
});

function valuesOf(label: StreamLabel | undefined, level: LogLevel, key: FilterKey): readonly string[] {
  if (key === 'status') return [level];
  if (label === undefined) return [];
  switch (key) {
    case 'cluster':
      return label.clusterNames;
    case 'namespace':
      return [label.namespace];
    case 'app':
      return [label.app];
    case 'node':
      return [label.node];
    case 'kind':
      return ['Pod'];
    case 'owner':
      return [label.pod];
    default:
      return [];
  }
}
