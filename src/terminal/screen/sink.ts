// Where bytes go: a real terminal or a test's. A sink takes one piece at a time and says when the terminal has it.

/** `gone`: the other side has closed (EIO, EPIPE …); nothing may be written after it. */
export type WriteOutcome = 'written' | 'gone';

export interface Sink {
  /** Hands bytes over without blocking; `done` is called once, at the earliest after this call has returned or in it. */
  write(bytes: string, done: (outcome: WriteOutcome) => void): void;
  /**
   * Writes what restores the terminal, at once, waiting at most `limitMs` for a reader that stalls. Pieces in flight are
   * dropped first. For exits: no event loop may be left.
   */
  writeLast(bytes: string, limitMs: number): void;
  /** Gives up what is open; nothing is written after it. */
  close(): void;
}
