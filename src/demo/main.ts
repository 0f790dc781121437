// The demo's process: it takes its orders over IPC, prints nothing, and ends when the channel closes.
import { Demo } from './demo.ts';
import type { FromDemo, ToDemo } from './protocol.ts';

let demo: Promise<Demo> | undefined;

const tell = (message: FromDemo): void => {
  if (process.connected) process.send?.(message);
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function end(): Promise<void> {
  await demo?.then((d) => d.stop()).catch(() => {});
  process.exit(0);
}

async function obey(message: ToDemo): Promise<void> {
  switch (message.type) {
    case 'start': {
      demo = Demo.start(message.options);
      const d = await demo;
      tell({
        type: 'ready',
        kubeconfigPath: d.kubeconfigPath,
        adminKubeconfigPath: d.adminKubeconfigPath,
        clusters: d.clusters,
      });
      return;
    }
    case 'stop':
      return end();
    case 'fault':
    case 'clear':
    case 'usage': {
      const { id } = message;
      try {
        const d = await demo;
        if (d === undefined) throw new Error('the demo has not been started');
        if (message.type === 'fault') await d.fault(message.cluster, message.fault);
        else if (message.type === 'clear') d.clear(message.cluster, message.fault);
        tell({ type: 'done', id, error: null, ...(message.type === 'usage' ? { usage: d.usage() } : {}) });
      } catch (error) {
        tell({ type: 'done', id, error: wordsOf(error) });
      }
    }
  }
}

process.on('message', (message: ToDemo) => {
  obey(message).catch((error: unknown) => {
    tell({ type: 'failed', message: wordsOf(error) });
    void end();
  });
});
process.on('disconnect', () => void end());
process.on('SIGTERM', () => void end());
// The terminal's Ctrl-C reaches the whole process group; whoever started the demo decides when it ends.
process.on('SIGINT', () => {});
