// The bundled program as a benchmark starts it: on a pty with an emulator that answers what a terminal is asked, with
// nobody's home, against the clusters of a kubeconfig.
import { spawn as spawnPty } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectFirstWayAt } from './first-way.ts';

export const columns = 200;
export const rows = 60;

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The folder of the bundle that is measured: run.ts makes one of its own, so that nobody builds over it. */
export const bundleFolder = process.env['FLAGBRIDGE_BENCH_BUNDLE'] ?? join(root, 'dist');

export type Terminal = {
  readonly pid: number;
  write(keys: string): void;
  /** Bytes that came so far. */
  bytes(): number;
  /** Called with each piece as it comes, before the emulator has it. */
  onData(listener: (data: string) => void): Disposable;
  /** What stands on the screen, a line each. */
  lines(): readonly string[];
  /** Resolves when the emulator has drawn everything that came. */
  settled(): Promise<void>;
  /** Waits until the screen passes; throws with the screen after `limitMs`. */
  until(passes: (lines: readonly string[]) => boolean, what: string, limitMs?: number): Promise<void>;
  /** Ends the program and waits for its end. */
  end(): Promise<void>;
};

export type StartOptions = {
  /** Default: this Node. */
  readonly command?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** Starts a program on a pty of 200x60. */
export function startOnPty({ command = process.execPath, args, env = {} }: StartOptions): Terminal {
  const child = spawnPty(command, [...args], {
    cols: columns,
    rows,
    name: 'xterm-256color',
    env: { ...process.env, NODE_ENV: 'production', COLORTERM: 'truecolor', LANG: 'C.UTF-8', ...env },
  });
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const listeners = new Set<(data: string) => void>();
  let bytes = 0;
  let hasEnded = false;
  const ended = new Promise<void>((done) =>
    child.onExit(() => {
      hasEnded = true;
      done();
    }),
  );
  child.onData((data) => {
    bytes += Buffer.byteLength(data);
    for (const listener of listeners) listener(data);
    emulator.write(data);
  });
  emulator.onData((reply) => child.write(reply));
  const lines = (): readonly string[] => {
    const buffer = emulator.buffer.active;
    return Array.from({ length: rows }, (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? '');
  };
  return {
    pid: child.pid,
    write: (keys) => child.write(keys),
    bytes: () => bytes,
    onData(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    lines,
    settled: () => new Promise((done) => emulator.write('', done)),
    async until(passes, what, limitMs = 60_000) {
      const limit = performance.now() + limitMs;
      while (!passes(lines())) {
        if (hasEnded) throw new Error(`ended before ${what}:\n${lines().join('\n')}`);
        if (performance.now() > limit) throw new Error(`no ${what} within ${limitMs} ms:\n${lines().join('\n')}`);
        await pause(50);
      }
    },
    async end() {
      if (!hasEnded) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(timer);
    },
  };
}

export type ScreenTerminal = Terminal & {
  /** Throws when one of the program's threads counted a fall-back. */
  expectFirstWay(): Promise<void>;
  /** Numbers of /metrics, both threads added. Throws when one is not told. */
  counted(names: readonly string[]): Promise<readonly number[]>;
};

/** Starts the bundled screen over a kubeconfig. `command` is a palette line (`po -A`); `nodeArgs` come before the program. */
export async function startScreen(options: {
  readonly kubeconfig: string;
  readonly command?: string;
  readonly nodeArgs?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): Promise<ScreenTerminal> {
  const metrics = `127.0.0.1:${await freePort()}`;
  const home = mkdtempSync(join(tmpdir(), 'flagbridge-bench-home-'));
  const terminal = startOnPty({
    args: [
      ...(options.nodeArgs ?? []),
      join(bundleFolder, 'flagbridge.js'),
      '--kubeconfig',
      options.kubeconfig,
      '--metrics-addr',
      metrics,
      ...(options.args ?? []),
      ...(options.command === undefined ? [] : ['-c', options.command]),
    ],
    env: {
      ...options.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_CACHE_HOME: join(home, 'cache'),
      XDG_STATE_HOME: join(home, 'state'),
    },
  });
  return {
    ...terminal,
    expectFirstWay: () => expectFirstWayAt(`http://${metrics}/metrics`),
    async counted(names) {
      const text = await (await fetch(`http://${metrics}/metrics`)).text();
      return names.map((name) => {
        const told = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
        if (told === undefined) throw new Error(`${name} is not in /metrics: the engine did not answer in time`);
        return Number(told);
      });
    },
    async end() {
      await terminal.end();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listened at a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((done) => server.close(() => done()));
  return port;
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
