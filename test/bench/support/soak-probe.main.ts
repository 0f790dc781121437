// Preloaded into both threads of the program by the soak alone (`--import`): when the soak asks for it, forces a garbage
// collection and appends what is left to a file, a JSON line a thread. The program itself knows nothing of it.
import { appendFileSync, statSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** One line of the file. Memory in bytes; `resources` counts what keeps the event loop busy, by kind. */
export type SoakSample = {
  readonly at: number;
  readonly thread: 'main' | 'engine';
  /** heapUsed + external + arrayBuffers of the thread after a forced garbage collection. */
  readonly kept: number;
  readonly rss: number;
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners on `process`. */
  readonly listeners: number;
};

/** Where samples go; the soak asks for one by touching the file beside it. */
const file = process.env['FLAGBRIDGE_SOAK_FILE'] ?? '';
const lookEveryMs = 500;

function sample(): void {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const told: SoakSample = {
    at: Date.now(),
    thread: isMainThread ? 'main' : 'engine',
    kept: heapUsed + external + arrayBuffers,
    rss,
    resources,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  };
  appendFileSync(file, `${JSON.stringify(told)}\n`);
}

const askedAt = (): number => statSync(`${file}.ask`, { throwIfNoEntry: false })?.mtimeMs ?? 0;

let last = askedAt();
setInterval(() => {
  const asked = askedAt();
  if (asked === last) return;
  last = asked;
  sample();
}, lookEveryMs).unref();
