// A log view that keeps everything that was ever shown in it.
import type { LogLine, LogOptions, LogSelector, LogWindow } from '../../../src/core/log-line.ts';
import type { TestFleet } from './open-fleet.ts';

export type LogReader = Disposable & {
  readonly window: LogWindow | null;
  /** In the order shown. */
  readonly lines: readonly LogLine[];
  /** Texts of the lines of one pod, or of all. */
  texts(pod?: string): readonly string[];
  marks(mark: Extract<LogLine, { type: 'mark' }>['mark']): readonly Extract<LogLine, { type: 'mark' }>[];
};

export function readLogs(fleet: TestFleet, selector: LogSelector, options: Partial<LogOptions> = {}): LogReader {
  let window: LogWindow | null = null;
  const live = fleet.engine.logs(
    selector,
    { previous: false, tail: null, sinceSeconds: null, ...options },
    { filter: '', minLevel: 'all', anchor: 0, limit: 1_000_000 },
    (next) => {
      window = next;
    },
  );
  const lines = (): readonly LogLine[] => window?.lines ?? [];
  return {
    get window() {
      return window;
    },
    get lines() {
      return lines();
    },
    texts: (pod) =>
      lines().flatMap((line) => (line.type === 'line' && (pod === undefined || line.pod === pod) ? [line.text] : [])),
    marks: (mark) => lines().flatMap((line) => (line.type === 'mark' && line.mark === mark ? [line] : [])),
    [Symbol.dispose]: () => live[Symbol.dispose](),
  };
}
