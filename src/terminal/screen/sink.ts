// Where bytes go: a real terminal or a test's. A sink takes one piece at a time and says when the terminal has it.

/** `gone`: the other side has closed (EIO, EPIPE …); nothing may be written after it. */
export type WriteOutcome = 'written' | 'gone';

export interface Sink {
  /** Hands bytes over without blocking; `done` is called once, at the earliest after this call has returned or in it. */
  write(bytes: string, done: (outcome: WriteOutcome) => void): void;
  /**
   * Writes at once, waiting at most `limitMs` for a reader that stalls: what restores the terminal before an exit or a
   * stop, when no event loop may be left. The rest of a piece in flight is dropped; its `done` is called.
   */
  writeNow(bytes: string, limitMs: number): void;
  /** Gives up what is open; nothing is written after it. */
  close(): void;
}
