// Problems that have just ended: a container that crashes again and again looks well for moments, and its problem did not
// begin anew each time.

/** A problem that comes back within this time never went. */
const pauseMs = 60_000;
/** More than this are not remembered: the oldest go. */
const most = 2000;

export class PausedProblems {
  readonly #ended = new Map<string, { readonly since: number; readonly at: number }>();

  /** Times in milliseconds since the epoch. */
  remember(uid: string, since: number, now: number): void {
    this.#ended.delete(uid);
    this.#ended.set(uid, { since, at: now });
    // In order of their end: what is too old, or too much, stands first.
    for (const [old, { at }] of this.#ended) {
      if (now - at <= pauseMs && this.#ended.size <= most) break;
      this.#ended.delete(old);
    }
  }

  /** Since when a problem lasts that is found again; undefined when it is a new one. */
  since(uid: string, now: number): number | undefined {
    const ended = this.#ended.get(uid);
    return ended !== undefined && now - ended.at <= pauseMs ? ended.since : undefined;
  }
}
