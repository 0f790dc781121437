// The engine's thread: builds an engine from what the main thread handed over and serves it on the thread's port.
import { parentPort, workerData } from 'node:worker_threads';
import type { Notice, Request } from '../../protocol/messages.ts';
import type { Envelope, Port } from '../../protocol/port.ts';
import { serve } from '../../protocol/server.ts';
import { systemClock } from '../../platform/clock.ts';
import { createCore, type EngineOptions } from '../create-engine.ts';
import { tracesOf } from '../../telemetry/telemetry.ts';
import type { EngineCore } from '../core.ts';
import type { EngineWorkerData } from './worker-data.ts';

/** Made by the program's worker file: what an engine needs, and what to tell the person at once. */
export type BuiltEngine = {
  readonly options: EngineOptions;
  readonly messages?: readonly Extract<Notice, { type: 'message' }>[];
  /** Called with the engine before it starts, for what hangs on it (a watcher of the kubeconfig). */
  onCore?(core: EngineCore): void;
};

/** Runs in a worker thread only. `build` gets the settings and the plugins to leave out. */
export async function serveEngineWorker<Settings>(
  build: (settings: Settings, without: readonly string[]) => Promise<BuiltEngine>,
): Promise<void> {
  if (parentPort === null) throw new Error('the engine worker was not started as a worker');
  const port = portOf(parentPort);
  const data = workerData as EngineWorkerData<Settings>;
  const built = await build(data.settings, data.without);
  const core = createCore({ ...built.options, running: new Int32Array(data.running) });
  serve(core, port, {
    clock: built.options.clock ?? systemClock,
    heartbeat: true,
    traces: tracesOf(built.options.telemetry),
  });
  for (const message of built.messages ?? []) core.tell(message);
  built.onCore?.(core);
  core.start();
}

type Channel = NonNullable<typeof parentPort>;

function portOf(channel: Channel): Port<Notice, Request> {
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    post: (message) => channel.postMessage(message),
    listen: (listener) => void channel.on('message', (message: Envelope<Request>) => listener(message)),
    close: () => channel.close(),
  };
}
