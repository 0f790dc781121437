// When a subscription's value is sent: at most ten times a second, only when it changed, only after the last one was
// taken. What a person asked for (a scroll, a filter) does not wait for the tenth of a second.

/** The clock as far as pacing needs it; platform/clock.ts has one. */
export type PaceClock = { now(): number; after(ms: number, run: () => void): Disposable };

export const everyMs = 100;

export class Paced implements Disposable {
  readonly #clock: PaceClock;
  /** Reads and sends; false when there was nothing new. */
  readonly #send: () => boolean;
  #isDirty = false;
  #isUrgent = false;
  #isWaiting = false;
  #isClosed = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: Disposable | null = null;
  #timerAt = 0;

  constructor(clock: PaceClock, send: () => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Something changed. */
  note(): void {
    this.#isDirty = true;
    if (!this.#isWaiting) this.#schedule();
  }

  /** Somebody waits for it. */
  hurry(): void {
    this.#isUrgent = true;
    this.note();
  }

  /** The last value was taken. */
  taken(): void {
    this.#isWaiting = false;
    if (this.#isDirty) this.#schedule();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    const now = this.#clock.now();
    const at = this.#isUrgent ? now : Math.max(now, this.#sentAt + everyMs);
    if (this.#timer !== null) {
      if (this.#timerAt <= at) return;
      this.#timer[Symbol.dispose]();
    }
    this.#timerAt = at;
    this.#timer = this.#clock.after(at - now, () => this.#flush());
  }

  #flush(): void {
    this.#timer = null;
    if (this.#isClosed || this.#isWaiting || !this.#isDirty) return;
    this.#isDirty = false;
    this.#isUrgent = false;
    // Looking cost something even if nothing is sent: the next look waits its turn as well.
    this.#sentAt = this.#clock.now();
    if (this.#send()) this.#isWaiting = true;
  }
}
