// The real program as a child process: laid out once as it is published, run in a home of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layOut } from '../../scripts/pack.ts';
import { type RunningDemo, startDemo } from '../../src/demo/start.ts';
import type { DemoCluster, DemoOptions } from '../../src/demo/protocol.ts';
import { forkQuietly } from '../../src/platform/fork.ts';

export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The launcher of a published package that was made from the sources as they are now. Test files share it: nothing in
 * the checkout is written, so that a person who runs the program meanwhile is not disturbed.
 */
export async function installed(): Promise<string> {
  const shelf = join(tmpdir(), `flagbridge-tests-${userInfo().uid}`);
  const place = join(shelf, hash('sha256', `${checkout} ${newestSource()}`).slice(0, 16));
  const bin = join(place, 'bin', 'flagbridge.js');
  if (existsSync(bin)) return bin;
  mkdirSync(shelf, { recursive: true, mode: 0o700 });
  for (const old of readdirSync(shelf)) {
    const path = join(shelf, old);
    const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - madeAt > 3_600_000) rmSync(path, { recursive: true, force: true });
  }
  const made = mkdtempSync(join(shelf, 'tmp-'));
  await layOut(made);
  try {
    renameSync(made, place);
  } catch {
    // Another run was faster.
    rmSync(made, { recursive: true, force: true });
  }
  return bin;
}

function newestSource(folders = ['src', 'views', 'plugins', 'bin', 'scripts']): number {
  const newest = (folder: string): number =>
    Math.max(
      0,
      ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return newest(path);
        return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      }),
    );
  return Math.max(
    ...folders.map((name) => newest(join(checkout, name))),
    statSync(join(checkout, 'package.json')).mtimeMs,
  );
}

/** A home folder that holds nothing but what the test writes, and the environment that goes with it. */
export interface Home extends Disposable {
  readonly path: string;
  /** Environment of a person whose home this is; no KUBECONFIG, nothing of ours. */
  readonly env: Record<string, string>;
  write(name: string, text: string, mode?: number): string;
}

export function makeHome(): Home {
  const path = mkdtempSync(join(tmpdir(), 'flagbridge-home-'));
  return {
    path,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: path,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      // Compiled code may be shared: it depends on the program's files alone.
      NODE_COMPILE_CACHE: join(tmpdir(), `flagbridge-tests-${userInfo().uid}-code`),
    },
    write(name, text, mode = 0o600) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      chmodSync(file, mode);
      return file;
    },
    [Symbol.dispose]: () => {
      chmodSync(path, 0o700);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export type Ran = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export interface Running {
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<Ran>;
  /** Resolves when the condition holds; fails with what was printed when the program ends before. */
  until(isTrue: (running: Running) => boolean): Promise<void>;
}

export type RunOptions = {
  readonly env: Record<string, string>;
  readonly cwd?: string;
  /** Default: this process's own Node. */
  readonly node?: string;
  readonly nodeArgs?: readonly string[];
};

/** What is still running; the test file's last hook ends it by `endAll`. */
const started = new Set<ChildProcess>();

/** Starts `node FILE ...args`; `file` is `installed()` or a launcher of a checkout. */
export function start(file: string, args: readonly string[], options: RunOptions): Running {
  const { env, cwd, node = process.execPath, nodeArgs = [] } = options;
  return watch(spawn(node, [...nodeArgs, file, ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] }));
}

export function watch(child: ChildProcess): Running {
  let stdout = '';
  let stderr = '';
  const looks = new Set<() => void>();
  started.add(child);
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString();
    for (const look of looks) look();
  });
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString();
    for (const look of looks) look();
  });
  const ended = new Promise<Ran>((resolve) =>
    child.on('close', (code, signal) => {
      started.delete(child);
      resolve({ code, signal, stdout, stderr });
    }),
  );
  const running: Running = {
    child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    until: (isTrue) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!isTrue(running)) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
        void ended.then((ran) => {
          look();
          if (looks.has(look)) reject(new Error(`ended with ${ran.code ?? ran.signal}: ${ran.stdout}${ran.stderr}`));
        });
      }),
  };
  return running;
}

/** Runs to the end. */
export const run = (file: string, args: readonly string[], options: RunOptions): Promise<Ran> =>
  start(file, args, options).ended;

export function endAll(): void {
  for (const child of started) child.kill('SIGKILL');
}

/** No line may look like one of a stack trace. */
export const stackTrace = /^\s+at .+[(:]/m;

/** Starts the demo's fleet for a test file. */
export const demoFleet = (options: DemoOptions): Promise<RunningDemo> => startDemo(options, forkQuietly);

type Who = keyof DemoCluster['users'];

/** A kubeconfig over clusters of the demo, one context each; `more` adds entries of the test's own. */
export function kubeconfigOf(
  clusters: readonly DemoCluster[],
  { who = 'admin', more = [] }: { readonly who?: Who; readonly more?: readonly KubeconfigEntry[] } = {},
): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const entries: KubeconfigEntry[] = clusters.map((c) => {
    const user = c.users[who];
    return {
      name: c.name,
      cluster: { server: c.server, 'certificate-authority-data': base64(c.ca) },
      user:
        user.by === 'token'
          ? { token: user.token }
          : { 'client-certificate-data': base64(user.cert), 'client-key-data': base64(user.key) },
    };
  });
  const all = [...entries, ...more];
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': all[0]?.name,
    clusters: all.map(({ name, cluster }) => ({ name, cluster })),
    users: all.map(({ name, user }) => ({ name, user })),
    contexts: all.map(({ name }) => ({ name, context: { cluster: name, user: name, namespace: 'shop' } })),
  });
}

export type KubeconfigEntry = { readonly name: string; readonly cluster: object; readonly user: object };
