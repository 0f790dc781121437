// The processes of a control plane. They end with their owner, also when that is killed: a small shell waits for the
// end of its standard input and then kills what is still listed.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Child = {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  running(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
};

export type Children = {
  /** Starts a program in a process group of its own; output is appended to `<dir>/<name>.log`. */
  start(name: string, command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Child;
  /** Kills everything and removes the folder. */
  stop(): Promise<void>;
};

// $1 is the folder that mkdtemp made; `pids` in it lists one process a line.
const watchdogScript = `
trap '' INT TERM HUP
cat >/dev/null
while read -r pid; do kill -9 "$pid" 2>/dev/null; done < "$1/pids"
sleep 1
rm -rf -- "$1"`;

/** Owns the processes that work in `dir`, which must be a fresh folder: it is removed in the end. */
export function ownChildren(dir: string): Children {
  const running = new Map<number, ChildProcess>();
  const list = join(dir, 'pids');
  const writeList = (): void => {
    writeFileSync(`${list}.new`, [...running.keys()].map((pid) => `${pid}\n`).join(''));
    renameSync(`${list}.new`, list);
  };
  writeList();
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'watchdog', dir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Neither the watchdog nor its pipe may keep this process alive.
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();

  return {
    start(name, command, args, env = process.env) {
      const logFile = join(dir, `${name.replaceAll('/', '-')}.log`);
      const log = openSync(logFile, 'a');
      const child = spawn(command, args, { stdio: ['ignore', log, log], cwd: dir, env, detached: true });
      closeSync(log);
      const pid = child.pid;
      if (pid === undefined) throw new Error(`cannot start ${command}`);
      running.set(pid, child);
      writeList();
      const ended = new Promise<void>((resolve) => {
        child.once('exit', () => {
          running.delete(pid);
          try {
            writeList();
          } catch {
            // The folder is gone: nothing is left to be listed.
          }
          resolve();
        });
      });
      return {
        name,
        pid,
        logFile,
        running: () => running.has(pid),
        signal: (signal) => void child.kill(signal),
        ended,
      };
    },
    async stop() {
      const all = [...running.values()];
      await Promise.all(
        all.map((child) => {
          const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
          // No TERM first: an API server that has lost its etcd, or has watches open, takes a minute over it.
          child.kill('SIGKILL');
          return gone;
        }),
      );
      rmSync(dir, { recursive: true, force: true });
      watchdog.stdin.end();
    },
  };
}

/** The last lines of a log, for messages about a program that did not start. */
export function lastLines(file: string, count = 3): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
