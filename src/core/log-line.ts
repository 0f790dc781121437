// One line of a merged log as it crosses to the screen.
import type { ClusterId } from './ids.ts';
import type { Scope } from './query.ts';

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
  | {
      readonly of: 'app';
      readonly app: string;
      readonly namespace: string | null;
      /** Pods in this scope only. Absent: wherever the app runs. */
      readonly scope?: Scope;
    };

export type LogOptions = {
  /** Only the last instance before the current one. */
  readonly previous: boolean;
  /** False: each stream ends where its log ends now. Absent: it goes on with what is written. */
  readonly follow?: boolean;
  /** Lines per stream at the start; null: all that is kept. */
  readonly tail: number | null;
  readonly sinceSeconds: number | null;
  /**
   * Where a line goes that comes after younger ones. Absent or `time`: where it belongs, as somebody expects who looks at
   * all of it. `arrival`: to the end, as it must for who prints lines one after the other from `anchor` on; then none is
   * let go before the anchor has passed it.
   */
  readonly place?: 'time' | 'arrival';
  /** Other selectors of the same view, merged with the first. */
  readonly also?: readonly LogSelector[];
  /** Only the container of this name, of pods that have one; a pod's selector names its own. */
  readonly container?: string | null;
  /** Texts as the containers wrote them: who prints them to a terminal makes them harmless. */
  readonly isRaw?: boolean;
};

export type LogLine =
  | {
      readonly type: 'line';
      /** Rising by one in the order shown; a late line before it moves it on. */
      readonly index: number;
      /** Milliseconds since the epoch; null when the server gave none. */
      readonly time: number | null;
      readonly cluster: ClusterId;
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly level: LogLevel;
      /** Without the time stamp; sanitised, if it was not asked for as it came. */
      readonly text: string;
      /** Came after lines that are younger were shown. */
      readonly late: boolean;
    }
  /** Something about the stream: it began, ended (with exit code), was away, may have a gap. */
  | {
      readonly type: 'mark';
      readonly index: number;
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
  /** Lines that a changed filter has not looked at yet: what matches among them is still to come. */
  readonly unfiltered: number;
  readonly dropped: number;
  readonly bytes: number;
  readonly limitBytes: number;
  /** Containers that are followed. */
  readonly streams: number;
  /** Containers that are only read every few seconds, because too many are followed. */
  readonly polled: number;
  /** Containers whose log is not over, and pods whose containers are not known yet. */
  readonly wantedStreams: number;
  /** Clusters that those are in. */
  readonly clusters: number;
  readonly linesPerSecond: number;
  /** Lines per bucket with the worst level, oldest first, for the strip over the list. */
  readonly histogram: readonly { readonly count: number; readonly level: LogLevel }[];
  readonly badFilter: { readonly from: number; readonly to: number; readonly reason: string } | null;
};
