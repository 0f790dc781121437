// The demo's generated clusters in a process of their own, whose cost is told beside what is measured.
import { fork } from 'node:child_process';
import type { DemoOptions } from '../../../src/demo/protocol.ts';
import { type RunningDemo, startDemo } from '../../../src/demo/start.ts';

/** Starts clusters `load-000` and on. Stop it when done. */
export const startLoad = (options: DemoOptions): Promise<RunningDemo> =>
  startDemo(options, (entry) => fork(entry, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] }));
