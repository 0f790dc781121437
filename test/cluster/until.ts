// Waiting for a condition instead of for a time.
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is not null, undefined or false. An error counts as "not yet" and is the
 * cause of the one that is thrown when the time is up.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  options: { timeoutMs?: number; everyMs?: number; signal?: AbortSignal } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const { timeoutMs = 30_000, everyMs = 100, signal } = options;
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) {
        return answer as NonNullable<Exclude<T, false>>;
      }
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end)
      throw new Error(`waited ${timeoutMs} ms for ${what}`, last === undefined ? {} : { cause: last });
    await sleep(everyMs, undefined, signal === undefined ? {} : { signal });
  }
}
