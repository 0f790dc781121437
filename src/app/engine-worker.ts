// The file of the engine's thread: reads the sources again there, so that keys and tokens never cross between threads,
// and serves an engine over the real kube layer.
import type { GlobalFlags } from '../cli/arguments.ts';
import { serveEngineWorker } from '../engine/hosts/serve-engine-worker.ts';
import { engineOptions } from './engine-options.ts';
import { followKubeconfig } from './follow-kubeconfig.ts';
import { engineTelemetry } from './own-telemetry.ts';
import { readSources } from './sources.ts';

/** What the main thread tells the worker: the flags, and the environment that it started with. */
export type WorkerSettings = { readonly flags: GlobalFlags };

await serveEngineWorker<WorkerSettings>(async ({ flags }, without) => {
  const read = await readSources(flags);
  // The main thread has read them well a moment ago: only a file that changed in between comes here.
  if (!read.ok) throw new Error(read.lines.join('; '));
  const telemetry = await engineTelemetry(flags);
  const options = await engineOptions(read.sources, { flags, parks: true, without, telemetry });
  const messages = read.sources.notes.map((text) => ({
    type: 'message' as const,
    severity: 'warn' as const,
    text,
    cluster: null,
  }));
  return { options, messages, onCore: (core) => void followKubeconfig(core, read.sources) };
});
