// How long following a log waits for what.

export type LogTimes = {
  /** Pauses between tries of a container that runs. */
  readonly retryMs: readonly number[];
  /** How often a log is read that may not be followed. */
  readonly pollMs: number;
  /** How long the pod's watch may lag behind the log. */
  readonly settleMs: number;
  /** How often the pod's state is looked at while waiting for it to change (see `nudge`). */
  readonly lookMs: number;
  /** Silence after which one line is asked for, to see whether the stream still lives. */
  readonly watchdogMs: number;
  /** Lines that may be new are held this long for one that proves it. */
  readonly holdMs: number;
};

export const logTimes: LogTimes = {
  retryMs: [0, 1_000, 2_000, 5_000, 10_000],
  pollMs: 5_000,
  settleMs: 2_000,
  lookMs: 1_000,
  watchdogMs: 300_000,
  holdMs: 300,
};
