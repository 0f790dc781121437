// Starts the demo in a process of its own and speaks with it. Processes belong to the caller: it passes a fork, so that
// this room needs none.
import type { DemoCluster, DemoOptions, DemoUsage, Fault, FromDemo, ToDemo } from './protocol.ts';

/** What is used of a child process; node:child_process's own has it. */
export type DemoProcess = {
  send(message: ToDemo): unknown;
  on(event: 'message', listener: (message: FromDemo) => void): unknown;
  on(event: 'exit', listener: (code: number | null) => void): unknown;
  off(event: 'exit', listener: (code: number | null) => void): unknown;
  kill(signal?: 'SIGKILL'): unknown;
};

/**
 * Forks a module with an IPC channel and no standard streams, for instance
 * `(entry) => fork(entry, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] })`.
 */
export type ForkDemo = (entry: URL) => DemoProcess;

export type RunningDemo = {
  /** What a user of the fleet has: contexts as ops, edge-7 with a login that fails. */
  readonly kubeconfigPath: string;
  /** Every cluster as administrator, with `ops@`, `ci@`, `viewer@` and `nobody@` contexts beside it. */
  readonly adminKubeconfigPath: string;
  readonly clusters: readonly DemoCluster[];
  /** Does something to a cluster; resolves when it is in force. Throws for a cluster or fault that does not exist. */
  fault(cluster: string, fault: Fault): Promise<void>;
  /** Takes back the standing faults of a cluster: of one type, or all. */
  clear(cluster: string, fault?: Fault['type']): Promise<void>;
  /** What the demo's process has cost so far. */
  usage(): Promise<DemoUsage>;
  /** Ends the process and waits for its end. Safe to call twice. */
  stop(): Promise<void>;
};

const startLimitMs = 30_000;
const answerLimitMs = 10_000;
const stopLimitMs = 10_000;

/** Starts the demo; throws when it is not ready within 30 s or fails. `entry` is main.ts unless it was bundled elsewhere. */
export async function startDemo(
  options: DemoOptions,
  fork: ForkDemo,
  entry: URL = new URL('./main.ts', import.meta.url),
): Promise<RunningDemo> {
  const child = fork(entry);
  const waiting = new Map<number, (message: Extract<FromDemo, { type: 'done' }>) => void>();
  let lastId = 0;
  let ended = false;
  const exit = new Promise<void>((done) => {
    child.on('exit', () => {
      ended = true;
      for (const [id, answer] of waiting) answer({ type: 'done', id, error: 'the demo has ended' });
      waiting.clear();
      done();
    });
  });
  const ready = new Promise<Extract<FromDemo, { type: 'ready' }>>((done, fail) => {
    const timer = setTimeout(() => fail(new Error('the demo did not start within 30 s')), startLimitMs);
    void exit.then(() => fail(new Error('the demo ended while it started')));
    child.on('message', (message: FromDemo) => {
      if (message.type === 'ready') {
        clearTimeout(timer);
        done(message);
      } else if (message.type === 'failed') {
        clearTimeout(timer);
        fail(new Error(`the demo failed: ${message.message}`));
      } else {
        waiting.get(message.id)?.(message);
        waiting.delete(message.id);
      }
    });
  });
  const ask = async (make: (id: number) => ToDemo): Promise<Extract<FromDemo, { type: 'done' }>> => {
    if (ended) throw new Error('the demo has ended');
    const id = ++lastId;
    const answer = new Promise<Extract<FromDemo, { type: 'done' }>>((done, fail) => {
      const timer = setTimeout(() => fail(new Error('the demo did not answer within 10 s')), answerLimitMs);
      waiting.set(id, (message) => {
        clearTimeout(timer);
        done(message);
      });
    });
    child.send(make(id));
    const message = await answer;
    if (message.error !== null) throw new Error(message.error);
    return message;
  };
  const stop = async (): Promise<void> => {
    if (ended) return;
    child.send({ type: 'stop' });
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await exit;
    clearTimeout(timer);
  };
  child.send({ type: 'start', options });
  try {
    const started = await ready;
    return {
      kubeconfigPath: started.kubeconfigPath,
      adminKubeconfigPath: started.adminKubeconfigPath,
      clusters: started.clusters,
      fault: async (cluster, fault) => void (await ask((id) => ({ type: 'fault', id, cluster, fault }))),
      clear: async (cluster, fault) =>
        void (await ask((id) => ({ type: 'clear', id, cluster, ...(fault === undefined ? {} : { fault }) }))),
      usage: async () => {
        const { usage } = await ask((id) => ({ type: 'usage', id }));
        if (usage === undefined) throw new Error('the demo sent no usage');
        return usage;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
