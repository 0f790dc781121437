// What a log view looks at: the ring, the order of all lines, and the lines that its filter lets through. Filtering all
// that is kept happens in slices, so that a new filter over half a million lines stalls nothing.
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

export class LogBuffer {
  readonly ring: LogRing;
  readonly #streams: StreamLabel[] = [];
  readonly #all: LineOrder;
  #matched: LineOrder;
  #filter: Filter = compileFilter('');
  #minLevel: 'all' | 'warn' = 'all';
  /** Positions of `#all` that the current filter has seen; equal to its end when nothing is left to do. */
  #scanned = 0;

  constructor(limitBytes: number) {
    this.ring = new LogRing(limitBytes);
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

  /** Whether a changed filter has not yet looked at everything. */
  get isScanning(): boolean {
    return this.#matched !== this.#all && this.#scanned < this.#all.end;
  }

  /** Registers a stream; its number goes with each of its lines. */
  addStream(label: StreamLabel): number {
    return this.#streams.push(label) - 1;
  }

  /** Adds a line in shown order. `time` in milliseconds, NaN when there is none. Returns its level. */
  add(stream: number, text: string, time: number, isLate: boolean): LogLevel {
    const level = levelOf(text);
    this.#keep(this.ring.add(text, time, stream, logLevels.indexOf(level), 0, isLate));
    return level;
  }

  /** Adds a mark of a stream: it always passes the filter, because it says something about what is missing. */
  mark(stream: number, mark: MarkName, text: string, time: number): void {
    this.#keep(this.ring.add(text, time, stream, 0, marks.indexOf(mark) + 1));
  }

  /** Another filter over everything that is kept; a bad term leaves the last good terms of the line in force. */
  setFilter(source: string, minLevel: 'all' | 'warn'): void {
    if (source === this.#filter.source && minLevel === this.#minLevel) return;
    this.#filter = compileFilter(source);
    this.#minLevel = minLevel;
    const passesAll = this.#filter.isEmpty && minLevel === 'all';
    this.#matched = passesAll ? this.#all : new LineOrder(this.ring);
    this.#scanned = passesAll ? this.#all.end : this.#all.first;
  }

  /** Goes on filtering what was kept before the filter changed, for at most `lines` lines; true while there is more. */
  scan(lines = 4000): boolean {
    if (!this.isScanning) return false;
    const from = Math.max(this.#scanned, this.#all.first);
    for (const handle of this.#all.slice(from, from + lines)) if (this.#passes(handle)) this.#matched.insert(handle);
    this.#scanned = Math.min(from + lines, this.#all.end);
    return this.isScanning;
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

  #keep(handle: LineHandle): void {
    const wasScanning = this.isScanning;
    const position = this.#all.insert(handle);
    if (this.#matched !== this.#all) {
      // While older lines are still being filtered a new one waits for its turn, so that the order holds.
      if (!wasScanning || position < this.#scanned) {
        if (this.#passes(handle)) this.#matched.insert(handle);
        this.#scanned++;
      }
    } else this.#scanned = this.#all.end;
    const oldest = this.ring.oldest;
    if (oldest > this.#trimmedTo) {
      this.#trimmedTo = oldest;
      this.#all.trim();
      if (this.#matched !== this.#all) this.#matched.trim();
    }
  }

  #trimmedTo = 0;

  #passes(handle: LineHandle): boolean {
    const line = this.ring.line(handle);
    if (!line) return false;
    if (line.mark > 0) return true;
    if (this.#minLevel === 'warn' && line.level < warnFrom) return false;
    if (this.#filter.isEmpty) return true;
    return this.#filter.matches(
      filterRow(this.#streams[line.stream], this.ring.text(handle), logLevels[line.level] ?? 'unknown'),
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
      return { type: 'mark', index, id: handle, time, cluster, pod, mark, text };
    }
    const { namespace, container } = label;
    return {
      type: 'line',
      index,
      id: handle,
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
function filterRow(label: StreamLabel | undefined, text: string, level: LogLevel): FilterRow {
  const values: Partial<Record<FilterKey, readonly string[]>> = label
    ? {
        cluster: label.clusterNames,
        namespace: [label.namespace],
        app: [label.app],
        node: [label.node],
        kind: ['Pod'],
        owner: [label.pod],
      }
    : {};
  return {
    text: () => text,
    values: (key) => (key === 'status' ? [level] : (values[key] ?? [])),
    label: () => undefined,
    measure: () => undefined,
  };
}
