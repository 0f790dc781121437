// The main thread's side of the engine's thread: starts it, notices when it dies or hangs, and starts it again within a
// second. Rows stay and are stale meanwhile; a plugin that hangs is left out by name.
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { createClient, type EngineClient } from '../../protocol/client.ts';
import type { Engine } from '../../protocol/engine.ts';
import type { Notice, Request } from '../../protocol/messages.ts';
import type { Envelope, Port } from '../../protocol/port.ts';
import type { MessageTraces } from '../../protocol/traces.ts';
import type { EngineWorkerData } from './worker-data.ts';

export type EngineWorkerOptions<Settings> = {
  /** The worker's file: a source under Node that strips types, or a file of the bundle. It calls `serveEngineWorker`. */
  readonly url: URL;
  /** Plain data for it. */
  readonly settings: Settings;
  /** Ids of all plugins, in the order in which the worker has them: names what hangs. */
  readonly plugins: readonly string[];
  readonly resourceLimits?: ResourceLimits;
  readonly execArgv?: readonly string[];
  readonly clock?: Clock;
  /** The engine connects when `connect` is called; one that is started again need not wait. */
  readonly waitsForFrame?: boolean;
  readonly traces?: MessageTraces | undefined;
};

/**
 * Memory of the engine's thread. A small young generation saves a hundred megabytes, and CPU as well: what comes over the
 * wire and is read at once stays in the processor's cache. V8 lets a heap that may take 2 GB grow fourfold before it
 * collects it as a whole, one that may take less twofold at most; what is garbage then are the chunks of a first sync.
 */
export const engineLimits: ResourceLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 1536 };

/** How often it is looked at while a plugin runs, and while none does: each look wakes the thread. */
const lookEveryMs = { running: 250, resting: 1_000 };
/** A plugin that runs for longer than this at a stretch hangs. */
const hangMs = 2_000;
/** Silence of the engine itself; a large first sync on a busy machine may take a while. */
const silenceMs = 30_000;
/** Pauses before it is started again, when it dies again and again. */
const pausesMs = [0, 250, 1_000, 5_000, 15_000];
const forgetMs = 60_000;

export function startEngineWorker<Settings>(options: EngineWorkerOptions<Settings>): Engine {
  return new WorkerHost(options).client;
}

class WorkerHost<Settings> {
  readonly client: EngineClient;
  readonly #options: EngineWorkerOptions<Settings>;
  readonly #clock: Clock;
  readonly #running = new SharedArrayBuffer(4);
  readonly #without = new Set<string>();
  #worker: Worker | null = null;
  /** Ids of the plugins that the running engine has, in its order. */
  #plugins: readonly string[] = [];
  #heardAt = 0;
  #ranAt = 0;
  #lastRunning = 0;
  #deaths: number[] = [];
  #isClosed = false;
  #waitsForFrame: boolean;
  #timers: Disposable[] = [];

  constructor(options: EngineWorkerOptions<Settings>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#waitsForFrame = options.waitsForFrame ?? false;
    this.client = createClient(
      {
        now: () => this.#clock.now(),
        after: (ms, call) => this.#clock.after(ms, call),
        traces: options.traces,
      },
      () => this.#close(),
    );
    this.#start();
    this.#look();
  }

  #start(): void {
    if (this.#isClosed) return;
    new Int32Array(this.#running)[0] = 0;
    this.#plugins = this.#options.plugins.filter((id) => !this.#without.has(id));
    const workerData: EngineWorkerData<Settings> = {
      settings: this.#options.settings,
      running: this.#running,
      without: [...this.#without],
      waitsForFrame: this.#waitsForFrame,
    };
    const worker = new Worker(this.#options.url, {
      workerData,
      name: 'engine',
      resourceLimits: this.#options.resourceLimits ?? engineLimits,
      ...(this.#options.execArgv === undefined ? {} : { execArgv: [...this.#options.execArgv] }),
    });
    this.#worker = worker;
    this.#heardAt = this.#clock.now();
    let reason = 'it ended';
    worker.on('error', (error: unknown) => {
      reason = reasonOf(error);
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#died(reason);
    });
    this.client.attach(this.#portOf(worker));
    this.#waitsForFrame = false;
  }

  #portOf(worker: Worker): Port<Request, Notice> {
    return {
      post: (message) => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
        if (this.#worker === worker) worker.postMessage(message);
      },
      listen: (listener) => {
        worker.on('message', (message: Envelope<Notice>) => {
          if (this.#worker !== worker) return;
          this.#heardAt = this.#clock.now();
          listener(message);
        });
      },
      close: () => undefined,
    };
  }

  #died(reason: string): void {
    this.#worker = null;
    if (this.#isClosed) return;
    this.client.lost();
    const now = this.#clock.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < forgetMs), now];
    const wait = pausesMs[Math.min(this.#deaths.length, pausesMs.length) - 1] ?? 0;
    const soon = wait <= 1_000 ? '' : `, in ${Math.round(wait / 1000)} s`;
    this.#message('fail', `The engine stopped: ${reason}. It is started again${soon}; rows are stale until then.`);
    this.#later(wait, () => this.#start());
  }

  /** Is a plugin stuck, or the whole thread? */
  #look(): void {
    if (this.#isClosed) return;
    const now = this.#clock.now();
    const running = Atomics.load(new Int32Array(this.#running), 0);
    this.#later(running === 0 ? lookEveryMs.resting : lookEveryMs.running, () => this.#look());
    // Running at every look does not mean hanging: a busy engine is in some plugin most of the time, but it speaks.
    if (running === 0 || running !== this.#lastRunning) this.#ranAt = now;
    this.#lastRunning = running;
    const worker = this.#worker;
    if (worker === null) return;
    const silent = now - this.#heardAt;
    const isStuck = running !== 0 && now - this.#ranAt > hangMs && silent > hangMs;
    if (!isStuck && silent <= silenceMs) return;
    const plugin = isStuck ? this.#plugins[running - 1] : undefined;
    if (plugin !== undefined) this.#without.add(plugin);
    this.#worker = null;
    void worker.terminate();
    this.#died(plugin === undefined ? 'it did not answer' : `plugin ${plugin} hung and is left out`);
  }

  #message(severity: 'warn' | 'fail', text: string): void {
    this.client.tell({ type: 'message', severity, text, cluster: null });
  }

  #later(ms: number, run: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      run();
    });
    this.#timers.push(timer);
  }

  #close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer[Symbol.dispose]();
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : error.message;
}
