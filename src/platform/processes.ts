// Child processes that run without a terminal: argv only, never a shell, a process group of their own, a time limit, a
// cap on what they may print. How they ended is a value.
import { spawn } from 'node:child_process';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';

export type RunSpec = {
  /** Absolute path, or a name that is looked up in the PATH of `env`. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly timeoutMs: number;
  /** More than this on stdout ends the process. */
  readonly maxStdoutBytes: number;
  /** What is kept of stderr, from its beginning; the rest is read and thrown away. */
  readonly maxStderrBytes: number;
  readonly signal?: AbortSignal;
};

export type RunResult = {
  /** `exit`: ended by itself, with `code` or by `signal`. `failed`: could not be started, see `message`. */
  readonly ended: 'exit' | 'timeout' | 'too-much-output' | 'aborted' | 'failed';
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly message: string;
};

export interface Processes {
  run(spec: RunSpec): Promise<RunResult>;
}

/** A child that exits but leaves a grandchild with its pipes open is not waited for longer than this. */
const drainMs = 250;
/** Between SIGTERM and SIGKILL. */
const graceMs = 500;

export const nodeProcesses = (clock: Clock = systemClock): Processes => ({
  run: (spec) => new Promise((resolve) => runChild(spec, clock, resolve)),
});

function runChild(spec: RunSpec, clock: Clock, resolve: (result: RunResult) => void): void {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let stdoutBytes = 0;
  let stderrBytes = 0;
  let cause: 'timeout' | 'too-much-output' | 'aborted' | null = null;
  const timers = new DisposableStack();

  if (spec.signal?.aborted) {
    resolve(result('aborted', null, null, 'was stopped before it started'));
    return;
  }
  // A session of its own: no controlling terminal to prompt on, and one group to kill with all its children.
  const child = spawn(spec.command, [...spec.args], {
    env: spec.env,
    cwd: spec.cwd,
    shell: false,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  const kill = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      child.kill(signal);
    }
  };
  const stop = (why: NonNullable<typeof cause>): void => {
    if (cause !== null) return;
    cause = why;
    kill('SIGTERM');
    timers.use(clock.after(graceMs, () => kill('SIGKILL')));
  };
  const onAbort = (): void => stop('aborted');

  timers.use(clock.after(spec.timeoutMs, () => stop('timeout')));
  spec.signal?.addEventListener('abort', onAbort, { once: true });
  timers.defer(() => spec.signal?.removeEventListener('abort', onAbort));

  child.stdout.on('data', (chunk: Buffer) => {
    stdoutBytes += chunk.length;
    if (stdoutBytes > spec.maxStdoutBytes) stop('too-much-output');
    else stdout.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderrBytes < spec.maxStderrBytes) stderr.push(chunk.subarray(0, spec.maxStderrBytes - stderrBytes));
    stderrBytes += chunk.length;
  });

  let finished = false;
  const finish = (ended: RunResult): void => {
    if (finished) return;
    finished = true;
    // Whoever ignored SIGTERM in the group does not survive the one who started it; a clean exit may leave a daemon.
    if (cause !== null) kill('SIGKILL');
    timers.dispose();
    child.stdout.destroy();
    child.stderr.destroy();
    resolve(ended);
  };
  child.on('error', (error) => finish(result('failed', null, null, error.message)));
  child.on('exit', (code, signal) => {
    const ended = (): void => finish(result(cause ?? 'exit', code, signal, ''));
    child.on('close', ended);
    if (!finished) timers.use(clock.after(drainMs, ended));
  });

  function result(ended: RunResult['ended'], code: number | null, signal: string | null, message: string): RunResult {
    return { ended, code, signal, message, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
  }
}

/** Whether a process of this machine runs; one that may not be looked at does. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
