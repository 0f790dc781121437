// The binaries of a real control plane: where they are cached, whether they can be had, and how to build them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is built. A change here makes a new folder in the cache. */
export const versions = { kubernetes: 'v1.36.1', kwok: 'v0.8.0', metricsServer: 'v0.9.0' } as const;

const required = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'kwok'] as const;

export type ToolName = (typeof required)[number] | 'metrics-server';

/** `build` says whether a build would be needed first. */
export type Tools =
  | { readonly type: 'ready'; readonly dir: string }
  | { readonly type: 'buildable'; readonly dir: string; readonly missing: readonly string[] }
  | { readonly type: 'unavailable'; readonly reason: string };

/** The cache folder: outside the work tree, so that only the first run on a machine pays for the build. */
export function toolsDir(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'flagbridge', 'cluster', `k8s-${versions.kubernetes}`);
}

export function toolPath(dir: string, name: ToolName): string {
  return join(dir, 'bin', name);
}

/** Looks for the binaries, then for a Go that could build them. Starts nothing but `go version`. */
export function findTools(env: NodeJS.ProcessEnv = process.env): Tools {
  if (process.platform === 'win32') return { type: 'unavailable', reason: 'the control plane runs on Linux and macOS' };
  if (spawnSync('openssl', ['version'], { stdio: 'ignore' }).status !== 0) {
    return { type: 'unavailable', reason: 'openssl is not on the PATH: certificates are made with it' };
  }
  const dir = toolsDir(env);
  const missing = required.filter((name) => !existsSync(toolPath(dir, name)));
  if (!existsSync(join(dir, 'crds', 'logs.yaml'))) missing.push('kwok');
  if (missing.length === 0) return { type: 'ready', dir };
  const go = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', env: { ...env, GOTOOLCHAIN: 'local' } });
  const version = /go1\.(\d+)/.exec(go.stdout ?? '');
  if (go.error || version === null) {
    return { type: 'unavailable', reason: `no Go to build it with, and nothing is cached in ${dir}` };
  }
  if (Number(version[1]) < 26) {
    return {
      type: 'unavailable',
      reason: `Go ${version[0].slice(2)} is too old to build it (1.26 or newer is needed)`,
    };
  }
  return { type: 'buildable', dir, missing: [...new Set(missing)] };
}

/**
 * Builds what is missing, niced; the output goes to `log` line by line. A second call (also of another process) waits
 * for the first. About 8 minutes on two cold cores, a second when everything is there.
 */
export async function buildTools(log: (line: string) => void, signal?: AbortSignal): Promise<void> {
  const script = fileURLToPath(new URL('./build.sh', import.meta.url));
  // Half of the cores' worth of compilers at a time: whatever else runs here comes first.
  const parallel = Math.max(1, availableParallelism() - 1);
  const child = spawn('nice', ['-n', '15', 'bash', script, toolsDir()], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      GOMAXPROCS: process.env['GOMAXPROCS'] ?? String(parallel + 1),
      KUBE_VERSION: versions.kubernetes,
      KWOK_VERSION: versions.kwok,
      METRICS_SERVER_VERSION: versions.metricsServer,
    },
    ...(signal === undefined ? {} : { signal }),
  });
  let last = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) {
        // Thousands of lines of `go: downloading` tell nobody anything.
        if (line === '' || line.startsWith('go: downloading') || line.startsWith('go: finding')) continue;
        last = line;
        log(line);
      }
    });
  }
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`building the control plane failed (exit ${code}): ${last}`));
    });
  });
}
