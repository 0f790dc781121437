// The engine's thread of a benchmark: the real kube layer and the kubernetes plugin over a kubeconfig.
import kubernetes from '../../plugins/kubernetes/index.ts';
import { serveEngineWorker } from '../../src/engine/hosts/serve-engine-worker.ts';
import type { BenchWorkerSettings } from './bench-fleet.ts';
import { optionsOver } from './engine-over.ts';

await serveEngineWorker<BenchWorkerSettings>(async (settings) => ({
  options: await optionsOver({ ...settings, plugins: [kubernetes] }),
}));
