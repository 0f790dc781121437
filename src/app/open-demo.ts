// Starts the embedded fleet for the screen: in a process of its own, whose cost is never the screen's.
import { startDemo } from '../demo/start.ts';
import { forkQuietly } from '../platform/fork.ts';

/** The demo's kubeconfig, and its end. Throws when it does not start within 30 s. */
export async function openDemo(): Promise<{ readonly kubeconfigPath: string } & AsyncDisposable> {
  const demo = await startDemo({}, forkQuietly, entry);
  return { kubeconfigPath: demo.kubeconfigPath, [Symbol.asyncDispose]: () => demo.stop() };
}

const entry = new URL(import.meta.url.endsWith('.ts') ? '../demo/main.ts' : './demo.js', import.meta.url);
