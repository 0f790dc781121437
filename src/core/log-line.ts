// One line of a merged log as it crosses to the screen.
import type { ClusterId } from './ids.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'unknown';

/** Which containers a log view follows; new pods of a workload or app join by themselves. */
export type LogSelector =
  | {
      readonly of: 'pod';
      readonly cluster: ClusterId;
      readonly namespace: string;
      readonly name: string;
      readonly uid: string;
      readonly container: string | null;
    }
  | { readonly of: 'owner'; readonly cluster: ClusterId; readonly uid: string; readonly title: string }
  | { readonly of: 'app'; readonly app: string; readonly namespace: string | null };

export type LogOptions = {
  /** Only the last instance before the current one. */
  readonly previous: boolean;
  /** False: each stream ends where its log ends now. Absent: it goes on with what is written. */
  readonly follow?: boolean;
  /** Lines per stream at the start; null: all that is kept. */
  readonly tail: number | null;
  readonly sinceSeconds: number | null;
};

export type LogLine =
  | {
      readonly type: 'line';
      /** Rising by one in the order shown; a late line before it moves it on. */
      readonly index: number;
      /** Names the line for as long as it is kept, whatever place it gets; rises with arrival. */
      readonly id: number;
      /** Milliseconds since the epoch; null when the server gave none. */
      readonly time: number | null;
      readonly cluster: ClusterId;
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly level: LogLevel;
      /** Sanitised, without the time stamp. */
      readonly text: string;
      /** Came after lines that are younger were shown. */
      readonly late: boolean;
    }
  /** Something about the stream: it began, ended (with exit code), was away, may have a gap. */
  | {
      readonly type: 'mark';
      readonly index: number;
      readonly id: number;
      readonly time: number | null;
      readonly cluster: ClusterId;
      readonly pod: string;
      readonly mark: 'joined' | 'ended' | 'restarted' | 'gap' | 'denied' | 'error' | 'dropped';
      readonly text: string;
    };

/**
 * A piece of the log view: what is in the window, and where it stands in all that is kept. Positions count every line
 * that ever matched, also those that the ring has dropped since: they stay the same while older lines go.
 */
export type LogWindow = {
  readonly lines: readonly LogLine[];
  /** Position of the first line of `lines`. */
  readonly offset: number;
  /** Position of the oldest line that is still kept. */
  readonly first: number;
  /** Position after the newest line. */
  readonly matched: number;
  readonly kept: number;
  readonly dropped: number;
  readonly bytes: number;
  readonly limitBytes: number;
  readonly streams: number;
  readonly wantedStreams: number;
  readonly linesPerSecond: number;
  /** Lines per bucket with the worst level, oldest first, for the strip over the list. */
  readonly histogram: readonly { readonly count: number; readonly level: LogLevel }[];
  readonly badFilter: { readonly from: number; readonly to: number; readonly reason: string } | null;
};
